//! Line charts as SVG.
//!
//! Takes named series of points, gives an SVG document: axes with ticks, lines, a legend. The same chart gives the same bytes. Knows nothing of
//! what the numbers mean.

use std::fmt::Write as _;

/// Width and height of a chart, in pixels.
const SIZE: (f64, f64) = (560.0, 400.0);

/// Left, top, right and bottom margins: for tick labels, nothing, the legend, the axis's name.
const MARGINS: [f64; 4] = [56.0, 16.0, 168.0, 48.0];

/// Colours that people with any colour vision can tell apart. Source: Okabe and Ito, "Color Universal Design" (2008).
const COLORS: [&str; 6] = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00"];

/// Ticks of an axis, and gaps between them.
const TICKS: u32 = 5;

/// A chart of lines; both axes are linear.
#[derive(Debug, Clone, PartialEq)]
pub struct Chart<'a> {
    /// What the chart is of, for those who cannot see it.
    pub title: &'a str,
    /// The name of the horizontal axis.
    pub across: &'a str,
    /// The name of the vertical axis.
    pub up: &'a str,
    /// Least and greatest value of the horizontal axis.
    pub across_range: (f64, f64),
    /// Least and greatest value of the vertical axis.
    pub up_range: (f64, f64),
    /// Whether the line of equal values is drawn, dashed.
    pub diagonal: bool,
    /// The lines.
    pub series: Vec<Series<'a>>,
}

/// A line of a chart.
#[derive(Debug, Clone, PartialEq)]
pub struct Series<'a> {
    /// Its name in the legend.
    pub name: &'a str,
    /// Its points from left to right; those outside the axes are left out.
    pub points: Vec<(f64, f64)>,
}

impl Chart<'_> {
    /// The chart as an SVG document.
    ///
    /// ```
    /// use pagesieve::plot::{Chart, Series};
    ///
    /// let series = vec![Series { name: "growth", points: vec![(0.0, 0.0), (1.0, 0.5)] }];
    /// let chart = Chart { title: "T", across: "a", up: "b", across_range: (0.0, 1.0), up_range: (0.0, 1.0), diagonal: false, series };
    /// assert!(chart.to_svg().contains("points=\"56.0,352.0 392.0,184.0\""));
    /// ```
    pub fn to_svg(&self) -> String {
        let mut svg = String::new();
        // A `String` takes all that is written to it.
        let _ = self.write(&mut svg);
        svg
    }

    fn place(&self, (across, up): (f64, f64)) -> (f64, f64) {
        let [left, top, right, bottom] = MARGINS;
        let share = |value: f64, (least, most): (f64, f64)| (value - least) / (most - least);
        let x = left + share(across, self.across_range) * (SIZE.0 - left - right);
        let y = SIZE.1 - bottom - share(up, self.up_range) * (SIZE.1 - top - bottom);
        (x, y)
    }

    fn write(&self, svg: &mut String) -> std::fmt::Result {
        let (width, height) = SIZE;
        writeln!(
            svg,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" \
             font-family=\"sans-serif\" font-size=\"12\" role=\"img\">\n<title>{}</title>\n\
             <rect width=\"{width}\" height=\"{height}\" fill=\"#fff\"/>",
            escaped(self.title)
        )?;
        self.write_axes(svg)?;
        if self.diagonal {
            let least = self.across_range.0.max(self.up_range.0);
            let most = self.across_range.1.min(self.up_range.1);
            let ((x1, y1), (x2, y2)) = (self.place((least, least)), self.place((most, most)));
            writeln!(svg, "<line x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\" stroke=\"#888\" stroke-dasharray=\"4 4\"/>")?;
        }
        for (index, series) in self.series.iter().enumerate() {
            self.write_series(svg, series, index)?;
        }
        writeln!(svg, "</svg>")
    }

    fn write_axes(&self, svg: &mut String) -> std::fmt::Result {
        let (left, bottom) = self.place((self.across_range.0, self.up_range.0));
        let (right, top) = self.place((self.across_range.1, self.up_range.1));
        for tick in 0..=TICKS {
            let at = |(least, most): (f64, f64)| least + (most - least) * f64::from(tick) / f64::from(TICKS);
            let (across, up) = (at(self.across_range), at(self.up_range));
            let (x, y) = self.place((across, up));
            writeln!(svg, "<path d=\"M{x:.1} {top:.1}V{bottom:.1}M{left:.1} {y:.1}H{right:.1}\" stroke=\"#ddd\" fill=\"none\"/>")?;
            writeln!(svg, "<text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{across:.2}</text>", bottom + 16.0)?;
            writeln!(svg, "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{up:.2}</text>", left - 6.0, y + 4.0)?;
        }
        let (middle, centre) = (f64::midpoint(left, right), f64::midpoint(top, bottom));
        writeln!(svg, "<path d=\"M{left:.1} {top:.1}V{bottom:.1}H{right:.1}\" stroke=\"#333\" fill=\"none\"/>")?;
        writeln!(svg, "<text x=\"{middle:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>", bottom + 36.0, escaped(self.across))?;
        writeln!(svg, "<text transform=\"translate(14 {centre:.1}) rotate(-90)\" text-anchor=\"middle\">{}</text>", escaped(self.up))
    }

    fn write_series(&self, svg: &mut String, series: &Series<'_>, index: usize) -> std::fmt::Result {
        let color = COLORS[index % COLORS.len()];
        let within = |value: f64, (least, most): (f64, f64)| value >= least && value <= most;
        let shown = series.points.iter().filter(|(x, y)| within(*x, self.across_range) && within(*y, self.up_range));
        let places: Vec<(f64, f64)> = shown.map(|point| self.place(*point)).collect();
        let line: Vec<String> = places.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
        writeln!(svg, "<polyline points=\"{}\" fill=\"none\" stroke=\"{color}\" stroke-width=\"2\"/>", line.join(" "))?;
        for (x, y) in places {
            writeln!(svg, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"2.5\" fill=\"{color}\"/>")?;
        }
        let (x, y) = (SIZE.0 - MARGINS[2] + 12.0, MARGINS[1] + 14.0 + 18.0 * index as f64);
        writeln!(svg, "<path d=\"M{x:.1} {:.1}h16\" stroke=\"{color}\" stroke-width=\"2\"/>", y - 4.0)?;
        writeln!(svg, "<text x=\"{:.1}\" y=\"{y:.1}\">{}</text>", x + 22.0, escaped(series.name))
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(series: Vec<Series<'_>>) -> String {
        let ranges = (0.0, 1.0);
        Chart { title: "a < b", across: "x", up: "y", across_range: ranges, up_range: (0.5, 1.0), diagonal: true, series }.to_svg()
    }

    #[test]
    fn points_outside_the_axes_and_without_a_number_are_left_out() {
        let points = vec![(0.0, 0.5), (0.5, 0.2), (0.5, f64::NAN), (1.0, 1.0)];
        let svg = chart(vec![Series { name: "one", points }]);
        assert!(svg.contains("points=\"56.0,352.0 392.0,16.0\""), "{svg}");
        assert_eq!(svg.matches("<circle").count(), 2);
    }

    #[test]
    fn a_chart_is_a_document_that_a_parser_takes() {
        let svg = chart(vec![Series { name: "R&D", points: vec![] }, Series { name: "two", points: vec![(0.1, 0.6)] }]);
        assert!(svg.contains("<title>a &lt; b</title>") && svg.contains("R&amp;D") && svg.contains(COLORS[1]));
        let opened = svg.matches('<').count() - svg.matches("</").count();
        assert_eq!(opened, svg.matches("</").count() + svg.matches("/>").count());
    }
}

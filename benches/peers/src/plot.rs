//! The plot: a bar a peer, on a logarithmic axis, since they differ by two orders of magnitude.

use std::path::Path;

use plotters::prelude::*;

use crate::error::Failure;
use crate::record::Record;

const SIZE: (u32, u32) = (860, 40);
const OURS: RGBColor = RGBColor(0x1f, 0x77, 0xb4);
const OTHERS: RGBColor = RGBColor(0xb0, 0xb0, 0xb0);

/// Draws milliseconds a page by peer, fastest on top.
pub(crate) fn draw(path: &Path, records: &[Record]) -> Result<(), Failure> {
    let height = SIZE.1 * u32::try_from(records.len() + 2).unwrap_or(SIZE.1);
    let root = SVGBackend::new(path, (SIZE.0, height)).into_drawing_area();
    chart(&root, records).map_err(|error| Failure::Plot(error.to_string()))
}

fn chart(root: &DrawingArea<SVGBackend<'_>, plotters::coord::Shift>, records: &[Record]) -> Result<(), Box<dyn std::error::Error>> {
    let most = records.iter().map(|record| record.milliseconds).fold(1.0, f64::max) * 3.0;
    let least = records.iter().map(|record| record.milliseconds).fold(f64::MAX, f64::min) / 3.0;
    let rows = records.len() as f64;
    root.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(root)
        .caption("Milliseconds a page, one core (logarithmic; less is better)", ("sans-serif", 16))
        .margin(8)
        .x_label_area_size(28)
        .y_label_area_size(190)
        .build_cartesian_2d((least..most).log_scale(), 0.0..rows)?;
    let label = |at: &f64| records.get((rows - at - 0.5).round() as usize).map_or(String::new(), |record| record.name.clone());
    chart.configure_mesh().disable_y_mesh().disable_y_axis().y_labels(0).light_line_style(TRANSPARENT).x_label_formatter(&|x| format!("{x}")).draw()?;
    for (row, record) in records.iter().enumerate() {
        let middle = rows - row as f64 - 0.5;
        let colour = if record.name == "pagesieve" { OURS } else { OTHERS };
        chart.draw_series([Rectangle::new([(least, middle - 0.35), (record.milliseconds, middle + 0.35)], colour.filled())])?;
        let speed = record.speed.map_or(String::new(), |speed| format!(", {speed:.2} times resiliparse's speed"));
        let text = format!("{:.2} ms{speed}", record.milliseconds);
        chart.draw_series([Text::new(text, (record.milliseconds * 1.06, middle + 0.15), ("sans-serif", 13))])?;
        let y = chart.backend_coord(&(least, middle)).1;
        root.draw(&Text::new(label(&middle), (10, y - 8), ("sans-serif", 14)))?;
    }
    root.present()?;
    Ok(())
}

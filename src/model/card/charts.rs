//! The model card's charts.
//!
//! Takes the report of `evaluate --cross-validate`, gives SVG documents by file name. A report without curves gives none.

use serde_json::Value;

use crate::plot::{Chart, Series};

/// The file of the chart of calibration.
pub(super) const CALIBRATION: &str = "calibration.svg";

/// The file of the chart of content's precision and recall.
pub(super) const CONTENT_CURVE: &str = "content-curve.svg";

/// The charts that a report gives, by file name.
pub(super) fn charts(report: &Value) -> Vec<(&'static str, String)> {
    [(CALIBRATION, calibration(report)), (CONTENT_CURVE, content_curve(report))]
        .into_iter()
        .filter_map(|(name, chart)| Some((name, chart?)))
        .collect()
}

/// Of the blocks given a probability, the share that came true.
fn calibration(report: &Value) -> Option<String> {
    let labels = report["overall"]["labels"]["reliability"].as_array()?;
    let series = labels.iter().filter_map(|label| {
        let bins = label["bins"].as_array()?;
        let points = bins.iter().filter_map(|bin| Some((bin["probability"].as_f64()?, bin["came_true"].as_f64()?)));
        Some(Series { name: label["label"].as_str()?, points: points.collect() })
    });
    let chart = Chart {
        title: "Calibration: of the blocks given a probability for a label, the share that carries it",
        across: "mean probability",
        up: "share that carries the label",
        across_range: (0.0, 1.0),
        up_range: (0.0, 1.0),
        diagonal: true,
        series: series.collect(),
    };
    Some(chart.to_svg())
}

/// Precision against recall of content, over thresholds.
fn content_curve(report: &Value) -> Option<String> {
    let curve = report["content_curve"].as_array().filter(|curve| !curve.is_empty())?;
    let points = |kind: &str| {
        let point = |point: &Value| Some((point[kind]["recall"].as_f64()?, point[kind]["precision"].as_f64()?));
        curve.iter().filter_map(point).collect::<Vec<_>>()
    };
    let kinds = [("labelled", "labelled blocks"), ("gold", "gold text")];
    let series: Vec<Series<'_>> = kinds.into_iter().map(|(kind, name)| Series { name, points: points(kind) }).collect();
    let all = || series.iter().flat_map(|series| &series.points);
    // Down to the next fifth, so that the lines fill the chart.
    let floor = |least: f64| (least * 5.0).floor() / 5.0;
    let least = |values: &mut dyn Iterator<Item = f64>| floor(values.fold(0.8, f64::min));
    let chart = Chart {
        title: "Precision and recall of content's words, kept from a probability of 0.05 (right) to 0.95 (left) on",
        across: "recall",
        up: "precision",
        across_range: (least(&mut all().map(|point| point.0)), 1.0),
        up_range: (least(&mut all().map(|point| point.1)), 1.0),
        diagonal: false,
        series: series.clone(),
    };
    Some(chart.to_svg())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_gives_both_charts_and_an_older_one_none() {
        let report: Value = serde_json::from_str(
            r#"{"overall": {"labels": {"reliability": [{"label": "content", "bins": [{"blocks": 3, "probability": 0.5, "came_true": 0.25}]}]}},
            "content_curve": [{"threshold": 0.5, "labelled": {"precision": 0.9, "recall": 0.8, "f1": 0.85}, "gold": null}]}"#,
        )
        .unwrap();
        let found = charts(&report);
        assert_eq!(found.iter().map(|chart| chart.0).collect::<Vec<_>>(), [CALIBRATION, CONTENT_CURVE]);
        assert!(found.iter().all(|chart| chart.1.matches("<circle").count() == 1), "{found:?}");
        assert!(charts(&serde_json::json!({"overall": {}})).is_empty());
    }
}

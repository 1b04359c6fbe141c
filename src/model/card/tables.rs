//! The model card's tables of what is beside the main figures: languages, thresholds, headline, other algorithms, ablation, cost.
//!
//! Takes reports as JSON and tables as CSV, gives Markdown. What a report lacks is left out.

use std::fmt::Write as _;

use serde_json::Value;

use super::{charts, number};

/// Languages with fewer pages are summed up in a sentence.
const MIN_PAGES: u64 = 5;

/// Labels and text by the language that pages say they are in.
pub(super) fn write_languages(card: &mut String, overall: &Value) -> std::fmt::Result {
    let Some(labels) = overall["labels"]["by_language"].as_array() else { return Ok(()) };
    let none = Vec::new();
    let texts = overall["text"]["by_language"].as_array().unwrap_or(&none);
    let pages = |group: &Value| group["pages"].as_u64().unwrap_or(0);
    let mut languages: Vec<&Value> = labels.iter().collect();
    languages.sort_by_key(|group| (std::cmp::Reverse(pages(group)), group["group"].to_string()));
    let (shown, rare): (Vec<&Value>, Vec<&Value>) = languages.into_iter().partition(|group| pages(group) >= MIN_PAGES);
    writeln!(
        card,
        "\nBy the language that pages say they are in (`lang` of `html`), from {MIN_PAGES} labelled pages on:\n\n\
         | language | labelled pages | blocks | macro-F1 | accuracy | pages with gold text | word F1 |\n| --- | --- | --- | --- | --- | --- | --- |"
    )?;
    for group in shown {
        let name = group["group"].as_str().unwrap_or_default();
        let text = texts.iter().find(|text| text["language"] == *name);
        let (count, f1) = text
            .map_or(("0".to_owned(), "-".to_owned()), |text| (text["pages"].to_string(), format!("{:.3}", number(&text["words"]["f1"]))));
        let (macro_f1, accuracy) = (number(&group["macro_f1"]), number(&group["accuracy"]));
        writeln!(card, "| {name} | {} | {} | {macro_f1:.3} | {accuracy:.3} | {count} | {f1} |", group["pages"], group["blocks"])?;
    }
    if !rare.is_empty() {
        let names: Vec<&str> = rare.iter().filter_map(|group| group["group"].as_str()).collect();
        writeln!(card, "\nFewer labelled pages than that: {}.", names.join(", "))?;
    }
    Ok(())
}

/// Calibration's chart, the curve of content and the presets.
pub(super) fn write_thresholds(card: &mut String, report: &Value) -> std::fmt::Result {
    for (name, _) in charts::charts(report) {
        let title = if name == charts::CALIBRATION { "Calibration" } else { "Precision and recall of content" };
        writeln!(card, "\n![{title}]({name})")?;
    }
    let Some(curve) = report["content_curve"].as_array().filter(|curve| !curve.is_empty()) else { return Ok(()) };
    writeln!(
        card,
        "\nWhat is kept when content is kept from a probability on (`--threshold content=P`): words of blocks labelled by hand, over all pages \
         together, and words against gold text, as a mean over pages. Blocks alone: no headline is added or left out.\n\n\
         | P | labelled: precision | recall | F1 | gold text: precision | recall | F1 |\n| --- | --- | --- | --- | --- | --- | --- |"
    )?;
    for point in curve {
        let threshold = number(&point["threshold"]);
        writeln!(card, "| {threshold:.2} | {} | {} |", three(&point["labelled"]), three(&point["gold"]))?;
    }
    for preset in report["presets"].as_array().into_iter().flatten() {
        let favor = preset["favor"].as_str().unwrap_or_default();
        let [least, most] = [0, 1].map(|which| number(&preset["thresholds"][which]));
        let (labelled, gold) = (three(&preset["labelled"]), three(&preset["gold"]));
        writeln!(card, "| `--favor {favor}` ({least:.2} to {most:.2}) | {labelled} | {gold} |")?;
    }
    writeln!(
        card,
        "\nThe presets are the thresholds with the greatest F0.5 (precision) and F2 (recall) of content's characters on out-of-fold scores of \
         the training pages; each fold's model has its own, and the shipped model's are in its file."
    )
}

/// Precision, recall and F1 as cells.
fn three(scores: &Value) -> String {
    ["precision", "recall", "f1"].map(|name| scores[name].as_f64().map_or("-".to_owned(), |value| format!("{value:.3}"))).join(" | ")
}

/// Extracted text with and without the page's own headline.
pub(super) fn write_headline(card: &mut String, overall: &Value) -> std::fmt::Result {
    let headline = &overall["headline"];
    if !headline.is_object() {
        return Ok(());
    }
    writeln!(
        card,
        "\nThe extracted text with and without the page's own headline:\n\n| headline | word F1 | shingle F1 | segments F1 |\n| --- | --- | --- | --- |"
    )?;
    for (name, scores) in [("kept", &headline["kept"]), ("left out", &headline["left_out"])] {
        let cell = |value: &Value| value["f1"].as_f64().map_or("-".to_owned(), |value| format!("{value:.4}"));
        writeln!(card, "| {name} | {} | {} | {} |", cell(&scores["words"]), cell(&scores["shingles"]), cell(&scores["segments"]))?;
    }
    Ok(())
}

/// The scores of other algorithms on the same features and folds, beside those of the shipped recipe.
pub(super) fn write_algorithms(card: &mut String, shipped: &Value, others: &[(&str, &Value)]) -> std::fmt::Result {
    writeln!(
        card,
        "\n| recipe | macro-F1 | content | caption | navigation | subscription prompt | word F1 | segments F1 | calibration error |\n\
         | --- | --- | --- | --- | --- | --- | --- | --- | --- |"
    )?;
    for (name, report) in std::iter::once(("the shipped one", shipped)).chain(others.iter().copied()) {
        let overall = &report["overall"];
        let labels = &overall["labels"];
        let mut cells = vec![number(&labels["macro_f1"])];
        cells.extend((0..4).map(|label| number(&labels["labels"][label]["f1"])));
        cells.extend([&overall["text"]["words"]["f1"], &overall["segments"]["f1"]].map(number));
        let cells: Vec<String> = cells.into_iter().map(|value| format!("{value:.3}")).collect();
        writeln!(card, "| {name} | {} | {:.4} |", cells.join(" | "), number(&labels["calibration"]["mean_over_labels"]))?;
    }
    Ok(())
}

/// A table of `pagesieve ablate` as Markdown.
pub(super) fn write_ablation(card: &mut String, table: &str) -> std::fmt::Result {
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let headers = reader.headers().map_err(|_| std::fmt::Error)?.clone();
    let names: Vec<String> = headers.iter().map(|name| name.replace('_', " ")).collect();
    writeln!(card, "\n| {} |\n|{}", names.join(" | "), " --- |".repeat(names.len()))?;
    for row in reader.records() {
        let row = row.map_err(|_| std::fmt::Error)?;
        let cells: Vec<String> = row
            .iter()
            .map(|cell| match cell.parse::<f64>() {
                Ok(value) if cell.contains('.') => format!("{value:.4}"),
                _ => cell.to_owned(),
            })
            .collect();
        writeln!(card, "| {} |", cells.join(" | "))?;
    }
    Ok(())
}

/// What training took, from the file that `train --cost` wrote.
pub(super) fn write_cost(card: &mut String, cost: &Value) -> std::fmt::Result {
    let memory = cost["peak_bytes"].as_f64().map_or("not measured".to_owned(), |bytes| format!("{:.1} GiB", bytes / f64::from(1 << 30)));
    let seconds = cost["seconds"].as_f64().ok_or(std::fmt::Error)?;
    writeln!(card, "| training took | {:.1} minutes on {} threads, peak memory {memory} |", seconds / 60.0, cost["threads"])
}

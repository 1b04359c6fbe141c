//! The model card.
//!
//! Takes a model, the size of its file, and the JSON reports of `evaluate --cross-validate` for pages and for plain text; gives Markdown in
//! which every figure comes from one of them.

mod charts;
mod tables;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::Value;

use super::Model;
use crate::error::{Error, Result};
use crate::feature::{FeatureDef, block_schema, context_schema};
use crate::label::Label;

/// What a card is made from.
#[derive(Debug, Clone, Copy)]
pub struct CardSources<'a> {
    /// The model file's size in bytes.
    pub bytes: usize,
    /// The report of `evaluate --cross-validate --format json`.
    pub pages: &'a Value,
    /// The report of `evaluate --cross-validate --text-only --format json`.
    pub plain_text: Option<&'a Value>,
    /// Reports of other recipes on the same folds, by name.
    pub others: &'a [(&'a str, &'a Value)],
    /// The table of `pagesieve ablate`, as CSV.
    pub ablation: Option<&'a str>,
    /// What training took, as `train --cost` wrote it.
    pub cost: Option<&'a Value>,
}

/// The charts that a card for `pages` (the report of `evaluate --cross-validate --format json`) links to: SVG documents by file name, which
/// belong beside the card. None for a report without curves.
pub fn card_charts(pages: &Value) -> Vec<(&'static str, String)> {
    charts::charts(pages)
}

impl Model {
    /// The model's card in Markdown.
    ///
    /// # Errors
    /// If a report lacks what reports have.
    pub fn card(&self, sources: &CardSources<'_>) -> Result<String> {
        let mut card = String::from(
            "# Model card\n\nMade by `pagesieve card`; every figure comes from the model file or from a report of `pagesieve evaluate`.\n",
        );
        let said = self.write_card(&mut card, sources);
        said.map_err(|_| Error::Model {
            origin: "the report".to_owned(),
            problem: "lacks figures: make it with `evaluate --cross-validate --format json`".to_owned(),
        })?;
        Ok(card)
    }

    fn write_card(&self, card: &mut String, sources: &CardSources<'_>) -> std::fmt::Result {
        self.write_model(card, sources)?;
        card.push_str(DATA);
        writeln!(
            card,
            "\n## Figures for pages\n\n{CROSS} {}",
            command("evaluate --corpus CORPUS --more-labels training/more-labels.csv.gz --cross-validate --format json")
        )?;
        write_report(card, sources.pages)?;
        tables::write_headline(card, &sources.pages["overall"])?;
        tables::write_languages(card, &sources.pages["overall"])?;
        tables::write_thresholds(card, sources.pages)?;
        if let Some(report) = sources.plain_text {
            writeln!(
                card,
                "\n## Figures for plain text\n\nThe same pages read as their text alone, a block a line, by the second pipeline. {}",
                command("evaluate --corpus CORPUS --more-labels training/more-labels.csv.gz --cross-validate --text-only --format json")
            )?;
            write_report(card, report)?;
        }
        write_comparisons(card, sources)?;
        writeln!(card, "\n## Features\n")?;
        write_features(card, &block_schema().features().iter().chain(context_schema().features()).cloned().collect::<Vec<_>>())?;
        self.write_importance(card)?;
        let recipe = toml::to_string(&self.info.recipe).map_err(|_| std::fmt::Error)?;
        writeln!(card, "\n## Recipe\n\n```toml\n{recipe}```")
    }

    fn write_model(&self, card: &mut String, sources: &CardSources<'_>) -> std::fmt::Result {
        let (info, bytes) = (&self.info, sources.bytes);
        writeln!(card, "\n| | |\n| --- | --- |\n| trained by | pagesieve {} |\n| file | {bytes} bytes |", info.trained_by)?;
        writeln!(card, "| trained on | {} pages |", info.pages)?;
        for label in Label::ALL {
            writeln!(card, "| blocks labelled {label} by hand | {} |", info.hand_labels[label.index()])?;
        }
        writeln!(card, "| blocks labelled by gold text or segments | {} |", info.weak_labels)?;
        for (name, stages) in [("pages", &self.html), ("plain text", &self.text)] {
            let learnt = (stages.block.describe(), stages.context.describe());
            writeln!(card, "| pipeline for {name} | {} tokens of evidence, {} + {} |", stages.evidence.len(), learnt.0, learnt.1)?;
            if let Some(presets) = stages.calibration.presets {
                let (precision, recall) = (presets.precision, presets.recall);
                writeln!(card, "| content for `--favor`, {name} | from {precision:.2} (precision), from {recall:.2} (recall) |")?;
            }
        }
        sources.cost.map_or(Ok(()), |cost| tables::write_cost(card, cost))
    }

    fn write_importance(&self, card: &mut String) -> std::fmt::Result {
        let gains = self.html.context.gains();
        let names: Vec<FeatureDef> = block_schema().features().iter().chain(context_schema().features()).cloned().collect();
        let total: f32 = gains.iter().sum();
        let mut order: Vec<usize> = (0..gains.len().min(names.len())).collect();
        order.sort_by(|a, b| gains[*b].total_cmp(&gains[*a]));
        writeln!(card, "\nThe context stage's gain by feature, the first 25:\n\n| feature | share of gain |\n| --- | --- |")?;
        for feature in order.into_iter().take(25) {
            writeln!(card, "| {} | {:.3} |", names[feature].full_name(), gains[feature] / total.max(f32::MIN_POSITIVE))?;
        }
        Ok(())
    }
}

const DATA: &str = "\n## Data\n\nPages of four public research collections on content extraction (the web content extraction benchmark's development split, CC-BY-4.0; \
trafilatura's evaluation pages, Apache-2.0; fundus' parser test data, MIT; postlight parser's fixtures, MIT / Apache-2.0). The pages are their \
publishers' and are not part of this project. The labels of blocks were made by language models that followed a written guide; no person has \
reviewed them. Two independent readers agreed on 99.37% of the blocks of 66 other pages. 2,037 of the pages were labelled whole for this model by readings of the same \
kind (`training/more-labels.csv.gz`); for 1,249 of them the reader saw and corrected what an earlier model had proposed, and a second reader who saw no proposal agreed on 99.1% of \
the blocks of 40 (Cohen's kappa 0.976). The earlier model \
had learnt from the whole corpus, so through these proposals a cross-validation is not wholly blind to its own pages.\n\n## Known weaknesses\n\nProducts, collections and \
listings are labelled less surely than articles; short prompts of one to three words go wrong in both directions; languages other than English \
and German have little data; captions without a picture near them are missed; a story told by pictures, a paragraph beside each, may be taken for captions.\n";

const CROSS: &str = "Five folds by site: every page is labelled by a model that saw no page of its site. Label figures are over the blocks of pages that are labelled in full.";

/// How a reader makes the figures anew.
fn command(arguments: &str) -> String {
    format!("Made by `pagesieve {arguments}`.")
}

fn write_comparisons(card: &mut String, sources: &CardSources<'_>) -> std::fmt::Result {
    if !sources.others.is_empty() {
        let command =
            command("evaluate --corpus CORPUS --more-labels training/more-labels.csv.gz --cross-validate --recipe RECIPE --format json");
        writeln!(card, "\n## Other algorithms\n\nOther recipes of `training/` on the same features, pages and folds. {command}")?;
        tables::write_algorithms(card, sources.pages, sources.others)?;
    }
    if let Some(table) = sources.ablation {
        writeln!(
            card,
            "\n## Ablation\n\n{ABLATION} {}",
            command("ablate --corpus CORPUS --more-labels training/more-labels.csv.gz --recipe training/ablation.toml")
        )?;
        tables::write_ablation(card, table)?;
    }
    Ok(())
}

const ABLATION: &str = "Each feature group and stage left out in turn, by a smaller recipe than the shipped one, on some of the folds. A difference \
is that to the first row; its error is the standard error over 1,000 bootstrap samples of the pages, the same for both.";

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or(f64::NAN)
}

fn write_report(card: &mut String, report: &Value) -> std::fmt::Result {
    let overall = report.get("overall").ok_or(std::fmt::Error)?;
    let labels = overall.get("labels").ok_or(std::fmt::Error)?;
    writeln!(card, "\n| label | precision | recall | F1 | support | calibration error |\n| --- | --- | --- | --- | --- | --- |")?;
    let rows = labels["labels"].as_array().ok_or(std::fmt::Error)?;
    for (label, row) in Label::ALL.into_iter().zip(rows) {
        let error = number(&labels["calibration"]["by_label"][label.index()]);
        let (precision, recall, f1) = (number(&row["precision"]), number(&row["recall"]), number(&row["f1"]));
        writeln!(card, "| {label} | {precision:.3} | {recall:.3} | {f1:.3} | {} | {error:.4} |", row["support"])?;
    }
    writeln!(
        card,
        "\nMacro-F1 **{:.3}**, calibration error {:.4} (mean over labels).",
        number(&labels["macro_f1"]),
        number(&labels["calibration"]["mean_over_labels"])
    )?;
    write_groups(card, "page type", &labels["by_page_type"])?;
    write_groups(card, "publisher's country", &labels["by_country"])?;
    if let Some(words) = overall.get("text").filter(|text| text.is_object()) {
        writeln!(
            card,
            "\nText against gold text, mean over pages:\n\n| page type | pages | word F1 | precision | recall |\n| --- | --- | --- | --- | --- |"
        )?;
        let row = |name: &str, value: &Value| {
            let words = &value["words"];
            format!(
                "| {name} | {} | {:.3} | {:.3} | {:.3} |",
                value["pages"],
                number(&words["f1"]),
                number(&words["precision"]),
                number(&words["recall"])
            )
        };
        writeln!(card, "{}", row("all", words))?;
        for kind in words["by_page_type"].as_array().into_iter().flatten() {
            writeln!(card, "{}", row(kind["page_type"].as_str().unwrap_or_default(), kind))?;
        }
    }
    if let Some(segments) = overall.get("segments").filter(|segments| segments.is_object()) {
        let figure = |name: &str| number(&segments[name]);
        writeln!(
            card,
            "\nMust and must-not segments: F1 **{:.3}** (precision {:.3}, recall {:.3}).",
            figure("f1"),
            figure("precision"),
            figure("recall")
        )?;
    }
    Ok(())
}

fn write_groups(card: &mut String, name: &str, groups: &Value) -> std::fmt::Result {
    let groups = groups.as_array().map_or(&[][..], Vec::as_slice);
    if groups.len() < 2 {
        return Ok(());
    }
    writeln!(card, "\n| {name} | pages | blocks | macro-F1 | accuracy |\n| --- | --- | --- | --- | --- |")?;
    for group in groups {
        let (f1, accuracy) = (number(&group["macro_f1"]), number(&group["accuracy"]));
        writeln!(
            card,
            "| {} | {} | {} | {f1:.3} | {accuracy:.3} |",
            group["group"].as_str().unwrap_or_default(),
            group["pages"],
            group["blocks"]
        )?;
    }
    Ok(())
}

fn write_features(card: &mut String, features: &[FeatureDef]) -> std::fmt::Result {
    let mut groups: BTreeMap<&str, usize> = BTreeMap::new();
    for feature in features {
        *groups.entry(feature.group).or_default() += 1;
    }
    writeln!(card, "{} features; `pagesieve features --schema` lists them.\n\n| group | features |\n| --- | --- |", features.len())?;
    for (group, count) in groups {
        writeln!(card, "| {group} | {count} |")?;
    }
    Ok(())
}

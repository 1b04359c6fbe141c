//! Evaluations of three small pages, worked out by hand.

use super::*;
use crate::corpus::Corpus;

const CONTENT: Probabilities = [1.0, 0.0, 0.0, 0.0];
const CAPTION: Probabilities = [0.0, 1.0, 0.0, 0.0];
const NAVIGATION: Probabilities = [0.0, 0.0, 1.0, 0.0];

/// Three pages: two labelled in full, in folds 0 and 2, and one in part, in fold 2.
fn corpus() -> (tempfile::TempDir, Corpus) {
    let folder = tempfile::tempdir().unwrap();
    let manifest = "id,file,kind,source,site,page_type,country,fold\n\
                    a,a.html,full,one,s,article,de,0\nb,b.html,full,two,t,forum,,2\nc,c.html,partial,one,t,,,2\n";
    std::fs::write(folder.path().join("pages.csv"), manifest).unwrap();
    let corpus = Corpus::open(folder.path()).unwrap();
    (folder, corpus)
}

fn gold(text: Option<&str>, must: &[&str], must_not: &[&str]) -> Gold {
    let owned = |segments: &[&str]| segments.iter().map(|segment| (*segment).to_owned()).collect();
    Gold { main_content: text.map(str::to_owned), must: owned(must), must_not: owned(must_not) }
}

fn evaluation(order: &[&str]) -> Evaluation {
    let (_folder, corpus) = corpus();
    let pages = [
        // Three blocks right, one navigation taken for content, one not labelled. Words: 4 of 5 and 4 of 4.
        (
            [Some(Label::Content), Some(Label::Content), Some(Label::Navigation), Some(Label::Navigation), None],
            [CONTENT, CONTENT, CONTENT, NAVIGATION, CAPTION],
            Some("It rained all day Home"),
            gold(Some("It rained all day"), &["rained all"], &["Home", "Menu"]),
        ),
        // A caption right, a prompt taken for navigation. Words: 0 of 1 and 0 of 2.
        (
            [Some(Label::Caption), Some(Label::SubscriptionPrompt), None, None, None],
            [CAPTION, NAVIGATION, CAPTION, CAPTION, CAPTION],
            Some("x"),
            gold(Some("a post"), &[], &[]),
        ),
        // Labelled in part, one block, wrong. No gold text, one segment missed.
        ([Some(Label::Caption), None, None, None, None], [CONTENT; 5], Some("x"), gold(None, &["y"], &[])),
    ];
    let mut evaluation = Evaluation::new();
    for id in order {
        let entry = corpus.entry(id).unwrap();
        let index = corpus.entries().iter().position(|other| other == entry).unwrap();
        let (hand_labels, probabilities, text, gold) = &pages[index];
        let labels = probabilities.map(|found| Label::ALL[found.iter().position(|one| *one > 0.5).unwrap()]);
        let outcome = PageOutcome {
            entry,
            hand_labels,
            block_texts: &["It rained all day", "and night", "Home", "Menu", "Photo"],
            language: (id == &"a").then_some("de"),
            labels: &labels,
            probabilities,
            text: *text,
            presets: Some(Presets { precision: 0.8, recall: 0.2 }),
            by_headline: text.map(|text| [text, ""]),
            gold: Some(gold),
        };
        evaluation.add(&outcome);
    }
    evaluation
}

fn close(found: f64, expected: f64) -> bool {
    (found - expected).abs() < 1e-9
}

#[test]
fn pages_labelled_in_part_do_not_count_with_the_others() {
    let report = evaluation(&["a", "b", "c"]).report();
    let labels = report.overall.labels.unwrap();
    assert_eq!((labels.pages, labels.blocks), (2, 6));
    // Content 2 of 3 and 2 of 2: 0.8. Caption 1. Navigation 1 of 2 and 1 of 2: 0.5. Prompt 0.
    assert!(close(labels.macro_f1, (0.8 + 1.0 + 0.5 + 0.0) / 4.0), "{labels:?}");
    assert!(close(labels.accuracy, 4.0 / 6.0));
    // Content: one of six says 1 and is 0. Navigation: one says 1 and is 0, one says 0 and is 1. Prompt: one says 0 and is 1.
    assert!(close(labels.calibration.mean_over_labels, (1.0 + 0.0 + 2.0 + 1.0) / 6.0 / 4.0), "{:?}", labels.calibration);
    assert!(close(labels.calibration.top_label, 2.0 / 6.0));
    assert_eq!(labels.by_country.len(), 1);
    assert!(close(labels.by_page_type[0].accuracy, 0.75) && close(labels.by_page_type[1].accuracy, 0.5));
    let partial = report.overall.partial_labels.unwrap();
    assert_eq!((partial.pages, partial.blocks, partial.confusion.count(Label::Caption, Label::Content)), (1, 1, 1));
}

#[test]
fn text_is_scored_by_page_and_segments_together() {
    let report = evaluation(&["a", "b", "c"]).report();
    let text = report.overall.text.unwrap();
    assert_eq!(text.pages, 2);
    assert!(close(text.words.precision, 0.4) && close(text.words.recall, 0.5) && close(text.words.f1, 4.0 / 9.0), "{text:?}");
    assert_eq!(text.by_page_type.iter().map(|group| group.page_type.as_str()).collect::<Vec<_>>(), ["article", "forum"]);
    assert!(close(text.by_page_type[0].words.f1, 8.0 / 9.0));
    // One of two shingles, which is the only one of the gold text.
    assert!(close(text.by_page_type[0].shingles.f1, 2.0 / 3.0));
    let segments = report.overall.segments.unwrap();
    assert_eq!(segments.all.counts, SegmentCounts { must_found: 1, must_missed: 1, must_not_found: 1, must_not_absent: 1 });
    assert_eq!((segments.all.pages, segments.by_source.len()), (2, 1));
}

#[test]
fn each_fold_has_its_scores() {
    let report = evaluation(&["a", "b", "c"]).report();
    assert_eq!(report.folds.iter().map(|fold| (fold.fold, fold.scores.pages)).collect::<Vec<_>>(), [(0, 1), (2, 2)]);
    assert!(close(report.folds[0].scores.text.as_ref().unwrap().words.f1, 8.0 / 9.0));
    assert!(report.folds[0].scores.partial_labels.is_none());
}

#[test]
fn the_order_of_the_pages_does_not_matter() {
    let whole = evaluation(&["a", "b", "c"]);
    let mut halves = evaluation(&["c"]);
    halves.merge(evaluation(&["b", "a"]));
    assert_eq!(whole.report(), halves.report());
}

#[test]
fn gates_name_what_falls_short() {
    let report = evaluation(&["a", "b", "c"]).report();
    assert!(report.gate(&Gates::default()).is_empty());
    let reached = Gates { min_macro_f1: Some(0.575), min_word_f1: Some(0.4), min_segment_f1: Some(0.5), max_calibration_error: Some(0.2) };
    assert_eq!(report.gate(&reached), Vec::<String>::new());
    let missed = Gates { min_macro_f1: Some(0.6), min_word_f1: Some(0.5), min_segment_f1: Some(0.9), max_calibration_error: Some(0.1) };
    assert_eq!(
        report.gate(&missed),
        [
            "macro-F1 is 0.5750: expected at least 0.6",
            "word F1 is 0.4444: expected at least 0.5",
            "segment F1 is 0.5000: expected at least 0.9",
            "calibration error is 0.1667: expected at most 0.1",
        ]
    );
    let empty = Evaluation::new().report();
    assert_eq!(empty.gate(&missed).len(), 4);
    assert_eq!(empty.gate(&missed)[0], "macro-F1 was not counted, no page is labelled in full: expected at least 0.6");
}

fn written(write: impl FnOnce(&mut Vec<u8>) -> std::io::Result<()>) -> String {
    let mut bytes = Vec::new();
    write(&mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

#[test]
fn the_text_form_is_a_page_of_tables() {
    let report = evaluation(&["a", "b", "c"]).report();
    insta::assert_snapshot!(written(|out| report.write_text(out)));
}

#[test]
fn the_json_form_names_every_score() {
    let report = evaluation(&["a", "b", "c"]).report();
    let json: serde_json::Value = serde_json::from_str(&written(|out| report.write_json(out))).unwrap();
    assert_eq!(json["overall"]["labels"]["confusion"][2], serde_json::json!([1, 0, 1, 0]));
    assert_eq!(json["overall"]["labels"]["labels"][3]["label"], "subscription-prompt");
    assert_eq!(json["overall"]["segments"]["counts"]["must_missed"], 1);
    assert_eq!(json["overall"]["segments"]["by_source"][0]["source"], "one");
    assert_eq!(json["folds"][1]["fold"], 2);
}

#[test]
fn the_csv_form_is_a_number_a_line() {
    let report = evaluation(&["a", "b", "c"]).report();
    let csv = written(|out| report.write_csv(out));
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(lines[0], "scope,measure,label_or_type,value,support");
    assert_eq!(lines[1].split(',').take(3).collect::<Vec<_>>(), ["overall", "macro_f1", ""]);
    assert!(lines.contains(&"overall,precision,navigation,0.5,2"), "{csv}");
    assert!(lines.contains(&"overall,predicted_content,navigation,1,2"), "{csv}");
    assert!(lines.contains(&"overall,segment_f1,,0.5,4"), "{csv}");
    assert!(lines.contains(&"fold 0,word_recall,article,1,1"), "{csv}");
    assert!(lines.contains(&"overall,partial_accuracy,,0,1"), "{csv}");
}

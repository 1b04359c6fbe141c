//! The shipped models on sample pages about access: what is said of them, what they are marked as, where markup and page disagree.
#![cfg(feature = "bundled-model")]
#![expect(clippy::unwrap_used, reason = "a test that cannot read its page has failed")]

use std::path::Path;

use pagesieve::access::EvidenceKind;
use pagesieve::{Access, Completeness, Decision, LabelledPage, Metadata, Model, Page, PageModel, PageOptions, PageVerdict};

fn labelled(name: &str) -> LabelledPage {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/access").join(name);
    let page = Page::from_html_bytes(&std::fs::read(path).unwrap(), &PageOptions::default());
    Model::bundled().unwrap().classify(page, &Decision::default())
}

fn judged(name: &str) -> PageVerdict {
    PageModel::bundled().unwrap().judge(&labelled(name))
}

fn has(verdict: &PageVerdict, kind: EvidenceKind, name: &str) -> bool {
    verdict.access.evidence.iter().any(|piece| piece.kind == kind && piece.name == name)
}

#[test]
fn an_article_that_breaks_off_at_a_wall_is_a_teaser_for_payers() {
    let verdict = judged("wall.html");
    assert_eq!((verdict.access.access, verdict.access.completeness), (Access::Subscription, Completeness::Teaser), "{verdict:?}");
    assert!(has(&verdict, EvidenceKind::Prompt, "wall") && has(&verdict, EvidenceKind::Markup, "hasPart cssSelector"), "{verdict:?}");
}

#[test]
fn a_template_that_counts_articles_makes_a_page_metered() {
    let verdict = judged("metered.html");
    assert_eq!((verdict.access.access, verdict.access.completeness), (Access::Metered, Completeness::Complete), "{verdict:?}");
    let counted = verdict.access.evidence.iter().find(|piece| piece.name == "meter-count").unwrap();
    assert!(counted.value.contains("template not filled in"), "{counted:?}");
}

#[test]
fn markup_that_says_free_does_not_hide_a_choice_between_consent_and_payment() {
    let verdict = judged("consent-or-pay.html");
    let name = "markup says free, a prompt or vendor asks for consent or payment";
    assert!(has(&verdict, EvidenceKind::Disagreement, name), "{verdict:?}");
    assert_eq!(verdict.access.access, Access::ConsentOrPay, "{verdict:?}");
    assert!(has(&verdict, EvidenceKind::Prompt, "choice between consent and payment"), "{verdict:?}");
}

#[test]
fn offers_and_newsletters_do_not_gate_a_page() {
    let verdict = judged("open.html");
    assert!(!verdict.access.access.is_gated() && verdict.access.completeness == Completeness::Complete, "{verdict:?}");
    assert!(!has(&verdict, EvidenceKind::Disagreement, "markup says free, the verdict does not"), "{verdict:?}");
}

#[test]
fn a_page_without_a_word_is_empty() {
    for html in ["", "<title>Salt</title><script>load()</script>"] {
        let page = Model::bundled().unwrap().classify(Page::from_html(html.to_owned(), &PageOptions::default()), &Decision::default());
        let access = PageModel::bundled().unwrap().judge(&page).access;
        assert_eq!((access.completeness, access.completeness_probabilities), (Completeness::Empty, [0.0, 0.0, 1.0]), "{html}");
    }
}

#[test]
fn metadata_say_where_they_come_from() {
    let facts = Metadata::of(&labelled("open.html"));
    assert_eq!(facts.title.unwrap().value, "Salt in the harbour");
    assert_eq!(facts.authors[0].value, "Hanne Liebold");
    assert_eq!(facts.published.unwrap().value, "2030-03-14T08:00:00+01:00");
    assert_eq!(facts.canonical.unwrap().value, "https://courier.example/news/salt-in-the-harbour");
    assert_eq!(facts.language.unwrap().value, "en");
}

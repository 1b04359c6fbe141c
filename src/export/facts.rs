//! What is said of pages as a whole, as rows have it: access, kind, metadata.
//!
//! Takes a labelled page and a page model, gives [`PageFacts`] and lines of verdicts. Knows nothing of how a verdict is found.

use std::sync::Arc;

use serde::Serialize;
use serde::ser::{SerializeMap as _, Serializer};

use super::Export;
use super::jsonl::line;
use crate::access::{Access, Completeness, Evidence, EvidenceKind};
use crate::classify::LabelledPage;
use crate::declared::Declared;
use crate::label::rounded;
use crate::metadata::Metadata;
use crate::page_kind::PageKind;
use crate::page_model::{PageModel, PageVerdict};

/// The fields that a row of `extract` has beside the text.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct PageFacts {
    /// What a reader without an account may read here.
    pub access: Access,
    /// How much of the article the page holds.
    pub completeness: Completeness,
    /// The probability (0 to 1) that something stands between a reader and the article.
    pub gated_probability: f64,
    /// Where markup and text do not agree.
    pub disagreements: Vec<String>,
    /// What kind of page it is.
    pub page_kind: PageKind,
    /// The probability (0 to 1) of that kind.
    pub page_kind_probability: f64,
    /// Title, authors, dates and so on, each with where it comes from.
    pub metadata: Metadata,
}

impl PageFacts {
    /// Judges a page and gathers its metadata.
    pub fn of(page: &LabelledPage, model: &PageModel) -> Self {
        let declared = page.page().dom().map(Declared::of).unwrap_or_default();
        let verdict = model.judge_by(page, &declared);
        Self {
            access: verdict.access.access,
            completeness: verdict.access.completeness,
            gated_probability: rounded(verdict.access.gated_probability()),
            disagreements: disagreements(&verdict.access.evidence),
            page_kind: verdict.kind.kind,
            page_kind_probability: rounded(verdict.kind.probability()),
            metadata: Metadata::by(page, &declared),
        }
    }
}

/// The exporter of verdicts: JSON Lines, a page a line, with `path, url, access, completeness, probabilities, page_kind,
/// page_kind_probabilities, disagreements, evidence`.
///
/// ```
/// # #[cfg(feature = "bundled-model")] {
/// use std::sync::Arc;
/// use pagesieve::{Label, LabelledPage, Page, PageModel, PageOptions, export::verdicts};
///
/// let page = Page::from_html("<h1>Rain</h1><p>It rained.".to_owned(), &PageOptions::default());
/// let page = LabelledPage::from_labels(page, |_, _| Label::Content);
/// let line = verdicts(Arc::new(PageModel::bundled()?)).page("rain.html", &page);
/// assert!(line.starts_with(r#"{"path":"rain.html","url":null,"access":"#));
/// # }
/// # Ok::<(), pagesieve::Error>(())
/// ```
pub fn verdicts(model: Arc<PageModel>) -> Box<dyn Export> {
    Box::new(VerdictLines { model })
}

#[derive(Debug)]
struct VerdictLines {
    model: Arc<PageModel>,
}

impl Export for VerdictLines {
    fn page(&self, path: &str, page: &LabelledPage) -> String {
        line(&VerdictRecord::new(path, page, &self.model.judge(page)))
    }
}

#[derive(Serialize)]
struct VerdictRecord<'a> {
    path: &'a str,
    url: Option<&'a str>,
    access: Access,
    completeness: Completeness,
    probabilities: Probabilities,
    page_kind: PageKind,
    #[serde(serialize_with = "by_name")]
    page_kind_probabilities: Vec<(&'static str, f32)>,
    disagreements: Vec<String>,
    evidence: &'a [Evidence],
}

#[derive(Serialize)]
struct Probabilities {
    #[serde(serialize_with = "by_name")]
    access: Vec<(&'static str, f32)>,
    #[serde(serialize_with = "by_name")]
    completeness: Vec<(&'static str, f32)>,
}

impl<'a> VerdictRecord<'a> {
    fn new(path: &'a str, page: &'a LabelledPage, verdict: &'a PageVerdict) -> Self {
        let access = &verdict.access;
        let named = |names: &mut dyn Iterator<Item = &'static str>, values: &[f32]| names.zip(values.iter().copied()).collect();
        Self {
            path,
            url: page.page().url(),
            access: access.access,
            completeness: access.completeness,
            probabilities: Probabilities {
                access: named(&mut Access::ALL.iter().map(|access| access.as_str()), &access.access_probabilities),
                completeness: named(&mut Completeness::ALL.iter().map(|all| all.as_str()), &access.completeness_probabilities),
            },
            page_kind: verdict.kind.kind,
            page_kind_probabilities: named(&mut PageKind::ALL.iter().map(|kind| kind.as_str()), &verdict.kind.probabilities),
            disagreements: disagreements(&access.evidence),
            evidence: &access.evidence,
        }
    }
}

fn disagreements(evidence: &[Evidence]) -> Vec<String> {
    let found = evidence.iter().filter(|piece| piece.kind == EvidenceKind::Disagreement);
    found.map(|piece| format!("{}: {}", piece.name, piece.value)).collect()
}

fn by_name<S: Serializer>(values: &Vec<(&'static str, f32)>, serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(values.len()))?;
    for (name, value) in values {
        map.serialize_entry(name, &rounded(*value))?;
    }
    map.end()
}

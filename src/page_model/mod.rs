//! The model of pages: access, completeness and kind of a page, from its labelled blocks and its markup.
//!
//! Takes a [`LabelledPage`], gives [`PageVerdict`]. Four small multinomial logistic regressions live in it; its file is of its own, so that it and
//! the block [`Model`](crate::Model) can be trained one after the other. It learns from labels that a block model gives, so it should be
//! trained anew after the block model.

mod check;
mod check_report;
mod file;
mod gold;
mod linear;
mod readings;
mod render;
mod report;
mod train;

use std::path::Path;

use crate::access::features::{WIDTH, row as access_row, stands_behind_consent};
use crate::access::{Access, AccessVerdict, Completeness, Signals, Stance};
use crate::classify::LabelledPage;
use crate::declared::Declared;
use crate::error::Result;
use crate::page_kind::{PageKind, PageKindVerdict, features::row as kind_row};

pub use check_report::{CheckReport, FactScore, PromptKindScore, TitleAgreement};
pub use file::PageModelInfo;
pub use readings::Readings;
pub use report::{Confusion, Contradictions, Counts, Interval, JudgedPage, PageReport, Score};
pub(crate) use train::KindModel;
pub use train::{BlockLabels, PageCorpus, cross_validate_pages, train_pages};

use linear::Linear;

/// How errors name the model in the program.
const BUNDLED: &str = "the bundled page model";

/// A page with fewer words of content than this beside its headline holds no article.
const EMPTY_WORDS: f32 = 5.0;

/// How probable it is that a page is gated by a choice between consent and payment where that choice is found: the rule of succession after the
/// three such pages of the corpus, which are too few to learn a weight from.
const CONSENT_PROBABILITY: f32 = 0.8;

/// What is said of a page as a whole.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct PageVerdict {
    /// What a reader without an account may read, and how much of it is here.
    pub access: AccessVerdict,
    /// What kind of page it is.
    pub kind: PageKindVerdict,
}

/// A trained model of pages.
#[derive(Debug, Clone, PartialEq)]
pub struct PageModel {
    info: PageModelInfo,
    parts: Parts,
}

/// The four regressions, and where their probabilities become a verdict.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
pub(crate) struct Parts {
    /// Open (0) or gated (1).
    gate: Linear,
    /// Which access, of the gated ones.
    gated_as: Linear,
    /// Complete (0) or teaser (1).
    teaser: Linear,
    /// [`PageKind`].
    kind: Linear,
    /// From which probability a page is gated, or a teaser.
    gate_from: f32,
    teaser_from: f32,
}

impl PageModel {
    /// The model that ships with the library.
    ///
    /// # Errors
    /// In a build without the feature `bundled-model`.
    pub fn bundled() -> Result<Self> {
        #[cfg(feature = "bundled-model")]
        return file::read(BUNDLED, include_bytes!("../../models/pages.model"));
        #[cfg(not(feature = "bundled-model"))]
        return Err(crate::error::Error::not_bundled(BUNDLED));
    }

    /// Reads a model file.
    ///
    /// # Errors
    /// If the file cannot be read, is no page model, is damaged, or was trained by a version with other features.
    pub fn load(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let bytes = std::fs::read(path).map_err(|source| crate::error::Error::read(path, source))?;
        file::read(&path.display().to_string(), &bytes)
    }

    /// The model as the bytes of a file: the same model, the same bytes.
    ///
    /// # Errors
    /// If the model does not fit a file.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        file::write(self)
    }

    /// What the file says of itself.
    pub fn info(&self) -> &PageModelInfo {
        &self.info
    }

    /// Judges a page whose blocks are labelled.
    ///
    /// ```
    /// # #[cfg(feature = "bundled-model")] {
    /// use pagesieve::{Label, LabelledPage, Page, PageModel, PageOptions};
    ///
    /// let html = "<h1>Rain</h1><p>It rained all day on the hills, and nobody went out.".to_owned();
    /// let page = LabelledPage::from_labels(Page::from_html(html, &PageOptions::default()), |_, _| Label::Content);
    /// let verdict = PageModel::bundled()?.judge(&page);
    /// assert!(!verdict.access.access.is_gated());
    /// # }
    /// # Ok::<(), pagesieve::Error>(())
    /// ```
    pub fn judge(&self, page: &LabelledPage) -> PageVerdict {
        self.judge_by(page, &page.page().dom().map(Declared::of).unwrap_or_default())
    }

    /// As [`Self::judge`], by declarations that were gathered already.
    pub(crate) fn judge_by(&self, page: &LabelledPage, declared: &Declared<'_>) -> PageVerdict {
        let kind = self.parts.kind(&kind_row(page, declared));
        let signals = Signals::of(page, declared);
        let stance = Stance::of(&signals);
        let mut access = self.parts.access(&access_row(&signals), stance.words, &kind);
        if page.is_empty() {
            // Nothing to read is no article at all, of whatever kind the page may be.
            (access.completeness, access.completeness_probabilities) = (Completeness::Empty, [0.0, 0.0, 1.0]);
        }
        access.evidence = signals.evidence();
        access.evidence.extend(stance.disagreements(access.access, access.completeness));
        PageVerdict { access, kind }
    }
}

impl Parts {
    fn kind(&self, row: &[f32]) -> PageKindVerdict {
        let probabilities = self.kind.probabilities::<7>(row);
        let best = (0..probabilities.len()).fold(0, |best, kind| if probabilities[kind] > probabilities[best] { kind } else { best });
        PageKindVerdict { kind: PageKind::ALL[best], probabilities }
    }

    /// The verdict without its evidence.
    fn access(&self, row: &[f32; WIDTH], words: f32, kind: &PageKindVerdict) -> AccessVerdict {
        let [_, learnt] = self.gate.probabilities::<2>(row);
        let mut probabilities = self.gated_as.probabilities::<6>(row).map(|share| share * learnt);
        // Where no other gate is seen, the choice found is the gate.
        let by_consent = if stands_behind_consent(row) && learnt < self.gate_from { (CONSENT_PROBABILITY - learnt).max(0.0) } else { 0.0 };
        let gated = learnt + by_consent;
        probabilities[Access::ConsentOrPay.index()] += by_consent;
        let text = kind.text_probability();
        probabilities[Access::Free.index()] = (1.0 - gated) * text;
        probabilities[Access::None.index()] = (1.0 - gated) * (1.0 - text);
        let access = likeliest(&probabilities, |access| access.is_gated() == (gated >= self.gate_from));
        // A page without a paragraph holds nothing of an article; a corpus has too few of them to learn that from.
        let empty = words < EMPTY_WORDS && access != Access::None;
        let [complete, teaser] = if empty { [0.0, 0.0] } else { self.teaser.probabilities::<2>(row) };
        let completeness = match (empty, teaser >= self.teaser_from) {
            (true, _) => Completeness::Empty,
            (false, true) => Completeness::Teaser,
            (false, false) => Completeness::Complete,
        };
        let completeness_probabilities = [complete, teaser, f32::from(u8::from(empty))];
        AccessVerdict { access, access_probabilities: probabilities, completeness, completeness_probabilities, evidence: Vec::new() }
    }
}

fn likeliest(probabilities: &[f32; 6], may_be: impl Fn(Access) -> bool) -> Access {
    let candidates = Access::ALL.iter().copied().filter(|access| may_be(*access));
    let best = |best: Access, other: Access| if probabilities[other.index()] > probabilities[best.index()] { other } else { best };
    candidates.reduce(best).unwrap_or(Access::Free)
}

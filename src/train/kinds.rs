//! What the context stage is told of the kind of a page, where an ablation asks for it.
//!
//! Takes what the block stage says of pages, gives each page seven numbers, one a kind. Knows nothing of the context stage.

use rayon::prelude::*;

use super::{FOLDS, Folds, TrainingPage};
use crate::classify::LabelledPage;
use crate::corpus::Corpus;
use crate::declared::Declared;
use crate::error::Result;
use crate::label::likeliest;
use crate::page_kind::{PageKind, features::row};
use crate::page_model::KindModel;
use crate::recipe::KindTold;

/// Sets what each page is told: nothing, the kind that the corpus has, or a guess by regressions that have not seen the page's fold.
pub(super) fn tell(corpus: &Corpus, pages: &mut [TrainingPage], told: KindTold, used: Folds) -> Result<()> {
    match told {
        KindTold::Nothing => {
            for page in pages.iter_mut() {
                page.told.clear();
            }
        }
        KindTold::Known => {
            for page in pages.iter_mut() {
                let known = known(corpus, page);
                page.told = PageKind::ALL.iter().map(|kind| f32::from(u8::from(known == Some(*kind)))).collect();
            }
        }
        KindTold::Guessed => {
            let rows: Vec<Vec<f32>> = pages.par_iter().map(row_of).collect();
            for fold in 0..FOLDS {
                let learnt_from = |page: &TrainingPage| used[page.fold] && page.fold != fold && !page.copy;
                let learnt = pages.iter().zip(&rows).filter(|(page, _)| learnt_from(page));
                let model = KindModel::fit(learnt.filter_map(|(page, row)| Some((row.as_slice(), known(corpus, page)?))))?;
                for (page, row) in pages.iter_mut().zip(&rows).filter(|(page, _)| page.fold == fold) {
                    page.told = model.probabilities(row).to_vec();
                }
            }
        }
    }
    Ok(())
}

fn known(corpus: &Corpus, page: &TrainingPage) -> Option<PageKind> {
    corpus.entries()[page.entry].page_type.as_deref().and_then(PageKind::from_name)
}

/// What the page model sees of a page, if the likeliest labels by the block stage are its labels.
fn row_of(page: &TrainingPage) -> Vec<f32> {
    let labelled = LabelledPage::with_labels(page.page.clone(), page.said.iter().map(likeliest));
    row(&labelled, &labelled.page().dom().map(Declared::of).unwrap_or_default())
}

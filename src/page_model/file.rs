//! The page model's file.
//!
//! Takes bytes, gives a [`PageModel`], and back: a magic line, a version, a hash of the columns' names, and the numbers in postcard's format.

use serde::{Deserialize, Serialize};

use super::{PageModel, Parts};
use crate::access::Access;
use crate::access::features::{COLUMNS, WIDTH};
use crate::error::{Error, Result};
use crate::page_kind::{PageKind, features::names};

/// What a file begins with.
const MAGIC: &[u8] = b"pagesieve page model\n";

/// The version of this format. Raised with every change that old readers cannot read.
const VERSION: u32 = 1;

/// What a page model says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PageModelInfo {
    /// The version of pagesieve that trained it.
    pub trained_by: String,
    /// Pages with a verdict on access that it learnt from.
    pub access_pages: usize,
    /// Pages with a kind that it learnt from.
    pub kind_pages: usize,
}

#[derive(Serialize, Deserialize)]
struct Body {
    columns: u64,
    info: PageModelInfo,
    parts: Parts,
}

pub(super) fn write(model: &PageModel) -> Result<Vec<u8>> {
    let body = Body { columns: columns(), info: model.info.clone(), parts: model.parts.clone() };
    let body = postcard::to_stdvec(&body).map_err(|error| problem("the page model", format!("cannot be written: {error}")))?;
    Ok([MAGIC, &VERSION.to_le_bytes(), &hash(&body).to_le_bytes(), &body].concat())
}

pub(super) fn read(origin: &str, bytes: &[u8]) -> Result<PageModel> {
    let rest = bytes.strip_prefix(MAGIC).ok_or_else(|| {
        let expected = "is no page model: expected a file that begins with \"pagesieve page model\"; make one with `pagesieve train-pages`";
        problem(origin, expected.to_owned())
    })?;
    let cut = || problem(origin, "is cut short: copy it again".to_owned());
    let (version, rest) = rest.split_first_chunk::<4>().ok_or_else(cut)?;
    let version = u32::from_le_bytes(*version);
    if version != VERSION {
        let found = format!("is a page model of format {version}, this version of pagesieve reads format {VERSION}: train it anew");
        return Err(problem(origin, found));
    }
    let (sum, body) = rest.split_first_chunk::<8>().ok_or_else(cut)?;
    if u64::from_le_bytes(*sum) != hash(body) {
        return Err(problem(origin, "is damaged: its checksum does not agree; copy it again".to_owned()));
    }
    let body: Body = postcard::from_bytes(body).map_err(|error| problem(origin, format!("is damaged: {error}")))?;
    if body.columns != columns() {
        return Err(problem(
            origin,
            "was trained with other features: train it anew with this version (`pagesieve train-pages`)".to_owned(),
        ));
    }
    let parts = &body.parts;
    let sound = parts.gate.is_sound(WIDTH, 2)
        && parts.teaser.is_sound(WIDTH, 2)
        && parts.gated_as.is_sound(WIDTH, Access::ALL.len())
        && parts.kind.is_sound(names().len(), PageKind::ALL.len());
    if !sound {
        return Err(problem(origin, "is damaged: its weights are not as many as its columns; train it anew".to_owned()));
    }
    Ok(PageModel { info: body.info, parts: body.parts })
}

/// A hash of the names of all columns in their order.
fn columns() -> u64 {
    let mut text: String = COLUMNS.iter().flat_map(|column| [column.name, " "]).collect();
    text.extend(names().iter().flat_map(|name| [name.as_str(), " "]));
    hash(text.as_bytes())
}

/// FNV-1a.
fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

fn problem(origin: &str, problem: String) -> Error {
    Error::Model { origin: origin.to_owned(), problem }
}

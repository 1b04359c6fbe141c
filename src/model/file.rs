//! The model file.
//!
//! Takes bytes, gives a [`Model`], and back. A file is a magic line, a version, the hashes of the schemas, and the stages in postcard's
//! format: portable, no order of hash maps in it, the same model always the same bytes.

use serde::{Deserialize, Serialize};

use super::Model;
use super::stages::{Stages, StagesFile};
use crate::classify::Presets;
use crate::error::{Error, Result};
use crate::feature::{block_schema, context_schema};
use crate::recipe::Recipe;

/// What a model file begins with.
const MAGIC: &[u8] = b"pagesieve model\n";

/// The version of this format. Raised with every change that old readers cannot read.
const VERSION: u32 = 3;

/// What a model file says of itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelInfo {
    /// The version of pagesieve that trained it.
    pub trained_by: String,
    /// How it was trained.
    pub recipe: Recipe,
    /// Pages it was trained on.
    pub pages: usize,
    /// Labelled blocks it was trained on, by label and by hand, in the order of `Label::ALL`.
    pub hand_labels: [usize; 4],
    /// Blocks labelled by gold text or segments.
    pub weak_labels: usize,
}

#[derive(Serialize, Deserialize)]
struct Body {
    block_schema: u64,
    context_schema: u64,
    info: ModelInfo,
    html: StagesFile,
    text: StagesFile,
}

/// The presets of both pipelines: the end of a file. Files from before there were any have nothing there.
type PresetsFile = (Option<Presets>, Option<Presets>);

/// Only what must agree, read before the rest.
#[derive(Deserialize)]
struct Head {
    block_schema: u64,
    context_schema: u64,
}

pub(super) fn write(model: &Model) -> Result<Vec<u8>> {
    let body = Body {
        block_schema: block_schema().hash(),
        context_schema: context_schema().hash(),
        info: model.info.clone(),
        html: model.html.to_file(),
        text: model.text.to_file(),
    };
    let mut bytes = MAGIC.to_vec();
    bytes.extend(VERSION.to_le_bytes());
    let presets: PresetsFile = (model.html.calibration.presets, model.text.calibration.presets);
    let body = postcard::to_stdvec(&(body, presets)).map_err(|error| problem("the model", format!("cannot be written: {error}")))?;
    bytes.extend(checksum(&body).to_le_bytes());
    bytes.extend(body);
    Ok(bytes)
}

pub(super) fn read(origin: &str, bytes: &[u8]) -> Result<Model> {
    let rest = bytes.strip_prefix(MAGIC).ok_or_else(|| {
        problem(
            origin,
            "is no pagesieve model: expected a file that begins with \"pagesieve model\"; train one with `pagesieve train`".to_owned(),
        )
    })?;
    let (version, rest) = rest.split_first_chunk::<4>().ok_or_else(|| truncated(origin))?;
    let version = u32::from_le_bytes(*version);
    if version != VERSION {
        return Err(problem(
            origin,
            format!(
                "is a model of format {version}, and this version of pagesieve reads format {VERSION}: train it anew or use the matching version"
            ),
        ));
    }
    let (sum, body) = rest.split_first_chunk::<8>().ok_or_else(|| truncated(origin))?;
    let (head, _) = postcard::take_from_bytes::<Head>(body).map_err(|_| truncated(origin))?;
    for (stage, found, expected) in
        [("block", head.block_schema, block_schema().hash()), ("context", head.context_schema, context_schema().hash())]
    {
        if found != expected {
            return Err(problem(
                origin,
                format!(
                    "was trained with other features (hash {found:016x} of the {stage} stage's schema, expected {expected:016x}): train it anew with this version"
                ),
            ));
        }
    }
    if u64::from_le_bytes(*sum) != checksum(body) {
        return Err(problem(origin, "is damaged: its checksum does not agree; copy it again".to_owned()));
    }
    let damaged = |error: postcard::Error| problem(origin, format!("is damaged: {error}"));
    let (body, rest) = postcard::take_from_bytes::<Body>(body).map_err(damaged)?;
    let presets: PresetsFile = if rest.is_empty() { (None, None) } else { postcard::from_bytes(rest).map_err(damaged)? };
    let (mut html, mut text) = (Stages::from_file(body.html), Stages::from_file(body.text));
    if !(html.fits_schema() && text.fits_schema()) {
        return Err(problem(origin, "is damaged: its trees are not as wide as its features; train it anew".to_owned()));
    }
    (html.calibration.presets, text.calibration.presets) = presets;
    Ok(Model::new(body.info, html, text))
}

fn truncated(origin: &str) -> Error {
    problem(origin, "is cut short: copy it again".to_owned())
}

fn problem(origin: &str, problem: String) -> Error {
    Error::Model { origin: origin.to_owned(), problem }
}

/// FNV-1a over eight bytes at a time.
fn checksum(bytes: &[u8]) -> u64 {
    bytes.chunks(8).fold(0xcbf2_9ce4_8422_2325_u64, |hash, chunk| {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        (hash ^ u64::from_le_bytes(word)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

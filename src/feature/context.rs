//! What the block stage says of a block's surroundings: the input of the context stage.
//!
//! Takes the survey and the first stage's probabilities, gives means and maxima over neighbours, brothers, ancestors and the page.

use super::position::Landmarks;
use super::schema::{FeatureDef, Unit};
use super::survey::Survey;
use super::{log_f, share_f};
use crate::label::{Label, Probabilities};

const K: usize = Label::COUNT;
/// Blocks before and after whose probabilities are given one by one.
const NEAR: usize = 4;
/// Half widths of the windows.
const WINDOWS: [usize; 3] = [3, 8, 20];
/// Levels of brothers and of ancestors.
const BROTHER_LEVELS: usize = 4;
const ANCESTOR_LEVELS: usize = 6;
/// Levels of ancestors whose surest blocks are looked at, and half widths of windows for the same.
const TOP_LEVELS: usize = 4;
const TOP_WINDOWS: [usize; 2] = [3, 8];

const GROUP: &str = "context";

/// Scalars at the end of the row.
const SCALARS: &[(&str, Unit, &str)] = &[
    ("content_before", Unit::Share, "expected content characters before, among the page's expected content"),
    ("content_characters", Unit::LogCount, "expected content characters of the page"),
    ("content_share", Unit::Share, "expected content characters among the page's"),
    ("since_content", Unit::LogCount, "blocks since the last that is likelier content than not; as if 200 when none"),
    ("to_content", Unit::LogCount, "blocks to the next that is likelier content than not; as if 200 when none"),
    ("heading_content", Unit::Probability, "the last heading's probability of content"),
    ("gap_before", Unit::LogCount, "characters since the last block that is likelier content than not"),
    ("parent_content_share", Unit::Share, "expected content characters among those of the element two levels above the owner"),
];

pub(super) fn definitions() -> Vec<FeatureDef> {
    let mut names: Vec<(String, String)> = Vec::new();
    let mut four = |name: String, doc: String| {
        for label in Label::ALL {
            names.push((format!("{name}_{label}"), format!("{doc}: {label}")));
        }
    };
    four("own".into(), "the block's own probability".into());
    for at in 1..=NEAR {
        four(format!("before_{at}"), format!("probability of the block {at} before"));
        four(format!("after_{at}"), format!("probability of the block {at} after"));
    }
    for width in WINDOWS {
        four(format!("window_{width}"), format!("mean over {width} blocks before and after"));
    }
    four("page".into(), "mean over the page".into());
    four("highest_before".into(), "greatest among the blocks before".into());
    four("highest_after".into(), "greatest among the blocks after".into());
    for level in 0..BROTHER_LEVELS {
        four(format!("brothers_{level}"), format!("mean over brothers with the same tag and class, {level} levels above the owner"));
    }
    for level in 0..ANCESTOR_LEVELS {
        four(format!("below_{level}"), format!("mean below the element {level} levels above the owner, by characters"));
    }
    for level in 0..TOP_LEVELS {
        four(format!("top_{level}"), format!("greatest below the element {level} levels above the owner"));
    }
    for width in TOP_WINDOWS {
        four(format!("top_window_{width}"), format!("greatest among {width} blocks before and after"));
    }
    four("same_pair".into(), "mean over blocks whose owner and parent have the same tags and classes".into());
    four("section".into(), "mean over the blocks under the same heading, by characters".into());
    let four =
        names.into_iter().map(|(name, doc)| FeatureDef { group: GROUP, name: name.into(), unit: Unit::Probability, doc: doc.into() });
    four.chain(super::schema::definitions(GROUP, SCALARS)).collect()
}

/// Running sums of probabilities over blocks, plain and by characters.
#[derive(Debug)]
struct Sums {
    plain: Vec<[f32; K]>,
    weighted: Vec<[f32; K]>,
}

impl Sums {
    fn new(survey: &Survey<'_>, probabilities: &[Probabilities]) -> Self {
        let mut sums = Self { plain: vec![[0.0; K]], weighted: vec![[0.0; K]] };
        let (mut plain, mut weighted) = ([0.0_f32; K], [0.0_f32; K]);
        for (info, said) in survey.block_infos.iter().zip(probabilities) {
            for label in 0..K {
                plain[label] += said[label];
                weighted[label] += said[label] * info.characters as f32;
            }
            sums.plain.push(plain);
            sums.weighted.push(weighted);
        }
        sums
    }

    fn mean(sums: &[[f32; K]], from: usize, to: usize, weight: f32) -> [f32; K] {
        std::array::from_fn(|label| ((sums[to][label] - sums[from][label]) / weight.max(1.0)).clamp(0.0, 1.0))
    }
}

/// What is the same for all blocks of a page, computed once.
#[derive(Debug)]
pub(crate) struct ContextPage {
    sums: Sums,
    highest_before: Vec<[f32; K]>,
    highest_after: Vec<[f32; K]>,
    brothers: Vec<[f32; K]>,
    /// The greatest probabilities below each element.
    tops: Vec<[f32; K]>,
    pairs: rustc_hash::FxHashMap<u32, [f32; K + 1]>,
    likely: Vec<usize>,
    section: Vec<(usize, usize)>,
    /// The columns of the page's expected content: its characters and their share.
    content: [f32; 2],
    last_heading: Vec<Option<usize>>,
}

impl ContextPage {
    pub(super) fn new(survey: &Survey<'_>, marks: &Landmarks, probabilities: &[Probabilities]) -> Self {
        let count = probabilities.len();
        let sums = Sums::new(survey, probabilities);
        let mut highest_before = vec![[0.0; K]; count];
        let mut highest_after = vec![[0.0; K]; count];
        for index in 1..count {
            highest_before[index] =
                std::array::from_fn(|label| f32::max(highest_before[index - 1][label], probabilities[index - 1][label]));
        }
        for index in (0..count.saturating_sub(1)).rev() {
            highest_after[index] = std::array::from_fn(|label| f32::max(highest_after[index + 1][label], probabilities[index + 1][label]));
        }
        let mut pairs: rustc_hash::FxHashMap<u32, [f32; K + 1]> = rustc_hash::FxHashMap::default();
        for (info, said) in survey.block_infos.iter().zip(probabilities) {
            let entry = pairs.entry(info.pair_signature).or_default();
            for label in 0..K {
                entry[label] += said[label];
            }
            entry[K] += 1.0;
        }
        let content = sums.weighted.last().map_or(0.0, |sums| sums[0]);
        let likely = (0..count).filter(|index| probabilities[*index][0] > 0.5).collect();
        Self {
            brothers: brothers(survey, &sums),
            tops: tops(survey, probabilities),
            section: sections(marks, count),
            content: [log_f(content), share_f(content, survey.total_characters())],
            last_heading: (0..count).map(|index| marks.last_heading(index)).collect(),
            sums,
            highest_before,
            highest_after,
            pairs,
            likely,
        }
    }
}

/// The mean over each group of brothers, by blocks.
fn brothers(survey: &Survey<'_>, sums: &Sums) -> Vec<[f32; K]> {
    let mut means = vec![[0.0; K]; survey.brothers.len()];
    for element in &survey.elements {
        if let Some(mean) = means.get_mut(element.brothers as usize) {
            let (from, to) = (element.first_block as usize, element.end_block as usize);
            for (label, mean) in mean.iter_mut().enumerate() {
                *mean += sums.plain[to][label] - sums.plain[from][label];
            }
        }
    }
    for (mean, group) in means.iter_mut().zip(&survey.brothers) {
        for value in mean {
            *value = (*value / group.blocks.max(1) as f32).clamp(0.0, 1.0);
        }
    }
    means
}

/// The greatest probabilities below each element.
fn tops(survey: &Survey<'_>, probabilities: &[Probabilities]) -> Vec<[f32; K]> {
    let mut tops = vec![[0.0; K]; survey.elements.len()];
    for (info, said) in survey.block_infos.iter().zip(probabilities) {
        if let Some(top) = tops.get_mut(info.owner as usize) {
            raise(top, said);
        }
    }
    // Elements stand in document order: what is below one comes after it.
    for index in (0..survey.elements.len()).rev() {
        let own = tops[index];
        if let Some(parent) = tops.get_mut(survey.elements[index].parent as usize) {
            raise(parent, &own);
        }
    }
    tops
}

fn raise(most: &mut [f32; K], said: &[f32; K]) {
    for (most, said) in most.iter_mut().zip(said) {
        *most = most.max(*said);
    }
}

/// For each block the range of blocks under the same heading, the heading included.
fn sections(marks: &Landmarks, count: usize) -> Vec<(usize, usize)> {
    let start = |index: usize| marks.last_heading(index).unwrap_or(0);
    let mut sections = vec![(0, count); count];
    let mut end = count;
    for index in (0..count).rev() {
        sections[index] = (start(index), end);
        if index > 0 && start(index) != start(index - 1) {
            end = index;
        }
    }
    sections
}

struct Writer<'a> {
    out: &'a mut [f32],
    at: usize,
}

impl Writer<'_> {
    fn put(&mut self, values: &[f32]) {
        self.out[self.at..self.at + values.len()].copy_from_slice(values);
        self.at += values.len();
    }
}

pub(super) fn fill(survey: &Survey<'_>, index: usize, said: &[Probabilities], page: &ContextPage, out: &mut [f32]) {
    let count = said.len();
    let mut writer = Writer { out, at: 0 };
    writer.put(&said[index]);
    for at in 1..=NEAR {
        writer.put(index.checked_sub(at).map_or(&[0.0; K], |before| &said[before]));
        writer.put(said.get(index + at).unwrap_or(&[0.0; K]));
    }
    for width in WINDOWS {
        let (from, to) = (index.saturating_sub(width), (index + width + 1).min(count));
        writer.put(&Sums::mean(&page.sums.plain, from, to, (to - from) as f32));
    }
    writer.put(&Sums::mean(&page.sums.plain, 0, count, count as f32));
    writer.put(&page.highest_before[index]);
    writer.put(&page.highest_after[index]);
    tree_means(survey, index, said, page, &mut writer);
    let info = &survey.block_infos[index];
    let pair = page.pairs.get(&info.pair_signature).copied().unwrap_or_default();
    writer.put(&std::array::from_fn::<f32, K, _>(|label| (pair[label] / pair[K].max(1.0)).min(1.0)));
    let (from, to) = page.section[index];
    writer.put(&Sums::mean(&page.sums.weighted, from, to, (survey.characters[to] - survey.characters[from]) as f32));
    scalars(survey, index, said, page, &mut writer);
    debug_assert_eq!(writer.at, writer.out.len());
}

fn tree_means(survey: &Survey<'_>, index: usize, said: &[Probabilities], page: &ContextPage, writer: &mut Writer<'_>) {
    let owner = survey.block_infos[index].owner;
    let mut chain = survey.chain(owner);
    for _ in 0..BROTHER_LEVELS {
        let mean = chain.next().and_then(|element| page.brothers.get(element.brothers as usize));
        writer.put(mean.unwrap_or(&[0.0; K]));
    }
    let mut chain = survey.chain(owner);
    for _ in 0..ANCESTOR_LEVELS {
        let mean = chain.next().map(|element| {
            let (from, to) = (element.first_block as usize, element.end_block as usize);
            Sums::mean(&page.sums.weighted, from, to, (survey.characters[to] - survey.characters[from]) as f32)
        });
        writer.put(&mean.unwrap_or([0.0; K]));
    }
    let mut above = owner;
    for _ in 0..TOP_LEVELS {
        writer.put(page.tops.get(above as usize).unwrap_or(&[0.0; K]));
        above = survey.elements.get(above as usize).map_or(u32::MAX, |element| element.parent);
    }
    for width in TOP_WINDOWS {
        let mut most = [0.0; K];
        said[index.saturating_sub(width)..(index + width + 1).min(said.len())].iter().for_each(|said| raise(&mut most, said));
        writer.put(&most);
    }
}

fn scalars(survey: &Survey<'_>, index: usize, said: &[Probabilities], page: &ContextPage, writer: &mut Writer<'_>) {
    const FAR: f32 = 200.0;
    let content = |from: usize, to: usize| page.sums.weighted[to][0] - page.sums.weighted[from][0];
    let all = content(0, said.len());
    let at = page.likely.partition_point(|likely| *likely < index);
    let before = at.checked_sub(1).map(|at| page.likely[at]);
    let after = page.likely[at..].iter().find(|likely| **likely > index);
    let grandparent = survey.chain(survey.block_infos[index].owner).nth(2).map_or(0.0, |element| {
        let (from, to) = (element.first_block as usize, element.end_block as usize);
        share_f(content(from, to), (survey.characters[to] - survey.characters[from]) as f32)
    });
    writer.put(&[
        share_f(content(0, index), all),
        page.content[0],
        page.content[1],
        log_f(before.map_or(FAR, |before| (index - before) as f32)),
        log_f(after.map_or(FAR, |after| (after - index) as f32)),
        page.last_heading[index].map_or(0.0, |last| said[last][0]),
        log_f(before.map_or(0.0, |before| (survey.characters[index] - survey.characters[before + 1]) as f32)),
        grandparent,
    ]);
}

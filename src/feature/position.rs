//! Where a block stands on its page.
//!
//! Takes the survey's running sums, gives relative positions and distances to headings and long text.

use super::schema::columns;
use super::structure::{MAX_LEVELS, levels};
use super::survey::{NONE, Survey};
use super::{flag, log, log_f, share_f};
use crate::dom::Tag;

columns! { "position";
    BLOCK "block" Share "blocks before, among the page's";
    CHARACTER "character" Share "characters before, among the page's";
    FROM_START "from_start" LogCount "blocks before";
    TO_END "to_end" LogCount "blocks after";
    LONG_BEFORE "long_before" Share "characters of long unlinked blocks before, among the page's";
    LONG_HERE "long_here" Flag "the block itself is long and unlinked";
    LONG_DISTANCE_BEFORE "since_long" LogCount "blocks since the last long unlinked block; as if 200 when none";
    LONG_DISTANCE_AFTER "to_long" LogCount "blocks to the next long unlinked block; as if 200 when none";
    HEADING_BLOCKS "since_heading" LogCount "blocks since the last heading; as if 200 when none";
    HEADING_CHARACTERS "characters_since_heading" LogCount "characters since the last heading";
    HEADING_LEVEL "last_heading_level" Count "level of the last heading, 0 when none";
    HEADING_UP "up_to_heading" Count "levels up to the common ancestor with the last heading, 20 when none";
    TOP_HEADINGS "h1_before" Count "h1 blocks before, at most 9";
    TOP_UP "up_to_h1" Count "levels up to the common ancestor with the first h1, 20 when none";
    TOP_DOWN "down_to_h1" Count "levels from there down to the first h1, 20 when none";
    TOP_DISTANCE "after_h1" LogCount "blocks after the first h1, 0 before it";
    TOP_BEFORE "before_h1" LogCount "blocks before the first h1, 0 after it";
    BLOCKS "page_blocks" LogCount "blocks of the page";
    CHARACTERS "page_characters" LogCount "characters of the page";
    LINKED "page_linked" Share "linked characters of the page";
    LONG "page_long" Share "characters of long unlinked blocks of the page";
    LONG_BLOCKS "page_long_blocks" LogCount "long unlinked blocks of the page";
    PREVIOUS_CHARACTERS "previous_characters" LogCount "characters of the block before";
    NEXT_CHARACTERS "next_characters" LogCount "characters of the block after";
    PREVIOUS_LINKED "previous_linked" Share "linked characters of the block before";
    NEXT_LINKED "next_linked" Share "linked characters of the block after";
    GAP "empty_lines" LogCount "plain text: empty lines before the block";
}

/// Stands for "none on this side".
const FAR: usize = 200;

/// What is known of headings and long blocks by a walk over the blocks.
#[derive(Debug, Default)]
pub(super) struct Landmarks {
    last_heading: Vec<u32>,
    first_h1: Option<usize>,
    h1_before: Vec<u32>,
    long: Vec<usize>,
    /// By container: levels up to its common ancestor with the first h1, and down.
    to_h1: Vec<(f32, f32)>,
    /// The columns from [`BLOCKS`] to [`LONG_BLOCKS`].
    page: [f32; LONG_BLOCKS + 1 - BLOCKS],
}

impl Landmarks {
    pub(super) fn new(survey: &Survey<'_>) -> Self {
        let mut marks = Self::default();
        let (mut last, mut tops) = (NONE, 0);
        for (index, info) in survey.block_infos.iter().enumerate() {
            marks.last_heading.push(last);
            marks.h1_before.push(tops);
            let tag = heading_of(survey, info.owner);
            if tag.is_some() {
                last = u32::try_from(index).unwrap_or(NONE);
            }
            if tag == Some(Tag::H1) {
                tops += 1;
                marks.first_h1.get_or_insert(index);
            }
            if survey.long_characters[index + 1] > survey.long_characters[index] {
                marks.long.push(index);
            }
        }
        if let Some(first) = marks.first_h1 {
            marks.to_h1 = levels_to(survey, survey.block_infos[first].container);
        }
        marks.page = page(survey, marks.long.len());
        marks
    }

    pub(super) fn last_heading(&self, index: usize) -> Option<usize> {
        self.last_heading.get(index).filter(|last| **last != NONE).map(|last| *last as usize)
    }
}

/// What is the same for all blocks of a page.
fn page(survey: &Survey<'_>, long_blocks: usize) -> [f32; LONG_BLOCKS + 1 - BLOCKS] {
    let last = |sums: &[u32]| sums.last().copied().unwrap_or(0) as f32;
    let characters = survey.total_characters();
    let mut page = [0.0; LONG_BLOCKS + 1 - BLOCKS];
    page[0] = log_n(survey.block_infos.len());
    page[CHARACTERS - BLOCKS] = log_f(characters);
    page[LINKED - BLOCKS] = share_f(last(&survey.link_characters), characters);
    page[LONG - BLOCKS] = share_f(last(&survey.long_characters), characters);
    page[LONG_BLOCKS - BLOCKS] = log_n(long_blocks);
    page
}

/// For each container what [`levels`] says of the way to `to`: a container below one on the way has one level more to go up.
fn levels_to(survey: &Survey<'_>, to: u32) -> Vec<(f32, f32)> {
    let mut all: Vec<(f32, f32)> = Vec::with_capacity(survey.containers.len());
    let mut way: Vec<u32> = survey.containers_from(to).collect();
    let length = way.len();
    // Outermost last, so that the next on the way is at the end, as containers come in document order.
    for (number, container) in survey.containers.iter().enumerate() {
        if way.last().is_some_and(|next| *next as usize == number) {
            way.pop();
            all.push((0.0, way.len() as f32));
        } else {
            let (up, down) = all.get(container.parent as usize).copied().unwrap_or((0.0, length as f32));
            all.push((up + 1.0, down));
        }
    }
    for (up, down) in &mut all {
        (*up, *down) = (up.min(MAX_LEVELS), down.min(MAX_LEVELS));
    }
    all
}

/// The heading a block stands in: its owner or one of the two elements above.
fn heading_of(survey: &Survey<'_>, owner: u32) -> Option<Tag> {
    survey.chain(owner).take(3).map(|element| element.tag).find(|tag| tag.is_heading())
}

/// The group's columns of one block.
type Columns = [f32; DEFS.len()];

pub(super) fn fill(survey: &Survey<'_>, index: usize, marks: &Landmarks, out: &mut [f32]) {
    let Some(out) = out.first_chunk_mut::<{ DEFS.len() }>() else { return };
    let infos = &survey.block_infos;
    let (info, count) = (&infos[index], infos.len());
    let total_long = survey.long_characters.last().copied().unwrap_or(0) as f32;
    out[BLOCK] = share_f(index as f32, count as f32);
    out[CHARACTER] = share_f(survey.characters[index] as f32, survey.total_characters());
    out[FROM_START] = log_n(index);
    out[TO_END] = log_n(count - 1 - index);
    out[LONG_BEFORE] = share_f(survey.long_characters[index] as f32, total_long);
    out[LONG_HERE] = flag(survey.long_characters[index + 1] > survey.long_characters[index]);
    let at = marks.long.partition_point(|long| *long < index);
    let before = at.checked_sub(1).and_then(|at| marks.long.get(at)).map_or(FAR, |long| index - long);
    let after = marks.long[at..].iter().find(|long| **long > index).map_or(FAR, |long| long - index);
    out[LONG_DISTANCE_BEFORE] = log_n(before);
    out[LONG_DISTANCE_AFTER] = log_n(after);
    headings(survey, index, marks, out);
    out[BLOCKS..=LONG_BLOCKS].copy_from_slice(&marks.page);
    if let Some(previous) = index.checked_sub(1).map(|before| &infos[before]) {
        out[PREVIOUS_CHARACTERS] = log(previous.characters);
        out[PREVIOUS_LINKED] = share_f(previous.link_characters as f32, previous.characters as f32);
    }
    if let Some(next) = infos.get(index + 1) {
        out[NEXT_CHARACTERS] = log(next.characters);
        out[NEXT_LINKED] = share_f(next.link_characters as f32, next.characters as f32);
    }
    out[GAP] = log(survey.blocks.get(index).map_or(0, crate::block::Block::empty_lines_before));
    debug_assert!(info.characters > 0);
}

/// As [`log`], of a number of blocks.
fn log_n(count: usize) -> f32 {
    log(u32::try_from(count).unwrap_or(u32::MAX))
}

fn headings(survey: &Survey<'_>, index: usize, marks: &Landmarks, out: &mut Columns) {
    let infos = &survey.block_infos;
    let container = infos[index].container;
    (out[HEADING_BLOCKS], out[HEADING_UP]) = (log_n(FAR), MAX_LEVELS);
    if let Some(last) = marks.last_heading(index) {
        out[HEADING_BLOCKS] = log_n(index - last);
        out[HEADING_CHARACTERS] = log(survey.characters[index] - survey.characters[last + 1]);
        out[HEADING_LEVEL] = heading_of(survey, infos[last].owner).and_then(Tag::heading_level).map_or(0.0, f32::from);
        out[HEADING_UP] = levels(survey, container, infos[last].container).0;
    }
    out[TOP_HEADINGS] = (marks.h1_before[index] as f32).min(9.0);
    (out[TOP_UP], out[TOP_DOWN]) = (MAX_LEVELS, MAX_LEVELS);
    if let Some(first) = marks.first_h1 {
        let to_h1 = marks.to_h1.get(container as usize).copied();
        (out[TOP_UP], out[TOP_DOWN]) = to_h1.unwrap_or_else(|| levels(survey, container, infos[first].container));
        out[TOP_DISTANCE] = log_n(index.saturating_sub(first));
        out[TOP_BEFORE] = log_n(first.saturating_sub(index));
    }
}

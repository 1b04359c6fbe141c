//! Repeated structure and containers.
//!
//! Takes the block's owner and the elements above it; gives what their brothers of the same kind and their whole subtrees hold. Repeated
//! brothers of the same shape are menus, teasers or paragraphs: size, evenness and links tell which.

use super::schema::{FeatureDef, Unit};
use super::survey::{ElementInfo, NONE, Survey};
use super::{log, log_f, share, share_f};

/// Levels whose brothers are looked at: the owner and three above (`FEATURES`: "struct").
const BROTHER_LEVELS: usize = 4;
const BROTHERS: &[(&str, Unit, &str)] = &[
    ("brothers", Unit::LogCount, "brothers with the same tag and class"),
    ("brother_characters", Unit::LogCount, "mean characters of those brothers"),
    ("brother_variation", Unit::Count, "coefficient of variation of their characters, at most 10"),
    ("brother_links", Unit::Share, "linked characters among theirs"),
    ("brother_blocks", Unit::LogCount, "mean blocks of those brothers"),
    ("brother_share", Unit::Share, "those brothers among all children of the element above"),
    ("brother_ordinal", Unit::Share, "the element's place among them, first 0, last 1"),
];

/// Levels whose whole subtree is looked at: the owner and five above.
const CONTAINER_LEVELS: usize = 6;
const CONTAINERS: &[(&str, Unit, &str)] = &[
    ("held_characters", Unit::LogCount, "characters below"),
    ("held_links", Unit::Share, "linked characters among them"),
    ("held_blocks", Unit::LogCount, "blocks below"),
    ("held_long", Unit::Share, "characters of long unlinked blocks among them"),
    ("held_of_page", Unit::Share, "characters below among the page's"),
    ("held_long_of_page", Unit::Share, "long unlinked characters below among the page's"),
    ("held_media", Unit::LogCount, "pictures, videos and frames below"),
    ("held_paragraphs", Unit::LogCount, "p elements below"),
];

/// Neighbourhood in the tree.
const NEAR: &[(&str, Unit, &str)] = &[
    ("up_to_previous", Unit::Count, "levels up to the common ancestor with the block before, at most 20"),
    ("down_to_previous", Unit::Count, "levels from there down to the block before, at most 20"),
    ("up_to_next", Unit::Count, "levels up to the common ancestor with the block after, at most 20"),
    ("down_to_next", Unit::Count, "levels from there down to the block after, at most 20"),
    ("elements_since_previous", Unit::LogCount, "elements opened since the block before"),
    ("elements_to_next", Unit::LogCount, "elements opened until the block after"),
    ("child_index", Unit::LogCount, "elements before the owner under the same parent"),
    ("children", Unit::LogCount, "elements under the same parent"),
    ("same_pair", Unit::LogCount, "other blocks of the page whose owner and parent have the same tags and classes"),
    ("same_pair_characters", Unit::LogCount, "mean characters of those blocks, this one included"),
    ("same_pair_links", Unit::Share, "linked characters among theirs"),
];

/// Stands for "far" and for "none".
pub(super) const MAX_LEVELS: f32 = 20.0;

pub(super) const GROUP: &str = "structure";

pub(super) fn definitions() -> Vec<FeatureDef> {
    let level = |level: usize, (name, unit, doc): &(&'static str, Unit, &'static str)| FeatureDef {
        group: GROUP,
        name: format!("{name}_{level}").into(),
        unit: *unit,
        doc: format!("{doc}, {level} levels above the owner").into(),
    };
    let brothers = (0..BROTHER_LEVELS).flat_map(|at| BROTHERS.iter().map(move |def| level(at, def)));
    let containers = (0..CONTAINER_LEVELS).flat_map(|at| CONTAINERS.iter().map(move |def| level(at, def)));
    let near = super::schema::definitions(GROUP, NEAR);
    brothers.chain(containers).chain(near).collect()
}

/// What repeats around each container and what it holds: the columns of one level.
#[derive(Debug, Default)]
struct Level {
    brothers: [f32; BROTHERS.len()],
    held: [f32; CONTAINERS.len()],
}

/// What is known of the tree before any block is looked at.
#[derive(Debug, Default)]
pub(super) struct Structure {
    pairs: Pairs,
    levels: Vec<Level>,
    /// Levels from each block up to its common ancestor with the next, and down.
    to_next: Vec<(f32, f32)>,
}

impl Structure {
    pub(super) fn new(survey: &Survey<'_>) -> Self {
        let mut all = Vec::with_capacity(survey.containers.len());
        let mut groups = vec![None; survey.brothers.len()];
        for container in &survey.containers {
            let element = survey.container_element(container);
            let mut level = Level::default();
            if let Some(group) = groups.get_mut(element.brothers as usize) {
                level.brothers = *group.get_or_insert_with(|| group_of(survey, element));
                if let Some(place) = level.brothers.last_mut() {
                    *place = place_among(survey, element);
                }
            }
            fill_container(survey, element, &mut level.held);
            all.push(level);
        }
        let pairs = survey.block_infos.windows(2);
        let to_next = pairs.map(|pair| levels(survey, pair[0].container, pair[1].container)).collect();
        Self { pairs: Pairs::new(survey), levels: all, to_next }
    }
}

pub(super) fn fill(survey: &Survey<'_>, index: usize, structure: &Structure, out: &mut [f32]) {
    let info = &survey.block_infos[index];
    let (brothers, rest) = out.split_at_mut(BROTHER_LEVELS * BROTHERS.len());
    let (containers, near) = rest.split_at_mut(CONTAINER_LEVELS * CONTAINERS.len());
    let levels = || survey.containers_from(info.container).map(|number| &structure.levels[number as usize]);
    for (level, out) in levels().zip(brothers.chunks_exact_mut(BROTHERS.len())) {
        out.copy_from_slice(&level.brothers);
    }
    for (level, out) in levels().zip(containers.chunks_exact_mut(CONTAINERS.len())) {
        out.copy_from_slice(&level.held);
    }
    fill_near(survey, index, structure, near);
}

/// What all of an element's brothers of the same kind have in common: all columns but the last.
fn group_of(survey: &Survey<'_>, element: &ElementInfo) -> [f32; BROTHERS.len()] {
    let group = &survey.brothers[element.brothers as usize];
    let count = group.count as f32;
    let mean = group.characters / count;
    let variance = (group.squares / count - mean * mean).max(0.0);
    let all = survey.elements.get(element.parent as usize).map_or(1, |up| up.children);
    [
        log_f(count - 1.0),
        log_f(mean),
        (variance.sqrt() / mean.max(1.0)).min(10.0),
        share_f(group.link_characters, group.characters),
        log_f(group.blocks as f32 / count),
        share_f(count, all as f32),
        0.0,
    ]
}

/// An element's place among its brothers of the same kind.
fn place_among(survey: &Survey<'_>, element: &ElementInfo) -> f32 {
    let count = survey.brothers[element.brothers as usize].count;
    if count > 1 { element.ordinal as f32 / (count as f32 - 1.0) } else { 0.0 }
}

fn fill_container(survey: &Survey<'_>, element: &ElementInfo, out: &mut [f32]) {
    let (from, to) = (element.first_block as usize, element.end_block as usize);
    let characters = survey.characters[to] - survey.characters[from];
    let linked = survey.link_characters[to] - survey.link_characters[from];
    let long = survey.long_characters[to] - survey.long_characters[from];
    let page_long = survey.long_characters.last().copied().unwrap_or(0);
    out.copy_from_slice(&[
        log(characters),
        share(linked, characters),
        log(element.end_block - element.first_block),
        share(long, characters),
        share_f(characters as f32, survey.total_characters()),
        share(long, page_long),
        log(element.after.media - element.before.media),
        log(element.after.paragraphs - element.before.paragraphs),
    ]);
}

fn fill_near(survey: &Survey<'_>, index: usize, structure: &Structure, out: &mut [f32]) {
    let infos = &survey.block_infos;
    let info = &infos[index];
    let none = (MAX_LEVELS, MAX_LEVELS);
    let (down, up) = index.checked_sub(1).map_or(none, |before| structure.to_next[before]);
    let (up_next, down_next) = structure.to_next.get(index).copied().unwrap_or(none);
    let since = index.checked_sub(1).map_or(info.met.elements, |before| info.met.elements.saturating_sub(infos[before].met.elements));
    let until = infos.get(index + 1).map_or(survey.met.elements, |next| next.met.elements).saturating_sub(info.met.elements);
    let owner = survey.elements.get(info.owner as usize);
    let children = owner.and_then(|owner| survey.elements.get(owner.parent as usize)).map_or(0, |up| up.children);
    let [alike, alike_characters, alike_links] = structure.pairs.get(info.pair_signature);
    out.copy_from_slice(&[
        up,
        down,
        up_next,
        down_next,
        log(since),
        log(until),
        log(owner.map_or(0, |owner| owner.child_index)),
        log(children),
        alike,
        alike_characters,
        alike_links,
    ]);
}

/// Levels from the container `from` up to the nearest common ancestor with `to`, and from there down to `to`.
pub(super) fn levels(survey: &Survey<'_>, from: u32, to: u32) -> (f32, f32) {
    let (mut a, mut b) = (from, to);
    let (mut up, mut down) = (0.0, 0.0);
    while a != b {
        let depth_and_parent =
            |at: u32| survey.containers.get(at as usize).map_or((0, NONE), |container| (container.depth, container.parent));
        let ((depth_a, parent_a), (depth_b, parent_b)) = (depth_and_parent(a), depth_and_parent(b));
        if depth_a >= depth_b {
            a = parent_a;
            up += 1.0;
        }
        if depth_b >= depth_a {
            b = parent_b;
            down += 1.0;
        }
    }
    (f32::min(up, MAX_LEVELS), f32::min(down, MAX_LEVELS))
}

/// By the signature of owner and parent, the three columns of the blocks that have it.
#[derive(Debug, Default)]
struct Pairs(rustc_hash::FxHashMap<u32, [f32; 3]>);

impl Pairs {
    fn new(survey: &Survey<'_>) -> Self {
        let mut pairs = Self::default();
        for info in &survey.block_infos {
            let [count, characters, linked] = pairs.0.entry(info.pair_signature).or_default();
            *count += 1.0;
            *characters += info.characters as f32;
            *linked += info.link_characters as f32;
        }
        for pair in pairs.0.values_mut() {
            let [count, characters, linked] = *pair;
            *pair = [log_f(count - 1.0), log_f(characters / count.max(1.0)), share_f(linked, characters)];
        }
        pairs
    }

    fn get(&self, signature: u32) -> [f32; 3] {
        self.0.get(&signature).copied().unwrap_or_default()
    }
}

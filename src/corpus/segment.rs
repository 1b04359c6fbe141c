//! Segments that a page's clean text must or must not hold, found in its blocks.
//!
//! Takes blocks' texts and segments, gives label sets. A segment that spans several blocks is not found. Knows nothing of where the
//! segments come from.

use super::target::LabelSet;
use crate::label::Label;
use crate::words::{alignment_words, collapse_white_space};

/// Shorter segments (in words and in characters) stand anywhere by chance.
const MIN_WORDS: usize = 3;
const MIN_CHARACTERS: usize = 15;

/// For each block the labels that the segments leave it; `None` where they say nothing or contradict each other.
///
/// A segment that must be there and stands in several blocks tells nothing: one of them is enough. One that must not be there tells it of
/// each block it stands in.
pub(super) fn segment_labels(blocks: &[&str], must: &[String], must_not: &[String]) -> Vec<Option<LabelSet>> {
    let blocks: Vec<String> = blocks.iter().map(|text| collapse_white_space(text)).collect();
    let mut labels = vec![None; blocks.len()];
    for segment in telling(must) {
        if let [block] = holding(&blocks, &segment)[..] {
            labels[block] = Some(LabelSet::single(Label::Content));
        }
    }
    let mut contradicted = Vec::new();
    for segment in telling(must_not) {
        for block in holding(&blocks, &segment) {
            match labels[block] {
                Some(LabelSet::NOT_CONTENT) => {}
                Some(_) => contradicted.push(block),
                None => labels[block] = Some(LabelSet::NOT_CONTENT),
            }
        }
    }
    for block in contradicted {
        labels[block] = None;
    }
    labels
}

/// The segments that are long enough to tell something.
fn telling(segments: &[String]) -> impl Iterator<Item = String> {
    segments.iter().map(|segment| collapse_white_space(segment)).filter(|segment| is_telling(segment))
}

fn is_telling(text: &str) -> bool {
    text.chars().count() >= MIN_CHARACTERS || alignment_words(text).len() >= MIN_WORDS
}

/// The blocks that hold the segment, or are held by it.
fn holding(blocks: &[String], segment: &str) -> Vec<usize> {
    let holds = |block: &str| {
        if block.len() < segment.len() { segment.contains(block) && is_telling(block) } else { block.contains(segment) }
    };
    blocks.iter().enumerate().filter(|(_, block)| holds(block)).map(|(index, _)| index).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(blocks: &[&str], must: &[&str], must_not: &[&str]) -> Vec<Option<LabelSet>> {
        let owned = |segments: &[&str]| segments.iter().map(|segment| (*segment).to_owned()).collect::<Vec<_>>();
        segment_labels(blocks, &owned(must), &owned(must_not))
    }

    const CONTENT: Option<LabelSet> = Some(LabelSet::single(Label::Content));
    const OTHER: Option<LabelSet> = Some(LabelSet::NOT_CONTENT);

    #[test]
    fn segments_tell_of_the_blocks_they_stand_in() {
        let blocks = ["All rights reserved by us", "It rained\n all day in Paris.", "Home", "and night too"];
        let found = labels(&blocks, &["rained all  day", "It rained all day in Rome and night too"], &["All rights reserved", "Home"]);
        assert_eq!(found, [OTHER, CONTENT, None, CONTENT]);
    }

    #[test]
    fn what_must_be_there_is_unclear_when_it_stands_twice() {
        let blocks = ["A storm over Paris", "A storm over Paris"];
        assert_eq!(labels(&blocks, &["A storm over Paris"], &[]), [None, None]);
        assert_eq!(labels(&blocks, &[], &["A storm over Paris"]), [OTHER, OTHER]);
    }

    #[test]
    fn contradicting_segments_tell_nothing() {
        assert_eq!(labels(&["It rained all day. Read more news"], &["It rained all day"], &["Read more news"]), [None]);
    }
}

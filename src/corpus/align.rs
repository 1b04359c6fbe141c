//! Gold text to labels: which blocks make up a page's clean text.
//!
//! Takes the blocks' texts in order and the gold text, gives a label set for each block. Long blocks are matched by shingles of four words,
//! in chains that run forward in both texts; short ones only in the gap of the gold text beside a matched neighbour. Knows nothing of
//! markup, nor of labels made by hand.

use std::ops::Range;

use rustc_hash::FxHashMap;

use super::target::LabelSet;
use crate::label::Label;
use crate::words::alignment_words;

/// Words of a shingle.
const SHINGLE: usize = 4;

/// A block is content if at least this share of its words is matched.
const CONTENT_SHARE: f32 = 0.6;

/// A block is something else if less than this share of its words stands in the gold text at all; in between it is unclear.
const UNCLEAR_SHARE: f32 = 0.3;

/// If the matched blocks cover less of the gold text than this, the page that was served is not the page that was read: then what does not
/// match tells nothing.
const MIN_COVERAGE: f32 = 0.3;

/// An unmatched block of at least this many words between matched ones is unclear: gold text skips paragraphs. Of such blocks on pages
/// labelled by hand 45% are content, against 16% outside the matched stretch and 20% of shorter blocks inside it.
const SKIPPED_WORDS: usize = 10;

/// A shingle that stands in the gold text more often is a refrain; its further places are not considered.
const MAX_PLACES: usize = 16;

/// Chains that are looked for one after another: the first takes what runs in order, the others what the gold text has moved.
const MAX_CHAINS: usize = 6;

/// How many blocks before the first or after the last matched block a short block may stand.
const REACH: usize = 12;

/// Cells of the table for one gap; a larger gap is left unmatched beyond it.
const MAX_CELLS: usize = 1 << 22;

/// A word that the gold text does not have.
const FOREIGN: u32 = u32::MAX;

/// For each block `{content}`, `{caption, navigation, subscription-prompt}` or, where the text does not decide, `None`.
pub(super) fn gold_text_labels(blocks: &[&str], gold: &str) -> Vec<Option<LabelSet>> {
    let alignment = Alignment::new(blocks, gold);
    let trusted = alignment.coverage() >= MIN_COVERAGE;
    let span = alignment.span();
    let labels = |(index, block): (usize, &AlignedBlock)| {
        if block.matched.is_some() {
            return Some(LabelSet::single(Label::Content));
        }
        let skipped = span.contains(&index) && block.words.len() >= SKIPPED_WORDS;
        let decided = trusted && !skipped && !block.words.is_empty() && alignment.share_in_gold(block) < UNCLEAR_SHARE;
        decided.then_some(LabelSet::NOT_CONTENT)
    };
    alignment.blocks.iter().enumerate().map(labels).collect()
}

/// Two texts as numbered words, and which word of the gold text each block took.
struct Alignment {
    gold: Vec<u32>,
    /// Which words of the gold text a block has taken.
    taken: Vec<bool>,
    blocks: Vec<AlignedBlock>,
    places: FxHashMap<[u32; SHINGLE], Vec<u32>>,
}

struct AlignedBlock {
    words: Vec<u32>,
    /// The part of the gold text that the block took, once it is matched.
    matched: Option<(usize, usize)>,
}

impl Alignment {
    fn new(blocks: &[&str], gold: &str) -> Self {
        let mut numbers = FxHashMap::default();
        let gold: Vec<u32> = alignment_words(gold)
            .into_iter()
            .map(|word| {
                let next = u32::try_from(numbers.len()).unwrap_or(FOREIGN - 1);
                *numbers.entry(word).or_insert(next)
            })
            .collect();
        let number = |word: &String| numbers.get(word).copied().unwrap_or(FOREIGN);
        let blocks =
            blocks.iter().map(|text| AlignedBlock { words: alignment_words(text).iter().map(number).collect(), matched: None }).collect();
        let mut alignment = Self { taken: vec![false; gold.len()], places: places(&gold), gold, blocks };
        for _ in 0..MAX_CHAINS {
            if !alignment.match_chain() {
                break;
            }
        }
        alignment.match_short_blocks();
        alignment
    }

    /// The share of the gold text's words that blocks took.
    fn coverage(&self) -> f32 {
        let taken = self.taken.iter().filter(|taken| **taken).count();
        taken as f32 / self.gold.len().max(1) as f32
    }

    /// From the first matched block to the last; empty if there is none.
    fn span(&self) -> Range<usize> {
        let matched = |block: &AlignedBlock| block.matched.is_some();
        let first = self.blocks.iter().position(matched).unwrap_or(0);
        first..self.blocks.iter().rposition(matched).unwrap_or(0)
    }

    /// The share of the block's words in shingles that stand anywhere in the gold text; 0 for a block shorter than a shingle.
    fn share_in_gold(&self, block: &AlignedBlock) -> f32 {
        let starts = shingles(&block.words).filter(|(_, shingle)| self.places.contains_key(shingle)).map(|(start, _)| start);
        covered(starts) as f32 / block.words.len().max(1) as f32
    }

    /// Finds the longest chain of shingles that runs forward in the unmatched blocks and the free words of the gold text, and matches the
    /// blocks most of whose words are in it. Says whether there were any.
    fn match_chain(&mut self) -> bool {
        let mut any = false;
        let mut chain = self.longest_chain().into_iter().peekable();
        while let Some((block, start, place)) = chain.next() {
            let mut starts = vec![start];
            let mut taken = vec![place];
            while let Some((_, start, place)) = chain.next_if(|next| next.0 == block) {
                starts.push(start);
                taken.push(place);
            }
            let words = self.blocks[block].words.len();
            if covered(starts.into_iter()) as f32 >= CONTENT_SHARE * words as f32 {
                self.take(block, taken.into_iter().map(|place| place..place + SHINGLE));
                any = true;
            }
        }
        any
    }

    /// Matches the block with these stretches of the gold text, in order.
    fn take(&mut self, block: usize, stretches: impl Iterator<Item = Range<usize>>) {
        for Range { start, end } in stretches {
            self.taken[start..end].fill(true);
            let matched = &mut self.blocks[block].matched;
            *matched = Some((matched.map_or(start, |(first, _)| first), end));
        }
    }

    /// The longest sequence of (block, word of the block, word of the gold text) at which the same shingle begins, increasing in both texts.
    /// Hunt and Szymanski 1977: the longest increasing subsequence of the places, each word's places in falling order.
    fn longest_chain(&self) -> Vec<(usize, usize, usize)> {
        let mut links: Vec<(usize, usize, u32, usize)> = Vec::new();
        let mut ends: Vec<usize> = Vec::new();
        for (index, block) in self.blocks.iter().enumerate().filter(|(_, block)| block.matched.is_none()) {
            for (start, shingle) in shingles(&block.words) {
                let Some(places) = self.places.get(&shingle) else { continue };
                for &place in places.iter().rev().filter(|place| self.is_free(**place as usize)) {
                    let rank = ends.partition_point(|end| links[*end].2 < place);
                    let before = if rank == 0 { usize::MAX } else { ends[rank - 1] };
                    if rank == ends.len() {
                        ends.push(links.len());
                    } else {
                        ends[rank] = links.len();
                    }
                    links.push((index, start, place, before));
                }
            }
        }
        let mut chain = Vec::with_capacity(ends.len());
        let mut next = ends.last().copied().unwrap_or(usize::MAX);
        while let Some(&(block, start, place, before)) = links.get(next) {
            chain.push((block, start, place as usize));
            next = before;
        }
        chain.reverse();
        chain
    }

    fn is_free(&self, place: usize) -> bool {
        !self.taken[place..place + SHINGLE].contains(&true)
    }

    /// Matches the blocks between two matched ones with the free words of the gold text beside those.
    fn match_short_blocks(&mut self) {
        let anchors: Vec<(usize, (usize, usize))> =
            self.blocks.iter().enumerate().filter_map(|(index, block)| Some((index, block.matched?))).collect();
        let Some((&(first, (first_start, _)), &(last, (_, last_end)))) = anchors.first().zip(anchors.last()) else { return };
        self.match_gap(first.saturating_sub(REACH)..first, self.free_before(first_start));
        for pair in anchors.windows(2) {
            let ((before, (_, end)), (after, (start, _))) = (pair[0], pair[1]);
            self.match_gap(before + 1..after, self.free_after(end));
            self.match_gap(before + 1..after, self.free_before(start));
        }
        self.match_gap(last + 1..(last + 1 + REACH).min(self.blocks.len()), self.free_after(last_end));
    }

    fn free_after(&self, end: usize) -> Range<usize> {
        end..end + self.taken[end..].iter().take_while(|taken| !**taken).count()
    }

    fn free_before(&self, start: usize) -> Range<usize> {
        start - self.taken[..start].iter().rev().take_while(|taken| !**taken).count()..start
    }

    /// Matches whole blocks with runs of words of the gap, in order, so that most words are matched.
    fn match_gap(&mut self, blocks: Range<usize>, gap: Range<usize>) {
        let open: Vec<usize> =
            blocks.filter(|block| self.blocks[*block].matched.is_none() && !self.blocks[*block].words.is_empty()).collect();
        let width = gap.len() + 1;
        if open.is_empty() || gap.is_empty() || (open.len() + 1) * width > MAX_CELLS {
            return;
        }
        // best[row * width + column]: the most words matched by the blocks from `row` on in the gap from `column` on.
        let mut best = vec![0_u32; (open.len() + 1) * width];
        let fits = |this: &Self, block: usize, at: usize| this.gold[at..gap.end].starts_with(&this.blocks[block].words);
        for row in (0..open.len()).rev() {
            let length = self.blocks[open[row]].words.len();
            for column in (0..gap.len()).rev() {
                let skip = best[(row + 1) * width + column].max(best[row * width + column + 1]);
                let here = if fits(self, open[row], gap.start + column) {
                    u32::try_from(length).unwrap_or(u32::MAX).saturating_add(best[(row + 1) * width + column + length])
                } else {
                    0
                };
                best[row * width + column] = skip.max(here);
            }
        }
        let (mut row, mut column) = (0, 0);
        while row < open.len() && column < gap.len() && best[row * width + column] > 0 {
            let now = best[row * width + column];
            if now == best[row * width + column + 1] {
                column += 1;
            } else if now == best[(row + 1) * width + column] {
                row += 1;
            } else {
                let length = self.blocks[open[row]].words.len();
                let start = gap.start + column;
                self.take(open[row], std::iter::once(start..start + length));
                row += 1;
                column += length;
            }
        }
    }
}

/// Where each shingle of the gold text begins.
fn places(gold: &[u32]) -> FxHashMap<[u32; SHINGLE], Vec<u32>> {
    let mut places: FxHashMap<[u32; SHINGLE], Vec<u32>> = FxHashMap::default();
    for (start, shingle) in shingles(gold) {
        let known = places.entry(shingle).or_default();
        if known.len() < MAX_PLACES {
            known.push(u32::try_from(start).unwrap_or(u32::MAX));
        }
    }
    places
}

/// The shingles of a sequence of words with where each begins.
fn shingles(words: &[u32]) -> impl Iterator<Item = (usize, [u32; SHINGLE])> {
    words.windows(SHINGLE).filter_map(|window| window.first_chunk().copied()).enumerate()
}

/// How many words the shingles beginning at `starts` (increasing) cover together.
fn covered(starts: impl Iterator<Item = usize>) -> usize {
    let mut covered = 0;
    let mut end = 0;
    for start in starts {
        covered += start + SHINGLE - end.max(start);
        end = start + SHINGLE;
    }
    covered
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `C` for content, `-` for something else, `?` for unclear.
    fn verdicts(blocks: &[&str], gold: &str) -> String {
        let letter = |labels: Option<LabelSet>| match labels {
            None => '?',
            Some(LabelSet::NOT_CONTENT) => '-',
            Some(labels) => {
                assert_eq!(labels.as_single(), Some(Label::Content));
                'C'
            }
        };
        gold_text_labels(blocks, gold).into_iter().map(letter).collect()
    }

    #[test]
    fn blocks_of_the_gold_text_are_content_and_others_are_not() {
        let blocks = ["Home", "Sport and weather today", "A storm came over Paris", "It rained all night long.", "© 2024 The Paper"];
        assert_eq!(verdicts(&blocks, "A storm came over Paris\n\nIt rained all night long."), "--CC-");
    }

    #[test]
    fn a_short_block_matches_only_beside_a_match_and_in_order() {
        let gold = "A storm came over Paris\nDamage\nIt rained all night long.\nHelp";
        let blocks = ["Help", "A storm came over Paris", "Share", "Damage", "It rained all night long.", "Help", "Damage"];
        assert_eq!(verdicts(&blocks, gold), "-C-CCC-");
    }

    #[test]
    fn gold_text_is_used_up_by_the_block_it_fits_in_order() {
        let gold = "A storm came over Paris\nIt rained all night long.\nThe river rose by two metres.";
        let blocks =
            ["The river rose by two metres.", "A storm came over Paris", "It rained all night long.", "The river rose by two metres."];
        assert_eq!(verdicts(&blocks, gold), "?CCC");
    }

    #[test]
    fn text_that_the_gold_text_has_moved_is_found_too() {
        let gold = "It rained all night long.\nThe river rose by two metres.\nA storm came over Paris";
        let blocks = ["A storm came over Paris", "It rained all night long.", "The river rose by two metres.", "Read more about our paper"];
        assert_eq!(verdicts(&blocks, gold), "CCC-");
    }

    #[test]
    fn a_block_that_is_partly_there_is_unclear() {
        let gold = "A storm came over Paris. It rained all night long and then some more until the morning of the next day.";
        let blocks =
            ["It rained all night long and then some more until the morning of the next day.", "A storm came over Rome, said nobody here"];
        assert_eq!(verdicts(&blocks, gold), "C?");
    }

    #[test]
    fn a_paragraph_that_the_gold_text_skips_is_unclear() {
        let gold = "A storm came over Paris\nIt rained all night long.";
        let blocks = [
            "A storm came over Paris",
            "Nobody wrote this long paragraph down but it stands amid the article.",
            "Share",
            "It rained all night long.",
        ];
        assert_eq!(verdicts(&blocks, gold), "C?-C");
    }

    #[test]
    fn gold_text_that_is_not_on_the_page_decides_nothing() {
        let gold = "Far away behind the word mountains live the blind texts, far from the countries of vowels. A storm came over Paris";
        assert_eq!(verdicts(&["A storm came over Paris", "Home", "Log in to read the rest"], gold), "C??");
        assert_eq!(verdicts(&["Home"], ""), "?");
    }

    #[test]
    fn scripts_without_spaces_align() {
        assert_eq!(verdicts(&["首页", "昨天夜里下了大雨。", "版权所有"], "昨天夜里下了大雨。"), "-C-");
    }
}

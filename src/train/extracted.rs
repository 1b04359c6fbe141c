//! Pages as other tools hand them on: the text of their blocks, a line each, whole or the worse for it.
//!
//! Takes a page of the corpus with its targets, gives one of plain text; in [`worn`] most navigation is missing, as extractors leave it out,
//! some lines are broken where the page had an element or a line's end, and prompts stand where the page has none. Targets stay with their text.
//! Knows nothing of features.

use super::boxes;
use super::phrases::Phrases;
use crate::block::Blocks;
use crate::corpus::{CorpusPage, LabelSet, Target, TargetOrigin};
use crate::label::Label;
use crate::page::{Page, PageOptions};
use crate::recipe::TextRecipe;
use crate::rng::SplitMix64;
use crate::words::collapse_white_space;

/// How often a run of navigation ends at a block though the next is navigation too: menus are longer than what extractors take for one piece.
const RUN_ENDS: f32 = 0.1;
/// How often a broken line loses its last punctuation alone, as when all before it stood in an element.
const AT_PUNCTUATION: f32 = 0.2;
/// Words from which on a line can break.
const MIN_WORDS: usize = 4;

/// The page's blocks as plain text, a line each.
pub(super) fn whole(loaded: CorpusPage) -> CorpusPage {
    let lines: Vec<String> = loaded.blocks.iter().map(|block| collapse_white_space(loaded.blocks.text(block))).collect();
    let page = of_lines(&lines, loaded.targets);
    debug_assert_eq!(page.blocks.len(), lines.len());
    CorpusPage { gold: loaded.gold, ..page }
}

/// The same with most navigation left out, some lines broken, and perhaps a group of prompts put in; the generator decides which.
pub(super) fn worn(loaded: &CorpusPage, recipe: &TextRecipe, phrases: &Phrases, mut random: SplitMix64) -> CorpusPage {
    let mut added = (random.next_fraction() < recipe.prompts_added).then(|| {
        let place = random.below(loaded.blocks.len().max(1));
        (place, phrases.group(loaded.page.dom().and_then(boxes::language), &mut random))
    });
    let mut lines = Lines { random, broken: recipe.lines_broken, texts: Vec::new(), targets: Vec::new() };
    let (mut in_run, mut keeps_run) = (false, true);
    for (index, (block, target)) in loaded.blocks.iter().zip(&loaded.targets).enumerate() {
        if let Some((_, prompts)) = added.take_if(|(place, _)| *place == index) {
            let prompt = Target::new(LabelSet::single(Label::SubscriptionPrompt), TargetOrigin::Hand);
            for text in prompts {
                lines.add(text, Some(prompt));
            }
        }
        let navigation = target.is_some_and(is_left_out);
        if navigation && (!in_run || lines.chance(RUN_ENDS)) {
            keeps_run = lines.chance(recipe.navigation_kept);
        }
        in_run = navigation;
        if !navigation || keeps_run {
            lines.add(&collapse_white_space(loaded.blocks.text(block)), *target);
        }
    }
    of_lines(&lines.texts, lines.targets)
}

/// Lines, some of them broken.
struct Lines {
    random: SplitMix64,
    /// The share that is broken.
    broken: f32,
    texts: Vec<String>,
    targets: Vec<Option<Target>>,
}

impl Lines {
    fn chance(&mut self, share: f32) -> bool {
        self.random.next_fraction() < share
    }

    fn add(&mut self, text: &str, target: Option<Target>) {
        let place = if self.chance(self.broken) { self.break_of(text) } else { None };
        let parts = place.map_or((text, ""), |place| text.split_at(place));
        for part in [parts.0.trim(), parts.1.trim()].into_iter().filter(|part| !part.is_empty()) {
            self.texts.push(part.to_owned());
            self.targets.push(target);
        }
    }

    /// The byte at which a line breaks in two: before a word, or before its last punctuation. `None` for a short one.
    fn break_of(&mut self, line: &str) -> Option<usize> {
        let spaces: Vec<usize> = line.match_indices(' ').map(|(at, _)| at).collect();
        if spaces.len() + 1 < MIN_WORDS {
            return None;
        }
        let end = line.trim_end_matches(['.', '!', '?', ':', ',', ';']).len();
        if self.chance(AT_PUNCTUATION) && end < line.len() {
            return Some(end);
        }
        Some(spaces[self.random.below(spaces.len())])
    }
}

/// Whether extractors leave it out as a rule: what is labelled navigation by hand, or known to be anything but content.
fn is_left_out(target: Target) -> bool {
    match target.hand_label() {
        Some(label) => label == Label::Navigation,
        None => !target.labels.contains(Label::Content),
    }
}

fn of_lines(lines: &[String], targets: Vec<Option<Target>>) -> CorpusPage {
    let text = lines.join("\n");
    let blocks = Blocks::of_text(&text);
    CorpusPage { page: Page::from_text(text, &PageOptions::default()), blocks, targets, gold: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::{LabelSet, TargetOrigin};

    /// A page of menus, articles and a prompt, forty blocks of each in turn.
    fn page() -> CorpusPage {
        let lines: Vec<String> = (0..120)
            .map(|n| match n % 3 {
                0 => format!("Menu {n}"),
                1 => format!("The river rose again in the night of the {n}th and fell by noon."),
                _ => format!("Subscribe now for {n} a month"),
            })
            .collect();
        let labels = [Label::Navigation, Label::Content, Label::SubscriptionPrompt];
        let target = |n: usize| Some(Target::new(LabelSet::single(labels[n % 3]), TargetOrigin::Hand));
        of_lines(&lines, (0..120).map(target).collect())
    }

    fn texts(page: &CorpusPage, label: Label) -> Vec<&str> {
        let labelled = page.blocks.iter().zip(&page.targets);
        labelled.filter(|(_, target)| target.unwrap().hand_label() == Some(label)).map(|(block, _)| page.blocks.text(block)).collect()
    }

    #[test]
    fn navigation_goes_and_every_other_word_stays_with_its_label() {
        let recipe = TextRecipe { navigation_kept: 0.25, lines_broken: 0.5, prompts_added: 0.0, ..TextRecipe::default() };
        let (before, after) = (page(), worn(&page(), &recipe, &Phrases::read().unwrap(), SplitMix64::new(7)));
        assert_eq!(after.blocks.len(), after.targets.len());
        for label in [Label::Content, Label::SubscriptionPrompt] {
            let whole: Vec<&str> = texts(&before, label);
            let broken: Vec<&str> = texts(&after, label);
            assert_eq!(whole.concat().replace(' ', ""), broken.concat().replace(' ', ""));
            assert!(broken.len() > whole.len() + 10, "{} lines of {}", broken.len(), whole.len());
        }
        let menus = texts(&after, Label::Navigation).len();
        assert!((3..20).contains(&menus), "{menus} of 40");
    }

    #[test]
    fn nothing_is_lost_where_the_recipe_wears_nothing() {
        let recipe = TextRecipe { navigation_kept: 1.0, lines_broken: 0.0, prompts_added: 0.0, ..TextRecipe::default() };
        let (before, after) = (page(), worn(&page(), &recipe, &Phrases::read().unwrap(), SplitMix64::new(7)));
        assert_eq!(
            before.blocks.iter().map(|block| before.blocks.text(block)).collect::<Vec<_>>(),
            after.blocks.iter().map(|block| after.blocks.text(block)).collect::<Vec<_>>()
        );
        assert_eq!(before.targets, after.targets);
    }

    #[test]
    fn prompts_are_put_in_as_lines_of_their_own() {
        let recipe = TextRecipe { navigation_kept: 1.0, lines_broken: 0.0, prompts_added: 1.0, ..TextRecipe::default() };
        let (before, after) = (page(), worn(&page(), &recipe, &Phrases::read().unwrap(), SplitMix64::new(7)));
        let (ours, all) = (texts(&before, Label::SubscriptionPrompt), texts(&after, Label::SubscriptionPrompt));
        assert!(all.len() > ours.len());
        assert!(ours.iter().all(|text| all.contains(text)));
        assert_eq!(after.blocks.len() - before.blocks.len(), all.len() - ours.len());
    }
}

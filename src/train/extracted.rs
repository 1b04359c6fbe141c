//! Pages as other tools hand them on: the text of their blocks, a line each, whole or the worse for it.
//!
//! Takes a page of the corpus with its targets, gives one of plain text; in [`worn`] most navigation is missing, as extractors leave it out,
//! and some lines are broken where the page had an element or a line's end. Targets stay with their text. Knows nothing of features.

use crate::block::Blocks;
use crate::corpus::{CorpusPage, Target};
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

/// The same with most navigation left out and some lines broken; the generator decides which.
pub(super) fn worn(loaded: &CorpusPage, recipe: &TextRecipe, mut random: SplitMix64) -> CorpusPage {
    let mut chance = |share: f32| random.next_fraction() < share;
    let (mut lines, mut targets) = (Vec::new(), Vec::new());
    let (mut in_run, mut keeps_run) = (false, true);
    for (block, target) in loaded.blocks.iter().zip(&loaded.targets) {
        let navigation = target.is_some_and(is_left_out);
        if navigation && (!in_run || chance(RUN_ENDS)) {
            keeps_run = chance(recipe.navigation_kept);
        }
        in_run = navigation;
        if navigation && !keeps_run {
            continue;
        }
        let text = collapse_white_space(loaded.blocks.text(block));
        let place = chance(recipe.lines_broken).then(|| break_of(&text, &mut chance)).flatten();
        let parts = place.map_or((text.as_str(), ""), |place| text.split_at(place));
        for part in [parts.0.trim(), parts.1.trim()].into_iter().filter(|part| !part.is_empty()) {
            lines.push(part.to_owned());
            targets.push(*target);
        }
    }
    of_lines(&lines, targets)
}

/// Whether extractors leave it out as a rule: what is labelled navigation by hand, or known to be anything but content.
fn is_left_out(target: Target) -> bool {
    match target.hand_label() {
        Some(label) => label == Label::Navigation,
        None => !target.labels.contains(Label::Content),
    }
}

/// The byte at which a line breaks in two: before a word, or before its last punctuation. `None` for a short one.
fn break_of(line: &str, chance: &mut impl FnMut(f32) -> bool) -> Option<usize> {
    let spaces: Vec<usize> = line.match_indices(' ').map(|(at, _)| at).collect();
    if spaces.len() + 1 < MIN_WORDS {
        return None;
    }
    let end = line.trim_end_matches(['.', '!', '?', ':', ',', ';']).len();
    if chance(AT_PUNCTUATION) && end < line.len() {
        return Some(end);
    }
    // Each place is as likely as the others: the first is taken once in their number, the next once in those that are left.
    spaces.iter().enumerate().find(|(index, _)| chance(1.0 / (spaces.len() - index) as f32)).map(|(_, at)| *at)
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
        let recipe = TextRecipe { navigation_kept: 0.25, lines_broken: 0.5, ..TextRecipe::default() };
        let (before, after) = (page(), worn(&page(), &recipe, SplitMix64::new(7)));
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
        let recipe = TextRecipe { navigation_kept: 1.0, lines_broken: 0.0, ..TextRecipe::default() };
        let (before, after) = (page(), worn(&page(), &recipe, SplitMix64::new(7)));
        assert_eq!(
            before.blocks.iter().map(|block| before.blocks.text(block)).collect::<Vec<_>>(),
            after.blocks.iter().map(|block| after.blocks.text(block)).collect::<Vec<_>>()
        );
        assert_eq!(before.targets, after.targets);
    }
}

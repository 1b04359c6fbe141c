//! Pictures, players and form fields near a block.
//!
//! Takes the running counts of the survey; gives distances to what a caption describes and to the fields of a sign-up form.

use super::schema::columns;
use super::survey::{Met, Survey};
use super::{log_f, share_f};

columns! { "surroundings";
    MEDIA_LEVEL "media_level" Count "levels up to the nearest element that holds a picture, video or frame; 9 when none within 8";
    MEDIA_CHARACTERS "media_characters" LogCount "characters that element holds";
    MEDIA_BEFORE "media_before" Count "pictures since the block before, at most 9";
    MEDIA_AFTER "media_after" Count "pictures until the block after, at most 9";
    MEDIA_PARENT "media_parent" LogCount "pictures in the owner's parent";
    MEDIA_GRANDPARENT "media_grandparent" LogCount "pictures in the owner's grandparent";
    ALT_BEFORE "alt_before" Share "the block's words that stand in the alternative text or title of the picture before";
    ALT_AFTER "alt_after" Share "the same for the picture after";
    INPUT_LEVEL "input_level" Count "levels up to the nearest element that holds a form field; 9 when none within 8";
    INPUT_CHARACTERS "input_characters" LogCount "characters that element holds";
    EMAIL_LEVEL "email_level" Count "the same for a field for an e-mail address";
    EMAIL_CHARACTERS "email_characters" LogCount "characters that element holds";
    PASSWORD_LEVEL "password_level" Count "the same for a password field";
    PASSWORD_CHARACTERS "password_characters" LogCount "characters that element holds";
    BUTTON_LEVEL "button_level" Count "the same for a button element";
    BUTTON_CHARACTERS "button_characters" LogCount "characters that element holds";
    INPUTS_BEFORE "inputs_before" Count "form fields since the block before, at most 9";
    INPUTS_AFTER "inputs_after" Count "form fields until the block after, at most 9";
    EMAILS_BEFORE "emails_before" Count "e-mail fields since the block before, at most 9";
    EMAILS_AFTER "emails_after" Count "e-mail fields until the block after, at most 9";
}

/// Levels above the owner that are searched.
const LEVELS: usize = 8;
const MOST: f32 = 9.0;

type Counter = fn(&Met) -> u32;

/// What is searched for upwards, with the two columns each fills.
const SEARCHED: [(Counter, usize, usize); 5] = [
    (|met| met.media, MEDIA_LEVEL, MEDIA_CHARACTERS),
    (|met| met.inputs, INPUT_LEVEL, INPUT_CHARACTERS),
    (|met| met.emails, EMAIL_LEVEL, EMAIL_CHARACTERS),
    (|met| met.passwords, PASSWORD_LEVEL, PASSWORD_CHARACTERS),
    (|met| met.buttons, BUTTON_LEVEL, BUTTON_CHARACTERS),
];

pub(super) fn fill(survey: &Survey<'_>, index: usize, out: &mut [f32]) {
    let infos = &survey.block_infos;
    let info = &infos[index];
    for (counter, level_column, characters_column) in SEARCHED {
        out[level_column] = MOST;
        for (level, element) in survey.chain(info.owner).enumerate().take(LEVELS + 1) {
            if counter(&element.after) > counter(&element.before) {
                let from_to = (element.first_block as usize, element.end_block as usize);
                out[level_column] = level as f32;
                out[characters_column] = log_f((survey.characters[from_to.1] - survey.characters[from_to.0]) as f32);
                break;
            }
        }
    }
    for (column, element) in [(MEDIA_PARENT, 1), (MEDIA_GRANDPARENT, 2)] {
        if let Some(element) = survey.chain(info.owner).nth(element) {
            out[column] = log_f((element.after.media - element.before.media) as f32);
        }
    }
    let before = index.checked_sub(1).map_or(Met::default(), |before| infos[before].met);
    let after = infos.get(index + 1).map_or(survey.met, |next| next.met);
    let between = |counter: Counter, from: &Met, to: &Met| (counter(to).saturating_sub(counter(from)) as f32).min(MOST);
    out[MEDIA_BEFORE] = between(|met| met.media, &before, &info.met);
    out[MEDIA_AFTER] = between(|met| met.media, &info.met, &after);
    out[INPUTS_BEFORE] = between(|met| met.inputs, &before, &info.met);
    out[INPUTS_AFTER] = between(|met| met.inputs, &info.met, &after);
    out[EMAILS_BEFORE] = between(|met| met.emails, &before, &info.met);
    out[EMAILS_AFTER] = between(|met| met.emails, &info.met, &after);
    let next_image = survey.images.partition_point(|(media, _)| *media < info.met.media);
    let words = survey.words_of(info);
    if let Some((_, described)) = next_image.checked_sub(1).and_then(|at| survey.images.get(at)) {
        out[ALT_BEFORE] = overlap(words, described);
    }
    if let Some((_, described)) = survey.images.get(next_image) {
        out[ALT_AFTER] = overlap(words, described);
    }
}

/// The share of `words` that stand in `others`.
pub(super) fn overlap(words: &[u32], others: &[u32]) -> f32 {
    if others.is_empty() {
        return 0.0;
    }
    share_f(words.iter().filter(|word| others.contains(word)).count() as f32, words.len() as f32)
}

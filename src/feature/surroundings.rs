//! Pictures, players and form fields near a block.
//!
//! Takes the running counts of the survey; gives distances to what a caption describes and to the fields of a sign-up form.

use super::hash::{WordSet, words};
use super::schema::columns;
use super::survey::{KEPT_WORDS, Met, Survey};
use super::{log, share_f};

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

/// What a container holds or stands near.
#[derive(Debug, Clone, Copy)]
struct Near {
    /// For each of [`SEARCHED`] the levels up and the characters there.
    found: [(f32, f32); SEARCHED.len()],
    /// Pictures in it (`ln(1 + n)`).
    media: f32,
}

impl Near {
    const NOTHING: Self = Self { found: [(MOST, 0.0); SEARCHED.len()], media: 0.0 };
}

/// What each container holds or stands near, and what images beside blocks show.
#[derive(Debug, Default)]
pub(super) struct Surroundings {
    near: Vec<Near>,
    /// By image; of one that no block stands beside nothing is read.
    described: Vec<Option<WordSet>>,
}

impl Surroundings {
    pub(super) fn new(survey: &Survey<'_>) -> Self {
        let mut all: Vec<Near> = Vec::with_capacity(survey.containers.len());
        for container in &survey.containers {
            let element = survey.container_element(container);
            let above = all.get(container.parent as usize).copied().unwrap_or(Near::NOTHING);
            let mut near = Near::NOTHING;
            let mut held = None;
            for (place, (counter, ..)) in SEARCHED.iter().enumerate() {
                let (level, characters) = above.found[place];
                if counter(&element.after) > counter(&element.before) {
                    near.found[place] = (0.0, *held.get_or_insert_with(|| log(survey.held_characters(element))));
                } else if level < LEVELS as f32 {
                    near.found[place] = (level + 1.0, characters);
                }
            }
            near.media = log(element.after.media - element.before.media);
            all.push(near);
        }
        Self { near: all, described: described(survey) }
    }
}

/// The words of the alternative texts and titles of the images beside blocks.
fn described(survey: &Survey<'_>) -> Vec<Option<WordSet>> {
    let mut sets: Vec<Option<WordSet>> = Vec::new();
    sets.resize_with(survey.images.len(), || None);
    let Some(dom) = survey.dom else { return sets };
    let mut words_of = Vec::new();
    let mut next = 0;
    for info in &survey.block_infos {
        next += survey.images[next..].iter().take_while(|(media, _)| *media < info.met.media).count();
        for at in [next.checked_sub(1), Some(next)].into_iter().flatten() {
            let Some((set, (_, image))) = sets.get_mut(at).filter(|set| set.is_none()).zip(survey.images.get(at)) else { continue };
            let image = dom.node(*image);
            words_of.clear();
            for text in [image.attr("alt"), image.attr("title")].into_iter().flatten() {
                words(text, |word| {
                    words_of.push(word);
                    words_of.len() < KEPT_WORDS
                });
            }
            *set = Some(WordSet::new(&words_of));
        }
    }
    sets
}

pub(super) fn fill(survey: &Survey<'_>, index: usize, surroundings: &Surroundings, out: &mut [f32]) {
    let Some(out) = out.first_chunk_mut::<{ DEFS.len() }>() else { return };
    let infos = &survey.block_infos;
    let info = &infos[index];
    let near = |container: u32| surroundings.near.get(container as usize);
    let found = &near(info.container).unwrap_or(&Near::NOTHING).found;
    for ((_, level_column, characters_column), (level, characters)) in SEARCHED.iter().zip(found) {
        out[*level_column] = *level;
        out[*characters_column] = *characters;
    }
    for (column, container) in [MEDIA_PARENT, MEDIA_GRANDPARENT].into_iter().zip(survey.containers_from(info.container).skip(1)) {
        out[column] = near(container).map_or(0.0, |near| near.media);
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
    let share = |described: &WordSet| share_f(described.count_of(words) as f32, words.len() as f32);
    let described = |at: usize| surroundings.described.get(at).and_then(Option::as_ref);
    if let Some(described) = next_image.checked_sub(1).and_then(described) {
        out[ALT_BEFORE] = share(described);
    }
    if let Some(described) = described(next_image) {
        out[ALT_AFTER] = share(described);
    }
}

//! The shape of a block's text.
//!
//! Takes a block's text and words, gives counts, shares and signs. Knows nothing of the tree: these features hold for plain text too.

use super::lexicon::KINDS;
use super::schema::columns;
use super::signs::{Signs, mark};
use super::survey::{KEPT_WORDS, Survey};
use super::{flag, log, share, share_f};

columns! { "shape";
    CHARACTERS "characters" LogCount "characters that are no white space";
    WORDS "words" LogCount "words";
    WORD_LENGTH "mean_word_length" Count "mean characters a word";
    LONGEST "longest_word" LogCount "characters of the longest run without white space";
    UPPER "upper" Share "capitals among letters";
    CAPITALISED "capitalised" Share "words that begin with a capital";
    DIGITS "digits" Share "digits among characters";
    PUNCTUATION "punctuation" Share "ASCII punctuation among characters";
    SENTENCES "sentence_ends" LogCount "full stops, question and exclamation marks of any script";
    COMMAS "commas" LogCount "commas of any script";
    QUESTIONS "question_marks" LogCount "question marks";
    EXCLAMATIONS "exclamation_marks" LogCount "exclamation marks";
    ENDS_SENTENCE "ends_like_a_sentence" Flag "the last character ends a sentence";
    ENDS_COLON "ends_with_colon" Flag "the last character is a colon";
    ENDS_ELLIPSIS "ends_with_ellipsis" Flag "ends with an ellipsis";
    STARTS_LOWER "starts_lower_case" Flag "the first letter is lower case";
    STARTS_DIGIT "starts_with_digit" Flag "the first character is a digit";
    STARTS_QUOTE "starts_with_quote" Flag "the first character is a quotation mark";
    STARTS_MARK "starts_with_mark" Flag "the first character is a bullet, arrow, bracket or other sign";
    COPYRIGHT "copyright_sign" Flag "has a copyright sign";
    CURRENCY "currency_sign" Flag "has a currency sign";
    PERCENT "percent_sign" Flag "has a percent sign";
    AT "at_sign" Flag "has an @";
    HASH "hash_sign" Flag "has a #";
    ADDRESS "web_address" Flag "has a web address";
    BRACES "braces" Flag "has {{, ${, <% or %s: an unrendered template";
    BRACKETS "brackets" LogCount "round and square brackets";
    SEPARATORS "separators" LogCount "bars, bullets, middle dots, guillemets, slashes";
    LINES "line_breaks" LogCount "line breaks";
    DATE "date" Flag "has a number of four digits from 1900 to 2099, or digits joined by . / or -";
    TIME "time" Flag "has digits joined by a colon";
    DENSE "dense_script" Share "letters of scripts written without spaces";
    CYRILLIC "cyrillic" Share "Cyrillic letters among letters";
    OTHER_SCRIPT "other_script" Share "letters neither Latin, Cyrillic nor of a dense script";
    DISTINCT "distinct_words" Share "distinct words among the first 60";
    FUNCTION "function_words" Share "function words of any language among the words";
    REPEATS "repeats" LogCount "other blocks of the page with the same text";
    SAME_AS_PREVIOUS "same_as_previous" Flag "the block before has the same text";
    PROMPT "lexicon_prompt" LogCount "phrases of subscription prompts";
    PRICE "lexicon_price" LogCount "phrases of price and period";
    LOGIN "lexicon_login" LogCount "phrases of logging in";
    CREDIT "lexicon_credit" LogCount "phrases of picture credits";
    FIGURE "lexicon_figure" LogCount "words for figures, tables, videos";
    BYLINE "lexicon_byline" LogCount "phrases of bylines and dates";
    SHARE "lexicon_share" LogCount "phrases of sharing";
    RELATED "lexicon_related" LogCount "phrases that lead to other pages";
    COMMENT "lexicon_comment" LogCount "phrases of commenting";
    COOKIE "lexicon_cookie" LogCount "phrases of consent";
    LEGAL "lexicon_legal" LogCount "phrases of imprint and law";
    ADVERT "lexicon_advert" LogCount "marks of advertisements";
    SHOP "lexicon_shop" LogCount "phrases of shops";
    PROMPT_DENSITY "lexicon_prompt_density" Share "phrases of subscription prompts a word";
    PROMPTS_NEAR "lexicon_prompts_near" LogCount "phrases of subscription prompts in the 3 blocks before and after";
    PROMPTS_AROUND "lexicon_prompts_around" LogCount "phrases of subscription prompts in the 10 blocks before and after";
    PROMPT_BLOCKS "lexicon_prompt_blocks" Share "blocks with a phrase of subscription prompts among the 5 before and after";
    PRICES_NEAR "lexicon_prices_near" LogCount "phrases and signs of prices in the 5 blocks before and after";
    CREDIT_DENSITY "lexicon_credit_density" Share "phrases of picture credits a word";
}

/// Where each kind of the lexicon goes; function words have a share of their own.
const LEXICON_COLUMNS: [usize; KINDS.len() - 1] =
    [PROMPT, PRICE, LOGIN, CREDIT, FIGURE, BYLINE, SHARE, RELATED, COMMENT, COOKIE, LEGAL, ADVERT, SHOP];

/// The group's columns of one block.
type Columns = [f32; DEFS.len()];

pub(super) fn fill(survey: &Survey<'_>, index: usize, out: &mut [f32]) {
    let Some(out) = out.first_chunk_mut::<{ DEFS.len() }>() else { return };
    let Some(block) = survey.blocks.get(index) else { return };
    let text = survey.blocks.text(block);
    let info = &survey.block_infos[index];
    let signs = &survey.signs[index];
    counts(signs, out);
    signs_of_text(text, signs, out);
    out[CURRENCY] = flag(signs.currency());
    out[WORDS] = log(info.words);
    out[WORD_LENGTH] = info.characters as f32 / info.words.max(1) as f32;
    out[CAPITALISED] = share(signs.capitalised, info.words).min(1.0);
    let words = survey.words_of(info);
    out[DISTINCT] = share_f(distinct(words) as f32, words.len() as f32);
    let counts = &survey.phrases[index];
    for (column, count) in LEXICON_COLUMNS.iter().zip(counts) {
        out[*column] = log(u32::from(*count));
    }
    let kept = words.len().max(1) as f32;
    out[FUNCTION] = (f32::from(counts[KINDS.len() - 1]) / kept).min(1.0);
    out[PROMPT_DENSITY] = (f32::from(counts[0]) / kept).min(1.0);
    out[CREDIT_DENSITY] = (f32::from(counts[3]) / kept).min(1.0);
    near(survey, index, out);
    out[REPEATS] = log(survey.repeats.get(info.text as usize).map_or(0, |count| count - 1));
    out[SAME_AS_PREVIOUS] = flag(index > 0 && survey.block_infos[index - 1].text_hash == info.text_hash);
}

/// How many different words there are among at most [`KEPT_WORDS`].
fn distinct(words: &[u32]) -> u32 {
    // Open addressing; what marks a free place cannot be told from a word, so that word has a place of its own.
    const PLACES: usize = 2 * KEPT_WORDS.next_power_of_two();
    const FREE: u32 = 0;
    let mut places = [FREE; PLACES];
    let mut count = u32::from(words.contains(&FREE));
    for word in words.iter().filter(|word| **word != FREE) {
        let mut at = *word as usize % PLACES;
        while places[at] != FREE && places[at] != *word {
            at = (at + 1) % PLACES;
        }
        count += u32::from(places[at] == FREE);
        places[at] = *word;
    }
    count
}

/// Phrases in the blocks around: a prompt is seldom alone.
fn near(survey: &Survey<'_>, index: usize, out: &mut Columns) {
    let count = survey.block_infos.len();
    let within = |sums: &[u32], width: usize| sums[(index + width + 1).min(count)] - sums[index.saturating_sub(width)];
    out[PROMPTS_NEAR] = log(within(&survey.prompts, 3));
    out[PROMPTS_AROUND] = log(within(&survey.prompts, 10));
    out[PRICES_NEAR] = log(within(&survey.prices, 5));
    let (from, to) = (index.saturating_sub(5), (index + 6).min(count));
    let with = (from..to).filter(|block| survey.prompts[block + 1] > survey.prompts[*block]).count();
    out[PROMPT_BLOCKS] = share_f(with as f32, (to - from) as f32);
}

/// Characters that mean something together.
struct Part {
    text: &'static str,
    /// Their bits in [`Signs::marks`].
    marks: u32,
}

const COPYRIGHTS: [Part; 2] = [part("(c)"), part("(C)")];
const ADDRESSES: [Part; 2] = [part("://"), part("www.")];
const UNRENDERED: [Part; 4] = [part("{{"), part("${"), part("<%"), part("%s")];

const fn part(text: &'static str) -> Part {
    let (mut marks, mut at) = (0, 0);
    while at < text.len() {
        marks |= mark(text.as_bytes()[at]);
        at += 1;
    }
    Part { text, marks }
}

/// The columns that are counts of characters.
fn counts(signs: &Signs, out: &mut Columns) {
    out[CHARACTERS] = log(signs.characters);
    out[LONGEST] = log(signs.longest);
    out[UPPER] = share(signs.upper, signs.letters);
    out[DIGITS] = share(signs.digits, signs.characters);
    out[PUNCTUATION] = share(signs.punctuation, signs.characters);
    out[SENTENCES] = log(signs.sentences);
    out[COMMAS] = log(signs.commas);
    out[QUESTIONS] = log(signs.questions);
    out[EXCLAMATIONS] = log(signs.exclamations);
    out[BRACKETS] = log(signs.brackets);
    out[SEPARATORS] = log(signs.separators);
    out[LINES] = log(signs.lines);
    out[DENSE] = share(signs.dense, signs.letters);
    out[CYRILLIC] = share(signs.cyrillic, signs.letters);
    out[OTHER_SCRIPT] = share(signs.letters - signs.latin - signs.cyrillic - signs.dense, signs.letters);
}

fn signs_of_text(text: &str, signs: &Signs, out: &mut Columns) {
    let first = text.chars().next().unwrap_or(' ');
    let last = text.chars().rev().find(|c| !matches!(c, '"' | '\'' | '”' | '“' | '»' | '’' | ')' | '」' | '』')).unwrap_or(' ');
    out[ENDS_SENTENCE] = flag(matches!(last, '.' | '?' | '!' | '。' | '？' | '！' | '।' | '؟' | '۔' | '…'));
    out[ENDS_COLON] = flag(matches!(last, ':' | '：'));
    out[ENDS_ELLIPSIS] = flag(text.ends_with('…') || text.ends_with("..."));
    out[STARTS_LOWER] = flag(first.is_lowercase());
    out[STARTS_DIGIT] = flag(first.is_numeric());
    out[STARTS_QUOTE] = flag(matches!(first, '"' | '\'' | '“' | '„' | '«' | '»' | '‘' | '「' | '『'));
    out[STARTS_MARK] = flag(!first.is_alphanumeric() && out[STARTS_QUOTE] < 0.5);
    // The text is only searched for what can be in it by its characters.
    let within = |part: &Part| signs.marks & part.marks == part.marks && text.contains(part.text);
    out[COPYRIGHT] = flag(signs.copyright || COPYRIGHTS.iter().any(within));
    out[PERCENT] = flag(signs.has(b'%'));
    out[AT] = flag(signs.has(b'@'));
    out[HASH] = flag(signs.has(b'#'));
    out[ADDRESS] = flag(ADDRESSES.iter().any(within));
    out[BRACES] = flag(UNRENDERED.iter().any(within));
    let (date, time) = if signs.has(b'0') { dates(text.as_bytes()) } else { (false, false) };
    out[DATE] = flag(date);
    out[TIME] = flag(time);
}

/// Whether the text has a year or a date in digits, and whether it has a time or duration such as `12:30`.
fn dates(bytes: &[u8]) -> (bool, bool) {
    let (mut date, mut time) = (false, false);
    let mut at = 0;
    while let Some(offset) = bytes[at..].iter().position(u8::is_ascii_digit) {
        let start = at + offset;
        let length = bytes[start..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let end = start + length;
        let year = &bytes[start..end];
        date |= length == 4 && (year.starts_with(b"19") || year.starts_with(b"20"));
        if let (Some(join), Some(after)) = (bytes.get(end), bytes.get(end + 1))
            && after.is_ascii_digit()
        {
            time |= *join == b':';
            date |= length <= 2
                && matches!(join, b'.' | b'/' | b'-')
                && bytes[end + 1..].iter().take(4).any(|byte| matches!(byte, b'.' | b'/' | b'-'));
        }
        at = end;
    }
    (date, time)
}

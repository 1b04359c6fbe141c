//! The shape of a block's text.
//!
//! Takes a block's text and words, gives counts, shares and signs. Knows nothing of the tree: these features hold for plain text too.

use super::lexicon::KINDS;
use super::schema::columns;
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

/// Counts of characters by kind.
#[derive(Default)]
struct Signs {
    characters: u32,
    letters: u32,
    upper: u32,
    digits: u32,
    punctuation: u32,
    sentences: u32,
    commas: u32,
    questions: u32,
    exclamations: u32,
    brackets: u32,
    separators: u32,
    lines: u32,
    dense: u32,
    cyrillic: u32,
    latin: u32,
    /// Letters that are not Latin.
    other_letters: u32,
    capitalised: u32,
    longest: u32,
    /// A bit for each ASCII character that stands in the text.
    ascii: u128,
    /// Whether it has others.
    beyond_ascii: bool,
}

pub(super) fn fill(survey: &Survey<'_>, index: usize, out: &mut [f32]) {
    let Some(block) = survey.blocks.get(index) else { return };
    let text = survey.blocks.text(block);
    let info = &survey.block_infos[index];
    let signs = Signs::read(text);
    signs.fill(out);
    signs_of_text(text, &signs, out);
    out[CURRENCY] = flag(info.currency);
    out[WORDS] = log(info.words);
    out[WORD_LENGTH] = info.characters as f32 / info.words.max(1) as f32;
    out[CAPITALISED] = share(signs.capitalised, info.words).min(1.0);
    let words = survey.words_of(info);
    out[DISTINCT] = share_f(distinct(words) as f32, words.len() as f32);
    let counts = survey.phrases[index];
    for (column, count) in LEXICON_COLUMNS.into_iter().zip(counts) {
        out[column] = log(u32::from(count));
    }
    let kept = words.len().max(1) as f32;
    out[FUNCTION] = (f32::from(counts[KINDS.len() - 1]) / kept).min(1.0);
    out[PROMPT_DENSITY] = (f32::from(counts[0]) / kept).min(1.0);
    out[CREDIT_DENSITY] = (f32::from(counts[3]) / kept).min(1.0);
    near(survey, index, out);
    out[REPEATS] = log(survey.repeats.get(&info.text_hash).map_or(0, |count| count - 1));
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
fn near(survey: &Survey<'_>, index: usize, out: &mut [f32]) {
    let count = survey.block_infos.len();
    let within = |sums: &[u32], width: usize| sums[(index + width + 1).min(count)] - sums[index.saturating_sub(width)];
    out[PROMPTS_NEAR] = log(within(&survey.prompts, 3));
    out[PROMPTS_AROUND] = log(within(&survey.prompts, 10));
    out[PRICES_NEAR] = log(within(&survey.prices, 5));
    let (from, to) = (index.saturating_sub(5), (index + 6).min(count));
    let with = (from..to).filter(|block| survey.prompts[block + 1] > survey.prompts[*block]).count();
    out[PROMPT_BLOCKS] = share_f(with as f32, (to - from) as f32);
}

/// The bits of `0` to `9` in [`Signs::ascii`].
const DIGITS_OF_ASCII: u128 = 0x3ff << b'0';

/// What the ASCII characters are to [`Signs::read`].
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ascii {
    Sign,
    Space,
    Lower,
    Upper,
}

const ASCII: [Ascii; 128] = {
    let mut kinds = [Ascii::Sign; 128];
    let mut at = 0;
    while at < 128 {
        // `char::is_whitespace` has the vertical tab, `u8::is_ascii_whitespace` has not.
        if matches!(at, 0x09..=0x0d | 0x20) {
            kinds[at] = Ascii::Space;
        } else if matches!(at, 0x41..=0x5a) {
            kinds[at] = Ascii::Upper;
        } else if matches!(at, 0x61..=0x7a) {
            kinds[at] = Ascii::Lower;
        }
        at += 1;
    }
    kinds
};

impl Signs {
    fn read(text: &str) -> Self {
        let mut signs = Self::default();
        let mut run = 0;
        for c in text.chars() {
            let code = u32::from(c);
            let Some(kind) = ASCII.get(code as usize) else {
                signs.beyond_ascii = true;
                signs.read_beyond_ascii(c, &mut run);
                continue;
            };
            signs.ascii |= 1 << code;
            if *kind == Ascii::Space {
                signs.lines += u32::from(c == '\n');
                signs.longest = signs.longest.max(run);
                run = 0;
                continue;
            }
            run += 1;
            signs.characters += 1;
            match kind {
                Ascii::Lower => signs.letters += 1,
                Ascii::Upper => {
                    signs.letters += 1;
                    signs.upper += 1;
                    signs.capitalised += u32::from(run == 1);
                }
                Ascii::Sign | Ascii::Space => signs.sign(c),
            }
        }
        signs.longest = signs.longest.max(run);
        // All letters of ASCII are Latin.
        signs.latin = signs.letters - signs.other_letters;
        signs
    }

    fn read_beyond_ascii(&mut self, c: char, run: &mut u32) {
        if c.is_whitespace() {
            self.longest = self.longest.max(*run);
            *run = 0;
            return;
        }
        *run += 1;
        self.characters += 1;
        if !c.is_alphabetic() {
            self.sign(c);
            return;
        }
        self.letters += 1;
        let upper = c.is_uppercase();
        self.upper += u32::from(upper);
        self.capitalised += u32::from(upper && *run == 1);
        if matches!(u32::from(c), 0xC0..=0x24F | 0x1E00..=0x1EFF) {
            return;
        }
        self.other_letters += 1;
        if matches!(u32::from(c), 0x400..=0x52F) {
            self.cyrillic += 1;
        } else if super::hash::is_dense(c) {
            self.dense += 1;
        }
    }

    /// Whether the ASCII character stands in the text.
    fn has(&self, c: u8) -> bool {
        self.ascii >> c & 1 == 1
    }

    fn sign(&mut self, c: char) {
        self.digits += u32::from(c.is_numeric());
        self.punctuation += u32::from(c.is_ascii_punctuation());
        match c {
            '.' | '。' | '．' | '।' | '؟' | '۔' | '…' => self.sentences += 1,
            '?' | '？' => {
                self.sentences += 1;
                self.questions += 1;
            }
            '!' | '！' => {
                self.sentences += 1;
                self.exclamations += 1;
            }
            ',' | '、' | '，' | '،' => self.commas += 1,
            '(' | ')' | '[' | ']' | '（' | '）' | '【' | '】' => self.brackets += 1,
            '|' | '•' | '·' | '»' | '«' | '›' | '‹' | '/' | '>' | '→' | '▸' | '■' => self.separators += 1,
            _ => {}
        }
    }

    fn fill(&self, out: &mut [f32]) {
        out[CHARACTERS] = log(self.characters);
        out[LONGEST] = log(self.longest);
        out[UPPER] = share(self.upper, self.letters);
        out[DIGITS] = share(self.digits, self.characters);
        out[PUNCTUATION] = share(self.punctuation, self.characters);
        out[SENTENCES] = log(self.sentences);
        out[COMMAS] = log(self.commas);
        out[QUESTIONS] = log(self.questions);
        out[EXCLAMATIONS] = log(self.exclamations);
        out[BRACKETS] = log(self.brackets);
        out[SEPARATORS] = log(self.separators);
        out[LINES] = log(self.lines);
        out[DENSE] = share(self.dense, self.letters);
        out[CYRILLIC] = share(self.cyrillic, self.letters);
        out[OTHER_SCRIPT] = share(self.letters - self.latin - self.cyrillic - self.dense, self.letters);
    }
}

fn signs_of_text(text: &str, signs: &Signs, out: &mut [f32]) {
    let first = text.chars().next().unwrap_or(' ');
    let last = text.trim_end_matches(['"', '\'', '”', '“', '»', '’', ')', '」', '』']).chars().next_back().unwrap_or(' ');
    out[ENDS_SENTENCE] = flag(matches!(last, '.' | '?' | '!' | '。' | '？' | '！' | '।' | '؟' | '۔' | '…'));
    out[ENDS_COLON] = flag(matches!(last, ':' | '：'));
    out[ENDS_ELLIPSIS] = flag(text.ends_with('…') || text.ends_with("..."));
    out[STARTS_LOWER] = flag(first.is_lowercase());
    out[STARTS_DIGIT] = flag(first.is_numeric());
    out[STARTS_QUOTE] = flag(matches!(first, '"' | '\'' | '“' | '„' | '«' | '»' | '‘' | '「' | '『'));
    out[STARTS_MARK] = flag(!first.is_alphanumeric() && out[STARTS_QUOTE] < 0.5);
    // The text is only searched for what can be in it by its characters.
    let within = |part: &str| part.bytes().all(|byte| signs.has(byte)) && text.contains(part);
    out[COPYRIGHT] = flag(signs.beyond_ascii && text.contains('©') || within("(c)") || within("(C)"));
    out[PERCENT] = flag(signs.has(b'%'));
    out[AT] = flag(signs.has(b'@'));
    out[HASH] = flag(signs.has(b'#'));
    out[ADDRESS] = flag(within("://") || within("www."));
    out[BRACES] = flag(["{{", "${", "<%", "%s"].into_iter().any(within));
    let (date, time) = if signs.ascii & DIGITS_OF_ASCII != 0 { dates(text.as_bytes()) } else { (false, false) };
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

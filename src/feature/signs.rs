//! Signs: the characters of a text, counted by kind.
//!
//! Takes a text's characters one after the other, as they pass while its words are read; gives [`Signs`]. Knows nothing of what is made of
//! the counts.

use super::hash::{Letter, Watch, is_dense, is_plain_letter, is_plain_sign};

/// Counts of characters by kind.
#[derive(Debug, Clone, Default)]
pub(super) struct Signs {
    pub(super) characters: u32,
    pub(super) letters: u32,
    pub(super) upper: u32,
    pub(super) digits: u32,
    pub(super) punctuation: u32,
    pub(super) sentences: u32,
    pub(super) commas: u32,
    pub(super) questions: u32,
    pub(super) exclamations: u32,
    pub(super) brackets: u32,
    pub(super) separators: u32,
    pub(super) lines: u32,
    pub(super) dense: u32,
    pub(super) cyrillic: u32,
    pub(super) latin: u32,
    /// Letters that are not Latin.
    pub(super) other_letters: u32,
    pub(super) capitalised: u32,
    pub(super) longest: u32,
    /// A bit for each of [`MARKED`] that stands in the text; a letter's where it begins or ends a run of letters.
    pub(super) marks: u32,
    pub(super) copyright: bool,
    /// Whether it has a sign of a currency beyond ASCII.
    currency: bool,
}

/// Signs of currencies beyond ASCII.
const CURRENCIES: [char; 7] = ['€', '£', '¥', '₹', '₽', '円', '원'];

/// The ASCII characters that somebody asks about; `0` stands for all digits. A bit each in [`Signs::marks`].
const MARKED: &[u8] = b"0(c)C:/w.{$<%s@#";

/// The bit of an ASCII character in [`Signs::marks`], 0 if nobody asks about it.
pub(super) const fn mark(c: u8) -> u32 {
    let c = if c.is_ascii_digit() { b'0' } else { c };
    let mut at = 0;
    while at < MARKED.len() {
        if MARKED[at] == c {
            return 1 << at;
        }
        at += 1;
    }
    0
}

/// What of a text's ASCII characters that are no letters is counted: the places of the counts in [`Ascii::counts`].
#[derive(Clone, Copy)]
enum Counted {
    Digits,
    Punctuation,
    Controls,
    Sentences,
    Questions,
    Exclamations,
    Commas,
    Brackets,
    Separators,
    Lines,
}

/// Bits of a count.
const COUNT_BITS: u32 = 12;

/// Characters after which a count may be full.
const COUNT_ROOM: u32 = (1 << COUNT_BITS) - 1;

impl Counted {
    const fn one(self) -> u128 {
        1 << (COUNT_BITS * self as u32)
    }

    fn of(self, counts: u128) -> u32 {
        (counts >> (COUNT_BITS * self as u32) & 0xfff) as u32
    }
}

/// What one ASCII character adds to [`Signs`].
#[derive(Clone, Copy)]
struct Ascii {
    /// 1 in the place of each [`Counted`] that it is: one addition counts them all. None for letters.
    counts: u128,
    marks: u32,
    /// All bits, but none for white space, which ends a run.
    inside: u32,
}

static ASCII: [Ascii; 128] = {
    let mut all = [Ascii { counts: 0, marks: 0, inside: 0 }; 128];
    let mut c = 0;
    while c < 128 {
        all[c as usize] = ascii(c);
        c += 1;
    }
    all
};

const fn ascii(c: u8) -> Ascii {
    // `char::is_whitespace` has the vertical tab, `u8::is_ascii_whitespace` has not.
    if matches!(c, 0x09..=0x0d | 0x20) {
        return Ascii { counts: if c == b'\n' { Counted::Lines.one() } else { 0 }, marks: 0, inside: 0 };
    }
    let counts = if c.is_ascii_alphabetic() {
        0
    } else if c.is_ascii_digit() {
        Counted::Digits.one()
    } else if c.is_ascii_punctuation() {
        Counted::Punctuation.one() + punctuation(c)
    } else {
        Counted::Controls.one()
    };
    Ascii { counts, marks: mark(c), inside: u32::MAX }
}

const fn punctuation(c: u8) -> u128 {
    match c {
        b'.' => Counted::Sentences.one(),
        b'?' => Counted::Sentences.one() + Counted::Questions.one(),
        b'!' => Counted::Sentences.one() + Counted::Exclamations.one(),
        b',' => Counted::Commas.one(),
        b'(' | b')' | b'[' | b']' => Counted::Brackets.one(),
        b'|' | b'/' | b'>' => Counted::Separators.one(),
        _ => 0,
    }
}

/// Signs that are being counted.
#[derive(Default)]
pub(super) struct SignReader {
    signs: Signs,
    /// Of the last ASCII characters, `counted` of them.
    counts: u128,
    counted: u32,
    /// Characters since the last white space.
    run: u32,
}

impl Watch for SignReader {
    fn letters(&mut self, letters: &[u8], capitals: u32) {
        let (Some(first), Some(last)) = (letters.first(), letters.last()) else { return };
        let count = u32::try_from(letters.len()).unwrap_or(u32::MAX);
        self.signs.letters += count;
        self.signs.characters += count;
        self.signs.upper += capitals;
        self.signs.capitalised += u32::from(self.run == 0 && first.is_ascii_uppercase());
        self.signs.marks |= ASCII[usize::from(*first % 128)].marks | ASCII[usize::from(*last % 128)].marks;
        self.run += count;
        self.signs.longest = self.signs.longest.max(self.run);
    }

    fn ascii(&mut self, byte: u8) {
        // Without a branch: where words end, no processor foretells.
        let ascii = &ASCII[usize::from(byte % 128)];
        self.counts += ascii.counts;
        self.signs.marks |= ascii.marks;
        self.run = (self.run + 1) & ascii.inside;
        self.signs.longest = self.signs.longest.max(self.run);
        self.counted += 1;
        if self.counted == COUNT_ROOM {
            self.settle();
        }
    }

    fn beyond_ascii(&mut self, c: char) {
        self.signs.read_beyond_ascii(c, &mut self.run);
    }
}

impl SignReader {
    /// Adds what is counted so far.
    fn settle(&mut self) {
        self.signs.add(std::mem::take(&mut self.counts));
        self.counted = 0;
    }

    /// What all characters so far come to.
    pub(super) fn finish(mut self) -> Signs {
        self.settle();
        // All letters of ASCII are Latin.
        self.signs.latin = self.signs.letters - self.signs.other_letters;
        self.signs
    }
}

impl Signs {
    fn add(&mut self, counts: u128) {
        let of = |counted: Counted| counted.of(counts);
        self.digits += of(Counted::Digits);
        self.punctuation += of(Counted::Punctuation);
        self.characters += of(Counted::Digits) + of(Counted::Punctuation) + of(Counted::Controls);
        self.sentences += of(Counted::Sentences);
        self.questions += of(Counted::Questions);
        self.exclamations += of(Counted::Exclamations);
        self.commas += of(Counted::Commas);
        self.brackets += of(Counted::Brackets);
        self.separators += of(Counted::Separators);
        self.lines += of(Counted::Lines);
    }

    fn read_beyond_ascii(&mut self, c: char, run: &mut u32) {
        if c.is_whitespace() {
            *run = 0;
            return;
        }
        *run += 1;
        self.longest = self.longest.max(*run);
        self.characters += 1;
        if is_plain_letter(c) {
            self.letter(c, Letter::of(c).upper, *run);
            return;
        }
        self.currency |= CURRENCIES.contains(&c);
        if is_plain_sign(c) || !c.is_alphabetic() {
            self.sign(c);
        } else {
            self.letter(c, !is_dense(c) && c.is_uppercase(), *run);
        }
    }

    /// Counts a letter beyond ASCII.
    fn letter(&mut self, c: char, upper: bool, run: u32) {
        self.letters += 1;
        self.upper += u32::from(upper);
        self.capitalised += u32::from(upper && run == 1);
        if matches!(u32::from(c), 0xC0..=0x24F | 0x1E00..=0x1EFF) {
            return;
        }
        self.other_letters += 1;
        if matches!(u32::from(c), 0x400..=0x52F) {
            self.cyrillic += 1;
        } else if is_dense(c) {
            self.dense += 1;
        }
    }

    /// Whether the ASCII character, one of [`MARKED`], stands in the text.
    pub(super) fn has(&self, c: u8) -> bool {
        self.marks & mark(c) != 0
    }

    /// Whether the text has a sign of a currency.
    pub(super) fn currency(&self) -> bool {
        self.currency || self.has(b'$')
    }

    /// Counts a character beyond ASCII that is no letter.
    fn sign(&mut self, c: char) {
        self.digits += u32::from(!is_plain_sign(c) && c.is_numeric());
        match c {
            '©' => self.copyright = true,
            '。' | '．' | '।' | '؟' | '۔' | '…' => self.sentences += 1,
            '？' => {
                self.sentences += 1;
                self.questions += 1;
            }
            '！' => {
                self.sentences += 1;
                self.exclamations += 1;
            }
            '、' | '，' | '،' => self.commas += 1,
            '（' | '）' | '【' | '】' => self.brackets += 1,
            '•' | '·' | '»' | '«' | '›' | '‹' | '→' | '▸' | '■' => self.separators += 1,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::hash::words_watched;
    use super::*;

    fn read(text: &str) -> Signs {
        let mut signs = SignReader::default();
        words_watched(text, &mut signs, |_| true);
        signs.finish()
    }

    #[test]
    fn signs_of_any_script_are_counted_together() {
        let signs = read("He said: “No?”\tÜber 12 (c) 3. Ж新!");
        // H, Ü, Ж and the N after a quotation mark, which begins no run.
        assert_eq!((signs.letters, signs.upper, signs.capitalised), (15, 4, 3));
        assert_eq!((signs.digits, signs.characters), (3, 26));
        assert_eq!((signs.sentences, signs.questions, signs.exclamations, signs.brackets), (3, 1, 1, 2));
        assert_eq!((signs.punctuation, signs.cyrillic, signs.dense, signs.latin, signs.longest), (6, 1, 1, 13, 5));
        assert!(signs.has(b'7') && signs.has(b'(') && !signs.has(b'%'));
        assert!(!signs.currency() && ["$1", "1 €", "12円"].iter().all(|text| read(text).currency()));
    }

    #[test]
    fn more_signs_than_a_count_has_room_for_are_counted() {
        let text = format!("{}\n{} é{}", "A".repeat(300), ".".repeat(5130), "x".repeat(255));
        let signs = read(&text);
        assert_eq!((signs.letters, signs.upper, signs.capitalised), (556, 300, 1));
        assert_eq!((signs.sentences, signs.punctuation, signs.lines, signs.longest), (5130, 5130, 1, 5130));
    }
}

//! Words of a text: the units of word scores and of aligning blocks with gold text.
//!
//! Takes text, gives lower-case words. Knows nothing of blocks, labels or languages: two fixed rules serve every script.

/// The words of a text as WCXB counts them: maximal runs of `\w` (letters, digits, underscore; Unicode), lower-cased.
///
/// Source: the evaluation script of the Web Content Extraction Benchmark, `re.findall(r"\w+", text.lower())`. A script written without
/// spaces makes one word of a whole run of characters; [`alignment_words`] does not.
pub fn words(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    lower.split(|c: char| !is_word(c)).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// As [`words`], but each character of a script written without spaces (Han, kana, Thai, Lao, Khmer, Burmese) is a word of its own, so that
/// shingles of four words mean something there.
pub fn alignment_words(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for word in words(text) {
        let mut rest = word.as_str();
        while let Some(at) = rest.find(is_unspaced) {
            if at > 0 {
                found.push(rest[..at].to_owned());
            }
            let end = at + rest[at..].chars().next().map_or(1, char::len_utf8);
            found.push(rest[at..end].to_owned());
            rest = &rest[end..];
        }
        if !rest.is_empty() {
            found.push(rest.to_owned());
        }
    }
    found
}

/// The text with each run of white space made one space, and none at its ends.
pub fn collapse_white_space(text: &str) -> String {
    let mut collapsed = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !collapsed.is_empty() {
            collapsed.push(' ');
        }
        collapsed.push_str(word);
    }
    collapsed
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Whether the character's script puts no spaces between words. Ranges: Unicode 15 blocks.
fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{0E00}'..='\u{0EFF}' // Thai, Lao
        | '\u{1000}'..='\u{109F}' // Myanmar
        | '\u{1780}'..='\u{17FF}' // Khmer
        | '\u{3040}'..='\u{30FF}' // kana
        | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}') // Han
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_runs_of_letters_digits_and_underscores_in_lower_case() {
        assert_eq!(words("The FBI's e-mail: snake_case, Über-2024!"), ["the", "fbi", "s", "e", "mail", "snake_case", "über", "2024"]);
        assert_eq!(words("東京タワー 2"), ["東京タワー", "2"]);
        assert!(words(" -- ").is_empty());
    }

    #[test]
    fn scripts_without_spaces_align_by_character() {
        assert_eq!(alignment_words("東京 Tower2は 高い"), ["東", "京", "tower2", "は", "高", "い"]);
    }

    #[test]
    fn white_space_collapses() {
        assert_eq!(collapse_white_space("  a\n\t b\u{a0}c "), "a b c");
    }
}

//! The language of a text.
//!
//! Takes text, gives a code of ISO 639-3 from the crate whatlang (trigrams and scripts, some seventy languages). Knows nothing of pages.

use whatlang::Lang;

/// Characters that are looked at: more of a text rarely change the verdict, and long pages must not cost more than short ones.
const LOOKED_AT: usize = 2000;

/// The language of a text, or `None` if there is too little of it to be sure.
pub fn language_of(text: &str) -> Option<&'static str> {
    let end = text.char_indices().nth(LOOKED_AT).map_or(text.len(), |(at, _)| at);
    let found = whatlang::detect(&text[..end])?;
    found.is_reliable().then(|| found.lang().code())
}

/// The code that [`language_of`] gives for a language named by ISO 639-3 or ISO 639-1 (`eng`, `en`); `None` if it is none it knows.
pub fn language_code(name: &str) -> Option<&'static str> {
    let name = name.to_ascii_lowercase();
    let long = SHORT.iter().find(|(short, _)| *short == name).map_or(name.as_str(), |(_, long)| long);
    Lang::from_code(long).map(|lang| lang.code())
}

/// ISO 639-1 beside ISO 639-3, for the languages that are told apart. Macrolanguages stand for the member that whatlang names.
const SHORT: [(&str, &str); 71] = [
    ("af", "afr"),
    ("ak", "aka"),
    ("am", "amh"),
    ("ar", "ara"),
    ("az", "aze"),
    ("be", "bel"),
    ("bg", "bul"),
    ("bn", "ben"),
    ("ca", "cat"),
    ("cs", "ces"),
    ("cy", "cym"),
    ("da", "dan"),
    ("de", "deu"),
    ("el", "ell"),
    ("en", "eng"),
    ("eo", "epo"),
    ("es", "spa"),
    ("et", "est"),
    ("fa", "pes"),
    ("fi", "fin"),
    ("fr", "fra"),
    ("gu", "guj"),
    ("he", "heb"),
    ("hi", "hin"),
    ("hr", "hrv"),
    ("hu", "hun"),
    ("hy", "hye"),
    ("id", "ind"),
    ("it", "ita"),
    ("ja", "jpn"),
    ("jv", "jav"),
    ("ka", "kat"),
    ("km", "khm"),
    ("kn", "kan"),
    ("ko", "kor"),
    ("la", "lat"),
    ("lt", "lit"),
    ("lv", "lav"),
    ("mk", "mkd"),
    ("ml", "mal"),
    ("mr", "mar"),
    ("my", "mya"),
    ("nb", "nob"),
    ("ne", "nep"),
    ("nl", "nld"),
    ("no", "nob"),
    ("or", "ori"),
    ("pa", "pan"),
    ("pl", "pol"),
    ("pt", "por"),
    ("ro", "ron"),
    ("ru", "rus"),
    ("si", "sin"),
    ("sk", "slk"),
    ("sl", "slv"),
    ("sn", "sna"),
    ("sr", "srp"),
    ("sv", "swe"),
    ("ta", "tam"),
    ("te", "tel"),
    ("th", "tha"),
    ("tk", "tuk"),
    ("tl", "tgl"),
    ("tr", "tur"),
    ("uk", "ukr"),
    ("ur", "urd"),
    ("uz", "uzb"),
    ("vi", "vie"),
    ("yi", "yid"),
    ("zh", "cmn"),
    ("zu", "zul"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_told_apart_and_scraps_are_not() {
        let english = "It has been raining for three days, and the river has reached the lower houses of the village.";
        let german = "Es regnet seit drei Tagen, und der Fluss hat die unteren Häuser des Dorfes erreicht.";
        assert_eq!(language_of(english), Some("eng"));
        assert_eq!(language_of(german), Some("deu"));
        assert_eq!(language_of("한국어 문장은 이렇게 생겼습니다."), Some("kor"));
        assert_eq!(language_of("12 - 34"), None);
        assert_eq!(language_of(""), None);
    }

    #[test]
    fn both_lengths_of_code_name_a_language() {
        assert_eq!((language_code("EN"), language_code("eng"), language_code("xx")), (Some("eng"), Some("eng"), None));
        for (short, long) in SHORT {
            assert_eq!(language_code(short), Some(long), "{short}");
        }
    }
}

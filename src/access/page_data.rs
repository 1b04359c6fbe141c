//! Flags about access in a page's scripts and attributes: `"isPremium":false`, `data-paywalled="true"`, `'access':'paid'`.
//!
//! Takes the page's source, gives [`PageData`]: the flags in the order they stand there. Names of flags are those that many publishers share
//! (`KEYS`), whatever stands before them (`article_isPaywalled`). Does not parse scripts: whether a flag is about this article, another one or
//! the reader is not known, so flags are evidence to be weighed.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::finder;

/// More flags than this are not collected.
const MOST: usize = 200;

/// How a flag's value is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reading {
    /// `true` means gated.
    GatedIfTrue,
    /// `true` means open.
    OpenIfTrue,
    /// The value names the access: paid, free, metered...
    Named,
}

/// The ends of names of flags, in lower case without `_`, `-` and `.`.
const KEYS: [(&str, Reading); 40] = [
    ("ispremium", Reading::GatedIfTrue),
    ("ispremiumarticle", Reading::GatedIfTrue),
    ("ispremiumcontent", Reading::GatedIfTrue),
    ("premiumarticle", Reading::GatedIfTrue),
    ("premiumcontent", Reading::GatedIfTrue),
    ("contenidopremium", Reading::GatedIfTrue),
    ("paywalled", Reading::GatedIfTrue),
    ("ispaywall", Reading::GatedIfTrue),
    ("ispaywalled", Reading::GatedIfTrue),
    ("ispaywallcontent", Reading::GatedIfTrue),
    ("haspaywall", Reading::GatedIfTrue),
    ("paywallpresent", Reading::GatedIfTrue),
    ("paywallactive", Reading::GatedIfTrue),
    ("pagepaywall", Reading::GatedIfTrue),
    ("displaypaywall", Reading::GatedIfTrue),
    ("ispaid", Reading::GatedIfTrue),
    ("ispaidcontent", Reading::GatedIfTrue),
    ("ispayed", Reading::GatedIfTrue),
    ("islocked", Reading::GatedIfTrue),
    ("ispluscontent", Reading::GatedIfTrue),
    ("isplusarticle", Reading::GatedIfTrue),
    ("isplus", Reading::GatedIfTrue),
    ("ismetered", Reading::GatedIfTrue),
    ("subscriberonly", Reading::GatedIfTrue),
    ("subscribersonly", Reading::GatedIfTrue),
    ("membersonly", Reading::GatedIfTrue),
    ("requiressubscription", Reading::GatedIfTrue),
    ("isfree", Reading::OpenIfTrue),
    ("isfreearticle", Reading::OpenIfTrue),
    ("freecontent", Reading::OpenIfTrue),
    ("articleaccess", Reading::Named),
    ("accesslevel", Reading::Named),
    ("accesstype", Reading::Named),
    ("contentaccess", Reading::Named),
    ("contenttier", Reading::Named),
    ("contentcode", Reading::Named),
    ("paycategory", Reading::Named),
    ("articlestatus", Reading::Named),
    ("paywall", Reading::Named),
    ("premium", Reading::Named),
];

/// What each key has one of, to look for.
const STEMS: [&str; 12] =
    ["premium", "paywall", "ispaid", "ispayed", "is_paid", "locked", "isplus", "is_plus", "metered", "free", "access", "tier"];
const MORE_STEMS: [&str; 6] = ["only", "subscription", "content_code", "contentcode", "paycategory", "status"];

const GATED_VALUES: [&str; 17] = [
    "premium",
    "paid",
    "locked",
    "purchasable",
    "subscriber",
    "subscribers",
    "subscription",
    "members",
    "member",
    "plus",
    "payant",
    "abo",
    "payed",
    "restricted",
    "closed",
    "registered",
    "registration",
];
const OPEN_VALUES: [&str; 12] =
    ["free", "open", "public", "anonymous", "gratuit", "gratis", "frei", "none", "kostenlos", "unlocked", "freemium-free", "gratuito"];

static STEM_FINDER: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| finder(STEMS.iter().chain(&MORE_STEMS)));

/// What a flag says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Says {
    Open,
    Gated,
    Metered,
}

/// One flag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Flag<'a> {
    pub(super) key: &'a str,
    pub(super) value: &'a str,
    pub(super) says: Says,
}

/// The flags of a page.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct PageData<'a> {
    pub(super) flags: Vec<Flag<'a>>,
}

impl<'a> PageData<'a> {
    /// Takes the page's source, and the same in lower case.
    pub(super) fn of(source: &'a str, lower: &str) -> Self {
        let mut data = Self::default();
        let Some(finder) = STEM_FINDER.as_ref() else { return data };
        let mut end = 0;
        for found in finder.find_iter(lower) {
            if found.start() < end || data.flags.len() >= MOST {
                continue;
            }
            if let Some((flag, after)) = flag_at(source, found.start(), found.end()) {
                end = after;
                data.flags.push(flag);
            }
        }
        data
    }

    pub(super) fn count(&self, says: Says) -> usize {
        self.flags.iter().filter(|flag| flag.says == says).count()
    }
}

/// The flag whose name stands around `start..end`, and where its value ends.
fn flag_at(source: &str, start: usize, end: usize) -> Option<(Flag<'_>, usize)> {
    let bytes = source.as_bytes();
    let in_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    // Names are short; long runs are addresses or packed code.
    let from = start - bytes[start.saturating_sub(48)..start].iter().rev().take_while(|byte| in_name(byte)).count();
    // A quotation mark of an escaped address ends in digits that are no part of the name.
    let from = if from > 0 && bytes[from - 1] == b'%' { (from + 2).min(start) } else { from };
    let to = end + bytes[end..].iter().take(48).take_while(|byte| in_name(byte)).count();
    let key = source.get(from..to)?;
    let folded: String = key.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    let reading = KEYS.iter().filter(|(name, _)| folded.ends_with(name)).max_by_key(|(name, _)| name.len())?.1;
    let (value_from, value_to) = value_after(bytes, to)?;
    let value = source.get(value_from..value_to)?;
    Some((Flag { key, value, says: read(reading, value)? }, value_to))
}

/// Where the value behind a name stands: after `:`, `=`, `content=` or their escaped forms, with or without quotes.
fn value_after(bytes: &[u8], mut at: usize) -> Option<(usize, usize)> {
    const SKIPPED: [&[u8]; 9] = [b"&quot;", b"&#34;", b"%22", b"\\u0022", b"%3A", b"%20", b"content=", b"value=", b"\\"];
    let limit = bytes.len().min(at + 40);
    let mut separated = false;
    'skipping: while at < limit {
        for skipped in SKIPPED {
            if bytes[at..].starts_with(skipped) {
                separated |= skipped == b"%3A" || skipped == b"content=" || skipped == b"value=";
                at += skipped.len();
                continue 'skipping;
            }
        }
        match bytes[at] {
            b':' | b'=' => separated = true,
            b'"' | b'\'' | b' ' | b'[' | b'\n' | b'\t' => {}
            _ => break,
        }
        at += 1;
    }
    let length = bytes.get(at..)?.iter().take(24).take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'-').count();
    (separated && length > 0).then_some((at, at + length))
}

fn read(reading: Reading, value: &str) -> Option<Says> {
    let value = value.to_ascii_lowercase();
    let truth = match value.as_str() {
        "true" | "1" | "yes" | "y" | "on" | "si" => Some(true),
        "false" | "0" | "no" | "n" | "off" => Some(false),
        _ => None,
    };
    let gated = |gated: bool| if gated { Says::Gated } else { Says::Open };
    match (reading, truth) {
        (Reading::Named, Some(false)) => Some(Says::Open),
        (Reading::GatedIfTrue, Some(truth)) => Some(gated(truth)),
        (Reading::OpenIfTrue, Some(truth)) => Some(gated(!truth)),
        (_, None) if value == "metered" => Some(Says::Metered),
        (_, None) if GATED_VALUES.contains(&value.as_str()) => Some(Says::Gated),
        (_, None) if OPEN_VALUES.contains(&value.as_str()) => Some(Says::Open),
        // `paywall: true` switches a site's whole machinery on as often as not; `false` says something.
        (Reading::Named, Some(true)) | (_, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flags(source: &str) -> Vec<(&str, Says)> {
        PageData::of(source, &source.to_ascii_lowercase()).flags.iter().map(|flag| (flag.key, flag.says)).collect()
    }

    #[test]
    fn flags_are_found_in_scripts_attributes_and_escaped_text() {
        let source = r#"{"isPremium":false,"article_isPaywalled" : "true"} data-premium='plus' <meta name="articleAccess" content="PAID">
            &quot;payCategory&quot;:&quot;metered&quot; %22is_free%22%3A%22no%22 is_free=yes"#;
        assert_eq!(
            flags(source),
            [
                ("isPremium", Says::Open),
                ("article_isPaywalled", Says::Gated),
                ("data-premium", Says::Gated),
                ("articleAccess", Says::Gated),
                ("payCategory", Says::Metered),
                ("is_free", Says::Gated),
                ("is_free", Says::Open),
            ]
        );
    }

    #[test]
    fn no_stem_holds_another() {
        let stems: Vec<&str> = STEMS.into_iter().chain(MORE_STEMS).collect();
        assert!(stems.iter().all(|stem| stems.iter().filter(|other| stem.contains(**other)).count() == 1));
        assert!(stems.iter().all(|stem| *stem == stem.to_lowercase()));
    }

    #[test]
    fn prose_code_and_switches_are_no_flags() {
        assert_eq!(flags("premium = whatever; a premium of 3 percent. paywall: true, class=\"premium\" free access to all"), []);
        assert_eq!(flags("isPremium"), []);
        assert_eq!(flags("isPremium:"), []);
    }
}

//! Where a block's links lead.
//!
//! Takes the links around a block's text, gives shares of its characters by kind of target. Knows nothing of what the text says.

use std::sync::LazyLock;

use memchr::{memchr, memchr_iter, memrchr};

use super::schema::columns;
use super::survey::{NONE, Survey};
use super::{flag, log, share};
use crate::block::Piece;
use crate::dom::NodeRef;

columns! { "link";
    LINKED "linked" Share "characters within links";
    LINKS "links" LogCount "links with an address";
    ALL "all_linked" Flag "all characters are linked";
    STARTS "starts_with_link" Flag "the first text is linked";
    ENDS "ends_with_link" Flag "the last text is linked";
    WITHIN "within_link" Flag "the owner itself stands within a link";
    FRAGMENT "to_fragment" Share "linked characters that lead to a place on a page (#...)";
    THIS_PAGE "to_this_page" Share "linked characters that lead to this page's own address";
    SAME_SITE "to_same_site" Share "linked characters that lead to the same site";
    OTHER_SITE "to_other_site" Share "linked characters that lead to another site";
    MAIL "to_mail_or_phone" Share "linked characters with mailto: or tel:";
    SCRIPT "to_script" Share "linked characters with javascript: or nothing";
    NOFOLLOW "nofollow" Share "linked characters with rel nofollow or sponsored";
    SUBSCRIBE "to_subscribe" Share "linked characters whose address speaks of subscribing, newsletters or donating";
    LOGIN "to_login" Share "linked characters whose address speaks of logging in or an account";
    TOPIC "to_topic" Share "linked characters whose address speaks of tags, topics, categories, authors, search";
    SHARE_TARGET "to_share" Share "linked characters that lead to a social network or a sharer";
    ARTICLE "to_article" Share "linked characters whose path looks like an article's (long number or several hyphens)";
    DEPTH "path_depth" Count "segments of the path of the first link, at most 12";
    QUERY "query" Share "linked characters whose address has a query";
    BLANK "new_window" Share "linked characters with target=_blank";
}

/// Parts of addresses that mark a kind of target, in the languages that web addresses mostly use.
const SUBSCRIBE_PARTS: &[&str] = &[
    "subscri",
    "newsletter",
    "abo",
    "abonn",
    "suscri",
    "assin",
    "paywall",
    "premium",
    "membership",
    "donat",
    "spende",
    "support-us",
    "offer",
    "register",
    "signup",
    "sign-up",
    "checkout",
    "epaper",
    "prenum",
    "plus",
];
const LOGIN_PARTS: &[&str] =
    &["login", "log-in", "signin", "sign-in", "account", "anmeld", "konto", "connexion", "auth", "profile", "logout"];
const TOPIC_PARTS: &[&str] = &[
    "/tag", "/topic", "/categor", "/author", "/thema", "/themen", "/autor", "/search", "/suche", "/label/", "/archive", "/section",
    "/user", "/by/", "/people/",
];
const SHARE_PARTS: &[&str] = &[
    "facebook.",
    "twitter.",
    "//x.com",
    "linkedin.",
    "pinterest.",
    "whatsapp",
    "t.me",
    "telegram.",
    "reddit.",
    "instagram.",
    "youtube.",
    "tiktok.",
    "share",
    "mailto:?",
    "bsky.",
    "mastodon",
    "flipboard",
    "tumblr.",
];

const PARTS_BY_COLUMN: [(usize, &[&str]); 4] =
    [(SUBSCRIBE, SUBSCRIBE_PARTS), (LOGIN, LOGIN_PARTS), (TOPIC, TOPIC_PARTS), (SHARE_TARGET, SHARE_PARTS)];

/// All parts, so that an address is read once for them.
static PARTS: LazyLock<Parts> = LazyLock::new(Parts::new);

/// Finds parts by their first three bytes, which few places of an address share with any.
struct Parts {
    /// By a hash of three bytes: 1 where a part begins so.
    begin: Box<[u8; HEADS]>,
    /// The parts with their columns, ordered by the hash, which stands before them.
    parts: Vec<(usize, &'static [u8], usize)>,
}

const HEADS: usize = 4096;

/// What makes ASCII letters of eight bytes lower-case; some other bytes become what they are not, but none that stands in a part.
const LOWER: u64 = u64::from_le_bytes([0x20; 8]);

/// Places of an address that are looked at together: a word of eight bytes has so many runs of three.
const PLACES: usize = 6;

impl Parts {
    fn new() -> Self {
        let all = PARTS_BY_COLUMN.iter().flat_map(|(column, parts)| parts.iter().map(|part| (part.as_bytes(), *column)));
        let mut parts: Vec<_> = all.map(|(part, column)| (Self::head(word(part)), part, column)).collect();
        parts.sort_by_key(|(head, ..)| *head);
        let mut begin = Box::new([0; HEADS]);
        for (head, ..) in &parts {
            begin[*head] = 1;
        }
        Self { begin, parts }
    }

    /// The hash of a word's first three bytes.
    #[expect(clippy::cast_possible_truncation, reason = "only the lowest three bytes count")]
    fn head(word: u64) -> usize {
        // Fibonacci hashing: the product's top twelve bits.
        (((word as u32 & 0xff_ffff).wrapping_mul(0x9e37_79b9)) >> 20) as usize
    }

    /// The columns of the parts that stand in the address, a bit each.
    fn columns_in(&self, address: &[u8]) -> u32 {
        let mut columns = 0;
        for at in (0..address.len()).step_by(PLACES) {
            let word = word(&address[at..]) | LOWER;
            // One branch for all places: most words begin no part.
            let any = (0..PLACES).fold(0, |any, place| any | self.begin[Self::head(word >> (8 * place))]);
            if any != 0 {
                for place in 0..PLACES.min(address.len() - at) {
                    columns |= self.columns_at(Self::head(word >> (8 * place)), &address[at + place..]);
                }
            }
        }
        columns
    }

    /// The columns of the parts that an address begins with, given the hash of its first bytes.
    fn columns_at(&self, head: usize, address: &[u8]) -> u32 {
        if self.begin[head] == 0 {
            return 0;
        }
        let first = self.parts.partition_point(|(other, ..)| *other < head);
        let same_head = self.parts[first..].iter().take_while(|(other, ..)| *other == head);
        same_head.filter(|(_, part, _)| begins(address, part)).fold(0, |columns, (.., column)| columns | 1 << column)
    }
}

/// The first eight bytes, zeros where there are fewer.
fn word(bytes: &[u8]) -> u64 {
    bytes
        .first_chunk()
        .map_or_else(|| bytes.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte)), |chunk| u64::from_le_bytes(*chunk))
}

/// Whether an address begins with this, whatever the case of its letters.
fn begins(address: &[u8], with: &[u8]) -> bool {
    address.get(..with.len()).is_some_and(|start| start.eq_ignore_ascii_case(with))
}

/// A link around text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Link<'a> {
    /// The number of its address among the page's.
    pub(super) address: u32,
    pub(super) rel: Option<&'a str>,
    /// The columns that its other attributes fill, a bit each.
    columns: u32,
}

impl<'a> Link<'a> {
    /// Reads a link; `number` gives the number of its address.
    pub(super) fn read(link: NodeRef<'a>, number: impl FnOnce(&'a str) -> u32) -> Self {
        let [href, rel, window] = link.attrs(["href", "rel", "target"]);
        let address = number(href.unwrap_or_default());
        let unfollowed = rel.is_some_and(|rel| rel.contains("nofollow") || rel.contains("sponsored"));
        let blank = window.is_some_and(|window| window.eq_ignore_ascii_case("_blank"));
        Self { address, rel, columns: bit(NOFOLLOW, unfollowed) | bit(BLANK, blank) }
    }
}

/// What an address says by itself, whatever page it stands on.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Address<'a> {
    /// The columns that it fills, a bit each.
    columns: u32,
    /// Segments of its path.
    depth: usize,
    /// Whether it leads to another page, and so to some site.
    leads: bool,
    /// The site, empty for an address of the same.
    site: &'a str,
    /// Without slashes at its end.
    path: &'a str,
}

/// The columns as a bit of `column`.
fn bit(column: usize, on: bool) -> u32 {
    u32::from(on) << column
}

/// Writes the columns of a block.
pub(super) fn fill(survey: &Survey<'_>, index: usize, here: &Here, out: &mut [f32]) {
    let Some(out) = out.first_chunk_mut::<{ DEFS.len() }>().filter(|_| survey.dom.is_some()) else { return };
    let info = &survey.block_infos[index];
    let mut last = NONE;
    let mut target = 0;
    let mut links = 0;
    for (piece, around) in survey.pieces(index) {
        let element = survey.link_of(around);
        if element == NONE {
            continue;
        }
        if element != last {
            last = element;
            links += 1;
            let Some((link, address)) = survey.link(element) else { continue };
            target = here.columns_of(address) | link.columns;
            if links == 1 {
                out[DEPTH] = address.depth.min(12) as f32;
            }
        }
        let part = share(piece.characters, info.link_characters);
        let mut columns = target;
        while columns != 0 {
            let value = &mut out[columns.trailing_zeros() as usize];
            *value = (*value + part).min(1.0);
            columns &= columns - 1;
        }
    }
    out[LINKED] = share(info.link_characters, info.characters);
    out[LINKS] = log(links);
    out[ALL] = flag(info.link_characters > 0 && info.link_characters == info.characters);
    let linked = |piece: Option<(&Piece, u32)>| flag(piece.is_some_and(|(_, around)| survey.link_of(around) != NONE));
    out[STARTS] = linked(survey.pieces(index).next());
    out[ENDS] = linked(survey.pieces(index).next_back());
    out[WITHIN] = flag(survey.elements.get(info.owner as usize).is_some_and(|owner| owner.link != NONE));
}

/// The page's own address, as links are compared with it.
#[derive(Debug, Default)]
pub(super) struct Here {
    host: String,
    path: String,
}

impl Here {
    /// From the page's address; an empty one knows no site.
    pub(super) fn new(url: &str) -> Self {
        let (host, path) = split(url);
        Self { host: site(&host.to_ascii_lowercase()).to_owned(), path: path.trim_end_matches('/').to_owned() }
    }

    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// The columns that a link to this address fills on this page, a bit each.
    fn columns_of(&self, address: &Address<'_>) -> u32 {
        if !address.leads {
            return address.columns;
        }
        let same = address.site.is_empty() || (!self.host.is_empty() && address.site.eq_ignore_ascii_case(&self.host));
        let this_page = same && !self.path.is_empty() && address.path.eq_ignore_ascii_case(&self.path);
        address.columns | bit(SAME_SITE, same) | bit(OTHER_SITE, !same) | bit(THIS_PAGE, this_page)
    }
}

impl<'a> Address<'a> {
    pub(super) fn read(href: &'a str) -> Self {
        let href = href.trim();
        // Addresses are mostly short; what tells their kind stands in the first 300 characters.
        let end = if href.len() <= 300 { href.len() } else { href.char_indices().nth(300).map_or(href.len(), |(end, _)| end) };
        let href = &href[..end];
        let bytes = href.as_bytes();
        if bytes.is_empty() || begins(bytes, b"javascript:") || bytes == b"#" {
            return Self { columns: bit(SCRIPT, true), ..Self::default() };
        }
        let fragment = bytes[0] == b'#';
        let mail = begins(bytes, b"mailto:") || begins(bytes, b"tel:");
        let (host, path) = split(href);
        let path_alone = &path[..memchr::memchr2(b'?', b'#', path.as_bytes()).unwrap_or(path.len())];
        let query = memchr(b'?', &path.as_bytes()[path_alone.len()..]).is_some();
        let article = hyphens_of_last(path_alone) >= 3 || has_long_number(path_alone);
        Self {
            columns: bit(FRAGMENT, fragment) | bit(MAIL, mail) | bit(QUERY, query) | bit(ARTICLE, article) | PARTS.columns_in(bytes),
            depth: segments_of(path_alone),
            leads: !mail && !fragment,
            site: site(host),
            path: path_alone.trim_end_matches('/'),
        }
    }
}

/// How many segments a path has: its parts between slashes, empty ones left out.
fn segments_of(path: &str) -> usize {
    let (mut count, mut start) = (0, 0);
    for slash in memchr_iter(b'/', path.as_bytes()) {
        count += usize::from(slash > start);
        start = slash + 1;
    }
    count + usize::from(path.len() > start)
}

/// The hyphens of a path's last segment that is not empty.
fn hyphens_of_last(path: &str) -> usize {
    let path = path.trim_end_matches('/').as_bytes();
    let start = memrchr(b'/', path).map_or(0, |slash| slash + 1);
    memchr_iter(b'-', &path[start..]).count()
}

/// Whether a path has a number of [`LONG_NUMBER`] digits or more.
fn has_long_number(path: &str) -> bool {
    let bytes = path.as_bytes();
    let mut at = LONG_NUMBER - 1;
    // Every such number has a digit at one of these places.
    while at < bytes.len() {
        if bytes[at].is_ascii_digit() {
            let is_digit = |byte: &&u8| byte.is_ascii_digit();
            let (before, after) = bytes.split_at(at);
            if before.iter().rev().take_while(is_digit).count() + after.iter().take_while(is_digit).count() >= LONG_NUMBER {
                return true;
            }
        }
        at += LONG_NUMBER;
    }
    false
}

const LONG_NUMBER: usize = 5;

/// Host and path of an address; the host is empty for a relative one.
fn split(url: &str) -> (&str, &str) {
    let bytes = url.as_bytes();
    let slashes = memchr_iter(b'/', bytes).find(|slash| bytes.get(slash + 1) == Some(&b'/'));
    let Some(slashes) = slashes.filter(|at| *at == 0 || bytes[*at - 1] == b':') else {
        return ("", url);
    };
    let rest = &url[slashes + 2..];
    rest.split_at(memchr::memchr3(b'/', b'?', b'#', rest.as_bytes()).unwrap_or(rest.len()))
}

/// The last two labels of a host, three where the second last is short (`co.uk`, `com.au`).
fn site(host: &str) -> &str {
    let mut dots = [None; 3];
    let mut end = host.len();
    for (at, byte) in host.bytes().enumerate() {
        match byte {
            b'.' => dots = [Some(at), dots[0], dots[1]],
            b':' => {
                end = at;
                break;
            }
            _ => {}
        }
    }
    let start = match dots {
        [Some(last), Some(second), third] if last - second <= 4 => third,
        [_, second, _] => second,
    };
    &host[start.map_or(0, |dot| dot + 1)..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_told_apart_by_site() {
        assert_eq!(site("www.example.com"), "example.com");
        assert_eq!(site("news.example.co.uk"), "example.co.uk");
        assert_eq!(site("localhost"), "localhost");
        assert_eq!(split("https://a.b/c?d"), ("a.b", "/c?d"));
        assert_eq!(split("/x//y"), ("", "/x//y"));
    }

    #[test]
    fn segments_of_a_path_are_counted() {
        let read = |path| (segments_of(path), hyphens_of_last(path), has_long_number(path));
        assert_eq!(read("/a-b/2024/c-d-e//"), (3, 2, false));
        assert_eq!(read("//"), (0, 0, false));
        assert_eq!(read("x12345-6"), (1, 1, true));
        assert_eq!(read("a/"), (1, 0, false));
        for before in 0..12 {
            let path = |digits| format!("{}{}-y/1234", "x".repeat(before), "1".repeat(digits));
            assert!(has_long_number(&path(5)) && has_long_number(&path(7)) && !has_long_number(&path(4)), "{before}");
        }
    }

    #[test]
    fn parts_are_found_wherever_they_stand() {
        for (column, part) in PARTS_BY_COLUMN.iter().flat_map(|(column, parts)| parts.iter().map(move |part| (column, part))) {
            for before in 0..10 {
                let address = format!("{}{}", "0".repeat(before), part.to_uppercase());
                assert_eq!(PARTS.columns_in(address.as_bytes()) >> column & 1, 1, "{address}");
                assert_eq!(PARTS.columns_in(format!("{address}0").as_bytes()) >> column & 1, 1, "{address}");
            }
        }
        // Bytes that the bit for lower case makes a hyphen and a slash.
        assert_eq!(PARTS.columns_in(b"sign\rin\x0ftag"), 0);
    }

    #[test]
    fn targets_are_read() {
        let here = Here::new("https://www.example.org/news/some-long-title-here");
        let has = |href: &str, column: usize| here.columns_of(&Address::read(href)) >> column & 1 == 1;
        assert!(has("/news/Some-long-title-here#c", THIS_PAGE));
        assert!(has("https://m.Example.org/x", SAME_SITE));
        assert!(has("https://other.org/", OTHER_SITE));
        assert!(has("#top", FRAGMENT) && !has("#top", SAME_SITE));
        assert!(has("", SCRIPT) && has("JavaScript:x", SCRIPT) && has("mailto:a@b", MAIL));
        assert!(has("/Newsletter", SUBSCRIBE) && has("/2024/a-b-c-d", ARTICLE));
        assert!(has("/x?y", QUERY) && !has("/x#?y", FRAGMENT));
    }
}

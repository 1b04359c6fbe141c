//! Where a block's links lead.
//!
//! Takes the links around a block's text, gives shares of its characters by kind of target. Knows nothing of what the text says.

use std::sync::LazyLock;

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
    /// By a hash of three bytes: where the parts that begin so stand in `parts`, from and to.
    heads: Box<[(u8, u8); HEADS]>,
    /// With their columns, ordered by the hash.
    parts: Vec<(&'static [u8], usize)>,
}

const HEADS: usize = 4096;

impl Parts {
    fn new() -> Self {
        let all = PARTS_BY_COLUMN.iter().flat_map(|(column, parts)| parts.iter().map(|part| (part.as_bytes(), *column)));
        let mut parts: Vec<_> = all.collect();
        parts.sort_by_key(|(part, _)| Self::head(part[0], part[1], part[2]));
        let mut heads = Box::new([(0, 0); HEADS]);
        for (place, (part, _)) in (0..).zip(&parts) {
            let head = &mut heads[Self::head(part[0], part[1], part[2])];
            *head = if head.1 == 0 { (place, place + 1) } else { (head.0, place + 1) };
        }
        Self { heads, parts }
    }

    fn head(first: u8, second: u8, third: u8) -> usize {
        (usize::from(first) ^ usize::from(second) << 4 ^ usize::from(third) << 7) % HEADS
    }

    /// The columns of the parts that stand in the address, a bit each.
    fn columns_in(&self, address: &[u8]) -> u32 {
        let mut columns = 0;
        for (at, head) in address.windows(3).enumerate() {
            let (from, to) = self.heads[Self::head(head[0], head[1], head[2])];
            for (part, column) in &self.parts[usize::from(from)..usize::from(to)] {
                if address[at..].starts_with(part) {
                    columns |= 1 << column;
                }
            }
        }
        columns
    }
}

/// What a link's address says.
#[derive(Default, Clone, Copy)]
struct Target {
    columns: u32,
    depth: usize,
}

/// `lower` is memory that is used again from link to link.
pub(super) fn fill(survey: &Survey<'_>, index: usize, here: &Here, lower: &mut String, out: &mut [f32]) {
    let Some(dom) = survey.dom else { return };
    let info = &survey.block_infos[index];
    let mut last = NONE;
    let mut target = Target::default();
    let mut links = 0;
    for (piece, around) in survey.pieces(index) {
        let link = survey.link_of(around);
        if link == NONE {
            continue;
        }
        if link != last {
            last = link;
            links += 1;
            target = here.target_of(dom.node(survey.elements[link as usize].node), lower);
            if links == 1 {
                out[DEPTH] = target.depth.min(12) as f32;
            }
        }
        let part = share(piece.characters, info.link_characters);
        let mut columns = target.columns;
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

impl Target {
    fn set(&mut self, column: usize, on: bool) {
        if on {
            self.columns |= 1 << column;
        }
    }
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

    fn target_of(&self, link: NodeRef<'_>, lower: &mut String) -> Target {
        let (mut target, mut marks) = (None, Target::default());
        for (name, value) in link.attributes() {
            match name {
                "href" => target = Some(self.read(value, lower)),
                "rel" => marks.set(NOFOLLOW, value.contains("nofollow") || value.contains("sponsored")),
                "target" => marks.set(BLANK, value.eq_ignore_ascii_case("_blank")),
                _ => {}
            }
        }
        let mut target = target.unwrap_or_else(|| self.read("", lower));
        target.columns |= marks.columns;
        target
    }

    fn read(&self, href: &str, lower: &mut String) -> Target {
        let href = href.trim();
        let mut target = Target::default();
        // Addresses are mostly short; what tells their kind stands in the first 300 bytes.
        let end = if href.len() <= 300 { href.len() } else { href.char_indices().nth(300).map_or(href.len(), |(end, _)| end) };
        lower.clear();
        lower.push_str(&href[..end]);
        lower.make_ascii_lowercase();
        let lower = lower.as_str();
        if lower.is_empty() || lower.starts_with("javascript:") || lower == "#" {
            target.set(SCRIPT, true);
            return target;
        }
        target.set(FRAGMENT, lower.starts_with('#'));
        let mail = lower.starts_with("mailto:") || lower.starts_with("tel:");
        target.set(MAIL, mail);
        let (host, path) = split(lower);
        let path_alone = &path[..path.bytes().position(|byte| matches!(byte, b'?' | b'#')).unwrap_or(path.len())];
        if !mail && !lower.starts_with('#') {
            let same = host.is_empty() || (!self.host.is_empty() && site(host) == self.host);
            target.set(SAME_SITE, same);
            target.set(OTHER_SITE, !same);
            let this_path = !self.path.is_empty() && path_alone.trim_end_matches('/').eq_ignore_ascii_case(&self.path);
            target.set(THIS_PAGE, same && this_path);
        }
        target.columns |= PARTS.columns_in(lower.as_bytes());
        target.set(QUERY, path[path_alone.len()..].bytes().any(|byte| byte == b'?'));
        let segments = Segments::of(path_alone);
        target.set(ARTICLE, segments.hyphens >= 3 || segments.longest_digits >= 5);
        target.depth = segments.count;
        target
    }
}

/// The parts of a path between slashes, empty ones left out.
#[derive(Debug, Default, PartialEq, Eq)]
struct Segments {
    count: usize,
    /// Hyphens of the last.
    hyphens: usize,
    /// The most digits in a row.
    longest_digits: usize,
}

impl Segments {
    fn of(path: &str) -> Self {
        let mut segments = Self::default();
        let (mut open, mut digits) = (false, 0);
        for byte in path.bytes() {
            digits = if byte.is_ascii_digit() { digits + 1 } else { 0 };
            segments.longest_digits = segments.longest_digits.max(digits);
            if byte == b'/' {
                open = false;
                continue;
            }
            if !open {
                segments.count += 1;
                segments.hyphens = 0;
                open = true;
            }
            segments.hyphens += usize::from(byte == b'-');
        }
        segments
    }
}

/// Host and path of an address; the host is empty for a relative one.
fn split(url: &str) -> (&str, &str) {
    let slashes = url.as_bytes().windows(2).position(|pair| pair == b"//");
    let Some(slashes) = slashes.filter(|at| *at == 0 || url.as_bytes()[*at - 1] == b':') else {
        return ("", url);
    };
    let rest = &url[slashes + 2..];
    let end = rest.bytes().position(|byte| matches!(byte, b'/' | b'?' | b'#')).unwrap_or(rest.len());
    (&rest[..end], &rest[end..])
}

/// The last two labels of a host, three where the second last is short (`co.uk`, `com.au`).
fn site(host: &str) -> &str {
    let host = &host[..host.bytes().position(|byte| byte == b':').unwrap_or(host.len())];
    let mut dots = (0..host.len()).rev().filter(|at| host.as_bytes()[*at] == b'.');
    match (dots.next(), dots.next()) {
        (Some(last), Some(second)) if last - second <= 4 => dots.next().map_or(host, |third| &host[third + 1..]),
        (_, Some(second)) => &host[second + 1..],
        _ => host,
    }
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
        let segments = |count, hyphens, longest_digits| Segments { count, hyphens, longest_digits };
        assert_eq!(Segments::of("/a-b/2024/c-d-e//"), segments(3, 2, 4));
        assert_eq!(Segments::of("//"), segments(0, 0, 0));
        assert_eq!(Segments::of("x12345-6"), segments(1, 1, 5));
    }

    #[test]
    fn targets_are_read() {
        let here = Here::new("https://www.example.org/news/some-long-title-here");
        let has = |href: &str, column: usize| here.read(href, &mut String::new()).columns >> column & 1 == 1;
        assert!(has("/news/some-long-title-here#c", THIS_PAGE));
        assert!(has("https://m.example.org/x", SAME_SITE));
        assert!(has("https://other.org/", OTHER_SITE));
        assert!(has("#top", FRAGMENT) && !has("#top", SAME_SITE));
        assert!(has("", SCRIPT) && has("mailto:a@b", MAIL));
        assert!(has("/newsletter", SUBSCRIBE) && has("/2024/a-b-c-d", ARTICLE));
    }
}

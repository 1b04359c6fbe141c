//! Sites: which texts recur on many pages of one host, and what that says of a block.
//!
//! Takes pages one by one, gives for each block of a page on how many pages of its host the same text stands, in bounded memory, and moves the
//! block's probabilities by it. Knows nothing of runs, files or models.
//!
//! Counts lie in a count-min sketch (Cormode and Muthukrishnan, "An improved data stream summary", Journal of Algorithms 55, 2005) with
//! conservative update (Estan and Varghese, "New directions in traffic measurement and accounting", SIGCOMM 2002): a count is never too low, and
//! too high only where a text shares all its cells with others. That texts which recur over a site are its template is the idea of Bar-Yossef and
//! Rajagopalan ("Template detection via data mining and its applications", WWW 2002).

use crate::block::Blocks;
use crate::label::Probabilities;
use crate::page::Page;
use crate::rng::mixed;

/// Cells of a count: a text that came once is taken for one that recurs with the probability (1 - exp(-4 n / m))^4 when n texts of sites are counted
/// in m cells; that is 1 in 100 at one text to ten cells, and less by conservative update.
const ROWS: u64 = 4;

/// What a run takes for its counts unless told otherwise: 25 million different texts of sites at 1 in 100 (see above), some 150,000 pages.
pub const SITE_MEMORY_BYTES: usize = 256 << 20;

/// The host of an address in lower case, without `www.`, port and log-in; `None` for an address without one.
pub fn host_of(url: &str) -> Option<String> {
    let (_, rest) = url.split_once("//")?;
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    let host = host.split(':').next().unwrap_or_default().trim().to_ascii_lowercase();
    let host = host.strip_prefix("www.").unwrap_or(&host);
    (!host.is_empty()).then(|| host.to_owned())
}

/// A page as counts see it: hashes of its host, its blocks' texts, and all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SitePage {
    host: u64,
    whole: u64,
    /// One a block, in document order.
    texts: Vec<u64>,
}

impl SitePage {
    /// The page's blocks on the host of its address; `None` if the page has no address with a host.
    pub fn new(page: &Page, blocks: &Blocks) -> Option<Self> {
        Some(Self::on_site(&host_of(page.url()?)?, blocks))
    }

    /// The blocks of a page of a site that is known by another name than its host's.
    pub fn on_site(site: &str, blocks: &Blocks) -> Self {
        let host = site.bytes().fold(1, |hash, byte| mixed(hash ^ u64::from(byte)));
        let texts: Vec<u64> = blocks.iter().map(|block| mixed(host ^ text_hash(blocks.text(block)))).collect();
        Self { host, whole: texts.iter().fold(mixed(host ^ 2), |hash, text| mixed(hash ^ text)), texts }
    }

    /// How many blocks it has.
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }
}

/// A hash of letters and digits alone: case, punctuation and white space make no difference, nor do numbers ("3 comments", "12 comments").
fn text_hash(text: &str) -> u64 {
    let mut in_number = false;
    let mut hash = 3;
    for character in text.chars().filter(|character| character.is_alphanumeric()) {
        let digit = character.is_ascii_digit();
        if digit && in_number {
            continue;
        }
        in_number = digit;
        for lower in character.to_lowercase() {
            hash = mixed(hash ^ u64::from(if digit { '0' } else { lower }));
        }
    }
    hash
}

/// On how many pages of its host a text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Recurrence {
    /// Pages with the text, 255 at most; this page is one of them, once it has been counted.
    pub pages: u8,
    /// Pages of the host, 255 at most.
    pub of: u8,
}

/// How many pages of each host have a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteCounts {
    cells: Vec<u8>,
}

impl SiteCounts {
    /// No page counted, in so many bytes of memory.
    pub fn new(bytes: usize) -> Self {
        Self { cells: vec![0; bytes.max(64)] }
    }

    /// Counts of [`Self::as_bytes`]; `None` if there are too few bytes to be that.
    pub fn from_bytes(bytes: Vec<u8>) -> Option<Self> {
        (bytes.len() >= 64).then_some(Self { cells: bytes })
    }

    /// All counts, to be kept in a file.
    pub fn as_bytes(&self) -> &[u8] {
        &self.cells
    }

    /// Counts a page. A page whose texts are those of one counted before, in the same order, is that page again and is not counted.
    pub fn add(&mut self, page: &SitePage) {
        if self.count(page.whole) > 0 {
            return;
        }
        self.increase(page.whole);
        self.increase(page.host);
        let mut texts = page.texts.clone();
        texts.sort_unstable();
        texts.dedup();
        for text in texts {
            self.increase(text);
        }
    }

    /// How often the text of each block recurs.
    pub fn recurrences(&self, page: &SitePage) -> Vec<Recurrence> {
        let of = self.count(page.host);
        page.texts.iter().map(|text| Recurrence { pages: self.count(*text).min(of), of }).collect()
    }

    fn count(&self, key: u64) -> u8 {
        self.places(key).map(|place| self.cells[place]).min().unwrap_or(0)
    }

    /// Only the least of a key's cells grow: the others count something else as well.
    fn increase(&mut self, key: u64) {
        let least = self.count(key);
        for place in self.places(key) {
            if self.cells[place] == least {
                self.cells[place] = least.saturating_add(1);
            }
        }
    }

    /// Kirsch and Mitzenmacher ("Less hashing, same performance", 2006): two hashes make all.
    fn places(&self, key: u64) -> impl Iterator<Item = usize> + use<> {
        let (first, second) = (mixed(key), mixed(key ^ 0x5851_f42d_4c95_7f2d) | 1);
        let cells = self.cells.len() as u64;
        // A remainder of the number of cells fits where that number came from.
        (0..ROWS).map(move |row| usize::try_from(first.wrapping_add(row.wrapping_mul(second)) % cells).unwrap_or(0))
    }
}

/// What a text that recurs adds to the log-odds of each label against content, for each unit of [`Recurrence::strength`].
/// Source: `pagesieve evaluate --cross-validate --site-memory`, fitted on out-of-fold predictions of 444 pages of 165 sites; `docs/crawls.md` has what
/// they gain and harm.
pub const SITE_WEIGHTS: Probabilities = [0.0, -1.43, 0.14, 0.75];

/// More pages than this count as so many: the most that a site had where the weights were fitted.
const MOST_PAGES: u8 = 21;

impl Recurrence {
    /// The natural logarithm of the pages that have the text, 21 at most; 0 for a text that stands on this page alone.
    pub fn strength(self) -> f32 {
        f32::from(self.pages.clamp(1, MOST_PAGES)).ln()
    }

    /// Probabilities with what recurs as evidence; `None` if there is none, because the text stands on this page alone.
    pub fn moved(self, said: &Probabilities) -> Option<Probabilities> {
        self.moved_by(said, &SITE_WEIGHTS)
    }

    pub(crate) fn moved_by(self, said: &Probabilities, weights: &Probabilities) -> Option<Probabilities> {
        if self.pages < 2 {
            return None;
        }
        let strength = self.strength();
        let mut moved = *said;
        for (probability, weight) in moved.iter_mut().zip(weights) {
            *probability *= (weight * strength).exp();
        }
        let sum: f32 = moved.iter().sum();
        Some(moved.map(|probability| probability / sum))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::PageOptions;

    fn page(url: &str, texts: &[&str]) -> SitePage {
        let html = format!("<p>{}</p>", texts.join("</p><p>"));
        let page = Page::from_html(html, &PageOptions::default().url(url));
        SitePage::new(&page, &Blocks::of_dom(page.dom().unwrap())).unwrap()
    }

    fn pages(counts: &SiteCounts, page: &SitePage) -> Vec<u8> {
        counts.recurrences(page).iter().map(|recurrence| recurrence.pages).collect()
    }

    #[test]
    fn a_text_is_counted_once_a_page_of_its_host() {
        let mut counts = SiteCounts::new(1 << 16);
        let first = page("https://www.kettles.example/1", &["Home", "12 comments", "A kettle boils water.", "Home"]);
        let second = page("http://kettles.example:80/2", &["HOME!", "3 comments", "An urn keeps it warm."]);
        let other = page("https://urns.example/", &["Home"]);
        for page in [&first, &second, &other] {
            counts.add(page);
        }
        assert_eq!(pages(&counts, &first), [2, 2, 1, 2]);
        assert_eq!(pages(&counts, &other), [1]);
        assert_eq!(counts.recurrences(&second)[0], Recurrence { pages: 2, of: 2 });
    }

    #[test]
    fn the_same_page_again_is_not_another_page() {
        let mut counts = SiteCounts::new(1 << 16);
        let story = page("https://a.example/story", &["Menu", "The ferry was late."]);
        counts.add(&story);
        counts.add(&page("https://a.example/story?from=mail", &["Menu", "The ferry was late."]));
        assert_eq!(pages(&counts, &story), [1, 1]);
    }

    #[test]
    fn a_page_without_a_host_has_no_site() {
        let page = Page::from_html("<p>x".to_owned(), &PageOptions::default().url("about:blank"));
        assert_eq!(SitePage::new(&page, &Blocks::of_dom(page.dom().unwrap())), None);
        assert_eq!(host_of("https://user@WWW.News.example:8080/a?b").as_deref(), Some("news.example"));
    }

    #[test]
    fn counts_stop_at_their_greatest_and_come_back_from_their_bytes() {
        let mut counts = SiteCounts::new(1 << 12);
        let urls: Vec<SitePage> = (0..300).map(|n| page("https://a.example/", &["Menu", &"x".repeat(n + 1)])).collect();
        for page in &urls {
            counts.add(page);
        }
        assert_eq!(counts.recurrences(&urls[0])[0], Recurrence { pages: 255, of: 255 });
        assert_eq!(SiteCounts::from_bytes(counts.as_bytes().to_vec()), Some(counts));
        assert_eq!(SiteCounts::from_bytes(vec![0; 3]), None);
    }

    #[test]
    fn one_text_to_ten_cells_is_counted_too_high_once_in_a_hundred() {
        let mut counts = SiteCounts::new(200_000);
        (0..20_000).for_each(|key| counts.increase(mixed(key)));
        assert!((0..20_000).all(|key| counts.count(mixed(key)) >= 1));
        let high = (0..20_000).filter(|key| counts.count(mixed(*key)) > 1).count();
        let false_hits = (0..20_000_u64).filter(|key| counts.count(mixed(key + 1_000_000)) > 0).count();
        assert!(high < 200 && (150..300).contains(&false_hits), "{high} {false_hits}");
    }

    #[test]
    fn what_recurs_moves_probabilities_and_what_does_not_leaves_them() {
        let said = [0.7, 0.0, 0.2, 0.1];
        assert_eq!(Recurrence { pages: 1, of: 9 }.moved(&said), None);
        let weights = [0.0, 0.0, 1.0, 2.0];
        // Odds against content are multiplied by the pages to the power of the weight: 0.2 by 4, 0.1 by 16.
        let moved = Recurrence { pages: 4, of: 9 }.moved_by(&said, &weights).unwrap();
        let expected = [0.7 / 3.1, 0.0, 0.8 / 3.1, 1.6 / 3.1];
        assert!(moved.iter().zip(expected).all(|(found, expected)| (found - expected).abs() < 1e-6), "{moved:?}");
    }
}

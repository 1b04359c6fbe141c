//! Pages to measure on: made here, the same each time, in the sizes and proportions of real ones.
//!
//! Takes nothing, gives HTML. The figures below were counted over 2,583 pages of the corpus the shipped model was trained on (sizes over all of
//! them, proportions over every ninth, by counting bytes and tags); its text is nowhere in here.

mod words;

use std::fmt::Write as _;

use words::{CLASSES, WORDS};

/// Bytes of a page at each twentieth of the corpus, from the least to the greatest but one in a hundred.
const SIZES: [usize; 21] = [
    6_000, 28_600, 39_500, 50_000, 60_700, 69_400, 79_300, 90_000, 101_300, 115_000, 128_600, 146_000, 166_100, 192_000, 225_000, 259_100,
    307_200, 380_000, 484_000, 751_400, 1_802_400,
];

/// Bytes of a page for each of its parts, so that scripts, elements, links, list items, paragraphs, pictures and words come out as often in
/// all pages together as in the corpus: one script for 9,500 bytes of page, and so on.
const BYTES_PER_SCRIPT: usize = 9_500;
const BYTES_PER_PARAGRAPH: usize = 9_500;
const BYTES_PER_ITEM: usize = 1_720;
const BYTES_PER_TEASER: usize = 9_000;
const BYTES_PER_COMMENT: usize = 16_000;
const BYTES_PER_SVG: usize = 16_000;
/// Shares of a page's bytes in percent.
const SHARE_OF_SCRIPTS: usize = 34;
const SHARE_OF_STYLES: usize = 11;
const SHARE_OF_SVG: usize = 6;

/// A page in the middle of each twentieth of the corpus's sizes.
pub(crate) fn pages() -> Vec<String> {
    (0..SIZES.len() - 1).map(|at| page(SIZES[at].midpoint(SIZES[at + 1]), at as u64)).collect()
}

/// A page of about `bytes` bytes; another `seed` makes another page of the same kind.
pub(crate) fn page(bytes: usize, seed: u64) -> String {
    let mut page = Writer { html: String::with_capacity(bytes + bytes / 8), random: Random(seed.wrapping_add(1)) };
    page.head(bytes);
    page.header(bytes);
    page.article(bytes);
    page.comments(bytes);
    page.teasers(bytes);
    page.footer(bytes);
    // What is still missing is mostly attributes in real pages: long ones, on wrappers without text.
    while page.html.len() < bytes {
        page.wrapper();
    }
    page.html.push_str("</body></html>\n");
    page.html
}

/// `SplitMix64` (Steele, Lea and Flood, OOPSLA 2014).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ mixed >> 31) % limit.max(1) as u64).unwrap_or(0)
    }
}

struct Writer {
    html: String,
    random: Random,
}

impl Writer {
    fn one_of<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.random.below(of.len())]
    }

    fn push(&mut self, html: &str) {
        self.html.push_str(html);
    }

    fn words(&mut self, count: usize) -> String {
        let words: Vec<&str> = (0..count).map(|_| self.one_of(WORDS)).collect();
        words.join(" ")
    }

    /// A sentence of the length that news have, now and then with a number, a quotation or a sign beyond ASCII.
    fn sentence(&mut self) -> String {
        let count = 8 + self.random.below(16);
        let mut sentence = self.words(count);
        if let Some(first) = sentence.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        match self.random.below(12) {
            0 => sentence = format!("“{sentence},” said {}", self.words(2)),
            1 => {
                let _ = write!(sentence, " in {} of {} cases", self.random.below(90), 100 + self.random.below(900));
            }
            2 => sentence.push_str(" – or so it’s said"),
            3 => sentence.push_str(" &amp; so on"),
            _ => {}
        }
        sentence.push_str(". ");
        sentence
    }

    /// Three classes as frameworks write them, and a data attribute.
    fn attributes(&mut self) -> String {
        let (first, second, third) = (self.one_of(CLASSES), self.one_of(CLASSES), self.one_of(CLASSES));
        let number = self.random.below(100_000);
        format!("class=\"{first}__{second} {second}--{third} u-{first}\" data-track=\"{third}:{number}\"")
    }

    fn address(&mut self) -> String {
        let (section, slug) = (self.one_of(CLASSES), self.words(4).replace(' ', "-"));
        format!("https://www.paper.example/{section}/{slug}-{}.html", self.random.below(9_000_000))
    }

    fn link(&mut self, words: usize) -> String {
        let (attributes, address, text) = (self.attributes(), self.address(), self.words(words));
        format!("<a {attributes} href=\"{address}\">{text}</a>")
    }

    fn head(&mut self, bytes: usize) {
        let title = self.words(7);
        let description = self.sentence();
        let body: String = (0..bytes / 20_000).map(|_| self.sentence().replace('"', "'")).collect();
        let _ = write!(
            self.html,
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>{title} | The Example Paper</title>\n\
             <meta name=\"description\" content=\"{description}\">\n<meta property=\"og:title\" content=\"{title}\">\n\
             <meta property=\"og:type\" content=\"article\">\n<link rel=\"canonical\" href=\"https://www.paper.example/news/{0}\">\n\
             <script type=\"application/ld+json\">{{\"@context\":\"https://schema.org\",\"@type\":\"NewsArticle\",\"headline\":\"{title}\",\
             \"description\":\"{description}\",\"articleBody\":\"{body}\",\"author\":[{{\"@type\":\"Person\",\"name\":\"Ada Example\"}}],\"isAccessibleForFree\":false}}</script>\n",
            title.replace(' ', "-")
        );
        self.style(share(bytes, SHARE_OF_STYLES));
        let scripts = (bytes / BYTES_PER_SCRIPT).max(1);
        for script in 0..scripts {
            self.script(share(bytes, SHARE_OF_SCRIPTS) / scripts, script % 3 == 0);
        }
        self.push("</head>\n<body class=\"page page--article\">\n");
    }

    fn style(&mut self, bytes: usize) {
        self.push("<style>");
        let end = self.html.len() + bytes;
        while self.html.len() < end {
            let (first, second) = (self.one_of(CLASSES), self.one_of(CLASSES));
            let (margin, colour) = (self.random.below(64), self.random.below(0xff_ffff));
            let _ = writeln!(self.html, ".{first}__{second}:hover>.u-{first}{{margin:0 {margin}px;color:#{colour:06x};display:flex}}");
        }
        self.push("</style>\n");
    }

    /// Minified code, or state as JSON with markup in its strings.
    fn script(&mut self, bytes: usize, json: bool) {
        self.push(if json { "<script>window.__STATE__={\"items\":[" } else { "<script>!function(e,t){\"use strict\";" });
        let end = self.html.len() + bytes;
        while self.html.len() < end {
            let (name, number) = (self.one_of(CLASSES), self.random.below(1 << 20));
            let text = self.words(6);
            let _ = if json {
                write!(self.html, "{{\"id\":{number},\"type\":\"{name}\",\"html\":\"<p>{text}<\\/p>\",\"url\":\"\\/{name}\\/{number}\"}},")
            } else {
                write!(self.html, "function {name}_{number}(e){{for(var t=0;t<e.length&&e[t]!=={number};t++)n.push(e[t]<<2)}}")
            };
        }
        self.push(if json { "]}</script>\n" } else { "}(window,document);</script>\n" });
    }

    fn header(&mut self, bytes: usize) {
        self.push("<!-- header -->\n<header role=\"banner\"><div class=\"masthead\"><a href=\"/\">The Example Paper</a></div>\n<nav aria-label=\"Sections\"><ul>\n");
        for _ in 0..(bytes / BYTES_PER_ITEM / 2).max(4) {
            let link = self.link(2);
            let attributes = self.attributes();
            let _ = writeln!(self.html, "<li {attributes}>{link}</li>");
        }
        self.push("</ul></nav>\n");
        self.icons(bytes);
        self.push("</header>\n");
    }

    fn icons(&mut self, bytes: usize) {
        let icons = (bytes / BYTES_PER_SVG).max(1);
        for _ in 0..icons {
            self.push("<button type=\"button\" aria-hidden=\"true\"><svg viewBox=\"0 0 24 24\"><path d=\"");
            let end = self.html.len() + share(bytes, SHARE_OF_SVG) / icons;
            while self.html.len() < end {
                let (x, y) = (self.random.below(2400), self.random.below(2400));
                let _ = write!(self.html, "M{}.{} {}l-1.5 2h3z", x / 100, x % 100, y / 100);
            }
            self.push("\"/></svg></button>\n");
        }
    }

    fn article(&mut self, bytes: usize) {
        let title = self.words(7);
        let _ = write!(
            self.html,
            "<main id=\"content\"><article itemscope>\n<h1>{title}</h1>\n<p class=\"byline\">By <a rel=\"author\" href=\"/by/ada\">Ada Example</a>, <time>3 May 2024</time></p>\n"
        );
        for paragraph in 0..(bytes / BYTES_PER_PARAGRAPH).max(3) {
            match paragraph % 9 {
                2 => self.figure(),
                5 => {
                    let heading = self.words(4);
                    let _ = writeln!(self.html, "<h2>{heading}</h2>");
                }
                7 => self.sign_up(),
                _ => {}
            }
            self.push("<div class=\"text-block\"><p>");
            for _ in 0..=self.random.below(3) {
                let sentence = self.sentence();
                self.push(&sentence);
                if self.random.below(5) == 0 {
                    let link = self.link(3);
                    self.push(&link);
                    self.push(" <em>indeed</em>. ");
                }
            }
            self.push("</p></div>\n");
        }
        self.push("</article></main>\n");
    }

    fn figure(&mut self) {
        let (alt, caption, attributes) = (self.words(5), self.sentence(), self.attributes());
        let _ = writeln!(
            self.html,
            "<figure {attributes}><picture><source srcset=\"/img/a-800.webp 800w, /img/a-1600.webp 1600w\"><img src=\"/img/a.jpg\" alt=\"{alt}\" loading=\"lazy\"></picture><figcaption>{caption}<span>Photo: E. Example</span></figcaption></figure>"
        );
    }

    fn sign_up(&mut self) {
        self.push(
            "<aside class=\"newsletter-box\"><h3>Never miss a story</h3><p>Sign up for our newsletter, or subscribe for $4 a month.</p>\
             <form action=\"/newsletter\"><input type=\"email\" name=\"email\" placeholder=\"Your e-mail\"><button>Subscribe</button></form></aside>\n",
        );
    }

    fn comments(&mut self, bytes: usize) {
        self.push("<section id=\"comments\"><h2>Comments</h2>\n");
        for _ in 0..bytes / BYTES_PER_COMMENT {
            let (name, text, attributes) = (self.words(1), self.sentence(), self.attributes());
            let _ = writeln!(
                self.html,
                "<div {attributes}><span class=\"comment-author\">{name}</span> <time>2 hours ago</time><p>{text}<br>{text}</p><button>Reply</button></div>"
            );
        }
        self.push("</section>\n");
    }

    fn teasers(&mut self, bytes: usize) {
        self.push("<aside><h2>More on this</h2>\n");
        for _ in 0..bytes / BYTES_PER_TEASER {
            let (link, text, attributes) = (self.link(6), self.words(12), self.attributes());
            let _ = writeln!(
                self.html,
                "<div {attributes}><!-- teaser --><img src=\"/t.jpg\" alt=\"\"><h3>{link}</h3><p>{text}</p><span>3 min read</span></div>"
            );
        }
        self.push("</aside>\n");
    }

    fn footer(&mut self, bytes: usize) {
        self.push("<footer><ul>\n");
        for _ in 0..(bytes / BYTES_PER_ITEM / 2).max(4) {
            let link = self.link(2);
            let _ = writeln!(self.html, "<li>{link}</li>");
        }
        self.push("</ul><p>&copy; 2024 The Example Paper</p></footer>\n");
    }

    /// An empty place for an advertisement.
    fn wrapper(&mut self) {
        let (attributes, address) = (self.attributes(), self.address());
        let number = self.random.below(100_000);
        let _ = writeln!(
            self.html,
            "<div {attributes} data-ad-unit=\"{address}\" style=\"min-height:{}px\"><div id=\"slot-{number}\"></div></div>",
            number % 600
        );
    }
}

/// A share of a page's bytes, given in percent.
fn share(bytes: usize, percent: usize) -> usize {
    bytes * percent / 100
}

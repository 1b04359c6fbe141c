//! The fast parser held against the reference: written cases, generated documents, pages of a folder.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use super::differential_cases::CASES;
use super::{Dom, DomLimits, NodeRef};

/// A tree as text: one line for each node, attributes sorted.
fn dump(dom: &Dom) -> String {
    let mut out = String::new();
    let root = dom.document();
    let mut next = root.next_in(root);
    let mut depth = 0;
    let mut above = root;
    while let Some(node) = next {
        while above != root && node.parent() != Some(above) {
            above = above.parent().unwrap_or(root);
            depth -= 1;
        }
        let indent = " ".repeat(depth.min(64));
        if let Some(text) = node.text() {
            writeln!(out, "{indent}{text:?}").unwrap();
        } else {
            let mut attributes: Vec<_> = node.attributes().collect();
            attributes.sort_unstable();
            writeln!(out, "{indent}<{}> {attributes:?}", node.name()).unwrap();
        }
        if node.first_child().is_some() {
            above = node;
            depth += 1;
        }
        next = node.next_in(root);
    }
    out
}

/// Every link of a tree agrees with every other.
fn check_links(dom: &Dom) {
    for node in dom.document().subtree() {
        let children: Vec<NodeRef<'_>> = node.children().collect();
        assert_eq!(node.last_child(), children.last().copied());
        for pair in children.windows(2) {
            assert_eq!(pair[1].prev_sibling(), Some(pair[0]));
        }
        assert!(children.iter().all(|child| child.parent() == Some(node)));
    }
}

fn differs(html: &str, limits: DomLimits) -> Option<String> {
    let fast = Dom::parse(html.to_owned(), limits);
    let reference = Dom::parse_reference(html.to_owned(), limits);
    let (fast, reference) = (dump(&fast), dump(&reference));
    (fast != reference).then(|| format!("{html:?}\n--- fast\n{fast}--- reference\n{reference}"))
}

/// Whether two trees differ, without the cost of writing them out.
fn differ(one: &Dom, other: &Dom) -> bool {
    let (mut ones, mut others) = (one.document().subtree(), other.document().subtree());
    loop {
        let (one, other) = match (ones.next(), others.next()) {
            (Some(one), Some(other)) => (one, other),
            (None, None) => return false,
            _ => return true,
        };
        let up = |node: NodeRef<'_>| node.parent().map(|parent| parent.name().to_owned());
        if one.text() != other.text()
            || one.name() != other.name()
            || one.children().count() != other.children().count()
            || up(one) != up(other)
        {
            return true;
        }
        let sorted = |node: NodeRef<'_>| {
            let mut all: Vec<(String, String)> = node.attributes().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
            all.sort_unstable();
            all
        };
        if sorted(one) != sorted(other) {
            return true;
        }
    }
}

/// xorshift64*: the same documents for the same seed on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() >> 33).unwrap() % bound
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }
}

#[rustfmt::skip]
const NAMES: &[&str] = &[
    "a", "b", "i", "em", "nobr", "font", "code", "u", "big", "p", "div", "span", "section", "address", "h1", "h2", "h3", "ul", "ol", "li",
    "dl", "dd", "dt", "table", "tbody", "thead", "tfoot", "tr", "td", "th", "caption", "colgroup", "col", "form", "button", "input",
    "select", "option", "optgroup", "hr", "br", "img", "image", "pre", "listing", "textarea", "title", "script", "style", "noscript",
    "iframe", "noembed", "noframes", "xmp", "svg", "math", "foreignObject", "desc", "mi", "mo", "mtext", "annotation-xml", "malignmark",
    "mglyph", "template", "object", "marquee", "applet", "html", "head", "body", "frameset", "frame", "ruby", "rb", "rt", "rp", "rtc",
    "meta", "link", "base", "param", "source", "wbr", "keygen", "my-tag", "clipPath", "g", "menu", "details", "main", "search", "dialog",
    "area", "embed", "track", "isindex", "plaintext",
];

#[rustfmt::skip]
const ATTRIBUTES: &[&str] = &[
    " id=x", " class='a b'", " ID=y", " type=hidden", " type=text", " href=\"?a=1&copy=2&amp;b\"", " a=&quot;", " b=&lt", " checked",
    " color=red", " size=1", " encoding='text/html'", " xlink:href=u", " viewbox=1", " definitionurl=q", " charset=utf-8",
    " data-x=\"\n\r\n&#13;\0\"", " /", " =x", " \"=y", " x=", " y= 'z'", " A\0B=c", " xml:lang=de", " href=1 href=2", " shadowrootmode=open",
];

#[rustfmt::skip]
const TEXTS: &[&str] = &[
    "x", "y z", " ", "\n", "\r\n", "\r", "\t ", "\0", "&amp;", "&lt;b>", "&notit;", "&#10;", "&#10", "&#x0;", "&bogus;", "&", "<", "< a", "</", "</>",
    "<!--c-->", "<!-->", "<!--->", "<!--a--!>b-->", "<!-- <b> -->", "<!doctype html>", "<!DOCTYPE html PUBLIC \"-//W3C//DTD HTML 3.2//EN\">",
    "<![CDATA[x]]>", "<![CDATA[\0a]]]>", "<?pi?>", "<!x>", "</ x>", "\u{feff}", "é漢", "</br>", "</p>", "<!--<script>", "<script>", "-->",
    "</script >", "</title/>", "</style x=y>", "&NewLine;", "\u{c}", "<a", "&ngE;",
];

fn document(random: &mut Random) -> String {
    let mut out = String::new();
    // A few names for each document, so that tags meet their kind.
    let few: Vec<&str> = (0..=1 + random.below(10)).map(|_| random.pick(NAMES)).collect();
    if random.below(3) == 0 {
        out.push_str("<!doctype html>");
    }
    let tokens = if random.below(24) == 0 { 250 } else { 24 };
    for _ in 0..=random.below(tokens) {
        let name = if random.below(4) > 0 { random.pick(&few) } else { random.pick(NAMES) };
        match random.below(10) {
            0..=3 => {
                write!(out, "<{name}").unwrap();
                for _ in 0..random.below(6).saturating_sub(3) {
                    out.push_str(random.pick(ATTRIBUTES));
                }
                out.push_str(if random.below(16) == 0 { "/>" } else { ">" });
            }
            4..=6 => write!(out, "</{name}>").unwrap(),
            _ => out.push_str(random.pick(TEXTS)),
        }
    }
    match random.below(8) {
        0 => {
            let end = random.below(out.len() + 1);
            out.truncate((0..=end).rev().find(|at| out.is_char_boundary(*at)).unwrap_or(0));
        }
        1 => out = out.to_uppercase(),
        _ => {}
    }
    out
}

#[test]
fn written_cases_give_the_reference_tree() {
    let found: Vec<String> = CASES.iter().filter_map(|html| differs(html, DomLimits::default())).collect();
    assert!(CASES.len() >= 150, "{}", CASES.len());
    assert!(found.is_empty(), "{} of {}:\n{}", found.len(), CASES.len(), found.join("\n"));
}

/// `PAGESIEVE_DOCUMENTS` asks for more documents, `PAGESIEVE_SEED` for others.
#[test]
fn generated_documents_give_the_reference_tree() {
    let asked = |name: &str, default: u64| std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(default);
    let mut random = Random(asked("PAGESIEVE_SEED", 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let mut found = Vec::new();
    let count = asked("PAGESIEVE_DOCUMENTS", 30_000);
    for at in 0..count {
        let html = document(&mut random);
        // Some with a low limit, so that the cut trees are compared too.
        let limits = if at % 16 == 0 { DomLimits::default().max_depth(8) } else { DomLimits::default() };
        if let Some(difference) = differs(&html, limits) {
            found.push(difference);
        }
        check_links(&Dom::parse(html.clone(), limits));
        check_links(&Dom::parse(html, limits.max_nodes(16 + random.below(30))));
        if found.len() >= 200 {
            break;
        }
    }
    found.sort_by_key(String::len);
    found.truncate(5);
    assert!(found.is_empty(), "{}", found.join("\n"));
}

fn corpus() -> Vec<(String, String)> {
    let Ok(folder) = std::env::var("PAGESIEVE_CORPUS") else {
        panic!("PAGESIEVE_CORPUS does not name a folder of *.html.gz: nothing was tested");
    };
    let mut pages = Vec::new();
    let mut folders = vec![std::path::PathBuf::from(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.to_string_lossy().ends_with(".html.gz") {
                let file = std::fs::File::open(&path).unwrap();
                let mut bytes = Vec::new();
                std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(file), &mut bytes).unwrap();
                pages.push((path.display().to_string(), String::from_utf8_lossy(&bytes).into_owned()));
            }
        }
    }
    pages.sort();
    assert!(!pages.is_empty(), "PAGESIEVE_CORPUS holds no *.html.gz: nothing was tested");
    pages
}

/// A page, or a stretch of one, with pieces taken out and others put in: the pages come from a browser's tree and are too well formed.
fn spoilt(random: &mut Random, html: &str, whole: bool) -> String {
    let tags: Vec<usize> = html.match_indices(['<', '>']).map(|(at, _)| at).collect();
    if tags.len() < 100 {
        return html.to_owned();
    }
    let (start, length) = if whole { (0, tags.len()) } else { (random.below(tags.len() - 60), 600) };
    let mut out = String::new();
    for pair in tags[start..].windows(2).take(length) {
        match random.below(20) {
            0 => {}
            1 => write!(out, "<{}>", random.pick(NAMES)).unwrap(),
            2 => write!(out, "</{}>", random.pick(NAMES)).unwrap(),
            3 => out.push_str(random.pick(TEXTS)),
            _ => out.push_str(&html[pair[0]..pair[1]]),
        }
    }
    out
}

#[test]
#[ignore = "needs a folder of pages in PAGESIEVE_CORPUS"]
fn corpus_pages_give_the_reference_tree() {
    let pages = corpus();
    let mut found = Vec::new();
    let mut random = Random(7);
    for (path, html) in &pages {
        let limits = DomLimits::default();
        if differ(&Dom::parse(html.clone(), limits), &Dom::parse_reference(html.clone(), limits)) {
            found.push(path.clone());
        }
        for round in 0..4 {
            let html = spoilt(&mut random, html, round == 0);
            if differ(&Dom::parse(html.clone(), limits), &Dom::parse_reference(html.clone(), limits)) {
                found.push(format!("{path}, spoilt: {:?}", html.chars().take(4000).collect::<String>()));
            }
        }
    }
    assert!(found.is_empty(), "{} of {}:\n{}", found.len(), pages.len(), found.join("\n"));
}

#[test]
#[ignore = "needs a folder of pages in PAGESIEVE_CORPUS; a measurement"]
fn the_fast_parser_is_faster_than_the_reference() {
    let mut pages = corpus();
    pages.truncate(300);
    let bytes: usize = pages.iter().map(|(_, html)| html.len()).sum();
    let time = |parse: fn(String, DomLimits) -> Dom| {
        let sources: Vec<String> = pages.iter().map(|(_, html)| html.clone()).collect();
        let start = Instant::now();
        let nodes: usize = sources.into_iter().map(|html| parse(html, DomLimits::default()).len()).sum();
        assert!(nodes > 0);
        start.elapsed().as_secs_f64()
    };
    let scraper = |html: String, _: DomLimits| {
        std::hint::black_box(scraper::Html::parse_document(&html));
        Dom::parse(String::from("x"), DomLimits::default())
    };
    let mut rounds: Vec<[f64; 3]> = (0..5).map(|_| [time(Dom::parse), time(scraper), time(Dom::parse_reference)]).collect();
    let mut median = |which: usize| {
        rounds.sort_by(|one, other| one[which].total_cmp(&other[which]));
        rounds[2][which]
    };
    let (fast, parse, reference) = (median(0), median(1), median(2));
    println!(
        "{} pages, {} MB: fast {fast:.4} s, scraper's parse {parse:.4} s ({:.1} times), with the copy {reference:.4} s",
        pages.len(),
        bytes / 1_000_000,
        parse / fast
    );
    assert!(parse / fast > 4.0);
}

/// Each input grows twentyfold against a fifth of a second, far above a linear parser's need and far below a quadratic one's.
#[test]
fn no_input_takes_more_than_linear_time() {
    let many = |count: usize, make: &dyn Fn(usize) -> String| (0..count).map(make).collect::<String>();
    let n = 100_000;
    let inputs = [
        ("nested divs", many(n, &|_| "<div>".to_owned())),
        ("paragraph under divs", "<p><object>".to_owned() + &many(n, &|_| "<div>".to_owned())),
        ("attributes", format!("<p {}>", many(n, &|at| format!("a{at}=1 ")))),
        ("less-than signs", "<".repeat(1_000_000)),
        ("nested tables", many(3_000, &|_| "<table><tr><td>".to_owned())),
        ("tables alone", many(n, &|_| "<table>".to_owned())),
        ("tables under divs", many(n, &|_| "<div>".to_owned()) + &many(n, &|_| "<table></table>".to_owned())),
        ("unclosed b", many(n, &|_| "<b>".to_owned())),
        ("unclosed different b", many(n, &|at| format!("<b id={at}>"))),
        ("unclosed a", many(n, &|_| "<a>".to_owned())),
        ("unclosed font and p", many(n, &|at| format!("<font size={at}><p>"))),
        ("b in p", many(n, &|_| "<p><b>x".to_owned())),
        ("unmatched end tags", many(n, &|_| "<div>".to_owned()) + &many(n, &|_| "</span></p></b></li>".to_owned())),
        ("adoption over divs", "<b>".to_owned() + &many(n, &|_| "<div>".to_owned()) + &many(n, &|_| "<b></b></i></b>".to_owned())),
        ("adoption of many", many(n, &|_| "<a><div>".to_owned()) + &many(n, &|_| "</a>".to_owned())),
        ("foreign end tags", "<svg>".to_owned() + &many(n, &|_| "<g>".to_owned()) + &many(n, &|_| "</x>".to_owned())),
        ("foster parented text", "<table>".to_owned() + &many(n, &|_| "x<tr a='&amp;'>".to_owned())),
        ("html attributes", many(n, &|at| format!("<html a{at}=1><p b>"))),
        ("forms", many(n, &|_| "<form><div></form>".to_owned())),
        ("objects", many(n, &|_| "<b><object>".to_owned()) + &many(n, &|_| "</b></object>".to_owned())),
        ("templates", many(n, &|_| "<template>".to_owned())),
        ("comments", "<!---".repeat(n)),
        ("open comments", many(n, &|_| "<!-- >".to_owned())),
        ("script escapes", "<script>".to_owned() + &many(n, &|_| "<!--<script><!-- ".to_owned())),
        ("raw end tags", "<title>".to_owned() + &"</titl".repeat(n)),
        ("ampersands", "&".repeat(1_000_000)),
        ("numbers", "&#".to_owned() + &"1".repeat(1_000_000)),
        ("own names", many(n, &|at| format!("<x{at}>"))),
        ("quotes", "<a b=\"".repeat(n)),
        ("selects and lists", many(n, &|_| "<select><option><li><dd>".to_owned())),
        ("a behind markers", many(n, &|_| "<object><b>".to_owned()) + &many(n, &|_| "<a>".to_owned())),
        ("b with many attributes", many(300, &|at| format!("<b x{at} {}>", many(1_000, &|name| format!("a{name}=1 "))))),
        ("b over breaks", many(n, &|_| "<b><p><br><br><br></b>".to_owned())),
        ("b around breaks", "<b><p>".to_owned() + &many(n, &|_| "<br></b><b>".to_owned())),
        ("a in tables", many(n, &|_| "<a><table><a>x".to_owned())),
        ("nobr", many(n, &|_| "<nobr><p>".to_owned())),
    ];
    for (name, html) in inputs {
        let start = Instant::now();
        let dom = Dom::parse(html, DomLimits::default());
        let took = start.elapsed();
        assert!(took < Duration::from_secs(2), "{name}: {took:?} for {} nodes", dom.len());
        println!("{name}: {took:?}, {} nodes", dom.len());
    }
}

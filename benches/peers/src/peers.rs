//! What is measured: pagesieve as far as each of its stages, and the peers.
//!
//! Each takes the bytes of all pages and gives how many characters came out; how it gets there is its own affair. Peers that want decoded
//! text get it by a lossy UTF-8 decoding, which costs next to nothing.

use std::path::Path;

use dom_smoothie::Readability;
use pagesieve::export::PageFormat;
use pagesieve::{Blocks, Decision, ExportOptions, Model, PageOptions};
use scraper::Html;

use crate::error::Failure;
use crate::measure::ThreadClock;
use crate::pages::Page;
use crate::python::PythonPeer;

/// What one way through all pages took and gave.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pass {
    /// Processor time in seconds.
    pub(crate) seconds: f64,
    /// Characters or bytes of the result, or whatever shows that the work was done.
    pub(crate) output: u64,
    /// Pages that the peer gave up on.
    pub(crate) failed: u64,
}

/// Something that goes through pages.
pub(crate) trait Peer {
    fn name(&self) -> &str;
    fn version(&self) -> &str;
    fn language(&self) -> &str;
    /// Goes through all pages once.
    fn pass(&mut self, pages: &[Page]) -> Result<Pass, Failure>;
}

/// A peer in this program: what it does with one page; `None` for a page that it gives up on.
struct RustPeer<F> {
    name: &'static str,
    version: String,
    page: F,
}

impl<F: FnMut(&[u8]) -> Option<u64>> Peer for RustPeer<F> {
    fn name(&self) -> &str {
        self.name
    }

    fn version(&self) -> &str {
        &self.version
    }

    fn language(&self) -> &'static str {
        "Rust"
    }

    fn pass(&mut self, pages: &[Page]) -> Result<Pass, Failure> {
        let clock = ThreadClock::start();
        let (mut output, mut failed) = (0, 0);
        for page in pages {
            match (self.page)(&page.bytes) {
                Some(more) => output += more,
                None => failed += 1,
            }
        }
        Ok(Pass { seconds: clock.seconds(), output, failed })
    }
}

fn rust(name: &'static str, package: &str, page: impl FnMut(&[u8]) -> Option<u64> + 'static) -> Box<dyn Peer> {
    Box::new(RustPeer { name, version: version_of(package), page })
}

/// pagesieve as far as each of its stages, each with all before it.
pub(crate) fn stages() -> Result<Vec<Box<dyn Peer>>, Failure> {
    let stage = |name, page| rust(name, "pagesieve", page);
    let (features, labels) = (Model::bundled()?, Model::bundled()?);
    Ok(vec![
        stage("decode", Box::new(|bytes: &[u8]| Some(pagesieve::decode::decode(bytes, None).text.len() as u64)) as Box<dyn FnMut(&[u8]) -> _>),
        stage("parse", Box::new(|bytes: &[u8]| Some(read(bytes).dom().map_or(0, |dom| dom.len() as u64)))),
        stage("blocks", Box::new(|bytes: &[u8]| Some(blocks(&read(bytes)).len() as u64))),
        stage(
            "block features",
            Box::new(move |bytes: &[u8]| {
                let page = read(bytes);
                Some(features.features(&page, &blocks(&page)).rows.len() as u64)
            }),
        ),
        stage("labels", Box::new(move |bytes: &[u8]| Some(labels.classify(read(bytes), &Decision::default()).len() as u64))),
    ])
}

fn read(bytes: &[u8]) -> pagesieve::Page {
    pagesieve::Page::from_html_bytes(bytes, &PageOptions::default())
}

fn blocks(page: &pagesieve::Page) -> Blocks {
    page.dom().map(Blocks::of_dom).unwrap_or_default()
}

/// The whole of pagesieve, and the peers that are wanted.
pub(crate) fn peers(python: &Path, pages: &[Page], wanted: impl Fn(&str) -> bool) -> Result<Vec<Box<dyn Peer>>, Failure> {
    let model = Model::bundled()?;
    let text = PageFormat::Text.exporter(ExportOptions::default());
    let mut peers = vec![
        rust("pagesieve", "pagesieve", move |bytes| {
            Some(text.page("", &model.classify(read(bytes), &Decision::default())).len() as u64)
        }),
        rust("scraper, parse alone", "scraper", |bytes| {
            Some(Html::parse_document(&String::from_utf8_lossy(bytes)).tree.nodes().count() as u64)
        }),
        rust("dom_smoothie", "dom_smoothie", |bytes| {
            let mut page = Readability::new(String::from_utf8_lossy(bytes).as_ref(), None, None).ok()?;
            Some(page.parse().ok()?.text_content.len() as u64)
        }),
        rust("rs-trafilatura", "rs-trafilatura", |bytes| {
            Some(rs_trafilatura::extract(&String::from_utf8_lossy(bytes)).ok()?.content_text.len() as u64)
        }),
    ];
    peers.retain(|peer| wanted(peer.name()));
    for name in ["resiliparse", "trafilatura (Python)"].into_iter().filter(|name| wanted(name)) {
        peers.push(Box::new(PythonPeer::start(python, name, pages)?));
    }
    Ok(peers)
}

/// The version of a package as the lock file has it.
fn version_of(package: &str) -> String {
    let lock = include_str!("../Cargo.lock");
    let after = lock.split_once(&format!("name = \"{package}\"\nversion = \"")).map_or("", |(_, after)| after);
    after.split('"').next().unwrap_or_default().to_owned()
}

//! A page as the rest of the library sees it: a tree or plain text, and its URL.
//!
//! Takes bytes or text, gives a [`Page`] within limits. Knows nothing of blocks or labels.

mod noscript;

use crate::decode::decode;
use crate::dom::{Dom, DomCuts, DomLimits};

/// How a page is read. Each setting states its default.
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct PageOptions {
    url: Option<String>,
    charset: Option<String>,
    limits: PageLimits,
}

impl PageOptions {
    /// The page's address: tells links to this page, this site and other sites apart. Default: the page's own `canonical` or `og:url`.
    pub fn url(mut self, url: impl Into<String>) -> Self {
        self.url = Some(url.into());
        self
    }

    /// The charset of the HTTP header. Default: none given.
    pub fn charset(mut self, charset: impl Into<String>) -> Self {
        self.charset = Some(charset.into());
        self
    }

    /// How much of the page is read. Default: [`PageLimits::default`].
    pub fn limits(mut self, limits: PageLimits) -> Self {
        self.limits = limits;
        self
    }

    /// The most bytes of a page that are read.
    pub fn max_bytes(&self) -> usize {
        self.limits.max_bytes
    }
}

/// Limits on a page; what lies beyond is cut and said in [`Page::cuts`].
#[derive(Debug, Clone, Copy)]
#[must_use]
pub struct PageLimits {
    max_bytes: usize,
    dom: DomLimits,
}

/// The tree's offsets are 31 bits wide.
const BYTES_CEILING: usize = 1 << 30;

impl Default for PageLimits {
    fn default() -> Self {
        Self { max_bytes: 64 << 20, dom: DomLimits::default() }
    }
}

impl PageLimits {
    /// The most bytes of a page that are read; the rest is cut. Default 64 MiB, at most 1 GiB.
    pub fn max_bytes(mut self, bytes: usize) -> Self {
        self.max_bytes = bytes.clamp(1, BYTES_CEILING);
        self
    }

    /// Limits on the tree. Default: [`DomLimits::default`].
    pub fn dom(mut self, limits: DomLimits) -> Self {
        self.dom = limits;
        self
    }
}

/// What the limits left out of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PageCuts {
    /// Bytes beyond the limit were not read.
    pub bytes: bool,
    /// What the tree's limits left out.
    pub dom: DomCuts,
}

/// A page: its tree (or its plain text) and its address.
#[derive(Debug, Clone)]
pub struct Page {
    body: Body,
    url: Option<String>,
    cuts: PageCuts,
}

#[derive(Debug, Clone)]
enum Body {
    Html(Dom),
    Text(String),
}

impl Page {
    /// Decodes and parses an HTML page. Never fails; see [`Self::cuts`].
    pub fn from_html_bytes(bytes: &[u8], options: &PageOptions) -> Self {
        Self::decoded(bytes, options, Self::from_html)
    }

    /// Parses an HTML page that is decoded already.
    pub fn from_html(mut html: String, options: &PageOptions) -> Self {
        let cut = truncate(&mut html, options.limits.max_bytes);
        let mut dom = Dom::parse(html, options.limits.dom);
        if let Some(revealed) = noscript::reveal(&dom) {
            dom = Dom::parse(revealed, options.limits.dom);
        }
        let cuts = PageCuts { bytes: cut, dom: dom.cuts() };
        Self { body: Body::Html(dom), url: options.url.clone(), cuts }
    }

    /// Decodes plain text: text that some other tool has extracted, a line a block.
    pub fn from_text_bytes(bytes: &[u8], options: &PageOptions) -> Self {
        Self::decoded(bytes, options, Self::from_text)
    }

    /// Takes plain text.
    pub fn from_text(mut text: String, options: &PageOptions) -> Self {
        let cut = truncate(&mut text, options.limits.max_bytes);
        let cuts = PageCuts { bytes: cut, dom: DomCuts::default() };
        Self { body: Body::Text(text), url: options.url.clone(), cuts }
    }

    fn decoded(bytes: &[u8], options: &PageOptions, of_text: impl FnOnce(String, &PageOptions) -> Self) -> Self {
        let kept = &bytes[..bytes.len().min(options.limits.max_bytes)];
        let mut page = of_text(decode(kept, options.charset.as_deref()).text.into_owned(), options);
        page.cuts.bytes |= kept.len() < bytes.len();
        page
    }

    /// The page's tree; `None` for plain text.
    pub fn dom(&self) -> Option<&Dom> {
        match &self.body {
            Body::Html(dom) => Some(dom),
            Body::Text(_) => None,
        }
    }

    /// The plain text; `None` for a page with a tree.
    pub fn plain_text(&self) -> Option<&str> {
        match &self.body {
            Body::Html(_) => None,
            Body::Text(text) => Some(text),
        }
    }

    /// The address that was given.
    pub fn url(&self) -> Option<&str> {
        self.url.as_deref()
    }

    /// What the limits left out.
    pub fn cuts(&self) -> PageCuts {
        self.cuts
    }
}

/// Cuts at a character boundary; says whether anything was cut.
fn truncate(text: &mut String, max: usize) -> bool {
    if text.len() <= max {
        return false;
    }
    let end = (0..=max).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    text.truncate(end);
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_beyond_the_limit_are_cut_and_said() {
        let options = PageOptions::default().limits(PageLimits::default().max_bytes(9));
        let page = Page::from_html_bytes("<p>ééééé".as_bytes(), &options);
        assert!(page.cuts().bytes);
        assert!(page.dom().unwrap().document().inner_text().starts_with("éé"));
        let page = Page::from_text("äöü".to_owned(), &PageOptions::default().limits(PageLimits::default().max_bytes(3)));
        assert_eq!((page.plain_text(), page.cuts().bytes), (Some("ä"), true));
    }
}

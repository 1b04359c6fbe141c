//! Whether a page stands behind a choice between consent to tracking and payment.
//!
//! Takes a page's blocks, gives whether both ways in are offered side by side. One way alone is no wall: many sites link to an ad-free
//! subscription from every page's foot. Knows nothing of vendors.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder};

use crate::classify::LabelledPage;

/// The two ways are at most this many blocks apart.
const APART: usize = 6;
/// Longer blocks are no buttons or headings of a wall, in bytes.
const LONGEST: usize = 400;

/// The way with consent and advertisements, in lower case.
const WITH: [&str; 26] = [
    "weiter mit werbung",
    "mit werbung weiter",
    "mit werbung lesen",
    "mit werbung nutzen",
    "zustimmen und weiter",
    "akzeptieren und weiter",
    "accept and continue",
    "agree and continue",
    "accept all and continue",
    "continue with ads",
    "read for free with ads",
    "with ads and tracking",
    "accepter et continuer",
    "continuer avec publicité",
    "aceptar y continuar",
    "leer con publicidad",
    "seguir con publicidad",
    "navegar con publicidad",
    "accetta e continua",
    "continua con la pubblicità",
    "aceitar e continuar",
    "accepteren en doorgaan",
    "doorgaan met advertenties",
    "souhlasit a pokračovat",
    "elfogadom és folytatom",
    "akceptuję i przechodzę",
];

/// The way without them, for money.
const WITHOUT: [&str; 24] = [
    "werbefrei",
    "ohne werbung",
    "ohne tracking",
    "pur-abo",
    "pur abo",
    "purabo",
    "ad-free",
    "without ads",
    "without advertising",
    "without tracking",
    "sans publicité",
    "sans pub",
    "sans cookies",
    "sin publicidad",
    "sin anuncios",
    "senza pubblicità",
    "sem publicidade",
    "zonder advertenties",
    "reclamevrij",
    "reklamefri",
    "reklamfri",
    "bez reklam",
    "bez personalizované reklamy",
    "pur předplatné",
];

/// Both in one.
const BOTH: [&str; 18] = [
    "consent or pay",
    "accept or pay",
    "accept all or subscribe",
    "pay to reject",
    "reject and pay",
    "reject and subscribe",
    "subscribe to reject",
    "refuse cookies and subscribe",
    "refuser et s'abonner",
    "s'abonner pour refuser",
    "accepter les cookies ou s'abonner",
    "rechazar y pagar",
    "rechazar y suscribirse",
    "pagar por rechazar",
    "rifiuta e abbonati",
    "abbonati per rifiutare",
    "recusar e assinar",
    "weigeren en abonnement",
];

struct Sides {
    finder: Option<AhoCorasick>,
}

/// Fails for texts of gigabytes alone.
static SIDES: LazyLock<Sides> = LazyLock::new(|| {
    let texts = WITH.iter().chain(&WITHOUT).chain(&BOTH);
    Sides { finder: AhoCorasickBuilder::new().build(texts).ok() }
});

/// Which of the two ways a text offers.
fn sides(text: &str) -> (bool, bool) {
    let text = text.to_lowercase().replace(['\u{2019}', '\u{2bc}'], "'").replace(['\u{2010}', '\u{2011}'], "-");
    let mut found = (false, false);
    let Some(finder) = &SIDES.finder else { return found };
    for hit in finder.find_overlapping_iter(&text) {
        match hit.pattern().as_usize() {
            pattern if pattern < WITH.len() => found.0 = true,
            pattern if pattern < WITH.len() + WITHOUT.len() => found.1 = true,
            _ => found = (true, true),
        }
    }
    found
}

/// The first visible block of a choice between consent and payment: both ways within a few blocks.
pub(super) fn consent_wall(page: &LabelledPage) -> Option<usize> {
    let (mut with, mut without) = (None, None);
    for block in page.iter().filter(|block| !block.is_hidden() && block.text().len() <= LONGEST) {
        let (is_with, is_without) = sides(block.text());
        with = if is_with { Some(block.index) } else { with };
        without = if is_without { Some(block.index) } else { without };
        if let Some((with, without)) = with.zip(without).filter(|_| is_with || is_without)
            && with.abs_diff(without) <= APART
        {
            return Some(with.min(without));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Label, Page, PageOptions};

    fn wall(html: &str) -> Option<usize> {
        let page = Page::from_html(html.to_owned(), &PageOptions::default());
        consent_wall(&LabelledPage::from_labels(page, |_, _| Label::Navigation))
    }

    #[test]
    fn both_ways_side_by_side_are_a_wall() {
        assert_eq!(
            wall("<p>Rain<h3>Weiter mit Werbung</h3><p>Wie gewohnt<button>Zustimmen</button><h3>Werbefrei für 3 € im Monat"),
            Some(1)
        );
        assert_eq!(wall("<p>Lire<button>Accepter et continuer</button><button>S’abonner pour lire sans publicité"), Some(1));
        assert_eq!(wall("<button>Reject and subscribe"), Some(0));
    }

    #[test]
    fn one_way_alone_or_far_from_the_other_is_none() {
        assert_eq!(wall("<p>Rain<footer><a>Werbefrei lesen</a></footer>"), None);
        assert_eq!(wall("<div>We use cookies<button>Accept and continue</button></div>"), None);
        let far = "<p>x".repeat(10);
        assert_eq!(wall(&format!("<button>Accept and continue</button>{far}<p>Read ad-free")), None);
        assert_eq!(wall("<div hidden><p>Weiter mit Werbung<p>Werbefrei</div>"), None);
    }
}

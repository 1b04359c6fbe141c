//! What the markup claims about access.
//!
//! Takes a page's declarations, gives [`Claims`]: schema.org's `isAccessibleForFree` of the page's article and of its parts
//! (<https://developers.google.com/search/docs/appearance/structured-data/paywalled-content>), in JSON-LD or microdata, and
//! `article:content_tier` (<https://developers.facebook.com/docs/instant-articles/subscriptions/content-tiering>). Believes nothing.

use serde_json::Value;

use crate::declared::{Declared, Object, is_article_type, types_of};

/// More selectors than this are not looked at.
const MOST_SELECTORS: usize = 16;

/// A tier of `article:content_tier`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tier {
    Free,
    Metered,
    Locked,
}

impl Tier {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::Metered => "metered",
            Self::Locked => "locked",
        }
    }
}

/// The markup's claims.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Claims {
    /// `isAccessibleForFree` of the page's article in JSON-LD, else of whatever object has it.
    pub(super) json_ld: Option<bool>,
    /// The same in microdata.
    pub(super) microdata: Option<bool>,
    /// Objects of the JSON-LD do not agree.
    pub(super) json_ld_disagrees: bool,
    /// `cssSelector` of the parts that are said not to be free.
    pub(super) selectors: Vec<String>,
    pub(super) tier: Option<Tier>,
    /// `wordCount` of the article.
    pub(super) word_count: Option<usize>,
    /// Words of its `articleBody`.
    pub(super) body_words: Option<usize>,
}

impl Claims {
    pub(super) fn of(declared: &Declared<'_>) -> Self {
        let mut claims = Self { tier: tier(declared), microdata: microdata(declared), ..Self::default() };
        let objects = declared.json_ld.objects();
        let (articles, others): (Vec<&Object>, Vec<&Object>) =
            objects.into_iter().partition(|object| types_of(object).any(is_article_type));
        let said = |objects: &[&Object]| objects.iter().filter_map(|object| truth(object.get("isAccessibleForFree")?)).collect::<Vec<_>>();
        let (of_articles, of_others) = (said(&articles), said(&others));
        claims.json_ld = of_articles.first().or(of_others.first()).copied();
        claims.json_ld_disagrees = of_articles.iter().chain(&of_others).any(|free| Some(*free) != claims.json_ld);
        for object in articles.iter().chain(&others) {
            claims.parts(object.get("hasPart"));
        }
        for article in articles {
            let number = |value: &Value| value.as_u64().or_else(|| value.as_str()?.trim().parse().ok());
            claims.word_count = claims.word_count.or_else(|| usize::try_from(number(article.get("wordCount")?)?).ok().filter(|n| *n > 0));
            let words = |text: &str| Some(text.split_whitespace().count()).filter(|words| *words > 0);
            claims.body_words = claims.body_words.or_else(|| words(article.get("articleBody")?.as_str()?));
        }
        claims
    }

    fn parts(&mut self, parts: Option<&Value>) {
        let parts = parts.map_or(&[][..], |parts| parts.as_array().map_or(std::slice::from_ref(parts), Vec::as_slice));
        for part in parts {
            if part.get("isAccessibleForFree").and_then(truth) != Some(false) {
                continue;
            }
            let Some(selectors) = part.get("cssSelector") else { continue };
            let selectors = selectors.as_array().map_or(std::slice::from_ref(selectors), Vec::as_slice);
            let selectors = selectors.iter().filter_map(Value::as_str).flat_map(|list| list.split(','));
            let room = MOST_SELECTORS.saturating_sub(self.selectors.len());
            self.selectors.extend(selectors.map(|selector| selector.trim().to_owned()).filter(|s| !s.is_empty()).take(room));
        }
    }

    /// What the markup as a whole says: free, not free, or nothing. The tier goes before schema.org's flag, being set by page more often.
    pub(super) fn free(&self) -> Option<bool> {
        self.tier.map(|tier| tier == Tier::Free).or(self.json_ld).or(self.microdata)
    }
}

fn tier(declared: &Declared<'_>) -> Option<Tier> {
    let (_, tier) = declared.meta_named(&["article:content_tier", "content_tier", "content-tier"])?;
    match tier.to_ascii_lowercase().as_str() {
        "free" => Some(Tier::Free),
        "metered" => Some(Tier::Metered),
        "locked" | "paid" | "premium" => Some(Tier::Locked),
        _ => None,
    }
}

fn microdata(declared: &Declared<'_>) -> Option<bool> {
    let mut stated = declared.properties.iter().filter(|property| property.is("isAccessibleForFree") && !property.is_within("hasPart"));
    stated.find_map(|property| truth(&Value::String(property.value())))
}

/// A boolean as pages write it: `true`, `"False"`, `"http://schema.org/True"`, 0, or a list of one.
fn truth(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(flag) => Some(*flag),
        Value::Number(number) => number.as_i64().map(|number| number != 0),
        Value::String(text) => match text.rsplit('/').next().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" => Some(true),
            "false" | "0" | "no" => Some(false),
            _ => None,
        },
        Value::Array(values) => values.first().and_then(truth),
        Value::Null | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dom::{Dom, DomLimits};

    fn claims(html: &str) -> Claims {
        let dom = Dom::parse(html.to_owned(), DomLimits::default());
        Claims::of(&Declared::of(&dom))
    }

    fn json_ld(json: &str) -> Claims {
        claims(&format!("<script type=application/ld+json>{json}</script>"))
    }

    #[test]
    fn the_articles_own_flag_goes_before_that_of_its_parts_and_of_other_pages() {
        let of = json_ld(
            r#"[{"@type":"WebPage","isAccessibleForFree":true},{"@type":"NewsArticle","isAccessibleForFree":"False","wordCount":"310",
            "isPartOf":{"@type":"Product","isAccessibleForFree":true},
            "hasPart":{"@type":"WebPageElement","isAccessibleForFree":"http://schema.org/False","cssSelector":[".a, #b",".c"]}}]"#,
        );
        assert_eq!((of.json_ld, of.json_ld_disagrees, of.word_count), (Some(false), true, Some(310)));
        assert_eq!(of.selectors, [".a", "#b", ".c"]);
        assert_eq!(json_ld(r#"{"@type":"NewsArticle"}"#).free(), None);
    }

    #[test]
    fn the_tier_goes_before_the_flag() {
        let flag = r#"<script type="application/ld+json">{"@type":"Article","isAccessibleForFree":false}</script>"#;
        assert_eq!(claims(flag).free(), Some(false));
        assert_eq!(claims(&format!("{flag}<meta property=article:content_tier content=free>")).free(), Some(true));
        assert_eq!(claims("<meta value=locked name=article:content_tier>").tier, Some(Tier::Locked));
    }

    #[test]
    fn microdata_counts_but_not_that_of_a_part() {
        assert_eq!(claims("<meta itemprop=isAccessibleForFree content=false>").microdata, Some(false));
        assert_eq!(claims("<div itemprop=hasPart><meta itemprop=isAccessibleForFree content=false></div>").microdata, None);
    }
}

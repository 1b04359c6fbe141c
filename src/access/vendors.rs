//! Vendors of paywalls and consent walls, by what their scripts and classes are called.
//!
//! Takes the page's source, gives the vendors whose names for things stand in it. The table is `vendors.tsv`, each line with the public source
//! of the name. A vendor on a page says that the site can gate pages, not that this one is gated.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::finder;

/// The table, read into the program.
const SOURCE: &str = include_str!("vendors.tsv");

/// What a vendor's script can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Paywall,
    ConsentOrPay,
    Platform,
}

impl Role {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Paywall => "paywall",
            Self::ConsentOrPay => "consent-or-pay",
            Self::Platform => "platform",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        [Self::Paywall, Self::ConsentOrPay, Self::Platform].into_iter().find(|role| role.as_str() == name)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Vendor {
    pub(super) name: &'static str,
    pub(super) role: Role,
}

struct Table {
    finder: Option<AhoCorasick>,
    vendors: Vec<Vendor>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let (vendors, texts): (Vec<Vendor>, Vec<&str>) = lines().map(|line| (Vendor { name: line.name, role: line.role }, line.text)).unzip();
    Table { finder: finder(texts), vendors }
});

struct Line {
    name: &'static str,
    role: Role,
    text: &'static str,
}

fn lines() -> impl Iterator<Item = Line> {
    SOURCE.lines().filter(|line| !line.starts_with('#')).filter_map(|line| {
        let mut fields = line.split('\t');
        let (name, role, text) = (fields.next()?, fields.next()?, fields.next()?);
        Some(Line { name, role: Role::from_name(role)?, text })
    })
}

/// The vendors on a page, each once, in the table's order. Takes the page's source in lower case.
pub(super) fn vendors(source: &str) -> Vec<Vendor> {
    let Some(finder) = &TABLE.finder else { return Vec::new() };
    let mut met = vec![false; TABLE.vendors.len()];
    for found in finder.find_iter(source) {
        met[found.pattern().as_usize()] = true;
    }
    let mut vendors: Vec<Vendor> = Vec::new();
    for (vendor, met) in TABLE.vendors.iter().zip(met) {
        if met && !vendors.contains(vendor) {
            vendors.push(*vendor);
        }
    }
    vendors
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_has_a_role_a_lower_case_text_and_a_source() {
        let written: Vec<&str> = SOURCE.lines().filter(|line| !line.starts_with('#')).collect();
        assert_eq!(written.len(), TABLE.vendors.len());
        for line in written {
            let fields: Vec<&str> = line.split('\t').collect();
            assert_eq!(fields.len(), 4, "{line}");
            assert!(fields[3].starts_with("https://") && fields[2] == fields[2].to_lowercase(), "{line}");
        }
    }

    #[test]
    fn no_text_holds_another() {
        let texts: Vec<&str> = lines().map(|line| line.text).collect();
        assert!(texts.iter().all(|text| texts.iter().filter(|other| text.contains(**other)).count() == 1));
    }

    #[test]
    fn a_vendor_is_named_once() {
        let found = vendors("<script src=//cdn.tinypass.com/api.js></script><script>window.tp=window.tp||[]</script> evolok");
        assert_eq!(found.iter().map(|vendor| vendor.name).collect::<Vec<_>>(), ["Piano", "Evolok"]);
        assert_eq!(vendors("a piano of 1890"), []);
    }
}

//! The four labels a block can carry: the only list of them in the project.
//!
//! Takes nothing, gives [`Label`] and its names in files. Knows nothing of blocks, features or models.

use serde::ser::{SerializeMap as _, Serializer};
use serde::{Deserialize, Serialize};

/// What a block of text is for on its page.
///
/// The order of the variants is the order of every probability vector, table and confusion matrix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Label {
    /// What the reader came for: headline, paragraphs, lists, tables, code; a thread's posts; a product's description.
    Content,
    /// Text that describes or credits a picture, video, player, chart, table or embed.
    Caption,
    /// Menus, links to other pages, bylines, dates, buttons, notices: everything else.
    Navigation,
    /// Text that asks to subscribe, register, pay, donate or sign up, or says how far access is limited.
    SubscriptionPrompt,
}

impl Label {
    /// How many labels there are.
    pub const COUNT: usize = 4;

    /// Every label, in the order of probability vectors.
    pub const ALL: [Self; Self::COUNT] = [Self::Content, Self::Caption, Self::Navigation, Self::SubscriptionPrompt];

    /// The label's place in probability vectors and tables (0 to 3).
    pub const fn index(self) -> usize {
        match self {
            Self::Content => 0,
            Self::Caption => 1,
            Self::Navigation => 2,
            Self::SubscriptionPrompt => 3,
        }
    }

    /// The label's name in files and on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Content => "content",
            Self::Caption => "caption",
            Self::Navigation => "navigation",
            Self::SubscriptionPrompt => "subscription-prompt",
        }
    }

    /// The label with this name in files, or `None` if no label has it.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|label| label.as_str() == name)
    }
}

impl std::fmt::Display for Label {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

impl std::str::FromStr for Label {
    type Err = UnknownLabel;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::from_name(name).ok_or_else(|| UnknownLabel { name: name.to_owned() })
    }
}

/// A name that is none of the four labels' names.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown label {name:?}: expected content, caption, navigation or subscription-prompt")]
pub struct UnknownLabel {
    /// The name that was found.
    pub name: String,
}

/// One probability (0 to 1) for each label, in the order of [`Label::ALL`]; they sum to 1.
pub type Probabilities = [f32; Label::COUNT];

/// A probability to six decimals, so that equal labels make equal files on every machine.
pub(crate) fn rounded(probability: f32) -> f64 {
    (f64::from(probability) * 1e6).round() / 1e6
}

/// Writes probabilities as a map from the labels' names.
pub(crate) fn by_label<S: Serializer>(probabilities: &Probabilities, serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(Label::COUNT))?;
    for label in Label::ALL {
        map.serialize_entry(label.as_str(), &rounded(probabilities[label.index()]))?;
    }
    map.end()
}

/// The label of the highest probability.
pub(crate) fn likeliest(probabilities: &Probabilities) -> Label {
    let value = |label: Label| probabilities[label.index()];
    Label::ALL.into_iter().reduce(|best, label| if value(label) > value(best) { label } else { best }).unwrap_or(Label::Content)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_indices_go_both_ways() {
        for (index, label) in Label::ALL.into_iter().enumerate() {
            assert_eq!(label.index(), index);
            assert_eq!(label.as_str().parse(), Ok(label));
            assert_eq!(serde_json::to_string(&label).unwrap(), format!("\"{label}\""));
        }
        assert!("advert".parse::<Label>().is_err());
    }
}

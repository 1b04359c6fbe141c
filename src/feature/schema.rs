//! The schema: every feature by name, once.
//!
//! Takes the groups' definitions, gives [`FeatureSchema`] with the columns in order and a hash that a model file is checked against. Knows
//! nothing of how a feature is computed.

use std::borrow::Cow;

/// A feature's unit; with it goes its range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// 0 or 1.
    Flag,
    /// A part of a whole, 0 to 1.
    Share,
    /// `ln(1 + n)` of a count, from 0.
    LogCount,
    /// A plain count or number of levels, from 0, capped where the definition says so.
    Count,
    /// Log-odds in nats, about -12 to 12.
    LogOdds,
    /// A probability, 0 to 1.
    Probability,
}

impl Unit {
    /// The unit's name and range, as the model card prints it.
    pub const fn describe(self) -> &'static str {
        match self {
            Self::Flag => "flag, 0 or 1",
            Self::Share => "share, 0 to 1",
            Self::LogCount => "ln(1 + count), 0 and up",
            Self::Count => "count, 0 and up",
            Self::LogOdds => "log-odds in nats, -40 to 40",
            Self::Probability => "probability, 0 to 1",
        }
    }

    /// The least and the greatest value a feature of this unit can take.
    pub const fn range(self) -> (f32, f32) {
        match self {
            Self::Flag | Self::Share | Self::Probability => (0.0, 1.0),
            Self::LogCount => (0.0, 32.0),
            Self::Count => (0.0, 1e9),
            Self::LogOdds => (-40.0, 40.0),
        }
    }
}

/// One feature's definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeatureDef {
    /// The group it belongs to; `group.name` is unique.
    pub group: &'static str,
    /// Its name within the group.
    pub name: Cow<'static, str>,
    /// Its unit and range.
    pub unit: Unit,
    /// What it says of a block.
    pub doc: Cow<'static, str>,
}

impl FeatureDef {
    /// The name by which files know the feature: `group.name`.
    pub fn full_name(&self) -> String {
        format!("{}.{}", self.group, self.name)
    }
}

/// The features of a model's input, in the order of its columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeatureSchema {
    features: Vec<FeatureDef>,
}

impl FeatureSchema {
    pub(crate) fn new(features: Vec<FeatureDef>) -> Self {
        Self { features }
    }

    /// The definitions in column order.
    pub fn features(&self) -> &[FeatureDef] {
        &self.features
    }

    /// How many columns there are.
    pub fn len(&self) -> usize {
        self.features.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.features.is_empty()
    }

    /// A hash of names, units and order (FNV-1a, 64 bits): a model trained with one schema refuses another.
    pub fn hash(&self) -> u64 {
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        for feature in &self.features {
            for byte in feature.full_name().bytes().chain(feature.unit.describe().bytes()).chain([0]) {
                hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
            }
        }
        hash
    }
}

/// Declares a group's features: a constant with its column within the group for each, and `DEFS`.
macro_rules! columns {
    (@number $number:expr;) => {};
    (@number $number:expr; $column:ident $($rest:ident)*) => {
        const $column: usize = $number;
        $crate::feature::schema::columns!(@number $number + 1; $($rest)*);
    };
    ($group:literal; $($column:ident $name:literal $unit:ident $doc:literal;)*) => {
        $crate::feature::schema::columns!(@number 0; $($column)*);
        pub(super) const DEFS: &[(&str, $crate::feature::schema::Unit, &str)] =
            &[$(($name, $crate::feature::schema::Unit::$unit, $doc)),*];
        pub(super) const GROUP: &str = $group;
    };
}
pub(super) use columns;

/// A group's declared features as definitions.
pub(super) fn definitions(group: &'static str, defs: &'static [(&'static str, Unit, &'static str)]) -> impl Iterator<Item = FeatureDef> {
    defs.iter().map(move |(name, unit, doc)| FeatureDef { group, name: Cow::Borrowed(name), unit: *unit, doc: Cow::Borrowed(doc) })
}

//! [`Differences`]: all differences of a day, in a size that fits a report.

use crate::{Difference, DifferenceKind, OrderId};
use std::collections::{BTreeMap, BTreeSet};

/// All differences counted, and the first ones in detail. A statement of the wrong provider differs in every line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Differences {
    /// The number of differences by kind, without kinds that do not occur.
    pub counts: BTreeMap<DifferenceKind, u64>,
    /// The first differences, at most [`Differences::KEPT_MAX`].
    pub first: Vec<Difference>,
    /// The sum of all stated minus all booked units of the last decimal.
    pub(crate) units: i128,
    /// The orders with a difference in state.
    pub of_state: BTreeSet<OrderId>,
    /// The orders of movements that our ledger has and the provider does not.
    pub missing_at_provider: BTreeSet<OrderId>,
}

impl Differences {
    /// The number of differences stored in detail. They fit into an item of the table with room to spare.
    pub const KEPT_MAX: usize = 500;

    pub fn add(&mut self, difference: Difference) {
        *self.counts.entry(difference.kind).or_default() += 1;
        self.units += difference.stated_units - difference.booked_units;
        match difference.kind {
            DifferenceKind::State => self.of_state.extend(difference.order),
            DifferenceKind::MissingAtProvider => self.missing_at_provider.extend(difference.order),
            _ => {}
        }
        if self.first.len() < Self::KEPT_MAX {
            self.first.push(difference);
        }
    }
}

impl FromIterator<Difference> for Differences {
    fn from_iter<All: IntoIterator<Item = Difference>>(all: All) -> Self {
        let mut differences = Self::default();
        all.into_iter().for_each(|difference| differences.add(difference));
        differences
    }
}

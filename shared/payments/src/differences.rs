//! [`Differences`]: all that differs in a day, of which as much is kept as a report has.

use crate::{Difference, DifferenceKind, OrderId};
use std::collections::{BTreeMap, BTreeSet};

/// What differs: all of it counted, the first of it one by one. A statement of another provider differs in every line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Differences {
    /// How many there are of each kind; kinds without any are left out.
    pub counts: BTreeMap<DifferenceKind, u64>,
    /// The first of them, at most [`Differences::KEPT_MAX`].
    pub first: Vec<Difference>,
    /// What they come to: what is stated less what is booked, in units of the last decimal.
    pub(crate) units: i128,
    /// The orders that differ in state.
    pub of_state: BTreeSet<OrderId>,
    /// The orders of what our ledger has, and the provider does not.
    pub missing_at_provider: BTreeSet<OrderId>,
}

impl Differences {
    /// How many are kept one by one: as many as fit into an item of the table, with room to spare.
    pub const KEPT_MAX: usize = 500;

    /// Takes one in.
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

//! [`Difference`]: a disagreement between a provider's day and our books. [`Differences`]: all of a day, in a size that
//! fits a report.

use crate::OrderId;
use evens_ledger::Amount;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;
use strum::{AsRefStr, Display, EnumString, IntoStaticStr, VariantArray};

/// The kind of a difference. For each line only the first kind that applies is reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[derive(AsRefStr, Display, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "kebab-case")]
pub enum DifferenceKind {
    /// The books have no account for such a movement.
    Unplaced,
    /// The line names none of our orders, and our ledger does not have it.
    UnknownReference,
    /// The provider has the same movement twice, but our ledger has it once.
    Twice,
    /// The currency is not that of our ledger.
    Currency,
    /// The amount differs from that in our ledger.
    Amount,
    /// The provider has it, but according to our order it did not happen.
    State,
    /// The provider and our order have it, but our ledger does not.
    MissingInLedger,
    /// Our ledger has it, but the provider does not: money was credited that never arrived.
    MissingAtProvider,
    /// The provider's fees differ from those in our ledger.
    UnbookedFee,
    Unsettled,
}

/// A difference. The stored text consists of the kind, the order or `-`, both numbers and the subject, separated by
/// spaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    pub kind: DifferenceKind,
    /// The provider's id of the movement, or our key if the provider does not have it.
    pub subject: String,
    pub order: Option<OrderId>,
    /// The change of the provider's balance that the provider states, in units of the last decimal. Zero if it states
    /// none, or one in another currency.
    pub stated_units: i128,
    /// The same change in our ledger.
    pub booked_units: i128,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a stored difference")]
pub struct DifferenceError;

impl fmt::Display for Difference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, subject, order, stated_units, booked_units } = self;
        let order = order.map_or_else(|| "-".to_owned(), |order| order.to_string());
        write!(formatter, "{kind} {order} {stated_units} {booked_units} {subject}")
    }
}

impl FromStr for Difference {
    type Err = DifferenceError;

    fn from_str(text: &str) -> Result<Self, DifferenceError> {
        let parts: Vec<&str> = text.splitn(5, ' ').collect();
        let [kind, order, stated, booked, subject] = parts.as_slice() else { return Err(DifferenceError) };
        let order = match *order {
            "-" => None,
            order => Some(order.parse().map_err(|_| DifferenceError)?),
        };
        Ok(Self {
            kind: kind.parse().map_err(|_| DifferenceError)?,
            subject: (*subject).to_owned(),
            order,
            stated_units: stated.parse().map_err(|_| DifferenceError)?,
            booked_units: booked.parse().map_err(|_| DifferenceError)?,
        })
    }
}

/// Units of the last decimal, displayed as an amount with its sign, such as `-1.5`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignedAmount(pub i128);

impl fmt::Display for SignedAmount {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let one = 10_u128.pow(Amount::DECIMALS_MAX);
        let (units, sign) = (self.0.unsigned_abs(), if self.0 < 0 { "-" } else { "" });
        let (whole, fraction) = (units / one, units % one);
        let fraction = format!("{fraction:0width$}", width = Amount::DECIMALS_MAX as usize);
        match fraction.trim_end_matches('0') {
            "" => write!(formatter, "{sign}{whole}"),
            fraction => write!(formatter, "{sign}{whole}.{fraction}"),
        }
    }
}

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

//! [`Difference`]: one thing that a provider's day and our books do not agree about.

use crate::OrderId;
use evens_ledger::Amount;
use std::fmt;
use std::str::FromStr;
use strum::{AsRefStr, Display, EnumString, IntoStaticStr, VariantArray};

/// How a statement and our books differ. Of a line, the first that applies is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[derive(AsRefStr, Display, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "kebab-case")]
pub enum DifferenceKind {
    /// The books have no place for such a movement.
    Unplaced,
    /// The line names no order of ours, and our ledger does not have it.
    UnknownReference,
    /// The provider has the same movement twice, and our ledger once.
    Twice,
    /// Another currency than our ledger's.
    Currency,
    /// Another amount than in our ledger.
    Amount,
    /// The provider has it, and our order says that it did not happen.
    State,
    /// The provider and our order have it, and our ledger does not.
    MissingInLedger,
    /// Our ledger has it, and the provider does not: something was credited for nothing.
    MissingAtProvider,
    /// The provider charged another sum than our ledger has.
    UnbookedFee,
    /// The provider has not settled it.
    Unsettled,
}

/// Something that differs. As text, in which it is stored: kind, order or `-`, both numbers and the subject, with a
/// space between.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// How.
    pub kind: DifferenceKind,
    /// What it is about: what the provider calls it, or our key of what the provider does not have.
    pub subject: String,
    /// The order, where one is named.
    pub order: Option<OrderId>,
    /// What the provider states that it adds to what it holds for us, in units of the last decimal; zero where that is
    /// nothing, or of another currency.
    pub stated_units: i128,
    /// What our ledger has of it.
    pub booked_units: i128,
}

/// The text is no difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not what differs, as it is stored")]
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

/// Units of the last decimal as an amount with its sign, such as `-1.5`.
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

//! [`Statement`]: what moved on the caller's account with the provider on a day, as a file.

use super::names::named;
use super::values::Currency;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

named! {
    /// Why money moved.
    pub enum MovementKind {
        /// A payment succeeded: in.
        Payment = "payment",
        /// What the provider keeps of a payment: out.
        PaymentFee = "payment-fee",
        /// A refund was processed: out.
        Refund = "refund",
        /// A payment was disputed: out.
        Dispute = "dispute",
        /// A payout was processed: out.
        Payout = "payout",
        /// What the provider asks for a payout: out.
        PayoutFee = "payout-fee",
        /// A payout came back after it was processed: in.
        PayoutReversal = "payout-reversal",
        /// What was left when the day was over goes to the caller's bank: out. If less than nothing was left, it
        /// comes from there: in.
        Settlement = "settlement",
    }
}

/// Money that moved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Movement {
    /// When.
    pub at: Timestamp,
    /// Why.
    pub kind: MovementKind,
    /// The payment, refund or payout; of a settlement, its own id.
    pub id: String,
    /// What the caller calls it; empty for a settlement.
    pub reference: String,
    /// Minor units: more than 0 came in, less went out.
    pub amount: i64,
    /// Of which currency.
    pub currency: Currency,
}

/// What moved on one UTC day, in order. Once the day is over, what was left was settled, so all of it sums to
/// nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// What moved.
    pub movements: Vec<Movement>,
}

impl Statement {
    /// The names of the columns.
    pub const HEADER: [&str; 6] = ["at", "kind", "id", "reference", "amount", "currency"];

    /// The statement of that day, out of all movements, which are in the order of time.
    pub(super) fn of_day(day: Date, all: &[Movement], now: Timestamp) -> Self {
        let Some((start, end)) = bounds(day) else { return Self { movements: Vec::new() } };
        let from = all.partition_point(|movement| movement.at < start);
        let to = all.partition_point(|movement| movement.at < end);
        let mut movements = all[from..to].to_vec();
        if now >= end {
            let settled = settlements(day, &movements, end);
            movements.extend(settled);
        }
        Self { movements }
    }

    /// RFC 4180 with [`Statement::HEADER`]: time as RFC 3339 in UTC, the amount in minor units with a sign. Texts are
    /// quoted.
    ///
    /// # Errors
    /// None is known: it is written to memory.
    pub fn to_csv(&self) -> Result<Vec<u8>, csv::Error> {
        let mut writer =
            csv::WriterBuilder::new().quote_style(csv::QuoteStyle::NonNumeric).from_writer(Vec::new());
        writer.write_record(Self::HEADER)?;
        for Movement { at, kind, id, reference, amount, currency } in &self.movements {
            let (at, amount, currency) = (at.to_string(), amount.to_string(), currency.to_string());
            writer.write_record([&at, kind.name(), id, reference, &amount, &currency])?;
        }
        writer.into_inner().map_err(|error| error.into_error().into())
    }
}

/// The first moment of a day, and that of the next one. None for the last day of all time.
fn bounds(day: Date) -> Option<(Timestamp, Timestamp)> {
    let start = |day: Date| day.to_zoned(TimeZone::UTC).map(|zoned| zoned.timestamp());
    Some((start(day).ok()?, start(day.tomorrow().ok()?).ok()?))
}

/// What brings the sum of each currency to nothing, in the day's last second.
fn settlements(day: Date, movements: &[Movement], end: Timestamp) -> Vec<Movement> {
    let mut sums = BTreeMap::<Currency, i64>::new();
    for Movement { amount, currency, .. } in movements {
        let sum = sums.entry(*currency).or_default();
        *sum = sum.saturating_add(*amount);
    }
    let at = end.saturating_sub(jiff::SignedDuration::from_secs(1)).unwrap_or(end);
    let left = sums.into_iter().filter(|(_, sum)| *sum != 0);
    left.map(|(currency, sum)| Movement {
        at,
        kind: MovementKind::Settlement,
        id: format!("set_{day}_{currency}"),
        reference: String::new(),
        amount: -sum,
        currency,
    })
    .collect()
}

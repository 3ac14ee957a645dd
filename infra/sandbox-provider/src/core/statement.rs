//! [`Statement`]: the movements on the caller's account with the provider on one day, as a file.

use super::names::named;
use super::values::Currency;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

named! {
    /// The reason for a movement.
    pub enum MovementKind {
        /// A payment succeeded (in).
        Payment = "payment",
        /// The fee of a payment (out).
        PaymentFee = "payment-fee",
        /// A refund was processed (out).
        Refund = "refund",
        /// A payment was disputed (out).
        Dispute = "dispute",
        /// A payout was processed (out).
        Payout = "payout",
        /// The fee of a payout (out).
        PayoutFee = "payout-fee",
        /// A processed payout came back (in).
        PayoutReversal = "payout-reversal",
        /// The transfer of the day's balance to the caller's bank (out), or from it if the balance is negative (in).
        Settlement = "settlement",
    }
}

/// A movement of money.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Movement {
    pub at: Timestamp,
    pub kind: MovementKind,
    /// The id of the payment, refund or payout. A settlement has an id of its own.
    pub id: String,
    /// The caller's reference. Empty for a settlement.
    pub reference: String,
    /// Minor units: positive for incoming, negative for outgoing money.
    pub amount: i64,
    pub currency: Currency,
}

/// The movements of one UTC day, in order. A finished day includes its settlement, so its movements sum to zero.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    pub movements: Vec<Movement>,
}

impl Statement {
    pub const HEADER: [&str; 6] = ["at", "kind", "id", "reference", "amount", "currency"];

    /// The statement of this day from all movements, which are sorted by time.
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

    /// CSV by RFC 4180 with [`Statement::HEADER`]. Times are RFC 3339 in UTC, amounts are in minor units with a sign,
    /// and texts are quoted.
    ///
    /// # Errors
    /// No failure is known, because it writes to memory.
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

/// The start of a day and of the next one. Returns `None` for the last representable day.
fn bounds(day: Date) -> Option<(Timestamp, Timestamp)> {
    let start = |day: Date| day.to_zoned(TimeZone::UTC).map(|zoned| zoned.timestamp());
    Some((start(day).ok()?, start(day.tomorrow().ok()?).ok()?))
}

/// Movements in the day's last second that bring the sum of each currency to zero.
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

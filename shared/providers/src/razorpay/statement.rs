//! Razorpay's statement of a day in India's time zone: the settlements of that day, and the movements on the account
//! that payouts are paid from. Payments are settled some days after they arrived, so the files of the following days
//! are read as well.

use super::SourceAccount;
use super::records::{Collection, Notes};
use super::statement_lists::each_record;
use crate::caller::Caller;
use crate::statement_file::{EachLine, StatementSource};
use crate::values::{self, WrongField};
use crate::{LineFault, StatementFault};
use evens_ledger::Amount;
use evens_payments::{CallError, Money, ProviderId, StatementKind, StatementLine};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::io::Write;

/// Maximum number of records per answer, for settlements and for account movements.
const SETTLED_MAX: usize = 1000;
const MOVED_MAX: usize = 100;

/// Maximum size of such an answer. Payers can write notes of some kilobytes.
const ANSWER_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Maximum number of records per day. More would mean that paging does not end.
const RECORDS_MAX: usize = 1_000_000;

/// India's offset from UTC, which has no daylight saving time.
const INDIA_SECONDS: i64 = 19_800;
const DAY_SECONDS: i64 = 86_400;

/// Fetches the file of a day: the unchanged records in one JSON object. One page is held in memory at a time.
pub(super) async fn fetch(
    caller: &Caller,
    source: &SourceAccount,
    day: Date,
    into: &mut (dyn Write + Send),
) -> Result<(), CallError> {
    let unwritable = || CallError::Refused { code: "unwritable".to_owned() };
    let midnight = Offset::UTC.to_timestamp(day.at(0, 0, 0, 0)).map_err(|_| unwritable())?;
    let from = midnight.as_second() - INDIA_SECONDS;
    let to = from + DAY_SECONDS - 1;
    let (year, month, day_of_month, account) = (day.year(), day.month(), day.day(), source.expose());
    let settled = format!("/settlements/recon/combined?year={year}&month={month:02}&day={day_of_month:02}");
    let moved = format!("/transactions?account_number={account}&from={from}&to={to}");
    write(into, b"{\"settled\":[")?;
    all(caller, &settled, SETTLED_MAX, into).await?;
    write(into, b"],\"moved\":[")?;
    all(caller, &moved, MOVED_MAX, into).await?;
    write(into, b"]}")
}

/// All pages of a list, up to the first one that is not full.
async fn all(
    caller: &Caller,
    path: &str,
    page_max: usize,
    into: &mut (dyn Write + Send),
) -> Result<(), CallError> {
    let mut count = 0;
    while count < RECORDS_MAX {
        let page = format!("{path}&count={page_max}&skip={count}");
        let page: Collection<Box<RawValue>> = caller.get_within(&page, ANSWER_BYTES_MAX).await?;
        for record in &page.items {
            write(into, if count == 0 { b"" } else { b"," })?;
            write(into, record.get().as_bytes())?;
            count += 1;
        }
        if page.items.len() < page_max {
            return Ok(());
        }
    }
    Err(CallError::Unknown)
}

/// The owner of the file knows the cause of a write error.
fn write(into: &mut (dyn Write + Send), bytes: &[u8]) -> Result<(), CallError> {
    into.write_all(bytes).map_err(|_| CallError::Unknown)
}

/// Passes on the lines of a file. Line numbers count the records of both lists.
///
/// # Errors
/// In the order of [`StatementFault`], of the first faulty line.
pub(super) fn read(source: &mut dyn StatementSource, each: EachLine<'_>) -> Result<(), StatementFault> {
    let (mut line, mut settlements) = (0, Settlements::default());
    each_record(source, "settled", &mut |record| {
        line += 1;
        let settled: SettledRecord = parse(line, record)?;
        if let Some(read) = with_line_number(line, settled.line())? {
            settlements.add(line, &settled, &read)?;
            each(read);
        }
        Ok(())
    })?;
    each_record(source, "moved", &mut |record| {
        line += 1;
        with_line_number(line, parse::<MovedRecord>(line, record)?.line())?.into_iter().for_each(&mut *each);
        Ok(())
    })?;
    settlements.lines()?.into_iter().for_each(each);
    Ok(())
}

fn parse<Record: DeserializeOwned>(line: usize, record: &RawValue) -> Result<Record, StatementFault> {
    let fault = LineFault::Field("columns");
    serde_json::from_str(record.get()).map_err(|_| StatementFault::Line { line, fault })
}

/// Adds the line number to a fault. `None` if nothing moved.
fn with_line_number(
    line: usize,
    read: Result<Option<StatementLine>, WrongField>,
) -> Result<Option<StatementLine>, StatementFault> {
    read.map_err(|wrong| StatementFault::Line { line, fault: wrong.into() })
}

/// Kind and amount of a movement that the books have no account for, or `None` if nothing moved. It must not block the
/// comparison of the other lines.
fn other(debit: u64, credit: u64) -> Option<(StatementKind, u64)> {
    let kind = if credit > debit { StatementKind::OtherIn } else { StatementKind::OtherOut };
    (credit != debit).then_some((kind, credit.abs_diff(debit)))
}

/// A record of a settlement.
#[derive(Deserialize)]
struct SettledRecord {
    entity_id: String,
    #[serde(rename = "type")]
    kind: String,
    debit: u64,
    credit: u64,
    amount: u64,
    currency: String,
    fee: u64,
    created_at: i64,
    settled_at: Option<i64>,
    settlement_id: Option<String>,
    order_receipt: Option<String>,
    /// The payment of a refund or dispute. Their `order_receipt` may be missing.
    payment_id: Option<String>,
    dispute_id: Option<String>,
}

impl SettledRecord {
    fn line(&self) -> Result<Option<StatementLine>, WrongField> {
        let units = self.amount;
        let (kind, units, fee) = match (self.kind.as_str(), &self.dispute_id) {
            ("payment", _) => (StatementKind::Payment, units, self.fee_of_incoming()?),
            ("refund", _) => (StatementKind::Refund, units, self.fee_of_outgoing()?),
            ("adjustment", Some(_)) if self.debit > 0 => {
                (StatementKind::ChargeBack, units, self.fee_of_outgoing()?)
            }
            _ => {
                let Some((kind, units)) = other(self.debit, self.credit) else { return Ok(None) };
                (kind, units, 0)
            }
        };
        let dispute = self.dispute_id.as_ref().map(|id| id.parse().map_err(|_| WrongField("dispute_id")));
        let settlement = self.settlement_id.as_deref().map(values::provider_id);
        let at = second(self.created_at, "created_at")?;
        // The file of a day contains the movements settled on it, so their fees belong to that day.
        let charged_at = self.settled_at.map_or(Ok(at), |settled_at| second(settled_at, "settled_at"))?;
        Ok(Some(StatementLine {
            id: values::provider_id(&self.entity_id)?,
            kind,
            reference: values::reference(self.order_receipt.as_deref()),
            record: self.payment_id.as_deref().and_then(|id| values::provider_id(id).ok()),
            dispute: dispute.transpose()?.filter(|_| kind == StatementKind::ChargeBack),
            money: values::money(units, &self.currency)?,
            fee: amount(fee, &self.currency)?,
            charged_at,
            settlement: settlement.transpose()?,
            at,
        }))
    }

    fn fee_of_incoming(&self) -> Result<u64, WrongField> {
        let without_fee = self.amount.checked_sub(self.fee);
        fee(self.debit, self.credit, self.amount, without_fee, self.fee).ok_or(WrongField("credit"))
    }

    fn fee_of_outgoing(&self) -> Result<u64, WrongField> {
        let with_fee = self.amount.checked_add(self.fee);
        fee(self.credit, self.debit, self.amount, with_fee, self.fee).ok_or(WrongField("debit"))
    }
}

/// The fee deducted from the movement itself. A fee paid in advance or billed later is stated, but not deducted.
fn fee(nothing: u64, moved: u64, amount: u64, amount_and_fee: Option<u64>, fee: u64) -> Option<u64> {
    match nothing {
        0 if Some(moved) == amount_and_fee => Some(fee),
        0 if moved == amount => Some(0),
        _ => None,
    }
}

/// A movement on the account that payouts are paid from.
#[derive(Deserialize)]
struct MovedRecord {
    debit: u64,
    credit: u64,
    currency: String,
    source: Source,
    created_at: i64,
}

#[derive(Deserialize)]
struct Source {
    id: String,
    entity: String,
    amount: Option<u64>,
    fees: Option<u64>,
    notes: Option<Notes>,
    /// The payout that a reversal returns.
    payout_id: Option<String>,
}

impl MovedRecord {
    fn line(&self) -> Result<Option<StatementLine>, WrongField> {
        let Self { debit, credit, currency, source, created_at } = self;
        let Source { id, entity, amount: units, fees, notes, payout_id } = source;
        let units = units.ok_or(WrongField("amount"));
        // A reversal has an id of its own. Our books know the payout.
        let payout = payout_id.as_deref().filter(|_| entity == "reversal" && *debit == 0 && *credit > 0);
        let (kind, units, fees) = match (entity.as_str(), *credit) {
            ("reversal", _) if payout.is_some() => (StatementKind::PayoutReturn, *credit, 0),
            ("payout", 0) => (StatementKind::Payout, units?, fees.unwrap_or_default()),
            ("payout", _) => (StatementKind::PayoutReturn, units?, fees.unwrap_or_default()),
            // We funded the account by bank transfer. It has no order.
            ("bank_transfer", 1..) => (StatementKind::Funding, units?, fees.unwrap_or_default()),
            _ => {
                let Some((kind, units)) = other(*debit, *credit) else { return Ok(None) };
                (kind, units, 0)
            }
        };
        let charged = if kind.is_unplaced() {
            Some(0)
        } else if *credit == 0 {
            fee(*credit, *debit, units, units.checked_add(fees), fees)
        } else {
            fee(*debit, *credit, units, Some(units), 0)
        };
        let at = second(*created_at, "created_at")?;
        Ok(Some(StatementLine {
            id: values::provider_id(payout.unwrap_or(id))?,
            kind,
            // The sender writes the notes of a bank transfer, so they are ignored.
            reference: Notes::reference(notes.as_ref()).filter(|_| entity.as_str() == "payout"),
            record: payout.map(values::provider_id).transpose()?,
            dispute: None,
            money: values::money(units, currency)?,
            fee: amount(charged.ok_or(WrongField("amount"))?, currency)?,
            charged_at: at,
            settlement: None,
            at,
        }))
    }
}

/// Transfers to or from our bank. They have no record of their own: each is the sum of the movements of one settlement.
#[derive(Default)]
struct Settlements(BTreeMap<(ProviderId, &'static str), Settlement>);

struct Settlement {
    /// Sum of the movements less their fees, in minor units.
    units: i128,
    at: Timestamp,
    /// Number of its last line.
    line: usize,
}

impl Settlements {
    fn add(
        &mut self,
        line: usize,
        settled: &SettledRecord,
        read: &StatementLine,
    ) -> Result<(), StatementFault> {
        let Some(id) = read.settlement.clone() else { return Ok(()) };
        let wrong = |wrong: WrongField| StatementFault::Line { line, fault: wrong.into() };
        let at = settled.settled_at.ok_or(wrong(WrongField("settled_at")))?;
        let at = second(at, "settled_at").map_err(wrong)?;
        let place = self.0.entry((id, read.money.currency().code()));
        let settlement = place.or_insert(Settlement { units: 0, at, line });
        settlement.units += i128::from(settled.credit) - i128::from(settled.debit);
        settlement.line = line;
        Ok(())
    }

    /// # Errors
    /// The sum exceeds the possible range.
    fn lines(self) -> Result<Vec<StatementLine>, StatementFault> {
        let moved = self.0.into_iter().filter(|(_, settlement)| settlement.units != 0);
        let line = |((id, currency), Settlement { units, at, line }): (_, Settlement)| {
            let kind = if units > 0 { StatementKind::Settlement } else { StatementKind::Funding };
            let field = |wrong: WrongField| StatementFault::Line { line, fault: wrong.into() };
            let units = u64::try_from(units.unsigned_abs()).map_err(|_| field(WrongField("amount")))?;
            Ok(StatementLine {
                id,
                kind,
                reference: None,
                record: None,
                dispute: None,
                money: values::money(units, currency).map_err(field)?,
                fee: Amount::ZERO,
                charged_at: at,
                settlement: None,
                at,
            })
        };
        moved.map(line).collect()
    }
}

/// A fee, which may be zero.
fn amount(minor_units: u64, currency: &str) -> Result<Amount, WrongField> {
    match minor_units {
        0 => Ok(Amount::ZERO),
        units => values::money(units, currency).map(Money::amount).map_err(|_| WrongField("fee")),
    }
}

fn second(seconds: i64, field: &'static str) -> Result<Timestamp, WrongField> {
    Timestamp::from_second(seconds).map_err(|_| WrongField(field))
}

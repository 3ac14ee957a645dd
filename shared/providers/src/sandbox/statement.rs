//! The sandbox's statement: a CSV file with a line per movement; fees are lines of their own.

use crate::statement_file::{EachLine, RecordLimit, StatementSource, TOO_LONG, line_at};
use crate::values;
use crate::{LineFault, StatementFault};
use evens_ledger::Amount;
use evens_payments::{Currency, Money, ProviderId, StatementKind, StatementLine};
use jiff::Timestamp;
use std::cell::Cell;
use std::collections::HashMap;

const HEADER: &str = "at,kind,id,reference,amount,currency";

/// Passes on the lines of a statement. The file is read twice: the first pass collects data that belongs to earlier
/// lines.
///
/// # Errors
/// In the order of [`StatementFault`], of the first faulty line.
pub(super) fn read(source: &mut dyn StatementSource, each: EachLine<'_>) -> Result<(), StatementFault> {
    let mut statement = Statement { later: Later::of(source), pending: None, each };
    match each_row(source, |row| statement.add(row)) {
        Ok(()) => statement.hand_out(),
        Err(RowFault::OfFile(fault)) => return Err(fault),
        Err(RowFault::OfRow { begins_at, fault }) => {
            let line = line_at(source, begins_at).map_err(|_| StatementFault::Broken)?;
            return Err(StatementFault::Line { line, fault });
        }
    }
    Ok(())
}

/// The reason why reading stopped.
enum RowFault {
    /// The file as a whole is malformed.
    OfFile(StatementFault),
    /// A row is malformed. The row, or the line break before it, begins at that byte.
    OfRow { begins_at: u64, fault: LineFault },
}

fn each_row(
    source: &mut dyn StatementSource,
    mut each: impl FnMut(&csv::StringRecord) -> Result<(), LineFault>,
) -> Result<(), RowFault> {
    let read = Cell::new(0);
    let source = RecordLimit::new(source, &read).map_err(|_| RowFault::OfFile(StatementFault::Broken))?;
    let mut reader = csv::Reader::from_reader(source);
    let header = reader.headers().map_err(|error| fault_of(0, error))?;
    if header.is_empty() {
        return Err(RowFault::OfFile(StatementFault::Empty));
    }
    if !header.iter().eq(HEADER.split(',')) {
        return Err(RowFault::OfFile(StatementFault::Header { expected: HEADER }));
    }
    let mut row = csv::StringRecord::new();
    loop {
        read.set(0);
        let begins_at = reader.position().byte();
        match reader.read_record(&mut row) {
            Ok(true) => each(&row).map_err(|fault| RowFault::OfRow { begins_at, fault })?,
            Ok(false) => return Ok(()),
            Err(error) => return Err(fault_of(begins_at, error)),
        }
    }
}

fn fault_of(begins_at: u64, error: csv::Error) -> RowFault {
    let fault = match error.into_kind() {
        csv::ErrorKind::Io(error) if error.kind() == TOO_LONG => LineFault::TooLong,
        csv::ErrorKind::Utf8 { .. } => LineFault::NotText,
        csv::ErrorKind::UnequalLengths { len, expected_len, .. } => {
            LineFault::Fields { found: len, expected: expected_len }
        }
        _ => return RowFault::OfFile(StatementFault::Broken),
    };
    RowFault::OfRow { begins_at, fault }
}

/// The movement that a fee is charged for.
type Charged = (StatementKind, ProviderId);

/// Data that comes after the line it belongs to: the settlement per currency, and fees that do not follow at once.
/// There are few of them.
#[derive(Default)]
struct Later {
    settlements: HashMap<Currency, ProviderId>,
    fees: HashMap<Charged, LaterFee>,
}

#[derive(Default)]
struct LaterFee {
    fee: Amount,
    /// The currency of the line that the fee belongs to, once that line was read.
    charged: Option<Currency>,
}

impl Later {
    /// Collects as far as the file is readable. The second pass reports faults.
    fn of(source: &mut dyn StatementSource) -> Self {
        let (mut later, mut last) = (Self::default(), None);
        let _ = each_row(source, |row| {
            if let Some(charged) = charged_by(row) {
                if last.as_ref() != Some(&charged)
                    && let Some(money) = money_of(row)
                {
                    let later = later.fees.entry(charged).or_default();
                    later.fee = later.fee.saturating_add(money.amount());
                }
            } else {
                last = movement_of(row);
                if &row[1] == "settlement"
                    && let (Some(money), Ok(id)) = (money_of(row), values::provider_id(&row[2]))
                {
                    later.settlements.entry(money.currency()).or_insert(id);
                }
            }
            Ok(())
        });
        later
    }
}

/// The movement that a fee row charges for, or `None` for other rows.
fn charged_by(row: &csv::StringRecord) -> Option<Charged> {
    let kind = match &row[1] {
        "payment-fee" => StatementKind::Payment,
        "payout-fee" => StatementKind::Payout,
        _ => return None,
    };
    Some((kind, values::provider_id(&row[2]).ok()?))
}

/// The movement of a row that a fee may be charged for.
fn movement_of(row: &csv::StringRecord) -> Option<Charged> {
    let kind = match &row[1] {
        "payment" => StatementKind::Payment,
        "payout" => StatementKind::Payout,
        _ => return None,
    };
    Some((kind, values::provider_id(&row[2]).ok()?))
}

/// The amount of a row, without its sign.
fn money_of(row: &csv::StringRecord) -> Option<Money> {
    let units: i64 = row[4].parse().ok()?;
    values::money(units.unsigned_abs(), &row[5]).ok()
}

/// The state of the second pass.
struct Statement<'a> {
    later: Later,
    /// The last line. Its fee may be the next row.
    pending: Option<StatementLine>,
    each: EachLine<'a>,
}

impl Statement<'_> {
    fn add(&mut self, row: &csv::StringRecord) -> Result<(), LineFault> {
        let [at, kind, id, reference, amount, currency] = [0, 1, 2, 3, 4, 5].map(|column| &row[column]);
        let at: Timestamp = at.parse().map_err(|_| LineFault::NoTime("at"))?;
        let id = values::provider_id(id)?;
        let units: i64 = amount.parse().map_err(|_| LineFault::NoNumber("amount"))?;
        let money = values::money(units.unsigned_abs(), currency)?;
        let (kind, is_incoming) = match kind {
            "payment" => (StatementKind::Payment, true),
            "payment-fee" if units < 0 => return self.charge(&(StatementKind::Payment, id), money),
            "payout-fee" if units < 0 => return self.charge(&(StatementKind::Payout, id), money),
            "payment-fee" | "payout-fee" => return Err(LineFault::Sign("amount")),
            "refund" => (StatementKind::Refund, false),
            "dispute" => (StatementKind::ChargeBack, false),
            "payout" => (StatementKind::Payout, false),
            "payout-reversal" => (StatementKind::PayoutReturn, true),
            // The money comes from our bank if the day's payouts exceeded its payments.
            "settlement" if units > 0 => (StatementKind::Funding, true),
            "settlement" => (StatementKind::Settlement, false),
            _ => return Err(LineFault::OtherMovement),
        };
        if is_incoming != (units > 0) {
            return Err(LineFault::Sign("amount"));
        }
        let dispute = (kind == StatementKind::ChargeBack).then(|| id.as_str().parse().ok()).flatten();
        let reference = values::reference(Some(reference));
        // These lines have the id of the payment or payout that they are about.
        let is_about_another = matches!(kind, StatementKind::ChargeBack | StatementKind::PayoutReturn);
        let record = is_about_another.then(|| id.clone());
        // A day's settlement covers all movements in its currency.
        let is_settlement = matches!(kind, StatementKind::Settlement | StatementKind::Funding);
        let settlement = self.later.settlements.get(&money.currency()).filter(|_| !is_settlement).cloned();
        self.hand_out();
        self.pending = Some(StatementLine {
            id,
            kind,
            reference,
            record,
            dispute,
            money,
            fee: Amount::ZERO,
            charged_at: at,
            settlement,
            at,
        });
        Ok(())
    }

    /// A fee follows the movement it is charged for, usually in the next row.
    fn charge(&mut self, charged: &Charged, fee: Money) -> Result<(), LineFault> {
        if let Some(pending) =
            self.pending.as_mut().filter(|pending| pending.kind == charged.0 && pending.id == charged.1)
        {
            if pending.money.currency() != fee.currency() {
                return Err(LineFault::Field("currency"));
            }
            pending.fee = pending.fee.checked_add(fee.amount()).ok_or(LineFault::Field("amount"))?;
            return Ok(());
        }
        let currency = self.later.fees.get(charged).and_then(|later| later.charged);
        match currency.ok_or(LineFault::OtherMovement)? {
            currency if currency == fee.currency() => Ok(()),
            _ => Err(LineFault::Field("currency")),
        }
    }

    /// Passes on the held line, with fees that come later in the file.
    fn hand_out(&mut self) {
        let Some(mut line) = self.pending.take() else { return };
        // Few files have such fees.
        if !self.later.fees.is_empty()
            && let Some(later) = self.later.fees.get_mut(&(line.kind, line.id.clone()))
            && later.charged.is_none()
        {
            later.charged = Some(line.money.currency());
            line.fee = line.fee.saturating_add(later.fee);
        }
        (self.each)(line);
    }
}

//! The sandbox's statement: a CSV file with a line for each movement, and fees as lines of their own.

use crate::StatementFault;
use crate::values::{self, WrongField};
use evens_ledger::Amount;
use evens_payments::{Currency, Money, ProviderId, StatementKind, StatementLine};
use jiff::Timestamp;
use std::collections::HashMap;

const COLUMNS: [&str; 6] = ["at", "kind", "id", "reference", "amount", "currency"];

/// What a statement says.
///
/// # Errors
/// In the order of [`StatementFault`], of the first line that has one.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<StatementLine>, StatementFault> {
    let mut reader = csv::Reader::from_reader(bytes);
    if !reader.headers().is_ok_and(|header| header == COLUMNS.as_slice()) {
        return Err(StatementFault::Unreadable);
    }
    let mut statement = Statement::default();
    for (index, row) in reader.records().enumerate() {
        let line = index + 1;
        let row = row.map_err(|_| StatementFault::Field { line, field: "columns" })?;
        statement.add(line, &row)?;
    }
    Ok(statement.settled())
}

/// The lines of a statement as far as they are read.
#[derive(Default)]
struct Statement {
    lines: Vec<StatementLine>,
    /// Where the line is that a fee of that kind and id belongs to.
    charged: HashMap<(StatementKind, ProviderId), usize>,
}

impl Statement {
    fn add(&mut self, line: usize, row: &csv::StringRecord) -> Result<(), StatementFault> {
        let wrong = |field| StatementFault::Field { line, field };
        let [at, kind, id, reference, amount, currency] = [0, 1, 2, 3, 4, 5].map(|column| &row[column]);
        let at: Timestamp = at.parse().map_err(|_| wrong("at"))?;
        let id = values::provider_id(id).map_err(|WrongField(field)| wrong(field))?;
        let units: i64 = amount.parse().map_err(|_| wrong("amount"))?;
        let money =
            values::money(units.unsigned_abs(), currency).map_err(|WrongField(field)| wrong(field))?;
        let (kind, is_incoming) = match kind {
            "payment" => (StatementKind::Payment, true),
            "payment-fee" if units < 0 => return self.charge(line, StatementKind::Payment, id, money),
            "payout-fee" if units < 0 => return self.charge(line, StatementKind::Payout, id, money),
            "payment-fee" | "payout-fee" => return Err(wrong("amount")),
            "refund" => (StatementKind::Refund, false),
            "dispute" => (StatementKind::ChargeBack, false),
            "payout" => (StatementKind::Payout, false),
            "payout-reversal" => (StatementKind::PayoutReturn, true),
            // It comes from our bank where the day's payouts were more than its payments.
            "settlement" if units > 0 => (StatementKind::Funding, true),
            "settlement" => (StatementKind::Settlement, false),
            _ => return Err(StatementFault::OtherMovement { line }),
        };
        if is_incoming != (units > 0) {
            return Err(wrong("amount"));
        }
        let dispute = (kind == StatementKind::ChargeBack).then(|| id.as_str().parse().ok()).flatten();
        let reference = values::reference(Some(reference));
        self.charged.insert((kind, id.clone()), self.lines.len());
        let (fee, settlement) = (Amount::ZERO, None);
        self.lines.push(StatementLine {
            id,
            kind,
            reference,
            dispute,
            money,
            fee,
            charged_at: at,
            settlement,
            at,
        });
        Ok(())
    }

    /// A fee follows what it was charged for.
    fn charge(
        &mut self,
        line: usize,
        kind: StatementKind,
        id: ProviderId,
        fee: Money,
    ) -> Result<(), StatementFault> {
        let place = self.charged.get(&(kind, id)).ok_or(StatementFault::OtherMovement { line })?;
        let charged = &mut self.lines[*place];
        let wrong = |field| StatementFault::Field { line, field };
        if charged.money.currency() != fee.currency() {
            return Err(wrong("currency"));
        }
        charged.fee = charged.fee.checked_add(fee.amount()).ok_or(wrong("amount"))?;
        Ok(())
    }

    /// A day's settlement is of all that moved in its currency.
    fn settled(mut self) -> Vec<StatementLine> {
        let is_settlement =
            |line: &StatementLine| matches!(line.kind, StatementKind::Settlement | StatementKind::Funding);
        let settlements: Vec<(Currency, ProviderId)> = self
            .lines
            .iter()
            .filter(|line| is_settlement(line))
            .map(|line| (line.money.currency(), line.id.clone()))
            .collect();
        for line in self.lines.iter_mut().filter(|line| !is_settlement(line)) {
            let settlement = settlements.iter().find(|(currency, _)| *currency == line.money.currency());
            line.settlement = settlement.map(|(_, id)| id.clone());
        }
        self.lines
    }
}

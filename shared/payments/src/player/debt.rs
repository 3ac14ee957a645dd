//! Debts of players: written off by cashiers, or settled so that the hold of the account can end.

use crate::{ActRefusal, CashierAct, PaymentsRecord, keys};
use evens_ledger::{SystemAccount, Transfer};
use jiff::Timestamp;

/// The writes when a debt is written off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WriteOffPlan {
    pub record: PaymentsRecord,
    /// The transfer `WRITE-OFF:{user}:{number}`.
    pub transfer: Transfer,
}

/// Writes off the whole debt of a player. Returns `None` if there is none.
pub fn write_off_debt(
    record: &PaymentsRecord,
    number: u64,
    act: &CashierAct,
    now: Timestamp,
) -> Result<Option<WriteOffPlan>, ActRefusal> {
    act.check(record.user, &[], now)?;
    if record.owed.is_zero() {
        return Ok(None);
    }
    let key = keys::write_off(record.user, number);
    let (from, to) = (SystemAccount::BadDebt, SystemAccount::Receivable(record.user));
    let transfer = keys::transfer(key.clone(), from, to, record.owed, &key, now);
    let after = PaymentsRecord { owed: evens_ledger::Amount::ZERO, ..record.next() };
    Ok(Some(WriteOffPlan { record: after, transfer }))
}

/// Ends the hold of all withdrawals of a player. Returns `None` if there is none.
pub fn release_account(
    record: &PaymentsRecord,
    act: &CashierAct,
    now: Timestamp,
) -> Result<Option<PaymentsRecord>, ActRefusal> {
    act.check(record.user, &[], now)?;
    Ok(record.is_held.then(|| PaymentsRecord { is_held: false, ..record.next() }))
}

//! Debts of players: written off by cashiers, or settled so that the hold of the account can end.

use crate::{ActRefusal, Cashier, CashierAct, keys};
use evens_ledger::{SystemAccount, Transfer};
use jiff::Timestamp;

/// The writes when a debt is written off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WriteOffPlan {
    pub cashier: Cashier,
    /// The transfer `WRITE-OFF:{user}:{number}`.
    pub transfer: Transfer,
}

/// Writes off the whole debt of a player. Returns `None` if there is none.
pub fn write_off_debt(
    cashier: &Cashier,
    number: u64,
    act: &CashierAct,
    now: Timestamp,
) -> Result<Option<WriteOffPlan>, ActRefusal> {
    act.check(cashier.user, &[], now)?;
    if cashier.owed.is_zero() {
        return Ok(None);
    }
    let key = keys::write_off(cashier.user, number);
    let (from, to) = (SystemAccount::BadDebt, SystemAccount::Receivable(cashier.user));
    let transfer = keys::transfer(key.clone(), from, to, cashier.owed, &key, now);
    let after = Cashier { owed: evens_ledger::Amount::ZERO, ..cashier.next() };
    Ok(Some(WriteOffPlan { cashier: after, transfer }))
}

/// Ends the hold of all withdrawals of a player. Returns `None` if there is none.
pub fn release_account(
    cashier: &Cashier,
    act: &CashierAct,
    now: Timestamp,
) -> Result<Option<Cashier>, ActRefusal> {
    act.check(cashier.user, &[], now)?;
    Ok(cashier.is_held.then(|| Cashier { is_held: false, ..cashier.next() }))
}

//! What a player owes: given up by cashiers, or settled with them.

use crate::{ActRefusal, Cashier, CashierAct, keys};
use evens_ledger::{SystemAccount, Transfer};
use jiff::Timestamp;

/// What is written when a debt is given up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WriteOffPlan {
    /// The player's cashier record afterwards.
    pub cashier: Cashier,
    /// The transfer `WRITE-OFF:{user}:{number}`.
    pub transfer: Transfer,
}

/// Gives up all that a player owes. `None` where they owe nothing.
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

/// Ends that every withdrawal of the player waits for a cashier. `None` where that is not so.
pub fn release_account(
    cashier: &Cashier,
    act: &CashierAct,
    now: Timestamp,
) -> Result<Option<Cashier>, ActRefusal> {
    act.check(cashier.user, &[], now)?;
    Ok(cashier.is_held.then(|| Cashier { is_held: false, ..cashier.next() }))
}

//! What a player owes: recovered from what they have, or written off.

use crate::{ActRefusal, Cashier, CashierAct, Posted, keys};
use evens_ledger::{Posting, SystemAccount, Transfer, Wallet};
use jiff::Timestamp;

/// What is written when a debt is recovered, or a part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecoverPlan {
    /// The player's cashier record afterwards.
    pub cashier: Cashier,
    /// Their wallet afterwards, and the entry `RECOVER:{user}:{number}`.
    pub posted: Posted,
}

/// Takes what a player owes out of what they have. `None` where they owe nothing or have nothing.
pub fn recover_debt(cashier: &Cashier, wallet: &Wallet, number: u64, now: Timestamp) -> Option<RecoverPlan> {
    assert_eq!(cashier.user, wallet.user, "the cashier record and the wallet of one player");
    let amount = cashier.owed.min(wallet.balance);
    if amount.is_zero() {
        return None;
    }
    let key = keys::recover(cashier.user, number);
    let reference = key.to_string();
    let account = SystemAccount::Receivable(cashier.user);
    let posted = wallet.debit(Posting { key, amount, account, reference }, now).ok()?.into();
    let owed = cashier.owed.saturating_sub(amount);
    Some(RecoverPlan { cashier: Cashier { owed, ..cashier.next() }, posted })
}

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

//! A bank account that one player is paid to, and another one says is theirs: cashiers free it for that one.

use crate::{ActRefusal, Cashier, CashierAct};
use evens_ledger::UserId;
use jiff::Timestamp;

/// Why an account is not freed, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FreeAccountRefusal {
    /// The cashier may not: neither whoever has the account nor whoever wants it decides about it.
    #[error(transparent)]
    Act(#[from] ActRefusal),
    /// It is to be kept for whoever has it.
    #[error("whoever it is to be kept for is paid to it")]
    Theirs,
    /// A withdrawal of whoever has it is unfinished, and may be paid to it.
    #[error("a withdrawal of whoever is paid to it is unfinished")]
    Awaited,
}

/// The cashier record of whoever has an account, as the account is freed for the claimant. An account that its player
/// has removed is nobody's, so nothing is awaited there.
pub fn free_account(
    cashier: &Cashier,
    claimant: UserId,
    is_removed: bool,
    act: &CashierAct,
    now: Timestamp,
) -> Result<Cashier, FreeAccountRefusal> {
    if act.by == claimant {
        return Err(ActRefusal::OwnOrder.into());
    }
    act.check(cashier.user, &[], now)?;
    if !is_removed && claimant == cashier.user {
        return Err(FreeAccountRefusal::Theirs);
    }
    if !is_removed && cashier.open_withdrawals > 0 {
        return Err(FreeAccountRefusal::Awaited);
    }
    Ok(cashier.next())
}

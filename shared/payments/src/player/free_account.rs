//! A bank account that is registered for one player and claimed by another one: cashiers can release it to the
//! claimant.

use crate::{ActRefusal, CashierAct, PaymentsRecord};
use evens_ledger::UserId;
use jiff::Timestamp;

/// The reason why an account is not released, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FreeAccountRefusal {
    /// The cashier may not decide about it: they are the current owner or the claimant.
    #[error(transparent)]
    Act(#[from] ActRefusal),
    /// The claimant already owns the account.
    #[error("it already belongs to this player")]
    Theirs,
    /// A withdrawal of the current owner is unfinished and may be paid to the account.
    #[error("its current owner has an unfinished withdrawal")]
    Awaited,
}

/// The current owner's payments record after the release of an account to the claimant. If the owner has removed the
/// account, their withdrawals do not prevent the release.
pub fn free_account(
    record: &PaymentsRecord,
    claimant: UserId,
    is_removed: bool,
    act: &CashierAct,
    now: Timestamp,
) -> Result<PaymentsRecord, FreeAccountRefusal> {
    if act.by == claimant {
        return Err(ActRefusal::OwnOrder.into());
    }
    act.check(record.user, &[], now)?;
    if !is_removed && claimant == record.user {
        return Err(FreeAccountRefusal::Theirs);
    }
    if !is_removed && record.open_withdrawals > 0 {
        return Err(FreeAccountRefusal::Awaited);
    }
    Ok(record.next())
}

//! Adjusting a wallet by hand: what no rule can book, such as money that was paid outside of the system. It is the
//! house's money, and two cashiers must agree, however little it is.

use crate::{ActRefusal, Cashier, CashierAct, Posted, keys};
use evens_ledger::{Amount, BalanceTooLarge, Incoming, InsufficientBalance, Posting, SystemAccount, Wallet};
use jiff::Timestamp;
use strum::{AsRefStr, Display, EnumString, IntoStaticStr, VariantArray};

/// How many cashiers must agree to an adjustment.
pub const ADJUSTMENT_APPROVALS: usize = 2;

/// Which way a wallet is adjusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, AsRefStr, Display, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "kebab-case")]
pub enum AdjustmentKind {
    /// The player gets it.
    Credit,
    /// It is taken from the player.
    Debit,
}

/// What is written when a wallet is adjusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdjustPlan {
    /// The player's cashier record afterwards.
    pub cashier: Cashier,
    /// The wallet afterwards, with the entry `ADJUST:{user}:{number}`; none while others must agree.
    pub posted: Option<Posted>,
}

/// Why a wallet is not adjusted, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AdjustRefusal {
    /// The wallet holds less.
    #[error(transparent)]
    InsufficientBalance(#[from] InsufficientBalance),
    /// The wallet cannot hold so much.
    #[error(transparent)]
    BalanceTooLarge(#[from] BalanceTooLarge),
    /// The cashier may not decide about it.
    #[error(transparent)]
    Act(#[from] ActRefusal),
}

/// Notes that a cashier wants a wallet to be adjusted, and does it where enough want the same. The number of its key is
/// the revision that it makes of the cashier record.
pub fn adjust_wallet(
    cashier: &Cashier,
    wallet: &Wallet,
    kind: AdjustmentKind,
    amount: Amount,
    act: &CashierAct,
    now: Timestamp,
) -> Result<AdjustPlan, AdjustRefusal> {
    assert_eq!(cashier.user, wallet.user, "the records of one player");
    let after = cashier.next();
    let key = keys::adjustment(cashier.user, after.revision);
    let reference = key.to_string();
    let posting = Posting { key, amount, account: SystemAccount::House, reference };
    let posted = match kind {
        AdjustmentKind::Credit => wallet.credit(Incoming::Payout, posting, now)?,
        AdjustmentKind::Debit => wallet.debit(posting, now)?,
    };
    let wanted = format!("{kind} {amount}");
    let (cashier, is_done) = cashier.agreed(&wanted, ADJUSTMENT_APPROVALS, &after, act, now)?;
    Ok(AdjustPlan { cashier, posted: is_done.then(|| posted.into()) })
}

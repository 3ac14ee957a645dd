//! The bonus for a player's first deposit: owed since the deposit was credited, given once by a job of its own. It may
//! be zero: then all that follows the deposit has followed once this was done.

use crate::{Cashier, DueBonus, Posted, keys};
use evens_ledger::{BalanceTooLarge, Posting, SystemAccount, Wallet};
use jiff::Timestamp;

/// What is written when the bonus is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BonusPlan {
    /// The player's cashier record afterwards.
    pub cashier: Cashier,
    /// Their wallet afterwards, and the entry `BONUS:DEP:{user}`; none of a bonus of zero.
    pub posted: Option<Posted>,
}

/// Why the bonus is not given, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BonusRefusal {
    /// It was given before.
    #[error("the bonus was given before")]
    GivenBefore,
    /// The player has not earned it, or its deposit was given back.
    #[error("no bonus is due")]
    NotDue,
    /// The wallet cannot hold it.
    #[error(transparent)]
    BalanceTooLarge(#[from] BalanceTooLarge),
}

/// Gives a player the bonus that they have earned with their first deposit.
pub fn give_first_bonus(
    cashier: &Cashier,
    wallet: &Wallet,
    now: Timestamp,
) -> Result<BonusPlan, BonusRefusal> {
    assert_eq!(cashier.user, wallet.user, "the cashier record and the wallet of one player");
    if cashier.has_received_first_bonus {
        return Err(BonusRefusal::GivenBefore);
    }
    let (Some(DueBonus { amount, .. }), Some(order)) = (cashier.bonus_due, cashier.first_deposit) else {
        return Err(BonusRefusal::NotDue);
    };
    let posting = Posting {
        key: keys::first_deposit_bonus(cashier.user),
        amount,
        account: SystemAccount::BonusPool,
        reference: order.to_string(),
    };
    let posted = if amount.is_zero() { None } else { Some(wallet.credit_bonus(posting, now)?.into()) };
    let has_received_first_bonus = posted.is_some();
    let cashier = Cashier { has_received_first_bonus, bonus_due: None, ..cashier.next() };
    Ok(BonusPlan { cashier, posted })
}

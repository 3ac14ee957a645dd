//! The bonus for a player's first deposit: due once the deposit is credited, given once by a job of its own. If it is
//! zero, this step only records that all effects of the deposit are done.

use crate::{DueBonus, PaymentsRecord, PostedEntry, keys};
use evens_ledger::{BalanceTooLarge, Posting, SystemAccount, Wallet};
use jiff::Timestamp;

/// The writes when the bonus is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BonusPlan {
    pub record: PaymentsRecord,
    /// The wallet afterwards, with the entry `BONUS:DEP:{user}`. `None` if the bonus is zero.
    pub posted: Option<PostedEntry>,
}

/// The reason why the bonus is not given, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BonusRefusal {
    #[error("the bonus was already given")]
    GivenBefore,
    /// The player has not earned a bonus, or the deposit was sent back.
    #[error("no bonus is due")]
    NotDue,
    #[error(transparent)]
    BalanceTooLarge(#[from] BalanceTooLarge),
}

/// Gives a player the bonus for their first deposit.
pub fn give_first_bonus(
    record: &PaymentsRecord,
    wallet: &Wallet,
    now: Timestamp,
) -> Result<BonusPlan, BonusRefusal> {
    assert_eq!(record.user, wallet.user, "the payments record and the wallet of one player");
    if record.has_received_first_bonus {
        return Err(BonusRefusal::GivenBefore);
    }
    let (Some(DueBonus { amount, .. }), Some(order)) = (record.bonus_due, record.first_deposit) else {
        return Err(BonusRefusal::NotDue);
    };
    let posting = Posting {
        key: keys::first_deposit_bonus(record.user),
        amount,
        account: SystemAccount::BonusPool,
        reference: order.to_string(),
    };
    let posted = if amount.is_zero() { None } else { Some(wallet.credit_bonus(posting, now)?.into()) };
    let has_received_first_bonus = posted.is_some();
    let record = PaymentsRecord { has_received_first_bonus, bonus_due: None, ..record.next() };
    Ok(BonusPlan { record, posted })
}

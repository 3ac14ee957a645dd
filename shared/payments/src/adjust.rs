//! Adjusting a wallet by hand: what no rule can book, such as money that was paid outside of the system. It is the
//! house's money, and two cashiers must agree, however little it is.

use crate::{ActRefusal, Cashier, CashierAct, Posted, keys};
use evens_idempotency::Fingerprint;
use evens_ledger::{Amount, BalanceTooLarge, Incoming, InsufficientBalance, Posting, SystemAccount, Wallet};
use jiff::Timestamp;
use std::{fmt, str};
use strum::{AsRefStr, Display, EnumString, IntoStaticStr, VariantArray};

/// How many cashiers must agree to an adjustment.
pub const ADJUSTMENT_APPROVALS: usize = 2;

/// How many adjustments of a player are known by their ids: the newest ones.
pub const ADJUSTMENTS_KNOWN: usize = 20;

/// Which way a wallet is adjusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, AsRefStr, Display, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "kebab-case")]
pub enum AdjustmentKind {
    /// The player gets it.
    Credit,
    /// It is taken from the player.
    Debit,
}

/// The id that cashiers give an adjustment: under one, it is made once. 1 to 64 letters, digits, '.', '_' and '-'.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AdjustmentId(String);

/// The text is no id of an adjustment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not 1 to {} letters, digits, '.', '_' and '-'", AdjustmentId::LENGTH_MAX)]
pub struct AdjustmentIdError;

impl AdjustmentId {
    /// The longest id.
    pub const LENGTH_MAX: usize = 64;
}

impl str::FromStr for AdjustmentId {
    type Err = AdjustmentIdError;

    fn from_str(text: &str) -> Result<Self, AdjustmentIdError> {
        let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
        let is_id = (1..=Self::LENGTH_MAX).contains(&text.len()) && text.bytes().all(is_allowed);
        if is_id { Ok(Self(text.to_owned())) } else { Err(AdjustmentIdError) }
    }
}

impl fmt::Display for AdjustmentId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// An adjustment that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adjustment {
    /// Under this id it is made once.
    pub id: AdjustmentId,
    /// Which way.
    pub kind: AdjustmentKind,
    /// How much.
    pub amount: Amount,
}

/// An adjustment that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadeAdjustment {
    /// Its id.
    pub id: AdjustmentId,
    /// What was wanted, as a hash: which way, how much, and why.
    pub fingerprint: Fingerprint,
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
    /// The same was made under this id.
    #[error("it was made before")]
    MadeBefore,
    /// The id is that of an adjustment which was made, or waits, and differs in its kind, its amount or its reason.
    #[error("the id is that of an adjustment that differs")]
    IdReused,
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

/// Notes that a cashier wants a wallet to be adjusted, and does it where enough want the same, under the same id and
/// for the same reason. The number of its key is the revision that it makes of the cashier record.
pub fn adjust_wallet(
    cashier: &Cashier,
    wallet: &Wallet,
    adjustment: &Adjustment,
    act: &CashierAct,
    now: Timestamp,
) -> Result<AdjustPlan, AdjustRefusal> {
    assert_eq!(cashier.user, wallet.user, "the records of one player");
    let Adjustment { id, kind, amount } = adjustment;
    let name = format!("adjust {id}: ");
    let wanted = format!("{name}{kind} {amount}, {}", act.reason.as_str());
    let fingerprint = Fingerprint::of(&[&wanted]);
    if let Some(made) = cashier.adjustments.iter().find(|made| made.id == *id) {
        let is_same = made.fingerprint == fingerprint;
        return Err(if is_same { AdjustRefusal::MadeBefore } else { AdjustRefusal::IdReused });
    }
    let mut waiting = cashier.agreements.iter().filter(|agreement| agreement.still_waits(now));
    if waiting.any(|agreement| agreement.wanted.starts_with(&name) && agreement.wanted != wanted) {
        return Err(AdjustRefusal::IdReused);
    }
    let mut after = cashier.next();
    let key = keys::adjustment(cashier.user, after.revision);
    let reference = key.to_string();
    let posting = Posting { key, amount: *amount, account: SystemAccount::House, reference };
    let posted = match kind {
        AdjustmentKind::Credit => wallet.credit(Incoming::Payout, posting, now)?,
        AdjustmentKind::Debit => wallet.debit(posting, now)?,
    };
    if after.adjustments.len() >= ADJUSTMENTS_KNOWN {
        after.adjustments.remove(0);
    }
    after.adjustments.push(MadeAdjustment { id: id.clone(), fingerprint });
    let (cashier, is_done) = cashier.agreed((&name, &wanted), ADJUSTMENT_APPROVALS, &after, act, now)?;
    Ok(AdjustPlan { cashier, posted: is_done.then(|| posted.into()) })
}

//! Manual adjustments of a wallet, for money that no rule can book, such as payments outside of the system. The
//! counterpart is the house, and every adjustment needs two cashiers.

use crate::{ActRefusal, CashierAct, PaymentsRecord, PostedEntry, keys};
use evens_idempotency::Fingerprint;
use evens_ledger::{Amount, BalanceTooLarge, Incoming, InsufficientBalance, Posting, SystemAccount, Wallet};
use jiff::Timestamp;
use std::{fmt, str};
use strum::{AsRefStr, Display, EnumString, IntoStaticStr, VariantArray};

/// The number of cashiers who must agree to an adjustment.
pub const ADJUSTMENT_APPROVALS: usize = 2;

/// The number of newest adjustments of a player whose ids are stored.
pub const ADJUSTMENTS_KNOWN: usize = 20;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, AsRefStr, Display, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "kebab-case")]
pub enum AdjustmentKind {
    Credit,
    Debit,
}

/// The id that cashiers choose for an adjustment, which makes it idempotent. 1 to 64 letters, digits, '.', '_' and '-'.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AdjustmentId(String);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 1 to {} letters, digits, '.', '_' and '-'", AdjustmentId::LENGTH_MAX)]
pub struct AdjustmentIdError;

impl AdjustmentId {
    /// In characters.
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

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adjustment {
    pub id: AdjustmentId,
    pub kind: AdjustmentKind,
    pub amount: Amount,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdjustmentRequest {
    pub id: AdjustmentId,
    /// The hash of the request: kind, amount and reason.
    pub fingerprint: Fingerprint,
}

/// The writes of an adjustment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdjustPlan {
    pub record: PaymentsRecord,
    /// The wallet afterwards, with the entry `ADJUST:{user}:{number}`. `None` while another cashier must agree.
    pub posted: Option<PostedEntry>,
}

/// The reason why a wallet is not adjusted, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AdjustRefusal {
    /// The same adjustment was made under this id.
    #[error("the adjustment was already made")]
    MadeBefore,
    /// The id belongs to an adjustment, made or pending, with another kind, amount or reason.
    #[error("the id belongs to a different adjustment")]
    IdReused,
    #[error(transparent)]
    InsufficientBalance(#[from] InsufficientBalance),
    #[error(transparent)]
    BalanceTooLarge(#[from] BalanceTooLarge),
    #[error(transparent)]
    Act(#[from] ActRefusal),
}

/// Records a cashier's approval of an adjustment, and makes it once enough cashiers approve the same id and reason. The
/// number in its key is the revision of the payments record afterwards.
pub fn adjust_wallet(
    record: &PaymentsRecord,
    wallet: &Wallet,
    adjustment: &Adjustment,
    act: &CashierAct,
    now: Timestamp,
) -> Result<AdjustPlan, AdjustRefusal> {
    assert_eq!(record.user, wallet.user, "the records of one player");
    let Adjustment { id, kind, amount } = adjustment;
    let name = format!("adjust {id}: ");
    let wanted = format!("{name}{kind} {amount}, {}", act.reason.as_str());
    let fingerprint = Fingerprint::of(&[&wanted]);
    if let Some(made) = record.adjustments.iter().find(|made| made.id == *id) {
        let is_same = made.fingerprint == fingerprint;
        return Err(if is_same { AdjustRefusal::MadeBefore } else { AdjustRefusal::IdReused });
    }
    let mut waiting = record.agreements.iter().filter(|agreement| agreement.still_waits(now));
    if waiting.any(|agreement| agreement.wanted.starts_with(&name) && agreement.wanted != wanted) {
        return Err(AdjustRefusal::IdReused);
    }
    let mut after = record.next();
    let key = keys::adjustment(record.user, after.revision);
    let reference = key.to_string();
    let posting = Posting { key, amount: *amount, account: SystemAccount::House, reference };
    let posted = match kind {
        AdjustmentKind::Credit => wallet.credit(Incoming::Payout, posting, now)?,
        AdjustmentKind::Debit => wallet.debit(posting, now)?,
    };
    if after.adjustments.len() >= ADJUSTMENTS_KNOWN {
        after.adjustments.remove(0);
    }
    after.adjustments.push(AdjustmentRequest { id: id.clone(), fingerprint });
    let (record, is_done) = record.agreed((&name, &wanted), ADJUSTMENT_APPROVALS, &after, act, now)?;
    Ok(AdjustPlan { record, posted: is_done.then(|| posted.into()) })
}

//! What is known of who a player is, and from which sum on it must be known. Deposits wait for it; withdrawals do not,
//! as the money is the player's: a cashier looks at them.

use crate::{ActRefusal, Cashier, CashierAct};
use evens_ledger::Amount;
use evens_own_limits::Period;
use jiff::Timestamp;
use strum::{AsRefStr, Display, EnumString, IntoStaticStr, VariantArray};

/// What is known of who a player is, and that they are old enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
#[derive(AsRefStr, Display, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "kebab-case")]
pub enum IdentityStatus {
    /// Nobody has asked.
    #[default]
    NotAsked,
    /// Somebody has asked, and there is no answer yet.
    Pending,
    /// They are who they say, and old enough.
    Verified,
    /// They are not, or it could not be found out: they bring nothing more.
    Refused,
}

/// A player may not bring so much before it is known who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("who the player is must be known first, and is {status}")]
pub struct IdentityMissing {
    /// What is known.
    pub status: IdentityStatus,
}

impl Cashier {
    /// Whether one more deposit may be opened, where `above` says from which sum on it must be known who a player is:
    /// the sum of what they have brought, of what is open, and of this.
    pub(crate) fn check_identity_to_open(
        &self,
        amount: Amount,
        above: Option<Amount>,
    ) -> Result<(), IdentityMissing> {
        // Each period begins anew on another day, so the largest sum forgets least of what is open.
        let open = Period::VARIANTS.iter().map(|period| self.deposits.of(*period).reserved).max();
        self.check_identity(amount.saturating_add(open.unwrap_or_default()), above)
    }

    /// Whether money that has come may be theirs.
    pub(crate) fn check_identity(
        &self,
        amount: Amount,
        above: Option<Amount>,
    ) -> Result<(), IdentityMissing> {
        let sum = self.totals.actual_deposit_amount.saturating_add(amount);
        if self.misses_identity(sum, above) { Err(IdentityMissing { status: self.identity }) } else { Ok(()) }
    }

    /// Whether a cashier looks at a withdrawal that is among those of the record. All that are not finished count,
    /// whatever day they are of: no midnight makes anything of them small.
    pub(crate) fn misses_identity_to_take(&self, above: Option<Amount>) -> bool {
        self.misses_identity(self.totals.withdrawn.saturating_add(self.being_withdrawn), above)
    }

    fn misses_identity(&self, sum: Amount, above: Option<Amount>) -> bool {
        match self.identity {
            IdentityStatus::Verified => false,
            IdentityStatus::Refused => true,
            IdentityStatus::NotAsked | IdentityStatus::Pending => above.is_some_and(|above| sum > above),
        }
    }
}

/// Notes what a cashier has found out of who a player is. `None` where that was noted before.
pub fn note_identity(
    cashier: &Cashier,
    status: IdentityStatus,
    act: &CashierAct,
    now: Timestamp,
) -> Result<Option<Cashier>, ActRefusal> {
    act.check(cashier.user, &[], now)?;
    Ok((cashier.identity != status).then(|| Cashier { identity: status, ..cashier.next() }))
}

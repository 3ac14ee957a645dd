//! Identity checks of players, and the sums above which they are required. Deposits are refused without one.
//! Withdrawals are reviewed by a cashier instead, because the money belongs to the player.

use crate::{ActRefusal, CashierAct, PaymentsRecord};
use evens_ledger::Amount;
use evens_own_limits::Period;
use jiff::Timestamp;
use strum::{AsRefStr, Display, EnumString, IntoStaticStr, VariantArray};

/// The result of a player's identity check, which includes their age.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
#[derive(AsRefStr, Display, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "kebab-case")]
pub enum IdentityStatus {
    /// No check has been requested.
    #[default]
    NotAsked,
    /// A check was requested and has no result yet.
    Pending,
    /// The identity is confirmed, and the player is old enough.
    Verified,
    /// The check failed, so no further deposits are accepted.
    Refused,
}

/// The player must be identified before such a deposit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the player's identity must be verified first, and is {status}")]
pub struct IdentityMissing {
    pub status: IdentityStatus,
}

impl PaymentsRecord {
    /// Checks whether another deposit may be opened. `above` is the limit on the sum of credited deposits, open
    /// deposits and this one; beyond it the player must be identified.
    pub(crate) fn check_identity_to_open(
        &self,
        amount: Amount,
        above: Option<Amount>,
    ) -> Result<(), IdentityMissing> {
        // Periods start on different days. The largest of the reserved sums misses the fewest open deposits.
        let open = Period::VARIANTS.iter().map(|period| self.deposits.of(*period).reserved).max();
        self.check_identity(amount.saturating_add(open.unwrap_or_default()), above)
    }

    /// Checks whether money that has arrived may be credited.
    pub(crate) fn check_identity(
        &self,
        amount: Amount,
        above: Option<Amount>,
    ) -> Result<(), IdentityMissing> {
        let sum = self.totals.actual_deposit_amount.saturating_add(amount);
        if self.misses_identity(sum, above) { Err(IdentityMissing { status: self.identity }) } else { Ok(()) }
    }

    /// Returns `true` if a cashier must review a withdrawal that this record already includes. All unfinished
    /// withdrawals count, of any day, so that waiting until the next day does not help.
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

/// Records a cashier's result of an identity check. Returns `None` if it is unchanged.
pub fn note_identity(
    record: &PaymentsRecord,
    status: IdentityStatus,
    act: &CashierAct,
    now: Timestamp,
) -> Result<Option<PaymentsRecord>, ActRefusal> {
    act.check(record.user, &[], now)?;
    Ok((record.identity != status).then(|| PaymentsRecord { identity: status, ..record.next() }))
}

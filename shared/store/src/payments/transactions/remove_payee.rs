//! Removing a payee: its player is no longer paid to it, and any player may add its account.

use super::add_payee::put_payee;
use super::order_items::put_payments_record;
use crate::payments::entities::payee;
use crate::table::item::number;
use crate::table::retry::{Attempt, attempt};
use crate::table::write::{WriteOutcome, put_in_place};
use crate::{Store, StoreError};
use evens_ledger::UserId;
use evens_payments::{Payee, PayeeId, PaymentsRecord};
use jiff::Timestamp;

/// The outcomes of removing a payee, in the order of the checks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RemovePayeeOutcome {
    /// The player has no such payee.
    Unknown,
    /// The payee was removed before, and is unchanged.
    RemovedBefore(Payee),
    /// The player has unfinished withdrawals, which may be paid to it.
    Awaited,
    /// No withdrawal to it is accepted from now on.
    Removed(Payee),
}

impl Store {
    /// Marks a payee as removed and its account as free: all three items, or none. Refused while the player has
    /// unfinished withdrawals, so that no account is free to which a player is still being paid.
    ///
    /// 1. payee: exists and is not removed, as read, else read again, and it was removed before
    /// 2. payments record: revision is the one read, else read again until the deadline. So a concurrent withdrawal to
    ///    the payee is either requested before this, or finds it removed
    /// 3. owner of the account: the player, and not free, which follows from condition 1; else read again
    ///
    /// # Role
    /// - `GetItem` on `CASHIER#`, `PAYEE#`, `PAYEE-OF#`
    /// - `PutItem` on `CASHIER#`, `PAYEE#`, `PAYEE-OF#`
    pub async fn remove_payee(
        &self,
        user: UserId,
        id: &PayeeId,
        now: Timestamp,
    ) -> Result<RemovePayeeOutcome, StoreError> {
        attempt!(self, WriteOrder, {
            let record = self.load_payments_record(user).await?;
            let Some(known) = self.load_payee(user, id).await? else {
                return Ok(Attempt::Done(RemovePayeeOutcome::Unknown));
            };
            let Some(removed) = known.removed(now) else {
                return Ok(Attempt::Done(RemovePayeeOutcome::RemovedBefore(known)));
            };
            if record.open_withdrawals > 0 {
                return Ok(Attempt::Done(RemovePayeeOutcome::Awaited));
            }
            let owner = self.find_owner(known.fingerprint).await?;
            let after = PaymentsRecord { revision: record.revision + 1, ..record };
            let items = vec![
                put_payee(&removed, Some(&known)),
                put_payments_record(&after, self.layout),
                put_in_place(
                    payee::encode_owner(&removed, owner),
                    "#user = :user AND attribute_not_exists(freed_at)",
                    vec![(":user", number(user))],
                ),
            ];
            match self.transact(items).await? {
                WriteOutcome::Committed => Ok(Attempt::Done(RemovePayeeOutcome::Removed(removed))),
                WriteOutcome::Refused { .. } => Ok(Attempt::Again(StoreError::Contended)),
            }
        })
    }
}

//! Removing a payee: its player is not paid to it any more, and anybody may add its account.

use super::add_payee::put_payee;
use super::order_items::put_cashier;
use crate::payments::entities::payee;
use crate::table::item::number;
use crate::table::retry::{Attempt, attempt};
use crate::table::write::{Written, put_in_place};
use crate::{Store, StoreError};
use evens_ledger::UserId;
use evens_payments::{Cashier, Payee, PayeeId};
use jiff::Timestamp;

/// What became of a payee that is to be removed, in the order of the checks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RemovePayeeOutcome {
    /// The player has no such payee.
    Unknown,
    /// It was removed before, and is as it was.
    RemovedBefore(Payee),
    /// Withdrawals of the player are not finished, and may be paid to it.
    Awaited,
    /// No withdrawal to it is taken from now on.
    Removed(Payee),
}

impl Store {
    /// Marks a payee as removed, and its account as free: all three items, or none. Not while withdrawals of its player
    /// are unfinished, so that no account is free that somebody is still paid to.
    ///
    /// 1. payee: there and not removed, as it was read, else read again, and it was removed before
    /// 2. cashier record: revision is the one read, else read again until the deadline; so a withdrawal that has found
    ///    the payee meanwhile is requested before this, or finds it removed
    /// 3. owner of the account: the player, and not free, which follows from the first; else read again
    ///
    /// # Role
    /// - `GetItem` on `CASHIER#`, `PAYEE#`
    /// - `PutItem` on `CASHIER#`, `PAYEE#`, `PAYEE-OF#`
    pub async fn remove_payee(
        &self,
        user: UserId,
        id: &PayeeId,
        now: Timestamp,
    ) -> Result<RemovePayeeOutcome, StoreError> {
        attempt!(self, WriteOrder, {
            let cashier = self.load_cashier(user).await?;
            let Some(known) = self.load_payee(user, id).await? else {
                return Ok(Attempt::Done(RemovePayeeOutcome::Unknown));
            };
            let Some(removed) = known.removed(now) else {
                return Ok(Attempt::Done(RemovePayeeOutcome::RemovedBefore(known)));
            };
            if cashier.open_withdrawals > 0 {
                return Ok(Attempt::Done(RemovePayeeOutcome::Awaited));
            }
            let after = Cashier { revision: cashier.revision + 1, ..cashier };
            let items = vec![
                put_payee(&self.table, &removed, Some(&known))?,
                put_cashier(&self.table, &after)?,
                put_in_place(
                    &self.table,
                    payee::encode_owner(&removed),
                    "#user = :user AND attribute_not_exists(freed_at)",
                    vec![(":user", number(user))],
                )?,
            ];
            match self.transact(items).await? {
                Written::Committed => Ok(Attempt::Done(RemovePayeeOutcome::Removed(removed))),
                Written::Refused { .. } => Ok(Attempt::Again(StoreError::Contended)),
            }
        })
    }
}

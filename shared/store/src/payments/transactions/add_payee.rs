//! Adding a payee: a bank account belongs to one player.

use crate::payments::entities::payee::{self, Owner};
use crate::payments::transactions::order_items::put_payments_record;
use crate::table::retry::{Attempt, attempt};
use crate::table::write::{Write, WriteOutcome, put_in_place, put_new};
use crate::{Store, StoreError};
use evens_ledger::{Digest, UserId};
use evens_payments::{Payee, PayeeId, PaymentsRecord};
use evens_table::Query;

/// The outcomes of adding a payee, in the order of the checks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AddPayeeOutcome {
    /// Added, or added again after its removal.
    Added(Payee),
    /// The player already has this payee, which is unchanged.
    AddedBefore(Payee),
    /// The bank account belongs to another player, or is kept for one.
    OfAnother,
    /// The player has the maximum number of payees, or has reached the maximum ever.
    TooMany,
}

impl Store {
    /// Maximum number of payees of a player.
    pub const PAYEES_MAX: usize = 10;

    /// Maximum number of payees that a player ever has, including removed ones. Removed payees are kept, and all are
    /// read when one is added.
    pub const PAYEES_EVER_MAX: usize = 100;

    /// Adds a payee, or returns the existing one: all items, or none. A payee that the player removed is added like a
    /// new one.
    ///
    /// 1. payee: absent, or removed at the time read, else [`AddPayeeOutcome::AddedBefore`]
    /// 2. payments record: revision is the one read, else read again until the deadline. So two requests cannot both
    ///    take the last free place
    /// 3. owner of the account, if it has none or is free: absent, or free since the time read and for the player read,
    ///    else [`AddPayeeOutcome::AddedBefore`] or [`AddPayeeOutcome::OfAnother`]
    ///
    /// # Role
    /// - `GetItem` on `CASHIER#`, `PAYEE-OF#`
    /// - `PutItem` on `CASHIER#`, `PAYEE#`, `PAYEE-OF#`
    /// - `Query` on `PAYEE#`
    pub async fn add_payee(&self, payee: &Payee) -> Result<AddPayeeOutcome, StoreError> {
        attempt!(self, WriteOrder, {
            let owner = self.find_owner(payee.fingerprint).await?;
            if owner.is_some_and(|owner| owner.is_closed_to(payee.user)) {
                return Ok(Attempt::Done(AddPayeeOutcome::OfAnother));
            }
            let record = self.load_payments_record(payee.user).await?;
            let ever = self.list_payees_ever(payee.user).await?;
            let known = ever.iter().find(|known| known.id == payee.id);
            if let Some(known) = known.filter(|known| known.removed_at.is_none()) {
                return Ok(Attempt::Done(AddPayeeOutcome::AddedBefore(known.clone())));
            }
            let kept = ever.iter().filter(|known| known.removed_at.is_none()).count();
            if kept >= Self::PAYEES_MAX || (known.is_none() && ever.len() >= Self::PAYEES_EVER_MAX) {
                return Ok(Attempt::Done(AddPayeeOutcome::TooMany));
            }
            let mut items = vec![put_payee(payee, known)];
            let after = PaymentsRecord { revision: record.revision + 1, ..record };
            items.push(put_payments_record(&after, self.layout));
            items.extend(put_owner(payee, owner));
            match self.transact(items).await? {
                WriteOutcome::Committed => Ok(Attempt::Done(AddPayeeOutcome::Added(payee.clone()))),
                WriteOutcome::Refused { .. } => Ok(Attempt::Again(StoreError::Contended)),
            }
        })
    }

    /// Returns `true` if the account with that fingerprint belongs to another player, or is kept for one.
    ///
    /// # Role
    /// - `GetItem` on `PAYEE-OF#`
    pub async fn is_of_another(&self, fingerprint: Digest, user: UserId) -> Result<bool, StoreError> {
        Ok(self.find_owner(fingerprint).await?.is_some_and(|owner| owner.is_closed_to(user)))
    }

    pub(crate) async fn find_owner(&self, fingerprint: Digest) -> Result<Option<Owner>, StoreError> {
        self.get(&payee::owner_key(fingerprint)).await?.as_ref().map(payee::owner_of).transpose()
    }

    /// A payee of a player, removed or not.
    ///
    /// # Role
    /// - `GetItem` on `PAYEE#`
    pub async fn load_payee(&self, user: UserId, id: &PayeeId) -> Result<Option<Payee>, StoreError> {
        self.get(&payee::key(user, id)).await?.as_ref().map(payee::decode).transpose()
    }

    /// The payees of a player except removed ones, sorted by id.
    ///
    /// # Role
    /// - `Query` on `PAYEE#`
    pub async fn list_payees(&self, user: UserId) -> Result<Vec<Payee>, StoreError> {
        let mut payees = self.list_payees_ever(user).await?;
        payees.retain(|payee| payee.removed_at.is_none());
        Ok(payees)
    }

    async fn list_payees_ever(&self, user: UserId) -> Result<Vec<Payee>, StoreError> {
        let query = Query::new("pk = :pk AND begins_with(sk, :prefix)")
            .consistent(true)
            .value(":pk", crate::table::item::text(payee::partition(user)))
            .value(":prefix", crate::table::item::text(payee::SORT_PREFIX));
        let items = self.query_up_to(&query, None, Self::PAYEES_EVER_MAX).await?;
        items.iter().map(payee::decode).collect()
    }
}

/// Makes the player the owner of the account. Returns `None` if they already are.
fn put_owner(payee: &Payee, read: Option<Owner>) -> Option<Write> {
    let item = payee::encode_owner(payee, read);
    let Some(Owner { freed_at, kept_for, .. }) = read else { return Some(put_new(item)) };
    let freed_at = freed_at?;
    let mut values = vec![(":read", crate::table::item::text(freed_at))];
    let condition = match kept_for {
        None => "freed_at = :read AND attribute_not_exists(kept_for)",
        Some(kept_for) => {
            values.push((":kept", crate::table::item::number(kept_for)));
            "freed_at = :read AND kept_for = :kept"
        }
    };
    Some(put_in_place(item, condition, values))
}

/// Puts a payee in place of the one that was read, if any.
pub(super) fn put_payee(payee: &Payee, read: Option<&Payee>) -> Write {
    let item = payee::encode(payee);
    match read.map(|read| read.removed_at) {
        None => put_new(item),
        Some(None) => {
            put_in_place(item, "attribute_exists(pk) AND attribute_not_exists(removed_at)", Vec::new())
        }
        Some(Some(removed_at)) => {
            let values = vec![(":read", crate::table::item::text(removed_at))];
            put_in_place(item, "removed_at = :read", values)
        }
    }
}

//! Adding a payee: one account is one player's.

use crate::payments::entities::payee;
use crate::payments::transactions::order_items::put_cashier;
use crate::table::retry::{Attempt, attempt};
use crate::table::write::{Written, put_new};
use crate::{Store, StoreError};
use evens_ledger::UserId;
use evens_payments::{Cashier, Payee, PayeeId};

/// What became of a payee that is to be added, in the order of the checks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AddPayeeOutcome {
    /// It is one of the player's now.
    Added(Payee),
    /// It was one of theirs before, and is as it was.
    AddedBefore(Payee),
    /// The account is another player's.
    OfAnother,
    /// The player has as many as they may.
    TooMany,
}

impl Store {
    /// How many payees a player has at most.
    pub const PAYEES_MAX: usize = 10;

    /// Adds a payee, or finds the one that was added before: all of its items, or none.
    ///
    /// 1. owner of the account: absent, else [`AddPayeeOutcome::AddedBefore`] or [`AddPayeeOutcome::OfAnother`]
    /// 2. payee: absent, as the owner was
    /// 3. cashier record: revision is the one read, else read again until the deadline; so of two that find room for
    ///    the last payee one looks again
    pub async fn add_payee(&self, payee: &Payee) -> Result<AddPayeeOutcome, StoreError> {
        attempt!(self, WriteOrder, {
            if let Some(item) = self.get(&payee::owner_key(payee.fingerprint)).await? {
                let (_, owner) = payee::decode_owner(&item)?;
                return Ok(Attempt::Done(match self.load_payee(payee.user, &payee.id).await? {
                    Some(known) if owner == payee.user => AddPayeeOutcome::AddedBefore(known),
                    _ => AddPayeeOutcome::OfAnother,
                }));
            }
            let cashier = self.load_cashier(payee.user).await?;
            if self.list_payees(payee.user).await?.len() >= Self::PAYEES_MAX {
                return Ok(Attempt::Done(AddPayeeOutcome::TooMany));
            }
            let owner = put_new(&self.table, payee::encode_owner(payee))?;
            let after = Cashier { revision: cashier.revision + 1, ..cashier };
            let items =
                vec![owner, put_new(&self.table, payee::encode(payee))?, put_cashier(&self.table, &after)?];
            match self.transact(items).await? {
                Written::Committed => Ok(Attempt::Done(AddPayeeOutcome::Added(payee.clone()))),
                Written::Refused { .. } => Ok(Attempt::Again(StoreError::Contended)),
            }
        })
    }

    /// One of a player's payees.
    pub async fn load_payee(&self, user: UserId, id: &PayeeId) -> Result<Option<Payee>, StoreError> {
        self.get(&payee::key(user, id)).await?.as_ref().map(payee::decode).transpose()
    }

    /// All of a player's payees, in the order of their ids.
    pub async fn list_payees(&self, user: UserId) -> Result<Vec<Payee>, StoreError> {
        let query = self.client.query().table_name(&self.table).consistent_read(true);
        let query = query
            .key_condition_expression("pk = :pk AND begins_with(sk, :prefix)")
            .expression_attribute_values(":pk", crate::table::item::text(payee::partition(user)))
            .expression_attribute_values(":prefix", crate::table::item::text(payee::SORT_PREFIX));
        let items = self.query_up_to(&query, None, Self::PAYEES_MAX).await?;
        items.iter().map(payee::decode).collect()
    }
}

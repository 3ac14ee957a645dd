//! What cashiers do about a player's payments as a whole: a debt that is given up, an account that is held no more.

use super::order_items::put_cashier;
use crate::table::retry::{Attempt, attempt};
use crate::table::write::{Written, put_new};
use crate::wallet::entities::transfer;
use crate::{Store, StoreError};
use evens_audit_log::Act;
use evens_ledger::{Transfer, UserId};
use evens_payments::Cashier;
use jiff::Timestamp;

/// What a cashier's act changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CashierChange {
    /// The player's cashier record afterwards.
    pub cashier: Cashier,
    /// The movement between two accounts of the system, where there is one.
    pub transfer: Option<Transfer>,
    /// What the audit log tells of it.
    pub act: Act,
}

/// A player's cashier record after an act, and whether that changed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActedOnCashier {
    /// The record as it is now.
    pub cashier: Cashier,
    /// Whether something was written.
    pub is_changed: bool,
}

impl Store {
    /// Changes a player's cashier record by an act of a cashier, as the rule decides on what is there now, with a line
    /// about the act in the audit log: all of it, or nothing. Where the rule changes nothing, nothing is written.
    ///
    /// 1. cashier record: revision is the one read, or absent, else read again until the deadline
    /// 2. head of the log: is the one read, else the same
    /// 3. line of the log: absent, else the same
    /// 4. transfer, where there is one: absent as the record is the one read, else [`StoreError::Corrupt`]: its key
    ///    names that revision
    pub async fn act_on_cashier<Refusal>(
        &self,
        user: UserId,
        now: Timestamp,
        rule: impl Fn(&Cashier) -> Result<Option<CashierChange>, Refusal>,
    ) -> Result<Result<ActedOnCashier, Refusal>, StoreError> {
        attempt!(self, WriteOrder, {
            let before = self.load_cashier(user).await?;
            let CashierChange { cashier, transfer, act } = match rule(&before) {
                Ok(Some(change)) => change,
                Ok(None) => {
                    return Ok(Attempt::Done(Ok(ActedOnCashier { cashier: before, is_changed: false })));
                }
                Err(refusal) => return Ok(Attempt::Done(Err(refusal))),
            };
            let mut items = vec![put_cashier(&self.table, &cashier)?];
            items.extend(self.log_items(act, now).await?);
            let contended = items.len();
            if let Some(moved) = &transfer {
                items.push(put_new(&self.table, transfer::encode(moved))?);
            }
            match self.transact(items).await? {
                Written::Committed => Ok(Attempt::Done(Ok(ActedOnCashier { cashier, is_changed: true }))),
                Written::Refused { position, .. } if position < contended => {
                    Ok(Attempt::Again(StoreError::Contended))
                }
                Written::Refused { .. } => Err(StoreError::corrupt(user, "the transfer is there before it")),
            }
        })
    }
}

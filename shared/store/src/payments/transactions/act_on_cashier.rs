//! What cashiers do about a player's payments as a whole: a debt that is given up, an account that is held no more, a
//! wallet that is adjusted.

use super::order_items::{Held, put_cashier};
use crate::table::retry::{Attempt, attempt};
use crate::table::write::{Written, put_new};
use crate::wallet::entities::transfer;
use crate::wallet::transactions::wallet_items::{Standing, post};
use crate::{Store, StoreError};
use evens_audit_log::Act;
use evens_ledger::{Transfer, UserId, Wallet};
use evens_payments::{Cashier, Posted};
use jiff::Timestamp;
use std::slice::from_ref;

/// What a cashier's act changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CashierChange {
    /// The player's cashier record afterwards.
    pub cashier: Cashier,
    /// The movement between two accounts of the system, where there is one.
    pub transfer: Option<Transfer>,
    /// The player's wallet afterwards, where it changes, and why.
    pub posted: Option<Posted>,
    /// What the audit log tells of it.
    pub act: Act,
}

/// A player's cashier record after an act, and whether that changed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActedOnCashier {
    /// The record as it is now.
    pub cashier: Cashier,
    /// The wallet as it is now.
    pub wallet: Wallet,
    /// Whether something was written.
    pub is_changed: bool,
}

impl ActedOnCashier {
    fn unchanged(cashier: Cashier, wallet: Wallet) -> Self {
        Self { cashier, wallet, is_changed: false }
    }
}

impl Store {
    /// Changes a player's cashier record by an act of a cashier, as the rule decides on what is there now, with a line
    /// about the act in the audit log: all of it, or nothing. Where the rule changes nothing, nothing is written. What
    /// was agreed to before by accounts that are blocked by now, or are no cashiers any more, is as if it had not been.
    ///
    /// 1. cashier record: revision is the one read, or absent, else read again until the deadline
    /// 2. head of the log: is the one read, else the same
    /// 3. line of the log: absent, else the same
    /// 4. wallet, where it changes, with the entry: version is the one read, else the same. It says whether its player
    ///    may bet, as the record does: where that changes, it gets another fence, whether or not there is an entry
    /// 5. transfer, where there is one: absent as the record is the one read, else [`StoreError::Corrupt`]: its key
    ///    names that revision
    /// 6. page of the ledger that was full, if one was: absent as the version was the one read, else the same
    ///
    /// # Role
    /// - `BatchGetItem` on `ACCOUNT#`, `CASHIER#`, `USER#`
    /// - `GetItem` on `AUDIT`
    /// - `PutItem` on `AUDIT`, `AUDIT#`, `CASHIER#`, `LEDGER#`, `TRANSFER#WRITE-OFF:`
    /// - `UpdateItem` on `USER#`
    pub async fn act_on_cashier<Refusal>(
        &self,
        user: UserId,
        now: Timestamp,
        rule: impl Fn(&Cashier, &Wallet) -> Result<Option<CashierChange>, Refusal>,
    ) -> Result<Result<ActedOnCashier, Refusal>, StoreError> {
        attempt!(self, WriteOrder, {
            let player = self.see_player(user).await?;
            let (mut before, wallet) = (player.cashier.clone(), player.wallet.clone());
            self.drop_approvals_of_others(&mut before).await?;
            let CashierChange { cashier, transfer, posted, act } = match rule(&before, &wallet) {
                Ok(Some(change)) => change,
                Ok(None) => return Ok(Attempt::Done(Ok(ActedOnCashier::unchanged(before, wallet)))),
                Err(refusal) => return Ok(Attempt::Done(Err(refusal))),
            };
            let mut items = vec![put_cashier(&self.table, &cashier)?];
            items.extend(self.log_items(act, now).await?);
            let mut pages = Vec::new();
            let held = player.held_by(Some(&cashier));
            if let Some(Posted { wallet, entry }) = &posted {
                let written = post(&self.table, wallet, from_ref(entry), Held::lock(held), Standing::Any)?;
                items.push(written.wallet);
                pages = written.pages;
            } else if let Some(held) = held {
                items.push(held.item(&self.table, user)?);
            }
            let contended = items.len();
            if let Some(moved) = &transfer {
                items.push(put_new(&self.table, transfer::encode(moved)?)?);
            }
            items.extend(pages);
            match self.transact(items).await? {
                Written::Committed => {
                    let entries: Vec<_> = posted.iter().map(|posted| &posted.entry).collect();
                    self.observe_entries(&entries);
                    let wallet = posted.map_or(wallet, |posted| posted.wallet);
                    Ok(Attempt::Done(Ok(ActedOnCashier { cashier, wallet, is_changed: true })))
                }
                Written::Refused { position, .. } if position < contended => {
                    Ok(Attempt::Again(StoreError::Contended))
                }
                Written::Refused { .. } => {
                    Err(StoreError::corrupt(user, "the transfer or the ledger page exists already"))
                }
            }
        })
    }
}

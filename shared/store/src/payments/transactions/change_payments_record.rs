//! Acts of cashiers on a player's payments as a whole: writing off a debt, ending a hold, adjusting the wallet.

use super::order_items::{WalletHold, put_payments_record};
use crate::table::retry::{Attempt, attempt};
use crate::table::write::{WriteOutcome, put_new};
use crate::wallet::entities::{movement_mark, transfer};
use crate::wallet::transactions::wallet_items::{OwnerCondition, post};
use crate::{Store, StoreError};
use evens_audit_log::Act;
use evens_ledger::{Transfer, UserId, Wallet};
use evens_payments::{PaymentsRecord, PostedEntry};
use jiff::Timestamp;
use std::slice::from_ref;

/// The change that a cashier's act makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentsRecordChange {
    /// The player's payments record afterwards.
    pub record: PaymentsRecord,
    /// The transfer between system accounts, if any.
    pub transfer: Option<Transfer>,
    /// The player's wallet afterwards with the entry, if it changes.
    pub posted: Option<PostedEntry>,
    /// The act for the audit log.
    pub act: Act,
}

/// A player's payments record after an act of a cashier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedPaymentsRecord {
    pub record: PaymentsRecord,
    pub wallet: Wallet,
    /// `true` if this call wrote something.
    pub is_changed: bool,
}

impl ChangedPaymentsRecord {
    fn unchanged(record: PaymentsRecord, wallet: Wallet) -> Self {
        Self { record, wallet, is_changed: false }
    }
}

impl Store {
    /// Changes a player's payments record by an act of a cashier, as the rule decides from the current state, and logs
    /// the act: all items, or none. Nothing is written if the rule changes nothing. Earlier approvals are dropped if
    /// their cashier is blocked or lost the role.
    ///
    /// 1. payments record: revision is the one read, or absent, else read again until the deadline
    /// 2. head of the log: is the one read, else the same
    /// 3. line of the log: absent, else the same
    /// 4. wallet, if it changes, with the entry: version is the one read, else the same. If the record's hold on bets
    ///    changes, the wallet's does too, and it gets a new fence, with or without an entry
    /// 5. transfer, if any: absent, because the record is the one read and the key contains its revision, else
    ///    [`StoreError::Corrupt`]
    /// 6. ledger page that was full, if any: absent, because the wallet's version is the one read, else
    ///    [`StoreError::Corrupt`]
    ///
    /// # Role
    /// - `BatchGetItem` on `ACCOUNT#`, `CASHIER#`, `USER#`
    /// - `GetItem` on `AUDIT`
    /// - `PutItem` on `AUDIT`, `AUDIT#`, `CASHIER#`, `LEDGER#`, `MOVED#`, `TRANSFER#WRITE-OFF:`
    /// - `UpdateItem` on `USER#`
    pub async fn change_payments_record<Refusal>(
        &self,
        user: UserId,
        now: Timestamp,
        rule: impl Fn(&PaymentsRecord, &Wallet) -> Result<Option<PaymentsRecordChange>, Refusal>,
    ) -> Result<Result<ChangedPaymentsRecord, Refusal>, StoreError> {
        attempt!(self, WriteOrder, {
            let player = self.load_player(user).await?;
            let (mut before, wallet) = (player.record.clone(), player.wallet.clone());
            self.drop_approvals_of_others(&mut before).await?;
            let PaymentsRecordChange { record, transfer, posted, act } = match rule(&before, &wallet) {
                Ok(Some(change)) => change,
                Ok(None) => {
                    self.observe_wallet(user);
                    return Ok(Attempt::Done(Ok(ChangedPaymentsRecord::unchanged(before, wallet))));
                }
                Err(refusal) => return Ok(Attempt::Done(Err(refusal))),
            };
            let mut items = vec![put_payments_record(&record, self.layout)];
            items.extend(self.log_items(act, now).await?);
            let mut added = Vec::new();
            let held = player.held_by(Some(&record));
            if let Some(PostedEntry { wallet, entry }) = &posted {
                let written = post(wallet, from_ref(entry), WalletHold::lock(held), OwnerCondition::Any);
                items.push(written.wallet);
                added = written.added;
            } else if let Some(held) = held {
                items.push(held.item(user));
            }
            let contended = items.len();
            if let Some(moved) = &transfer {
                items.push(put_new(transfer::encode(moved)?));
                added.push(movement_mark::of_transfer(moved));
            }
            items.extend(added);
            match self.transact(items).await? {
                WriteOutcome::Committed => {
                    let entries: Vec<_> = posted.iter().map(|posted| &posted.entry).collect();
                    self.observe_entries(&entries);
                    let wallet = posted.map_or(wallet, |posted| posted.wallet);
                    Ok(Attempt::Done(Ok(ChangedPaymentsRecord { record, wallet, is_changed: true })))
                }
                WriteOutcome::Refused { position, .. } if position < contended => {
                    Ok(Attempt::Again(StoreError::Contended))
                }
                WriteOutcome::Refused { .. } => {
                    Err(StoreError::corrupt(user, "the transfer or the ledger page exists already"))
                }
            }
        })
    }
}

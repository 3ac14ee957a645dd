//! Freeing a bank account of one player after cashiers found that it belongs to another.

use super::order_items::put_payments_record;
use crate::payments::entities::payee::{self, Owner};
use crate::table::item::{number, text};
use crate::table::retry::{Attempt, attempt};
use crate::table::write::{Change, WriteOutcome, change, change_unseen};
use crate::{Store, StoreError};
use evens_audit_log::Act;
use evens_ledger::{Digest, UserId};
use evens_payments::{AccountMask, PayeeId, PaymentsRecord};
use jiff::Timestamp;

/// A bank account that a player has or had as a payee. Contains nothing of its number except the mask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BankAccountUse {
    /// The player who has or had the account.
    pub holder: UserId,
    /// The holder's payee for the account.
    pub payee: PayeeId,
    /// Its last four characters. `None` if the payee was added before masks were stored.
    pub mask: Option<AccountMask>,
    /// The time since which the account is free, if it is.
    pub freed_at: Option<Timestamp>,
    /// The only player who may add it. `None` if any player may.
    pub kept_for: Option<UserId>,
}

/// The change that cashiers make to an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FreeAccountChange {
    /// The holder's payments record afterwards.
    pub record: PaymentsRecord,
    /// `true` if the account is freed, `false` if more approvals are needed first.
    pub is_freed: bool,
    /// The act for the audit log.
    pub act: Act,
}

/// The result of [`Store::free_account`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FreedAccount {
    pub account: BankAccountUse,
    pub record: PaymentsRecord,
    /// `true` if this call wrote something.
    pub is_changed: bool,
}

impl BankAccountUse {
    fn of(owner: Owner, payee: PayeeId, mask: Option<AccountMask>) -> Self {
        let Owner { user: holder, freed_at, kept_for, .. } = owner;
        Self { holder, payee, mask, freed_at, kept_for }
    }
}

impl Store {
    /// The account with that fingerprint, whichever player has it. `None` if no player ever had it.
    ///
    /// # Role
    /// - `GetItem` on `PAYEE-OF#`
    pub async fn find_account(&self, fingerprint: Digest) -> Result<Option<BankAccountUse>, StoreError> {
        let item = self.get(&payee::owner_key(fingerprint)).await?;
        let Some(item) = &item else { return Ok(None) };
        let (payee, mask) = payee::payee_of_owner(item)?;
        Ok(Some(BankAccountUse::of(payee::owner_of(item)?, payee, mask)))
    }

    /// Frees an account for one player, as the rule decides from the current state, and logs the act: all items, or
    /// none. Returns `None` if there is no such account. Nothing is written if the rule changes nothing. Earlier
    /// approvals are dropped if their cashier is blocked or lost the role.
    ///
    /// 1. payments record of the holder: revision is the one read, or absent, else read again until the deadline. So a
    ///    concurrent withdrawal to the payee is either requested before this, or finds it removed
    /// 2. head of the log: is the one read, else the same
    /// 3. line of the log: absent, else the same
    /// 4. owner of the account, if it is freed: as it was read, else the same
    /// 5. payee, if the holder has not removed it: exists and is not removed, which follows from condition 4
    ///
    /// # Role
    /// - `BatchGetItem` on `ACCOUNT#`
    /// - `GetItem` on `AUDIT`, `CASHIER#`, `PAYEE-OF#`
    /// - `PutItem` on `AUDIT`, `AUDIT#`, `CASHIER#`
    /// - `UpdateItem` on `PAYEE#`, `PAYEE-OF#`
    pub async fn free_account<Refusal>(
        &self,
        fingerprint: Digest,
        claimant: UserId,
        now: Timestamp,
        rule: impl Fn(&BankAccountUse, &PaymentsRecord) -> Result<Option<FreeAccountChange>, Refusal>,
    ) -> Result<Option<Result<FreedAccount, Refusal>>, StoreError> {
        attempt!(self, WriteOrder, {
            let Some(account) = self.find_account(fingerprint).await? else {
                return Ok(Attempt::Done(None));
            };
            let mut before = self.load_payments_record(account.holder).await?;
            self.drop_approvals_of_others(&mut before).await?;
            let FreeAccountChange { record, is_freed, act } = match rule(&account, &before) {
                Ok(Some(change)) => change,
                Ok(None) => {
                    let unchanged = FreedAccount { account, record: before, is_changed: false };
                    return Ok(Attempt::Done(Some(Ok(unchanged))));
                }
                Err(refusal) => return Ok(Attempt::Done(Some(Err(refusal)))),
            };
            let mut items = vec![put_payments_record(&record, self.layout)];
            items.extend(self.log_items(act, now).await?);
            let mut after = account.clone();
            if is_freed {
                after.freed_at = account.freed_at.or(Some(now));
                after.kept_for = Some(claimant);
                items.push(change(keep(fingerprint, &account, claimant, now)));
                if account.freed_at.is_none() {
                    items.push(change_unseen(remove(&account, now)));
                }
            }
            match self.transact(items).await? {
                WriteOutcome::Committed => {
                    Ok(Attempt::Done(Some(Ok(FreedAccount { account: after, record, is_changed: true }))))
                }
                WriteOutcome::Refused { .. } => Ok(Attempt::Again(StoreError::Contended)),
            }
        })
    }
}

/// Frees the account from the time its player removed it, or from now, and lets only the claimant add it.
fn keep(fingerprint: Digest, read: &BankAccountUse, claimant: UserId, now: Timestamp) -> Change<'static> {
    let mut values = vec![
        (":user", number(read.holder)),
        (":freed", text(read.freed_at.unwrap_or(now))),
        (":claimant", number(claimant)),
    ];
    // Holder, free time and `kept_for` must be as read.
    let condition = match (read.freed_at, read.kept_for) {
        (None, _) => "#user = :user AND attribute_not_exists(freed_at)",
        (Some(_), None) => "#user = :user AND freed_at = :freed AND attribute_not_exists(kept_for)",
        (Some(_), Some(kept_for)) => {
            values.push((":kept", number(kept_for)));
            "#user = :user AND freed_at = :freed AND kept_for = :kept"
        }
    };
    let update = "SET freed_at = :freed, kept_for = :claimant";
    Change { key: payee::owner_key(fingerprint), update, condition, values }
}

fn remove(read: &BankAccountUse, now: Timestamp) -> Change<'static> {
    Change {
        key: payee::key(read.holder, &read.payee),
        update: "SET removed_at = :now",
        condition: "attribute_exists(pk) AND attribute_not_exists(removed_at)",
        values: vec![(":now", text(now))],
    }
}

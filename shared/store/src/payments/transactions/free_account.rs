//! Freeing an account that one player is paid to, as cashiers found that it is another one's.

use super::order_items::put_cashier;
use crate::payments::entities::payee::{self, Owner};
use crate::table::item::{number, text};
use crate::table::retry::{Attempt, attempt};
use crate::table::write::{Change, Written, change, change_unseen};
use crate::{Store, StoreError};
use evens_audit_log::Act;
use evens_ledger::{Digest, UserId};
use evens_payments::{AccountMask, Cashier, PayeeId};
use jiff::Timestamp;

/// An account that somebody is paid to, or was. Nothing of its number but the mask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownAccount {
    /// Who is paid to it, or was.
    pub holder: UserId,
    /// As which payee.
    pub payee: PayeeId,
    /// Its last four characters; none where the payee was added before that was noted.
    pub mask: Option<AccountMask>,
    /// Since when nobody is paid to it, if so.
    pub freed_at: Option<Timestamp>,
    /// Who alone may add it, if not anybody.
    pub kept_for: Option<UserId>,
}

/// What cashiers do about an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FreeAccountChange {
    /// The holder's cashier record afterwards.
    pub cashier: Cashier,
    /// Whether the account is freed; others must agree first where it is not.
    pub is_freed: bool,
    /// What the audit log tells of it.
    pub act: Act,
}

/// An account after that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FreedAccount {
    /// The account as it is now.
    pub account: KnownAccount,
    /// The holder's cashier record as it is now.
    pub cashier: Cashier,
    /// Whether something was written.
    pub is_changed: bool,
}

impl KnownAccount {
    fn of(owner: Owner, payee: PayeeId, mask: Option<AccountMask>) -> Self {
        let Owner { user: holder, freed_at, kept_for } = owner;
        Self { holder, payee, mask, freed_at, kept_for }
    }
}

impl Store {
    /// The account with that fingerprint, whoever has it; none where nobody ever had.
    ///
    /// # Role
    /// - `GetItem` on `PAYEE-OF#`
    pub async fn find_account(&self, fingerprint: Digest) -> Result<Option<KnownAccount>, StoreError> {
        let item = self.get(&payee::owner_key(fingerprint)).await?;
        let Some(item) = &item else { return Ok(None) };
        let (payee, mask) = payee::payee_of_owner(item)?;
        Ok(Some(KnownAccount::of(payee::owner_of(item)?, payee, mask)))
    }

    /// Frees an account for one player, as the rule decides on what is there now, with a line in the audit log: all of
    /// it, or nothing. None where there is no such account; nothing is written where the rule changes nothing. What was
    /// agreed to before by accounts that are blocked by now, or are no cashiers any more, is as if it had not been.
    ///
    /// 1. cashier record of the holder: revision is the one read, or absent, else read again until the deadline; so a
    ///    withdrawal that has found the payee meanwhile is requested before this, or finds it removed
    /// 2. head of the log: is the one read, else the same
    /// 3. line of the log: absent, else the same
    /// 4. owner of the account, where it is freed: as it was read, else the same
    /// 5. payee, where its player has not removed it: there and not removed, which follows from the fourth
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
        rule: impl Fn(&KnownAccount, &Cashier) -> Result<Option<FreeAccountChange>, Refusal>,
    ) -> Result<Option<Result<FreedAccount, Refusal>>, StoreError> {
        attempt!(self, WriteOrder, {
            let Some(account) = self.find_account(fingerprint).await? else {
                return Ok(Attempt::Done(None));
            };
            let mut before = self.load_cashier(account.holder).await?;
            self.drop_approvals_of_others(&mut before).await?;
            let FreeAccountChange { cashier, is_freed, act } = match rule(&account, &before) {
                Ok(Some(change)) => change,
                Ok(None) => {
                    let unchanged = FreedAccount { account, cashier: before, is_changed: false };
                    return Ok(Attempt::Done(Some(Ok(unchanged))));
                }
                Err(refusal) => return Ok(Attempt::Done(Some(Err(refusal)))),
            };
            let mut items = vec![put_cashier(&self.table, &cashier)?];
            items.extend(self.log_items(act, now).await?);
            let mut after = account.clone();
            if is_freed {
                after.freed_at = account.freed_at.or(Some(now));
                after.kept_for = Some(claimant);
                items.push(change(&self.table, keep(fingerprint, &account, claimant, now))?);
                if account.freed_at.is_none() {
                    items.push(change_unseen(&self.table, remove(&account, now))?);
                }
            }
            match self.transact(items).await? {
                Written::Committed => {
                    Ok(Attempt::Done(Some(Ok(FreedAccount { account: after, cashier, is_changed: true }))))
                }
                Written::Refused { .. } => Ok(Attempt::Again(StoreError::Contended)),
            }
        })
    }
}

/// The account is free since when its player removed it, or from now on, and only the claimant may add it.
fn keep(fingerprint: Digest, read: &KnownAccount, claimant: UserId, now: Timestamp) -> Change<'static> {
    let mut values = vec![
        (":user", number(read.holder)),
        (":freed", text(read.freed_at.unwrap_or(now))),
        (":claimant", number(claimant)),
    ];
    // The holder, and whether it is free and for whom, as they were read.
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

fn remove(read: &KnownAccount, now: Timestamp) -> Change<'static> {
    Change {
        key: payee::key(read.holder, &read.payee),
        update: "SET removed_at = :now",
        condition: "attribute_exists(pk) AND attribute_not_exists(removed_at)",
        values: vec![(":now", text(now))],
    }
}

//! What players set for themselves: limits, exclusion, reality check.

use super::order_items::put_cashier;
use crate::payments::entities::cashier;
use crate::table::item::text;
use crate::table::retry::{Attempt, attempt};
use crate::table::write::{Change, Written, change, put_new};
use crate::wallet::entities::{play, wallet};
use crate::wallet::transactions::wallet_items::{Lock, encode_empty_held};
use crate::{Store, StoreError};
use aws_sdk_dynamodb::types::TransactWriteItem;
use evens_ledger::UserId;
use evens_own_limits::PlayLimits;
use evens_payments::Cashier;
use jiff::Timestamp;

impl Store {
    /// Changes what a player has set for themselves, as the rule decides on what is there now: all of it, or nothing.
    /// The wallet's part is a copy of the record's; a bet that was decided by what was set before is not placed any
    /// more, as the wallet gets another fence. Where the rule leaves the record at its revision, nothing is written.
    ///
    /// From the first limit of play on, the wallet says what counts against it.
    ///
    /// 1. cashier record: revision is the one read, else read again until the deadline
    /// 2. wallet, where bets are held to something else afterwards: exists, or is absent where it was, else the same
    ///
    /// # Role
    /// - `BatchGetItem` on `CASHIER#`, `USER#`
    /// - `PutItem` on `CASHIER#`, `USER#`
    /// - `UpdateItem` on `USER#`
    pub async fn change_limits<Refusal>(
        &self,
        user: UserId,
        now: Timestamp,
        rule: impl Fn(&Cashier) -> Result<Cashier, Refusal>,
    ) -> Result<Result<(Cashier, PlayLimits), Refusal>, StoreError> {
        attempt!(self, ChangeLimits, {
            let [cashier, wallet] = self.get_several([cashier::key(user), wallet::key(user)]).await?;
            let (before, limits) = (cashier::of(user, cashier.as_ref())?, play::of(wallet.as_ref())?);
            let after = match rule(&before) {
                Ok(after) => after,
                Err(refusal) => return Ok(Attempt::Done(Err(refusal))),
            };
            let rules = after.play_rules();
            let first_sums = rules.has_limits().then(|| PlayLimits::sums_from(now));
            let changed = PlayLimits { rules, sums: limits.sums.or(first_sums) };
            if after.revision == before.revision {
                return Ok(Attempt::Done(Ok((after, changed))));
            }
            let mut items = vec![put_cashier(&self.table, &after)?];
            // The wallet was read beside the record, and not under its revision: what it says may be older.
            if rules != before.play_rules() || rules != limits.rules {
                items.push(hold_wallet_to(&self.table, user, &changed, wallet.is_some())?);
            }
            match self.transact(items).await? {
                Written::Committed => Ok(Attempt::Done(Ok((after, changed)))),
                Written::Refused { .. } => Ok(Attempt::Again(StoreError::Contended)),
            }
        })
    }

    /// What a player has set for themselves, and what counts against their limits of play.
    ///
    /// # Role
    /// - `BatchGetItem` on `CASHIER#`, `USER#`
    pub async fn load_limits(&self, user: UserId) -> Result<(Cashier, PlayLimits), StoreError> {
        let [cashier, wallet] = self.get_several_again([cashier::key(user), wallet::key(user)]).await?;
        Ok((cashier::of(user, cashier.as_ref())?, play::of(wallet.as_ref())?))
    }
}

/// A wallet that is not there is made, so that the first money that comes finds it held to this.
fn hold_wallet_to(
    table: &str,
    user: UserId,
    limits: &PlayLimits,
    exists: bool,
) -> Result<TransactWriteItem, StoreError> {
    let (rules, is_held) = (text(play::encode_rules(&limits.rules)), limits.rules.is_held);
    let sums = limits.sums.map(|sums| text(play::encode_sums(&sums)));
    if !exists {
        let mut item = encode_empty_held(user, is_held);
        item.insert(play::RULES.to_owned(), rules);
        item.extend(sums.map(|sums| (play::SUMS.to_owned(), sums)));
        return put_new(table, item);
    }
    let condition = "attribute_exists(pk)";
    let mut values = vec![(":play", rules)];
    let mut update = "SET play = :play".to_owned();
    if let Some(sums) = sums {
        values.push((":sums", sums));
        // They may have grown since they were read.
        update += ", play_sums = if_not_exists(play_sums, :sums)";
    }
    update += Lock::Hold { is_held }.hold(&mut values);
    change(table, Change { key: wallet::key(user), update: &update, condition, values })
}

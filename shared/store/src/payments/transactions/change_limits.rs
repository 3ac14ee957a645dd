//! Restrictions that players set for themselves: limits, exclusion, reality check.

use super::order_items::put_payments_record;
use crate::payments::entities::{payments_record, settings};
use crate::table::item::text;
use crate::table::retry::{Attempt, attempt};
use crate::table::write::{Change, Write, WriteOutcome, change, put_new};
use crate::wallet::entities::{play, wallet};
use crate::wallet::transactions::wallet_items::{Lock, encode_empty_held};
use crate::{Store, StoreError};
use evens_ledger::UserId;
use evens_own_limits::PlayLimits;
use evens_payments::PaymentsRecord;
use jiff::Timestamp;

impl Store {
    /// Changes the player's own restrictions, as the rule decides from the current state: all items, or none. The
    /// wallet holds a copy of the part that applies to bets. It gets a new fence, so that a bet decided by the earlier
    /// restrictions is refused. Nothing is written if the rule leaves the record's revision as it is.
    ///
    /// From the first limit of play on, the wallet also holds the sums that count against the limits.
    ///
    /// 1. payments record: revision is the one read, else read again until the deadline
    /// 2. entry in the history of settings: absent, because the record is the one read, else the same
    /// 3. wallet, if the restrictions on bets change: exists, or is still absent, else the same
    ///
    /// # Role
    /// - `BatchGetItem` on `CASHIER#`, `USER#`
    /// - `PutItem` on `CASHIER#`, `USER#`
    /// - `UpdateItem` on `USER#`
    pub async fn change_limits<Refusal>(
        &self,
        user: UserId,
        now: Timestamp,
        rule: impl Fn(&PaymentsRecord) -> Result<PaymentsRecord, Refusal>,
    ) -> Result<Result<(PaymentsRecord, PlayLimits), Refusal>, StoreError> {
        attempt!(self, ChangeLimits, {
            let [record, wallet] = self.get_several([payments_record::key(user), wallet::key(user)]).await?;
            let (before, limits) = (payments_record::of(user, record.as_ref())?, play::of(wallet.as_ref())?);
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
            let (after, entry) = after.with_settings_entry(now);
            let mut items = vec![put_payments_record(&after, self.layout)];
            items.push(put_new(settings::encode(&entry)));
            // The wallet was read together with the record but not under its revision, so its copy may be older.
            if rules != before.play_rules() || rules != limits.rules {
                items.push(hold_wallet_to(user, &changed, wallet.is_some()));
            }
            match self.transact(items).await? {
                WriteOutcome::Committed => Ok(Attempt::Done(Ok((after, changed)))),
                WriteOutcome::Refused { .. } => Ok(Attempt::Again(StoreError::Contended)),
            }
        })
    }

    /// The player's own restrictions, and the sums that count against their limits of play.
    ///
    /// # Role
    /// - `BatchGetItem` on `CASHIER#`, `USER#`
    pub async fn load_limits(&self, user: UserId) -> Result<(PaymentsRecord, PlayLimits), StoreError> {
        let [record, wallet] =
            self.get_several_again([payments_record::key(user), wallet::key(user)]).await?;
        Ok((payments_record::of(user, record.as_ref())?, play::of(wallet.as_ref())?))
    }
}

/// Creates the wallet if it does not exist, so that the restrictions apply when the first money arrives.
fn hold_wallet_to(user: UserId, limits: &PlayLimits, exists: bool) -> Write {
    let (rules, is_held) = (text(play::encode_rules(&limits.rules)), limits.rules.is_held);
    let sums = limits.sums.map(|sums| text(play::encode_sums(&sums)));
    if !exists {
        let mut item = encode_empty_held(user, is_held);
        item.insert(play::RULES.to_owned(), rules);
        item.extend(sums.map(|sums| (play::SUMS.to_owned(), sums)));
        return put_new(item);
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
    change(Change { key: wallet::key(user), update: &update, condition, values })
}

//! Restrictions that players set for themselves: limits, exclusion, reality check.

use super::order_items::put_payments_record;
use crate::payments::entities::{payments_record, settings};
use crate::table::item::text;
use crate::table::retry::{Attempt, attempt};
use crate::table::write::{Change, Write, WriteOutcome, change, put_in_place, put_new};
use crate::wallet::entities::{play, wallet};
use crate::wallet::transactions::wallet_items::{Lock, encode_empty_held};
use crate::{Store, StoreError};
use evens_ledger::UserId;
use evens_own_limits::PlayLimits;
use evens_payments::{PaymentsRecord, TooManyChanges};
use jiff::Timestamp;

/// The reason why a player's own restrictions do not change, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeRefusal<Refusal> {
    /// The rule refuses the change.
    Rule(Refusal),
    TooMany(TooManyChanges),
}

impl Store {
    /// Changes the player's own restrictions, as the rule decides from the current state: all items, or none. The
    /// wallet holds a copy of the part that applies to bets. It gets a new fence, so that a bet decided by the earlier
    /// restrictions is refused. Nothing is written if the rule leaves the record's revision as it is.
    ///
    /// The wallet also gets the sums that count against the limits, if it has none: an earlier version of the program
    /// did not count the stakes of players without limits.
    ///
    /// A player who has changed their settings too often within a day can only make them stricter. Such a change
    /// replaces the newest entry of the history, so that a player cannot fill the table.
    ///
    /// 1. payments record: revision is the one read, else read again until the deadline
    /// 2. entry in the history of settings: absent, or the newest one as it was read, because the record is the one
    ///    read, else the same
    /// 3. wallet, if the restrictions on bets change: exists, or is still absent, else the same
    ///
    /// # Role
    /// - `BatchGetItem` on `CASHIER#`, `USER#`
    /// - `GetItem` on `CASHIER#`
    /// - `PutItem` on `CASHIER#`, `USER#`
    /// - `UpdateItem` on `USER#`
    pub async fn change_limits<Refusal>(
        &self,
        user: UserId,
        now: Timestamp,
        rule: impl Fn(&PaymentsRecord) -> Result<PaymentsRecord, Refusal>,
    ) -> Result<Result<(PaymentsRecord, PlayLimits), ChangeRefusal<Refusal>>, StoreError> {
        attempt!(self, ChangeLimits, {
            let [record, wallet] = self.get_several([payments_record::key(user), wallet::key(user)]).await?;
            let (before, limits) = (payments_record::of(user, record.as_ref())?, play::of(wallet.as_ref())?);
            let after = match rule(&before) {
                Ok(after) => after,
                Err(refusal) => return Ok(Attempt::Done(Err(ChangeRefusal::Rule(refusal)))),
            };
            let rules = after.play_rules();
            let is_uncounted = wallet.as_ref().is_some_and(play::is_uncounted);
            let sums = if is_uncounted { PlayLimits::sums_from(now) } else { limits.sums };
            let changed = PlayLimits { rules, sums };
            if after.revision == before.revision {
                return Ok(Attempt::Done(Ok((after, changed))));
            }
            let has_own_entry = match before.check_change_to(&after, now) {
                Ok(has_own_entry) => has_own_entry,
                Err(refusal) => return Ok(Attempt::Done(Err(ChangeRefusal::TooMany(refusal)))),
            };
            let (after, entry) = if has_own_entry {
                let (after, entry) = after.with_settings_entry(now);
                (after, put_new(settings::encode(&entry)))
            } else {
                self.replace_newest_entry(after, now).await?
            };
            let mut items = vec![put_payments_record(&after, self.layout), entry];
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

    /// The record whose settings are in the newest entry of their history, and the write of that entry.
    async fn replace_newest_entry(
        &self,
        after: PaymentsRecord,
        now: Timestamp,
    ) -> Result<(PaymentsRecord, Write), StoreError> {
        let key = settings::key(after.user, after.settings.number);
        let newest = self.get_settled(&key).await?;
        let newest = newest
            .ok_or_else(|| StoreError::corrupt(after.user, "the newest change of settings is missing"))?;
        let newest = settings::decode(&newest)?;
        let (after, entry) = after.with_settings_entry_instead(&newest, now);
        let is_newest = vec![(":previous", text(newest.previous_hash))];
        Ok((after, put_in_place(settings::encode(&entry), "previous_hash = :previous", is_newest)))
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
    let sums = text(play::encode_sums(&limits.sums));
    if !exists {
        let mut item = encode_empty_held(user, is_held);
        item.extend([(play::RULES.to_owned(), rules), (play::SUMS.to_owned(), sums)]);
        return put_new(item);
    }
    let condition = "attribute_exists(pk)";
    let mut values = vec![(":play", rules), (":sums", sums)];
    // The sums may have grown since they were read.
    let mut update = "SET play = :play, play_sums = if_not_exists(play_sums, :sums)".to_owned();
    update += Lock::Hold { is_held }.hold(&mut values);
    change(Change { key: wallet::key(user), update: &update, condition, values })
}

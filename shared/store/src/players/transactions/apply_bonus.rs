//! Bonuses: for signing up, and for having referred somebody. Each is given once, because it shares a transaction with
//! the state of the new player's registration (M3).

use crate::players::entities::account;
use crate::table::item::{number, text};
use crate::table::retry::{Attempt, attempt};
use crate::table::write::{Change, Written, change};
use crate::wallet::entities::wallet;
use crate::wallet::transactions::wallet_items::{Lock, Standing, post};
use crate::{Store, StoreError};
use aws_sdk_dynamodb::types::TransactWriteItem;
use evens_ledger::{Amount, Posting, UserId, Wallet};
use evens_players::{
    Account, Bonuses, ReferralCap, ReferralDay, Registration, referral_bonus, registration_bonus,
};
use jiff::Timestamp;
use std::iter::once;
use std::slice::from_ref;

/// What became of a bonus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BonusOutcome {
    /// It is given now; the new player's account afterwards.
    Applied(Account),
    /// It was given before; the new player's account.
    AppliedBefore(Account),
    /// It is not this bonus' turn; the new player's account.
    NotDue(Account),
    /// The referrer got as many as there are on a day, and does not get this one; the new player's account afterwards.
    Withheld(Account),
    /// There is no such player.
    UnknownUser,
    /// The bonus balance cannot hold it. No further attempt can change that.
    BalanceTooLarge,
}

impl Store {
    /// Gives a new player the bonus for signing up: all of its items, or none. It is what the account says, or
    /// `amount` where the account is of the time before that was kept. Zero only moves the account.
    ///
    /// 1. account: its registration owes the bonus, else read again
    /// 2. wallet, with the entry `BONUS:REG:{userId}`: version is the one read, else read again until the deadline
    /// 3. page of the ledger that was full, if one was: absent, as the version was the one read
    pub async fn apply_registration_bonus(
        &self,
        user: UserId,
        amount: Amount,
        now: Timestamp,
    ) -> Result<BonusOutcome, StoreError> {
        attempt!(self, GiveBonus, {
            let [account, wallet] = self.get_several([account::key(user), wallet::key(user)]).await?;
            let Some(account) = account.as_ref().map(account::decode).transpose()? else {
                return Ok(Attempt::Done(BonusOutcome::UnknownUser));
            };
            match account.registration {
                Registration::BonusDue => {}
                Registration::VerificationDue => return Ok(Attempt::Done(BonusOutcome::NotDue(account))),
                Registration::ReferralDue
                | Registration::DepositDue
                | Registration::ReferralBonusDue
                | Registration::Done => {
                    return Ok(Attempt::Done(BonusOutcome::AppliedBefore(account)));
                }
            }
            let wallet = wallet::of(user, wallet.as_ref())?;
            let next = Registration::after_bonus(account.referred_by.is_some());
            let amount = account.bonuses.map_or(amount, |bonuses| bonuses.registration);
            let posting = registration_bonus(user, amount);
            let moved = move_registration(&self.table, &account, next, None)?;
            self.give_bonus(Account { registration: next, ..account }, vec![moved], &wallet, posting, now)
                .await
        })
    }

    /// Gives a referrer the bonus for a new player: all of its items, or none. How much is found out in the same way.
    ///
    /// 1. account of the new player: its registration owes the bonus, else read again
    /// 2. wallet of the referrer, with the entry `BONUS:REF:{referredId}`: version is the one read, else read again
    ///    until the deadline
    /// 3. page of the ledger that was full, if one was: absent, as the version was the one read
    ///
    /// Where there is a cap, the account of the referrer stands behind the first one: it counts what was given on the
    /// day, and is read again where it has counted another one. Beyond the cap nothing is given, then or later: the
    /// account of the new player alone moves on, and promises nothing any more.
    pub async fn apply_referral_bonus(
        &self,
        referred: UserId,
        amount: Amount,
        cap: Option<ReferralCap>,
        now: Timestamp,
    ) -> Result<BonusOutcome, StoreError> {
        attempt!(self, GiveBonus, {
            let Some(account) = self.load_account(referred).await? else {
                return Ok(Attempt::Done(BonusOutcome::UnknownUser));
            };
            match account.registration {
                Registration::ReferralBonusDue => {}
                Registration::Done => return Ok(Attempt::Done(BonusOutcome::AppliedBefore(account))),
                Registration::VerificationDue
                | Registration::BonusDue
                | Registration::ReferralDue
                | Registration::DepositDue => {
                    return Ok(Attempt::Done(BonusOutcome::NotDue(account)));
                }
            }
            let Some(referrer) = account.referrer else {
                return Err(StoreError::corrupt(referred, "a referral bonus without a referrer"));
            };
            let amount = account.bonuses.map_or(amount, |bonuses| bonuses.referral);
            let Some(counted) = self.count_referral(referrer, amount, cap).await? else {
                return self.withhold_referral_bonus(account).await;
            };
            let wallet = self.load_wallet(referrer).await?;
            let posting = referral_bonus(referred, amount);
            let moved = move_registration(&self.table, &account, Registration::Done, None)?;
            let items = once(moved).chain(counted).collect();
            let account = Account { registration: Registration::Done, ..account };
            self.give_bonus(account, items, &wallet, posting, now).await
        })
    }

    /// What counts one more bonus of that amount on the account of the referrer: nothing, where it is not counted. None
    /// where there is no more to be had that day.
    async fn count_referral(
        &self,
        referrer: UserId,
        amount: Amount,
        cap: Option<ReferralCap>,
    ) -> Result<Option<Vec<TransactWriteItem>>, StoreError> {
        let Some(cap) = cap.filter(|_| !amount.is_zero()) else { return Ok(Some(Vec::new())) };
        let item = self.get(&account::key(referrer)).await?;
        let item = item.ok_or_else(|| StoreError::corrupt(referrer, "the account of a referrer is gone"))?;
        let last = account::referral_day(&item)?;
        let Some(next) = cap.one_more(last) else { return Ok(None) };
        let mut values = vec![(":day", text(next.day)), (":count", number(next.count))];
        let condition = match last {
            None => "attribute_exists(pk) AND attribute_not_exists(referral_bonus_day)",
            Some(ReferralDay { day, count }) => {
                values.extend([(":last", text(day)), (":read", number(count))]);
                "referral_bonus_day = :last AND referral_bonuses = :read"
            }
        };
        let update = "SET referral_bonus_day = :day, referral_bonuses = :count";
        let counted = Change { key: account::key(referrer), update, condition, values };
        change(&self.table, counted).map(|counted| Some(vec![counted]))
    }

    /// One attempt: the registration ends without the referrer's bonus, and the account says so.
    async fn withhold_referral_bonus(&self, read: Account) -> Result<Attempt<BonusOutcome>, StoreError> {
        let bonuses = read.bonuses.map(|bonuses| Bonuses { referral: Amount::ZERO, ..bonuses });
        let mut values =
            vec![(":read", text(read.registration.as_str())), (":next", text(Registration::Done.as_str()))];
        // An account of the time before that was kept promises nothing that could be taken back.
        let update = match bonuses {
            Some(bonuses) => {
                values.push((":nothing", number(bonuses.referral)));
                "SET registration = :next, referral_bonus = :nothing REMOVE unfinished_pk, unfinished_sk"
            }
            None => "SET registration = :next REMOVE unfinished_pk, unfinished_sk",
        };
        let key = account::key(read.user);
        match self.change_one(Change { key, update, condition: "registration = :read", values }).await? {
            Written::Committed => {
                let registration = Registration::Done;
                Ok(Attempt::Done(BonusOutcome::Withheld(Account { registration, bonuses, ..read })))
            }
            Written::Refused { .. } => Ok(Attempt::Again(StoreError::Contended)),
        }
    }

    /// One attempt: moves the account on, and counts, as these items say; and credits the bonus. The account is as it
    /// is afterwards.
    async fn give_bonus(
        &self,
        account: Account,
        moved: Vec<TransactWriteItem>,
        wallet: &Wallet,
        posting: Posting,
        now: Timestamp,
    ) -> Result<Attempt<BonusOutcome>, StoreError> {
        let mut items = moved;
        let mut given = None;
        if !posting.amount.is_zero() {
            let Ok((wallet, entry)) = wallet.credit_bonus(posting, now) else {
                return Ok(Attempt::Done(BonusOutcome::BalanceTooLarge));
            };
            let posted = post(&self.table, &wallet, from_ref(&entry), Lock::Keep, Standing::Any)?;
            items.extend(once(posted.wallet).chain(posted.pages));
            given = Some(entry);
        }
        match self.transact(items).await? {
            Written::Committed => {
                self.observe_entries(given.as_ref().as_slice());
                Ok(Attempt::Done(BonusOutcome::Applied(account)))
            }
            Written::Refused { .. } => Ok(Attempt::Again(StoreError::Contended)),
        }
    }
}

/// Moves an account's registration on from the state that was read, with a referrer where one is found now.
pub(super) fn move_registration(
    table: &str,
    read: &Account,
    next: Registration,
    referrer: Option<UserId>,
) -> Result<TransactWriteItem, StoreError> {
    let update = match (next.is_under_way(), referrer) {
        (false, None) => "SET registration = :next REMOVE unfinished_pk, unfinished_sk",
        (false, Some(_)) => {
            "SET registration = :next, referrer = :referrer REMOVE unfinished_pk, unfinished_sk"
        }
        (true, None) => "SET registration = :next",
        (true, Some(_)) => "SET registration = :next, referrer = :referrer",
    };
    let mut values = vec![(":read", text(read.registration.as_str())), (":next", text(next.as_str()))];
    values.extend(referrer.map(|referrer| (":referrer", number(referrer))));
    change(table, Change { key: account::key(read.user), update, condition: "registration = :read", values })
}

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
use evens_players::{Account, Registration, referral_bonus, registration_bonus};
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
            if account.registration != Registration::BonusDue {
                return Ok(Attempt::Done(BonusOutcome::AppliedBefore(account)));
            }
            let wallet = wallet::of(user, wallet.as_ref())?;
            let next = Registration::after_bonus(account.referred_by.is_some());
            let amount = account.bonuses.map_or(amount, |bonuses| bonuses.registration);
            let posting = registration_bonus(user, amount);
            self.give_bonus(account, next, &wallet, posting, now).await
        })
    }

    /// Gives a referrer the bonus for a new player: all of its items, or none. How much is found out in the same way.
    ///
    /// 1. account of the new player: its registration owes the bonus, else read again
    /// 2. wallet of the referrer, with the entry `BONUS:REF:{referredId}`: version is the one read, else read again
    ///    until the deadline
    /// 3. page of the ledger that was full, if one was: absent, as the version was the one read
    pub async fn apply_referral_bonus(
        &self,
        referred: UserId,
        amount: Amount,
        now: Timestamp,
    ) -> Result<BonusOutcome, StoreError> {
        attempt!(self, GiveBonus, {
            let Some(account) = self.load_account(referred).await? else {
                return Ok(Attempt::Done(BonusOutcome::UnknownUser));
            };
            match account.registration {
                Registration::ReferralBonusDue => {}
                Registration::Done => return Ok(Attempt::Done(BonusOutcome::AppliedBefore(account))),
                Registration::BonusDue | Registration::ReferralDue => {
                    return Ok(Attempt::Done(BonusOutcome::NotDue(account)));
                }
            }
            let Some(referrer) = account.referrer else {
                return Err(StoreError::corrupt(referred, "a referral bonus without a referrer"));
            };
            let wallet = self.load_wallet(referrer).await?;
            let amount = account.bonuses.map_or(amount, |bonuses| bonuses.referral);
            let posting = referral_bonus(referred, amount);
            self.give_bonus(account, Registration::Done, &wallet, posting, now).await
        })
    }

    /// One attempt: moves the account on and credits the bonus.
    async fn give_bonus(
        &self,
        account: Account,
        next: Registration,
        wallet: &Wallet,
        posting: Posting,
        now: Timestamp,
    ) -> Result<Attempt<BonusOutcome>, StoreError> {
        let mut items = vec![move_registration(&self.table, &account, next, None)?];
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
                Ok(Attempt::Done(BonusOutcome::Applied(Account { registration: next, ..account })))
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
    let update = match (next, referrer) {
        (Registration::Done, None) => "SET registration = :next REMOVE unfinished_pk, unfinished_sk",
        (Registration::Done, Some(_)) => {
            "SET registration = :next, referrer = :referrer REMOVE unfinished_pk, unfinished_sk"
        }
        (_, None) => "SET registration = :next",
        (_, Some(_)) => "SET registration = :next, referrer = :referrer",
    };
    let mut values = vec![(":read", text(read.registration.as_str())), (":next", text(next.as_str()))];
    values.extend(referrer.map(|referrer| (":referrer", number(referrer))));
    change(table, Change { key: account::key(read.user), update, condition: "registration = :read", values })
}

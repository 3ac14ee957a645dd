//! Bonuses for signing up and for referring players. Each is given once, because it shares a transaction with the state
//! of the new player's registration (M3).

use crate::players::entities::account;
use crate::table::item::{number, text};
use crate::table::retry::{Attempt, attempt};
use crate::table::write::{Change, Write, WriteOutcome, change};
use crate::wallet::entities::wallet;
use crate::wallet::transactions::wallet_items::{Lock, OwnerCondition, post};
use crate::{Store, StoreError};
use evens_ledger::{Amount, Posting, UserId, Wallet};
use evens_players::{
    Account, Bonuses, ReferralBonuses, ReferralCap, ReferralDay, Registration, referral_bonus,
    registration_bonus,
};
use jiff::Timestamp;
use std::iter::once;
use std::slice::from_ref;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BonusOutcome {
    /// Given by this call. Holds the new player's account afterwards.
    Applied(Account),
    /// Given by an earlier call. Holds the new player's account.
    AppliedBefore(Account),
    /// The registration is at another step. Holds the new player's account.
    NotDue(Account),
    /// The referrer reached the daily cap and does not get this bonus; levels above may get theirs. Holds the new
    /// player's account afterwards.
    Withheld(Account),
    UnknownUser,
    /// The bonus balance cannot hold the amount. A retry cannot change that.
    BalanceTooLarge,
}

/// The bonuses of the players above a new player.
struct ToGive {
    /// The part of the promise that is given.
    given: ReferralBonuses,
    /// Updates of the daily counts, if there is a cap.
    counted: Vec<Write>,
    /// The wallets as read, with the posting to credit to each.
    credits: Vec<(Wallet, Posting)>,
}

impl Store {
    /// Gives a new player the sign-up bonus: all items, or none. The amount is the one stored with the account;
    /// `amount` applies to accounts from before it was stored. A bonus of zero only moves the registration on.
    ///
    /// 1. account: its registration owes the bonus, else read again
    /// 2. wallet, with the entry `BONUS:REG:{userId}`: version is the one read, else read again until the deadline
    /// 3. ledger page that was full, if any: absent, because the wallet's version is the one read
    ///
    /// # Role
    /// - `BatchGetItem` on `ACCOUNT#`, `USER#`
    /// - `PutItem` on `LEDGER#`, `MOVED#`
    /// - `UpdateItem` on `ACCOUNT#`, `USER#`
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
                    self.observe_wallet(user);
                    return Ok(Attempt::Done(BonusOutcome::AppliedBefore(account)));
                }
            }
            let wallet = wallet::of(user, wallet.as_ref())?;
            let next = Registration::after_bonus(account.referred_by.is_some());
            let amount = account.bonuses.map_or(amount, |bonuses| bonuses.registration);
            let credits =
                if amount.is_zero() { vec![] } else { vec![(wallet, registration_bonus(user, amount))] };
            let moved = move_registration(&account, next, None);
            let given = BonusOutcome::Applied(Account { registration: next, ..account });
            self.give_bonuses(given, vec![moved], credits, now).await
        })
    }

    /// Gives the players above a new player in the referral tree their bonuses, one for each level: all items, or none.
    /// The amounts are found as in [`Self::apply_registration_bonus`].
    ///
    /// 1. account of the new player: its registration owes the bonuses, else read again
    /// 2. for each level, if there is a cap, the account of the player there: its count for the day is the one read,
    ///    else read again
    /// 3. for each level the wallet, with the entry `BONUS:REF:{referredId}`, followed by `:{level}` above level 1:
    ///    version is the one read, else read again until the deadline
    /// 4. ledger page that was full, if any: absent, because the wallet's version is the one read
    ///
    /// A bonus that is not given now is never given: neither to a player who reached the daily cap, nor for a level
    /// that the tree does not have now. The player above a referrer is unknown until the referrer's own referral is
    /// recorded.
    ///
    /// # Role
    /// - `GetItem` on `ACCOUNT#`, `USER#`
    /// - `PutItem` on `LEDGER#`, `MOVED#`
    /// - `UpdateItem` on `ACCOUNT#`, `USER#`
    pub async fn apply_referral_bonus(
        &self,
        referred: UserId,
        bonuses: ReferralBonuses,
        cap: Option<ReferralCap>,
        now: Timestamp,
    ) -> Result<BonusOutcome, StoreError> {
        attempt!(self, GiveBonus, {
            let Some(account) = self.load_account(referred).await? else {
                return Ok(Attempt::Done(BonusOutcome::UnknownUser));
            };
            match account.registration {
                Registration::ReferralBonusDue => {}
                Registration::Done => {
                    self.observe_referral_bonuses(&account, bonuses).await?;
                    return Ok(Attempt::Done(BonusOutcome::AppliedBefore(account)));
                }
                Registration::VerificationDue
                | Registration::BonusDue
                | Registration::ReferralDue
                | Registration::DepositDue => {
                    return Ok(Attempt::Done(BonusOutcome::NotDue(account)));
                }
            }
            let promised = account.bonuses.map_or(bonuses, |own| own.referral);
            let ToGive { given, counted, credits } = self.plan_levels(&account, promised, cap).await?;
            let items = once(end_registration(&account, given)).chain(counted).collect();
            let bonuses = account.bonuses.map(|own| Bonuses { referral: given, ..own });
            let account = Account { registration: Registration::Done, bonuses, ..account };
            // The referrer exists, so only the cap can withhold their bonus.
            let is_withheld = given.of_level(1) != promised.of_level(1);
            let outcome = if is_withheld { BonusOutcome::Withheld } else { BonusOutcome::Applied };
            self.give_bonuses(outcome(account), items, credits, now).await
        })
    }

    /// Reports the wallets of the levels above a player whose referral bonuses were given before, because the answer to
    /// that call may have been lost.
    async fn observe_referral_bonuses(
        &self,
        referred: &Account,
        bonuses: ReferralBonuses,
    ) -> Result<(), StoreError> {
        if referred.referrer.is_some() {
            let given = referred.bonuses.map_or(bonuses, |own| own.referral);
            for user in self.load_above(referred, given).await? {
                self.observe_wallet(user);
            }
        }
        Ok(())
    }

    /// Plans which bonuses of a promise can be given to the levels above a new player.
    async fn plan_levels(
        &self,
        referred: &Account,
        promised: ReferralBonuses,
        cap: Option<ReferralCap>,
    ) -> Result<ToGive, StoreError> {
        let above = self.load_above(referred, promised).await?;
        let mut plan = ToGive { given: promised, counted: Vec::new(), credits: Vec::new() };
        for (level, amount) in promised.levels() {
            let to = (1..).zip(&above).find(|(of, _)| *of == level).map(|(_, user)| *user);
            let counted = match to {
                Some(to) => self.count_referral(to, cap).await?,
                None => None,
            };
            match to.zip(counted) {
                Some((to, counted)) => {
                    plan.counted.extend(counted);
                    let posting = referral_bonus(referred.user, level, amount);
                    plan.credits.push((self.load_wallet(to).await?, posting));
                }
                None => plan.given = plan.given.without(level),
            }
        }
        Ok(plan)
    }

    /// Loads the users above a new player, level 1 first, up to the highest level with a bonus. Stops where the tree
    /// ends, and before a user who is already in the line, because two players may have referred each other.
    async fn load_above(
        &self,
        referred: &Account,
        bonuses: ReferralBonuses,
    ) -> Result<Vec<UserId>, StoreError> {
        let Some(referrer) = referred.referrer else {
            return Err(StoreError::corrupt(referred.user, "a referral bonus without a referrer"));
        };
        let highest = bonuses.levels().map(|(level, _)| level).max().unwrap_or_default();
        let (mut line, mut last) = (vec![referred.user, referrer], referrer);
        for _ in 1..highest {
            let account = self.load_account(last).await?;
            match account.and_then(|account| account.referrer).filter(|next| !line.contains(next)) {
                Some(next) => {
                    line.push(next);
                    last = next;
                }
                None => break,
            }
        }
        Ok(line.split_off(1))
    }

    /// Counts one more bonus on the account of the receiver. Returns `Some(None)` if there is no cap, and `None` if the
    /// cap of the day is reached.
    async fn count_referral(
        &self,
        to: UserId,
        cap: Option<ReferralCap>,
    ) -> Result<Option<Option<Write>>, StoreError> {
        let Some(cap) = cap else { return Ok(Some(None)) };
        let item = self.get(&account::key(to)).await?;
        let item = item.ok_or_else(|| StoreError::corrupt(to, "the account of a referrer is missing"))?;
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
        let counted = Change { key: account::key(to), update, condition, values };
        Ok(Some(Some(change(counted))))
    }

    /// Makes one attempt: writes `moved` and credits the bonuses. Its answer is `outcome` if that succeeds.
    async fn give_bonuses(
        &self,
        outcome: BonusOutcome,
        moved: Vec<Write>,
        credits: Vec<(Wallet, Posting)>,
        now: Timestamp,
    ) -> Result<Attempt<BonusOutcome>, StoreError> {
        let (mut items, mut given) = (moved, Vec::new());
        for (wallet, posting) in credits {
            let Ok((wallet, entry)) = wallet.credit_bonus(posting, now) else {
                return Ok(Attempt::Done(BonusOutcome::BalanceTooLarge));
            };
            let posted = post(&wallet, from_ref(&entry), Lock::Keep, OwnerCondition::Any);
            items.extend(once(posted.wallet).chain(posted.added));
            given.push(entry);
        }
        match self.transact(items).await? {
            WriteOutcome::Committed => {
                self.observe_entries(&given.iter().collect::<Vec<_>>());
                Ok(Attempt::Done(outcome))
            }
            WriteOutcome::Refused { .. } => Ok(Attempt::Again(StoreError::Contended)),
        }
    }
}

/// Ends a registration. The account keeps only the bonuses that are given now as its promise. An account from before
/// bonuses were stored has no promise to reduce.
fn end_registration(read: &Account, given: ReferralBonuses) -> Write {
    if read.bonuses.is_none_or(|promised| promised.referral == given) {
        return move_registration(read, Registration::Done, None);
    }
    let next = Registration::Done;
    let mut values = vec![
        (":read", text(read.registration.as_str())),
        (":next", text(next.as_str())),
        (":direct", number(given.of_level(1))),
    ];
    let update = match given.above() {
        Some(above) => {
            values.push((":above", text(above)));
            "SET registration = :next, referral_bonus = :direct, referral_bonuses_above = :above \
             REMOVE unfinished_pk, unfinished_sk"
        }
        None => {
            "SET registration = :next, referral_bonus = :direct \
             REMOVE unfinished_pk, unfinished_sk, referral_bonuses_above"
        }
    };
    change(Change { key: account::key(read.user), update, condition: "registration = :read", values })
}

/// Moves an account's registration on from the state that was read, and sets the referrer if there is one.
pub(super) fn move_registration(read: &Account, next: Registration, referrer: Option<UserId>) -> Write {
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
    change(Change { key: account::key(read.user), update, condition: "registration = :read", values })
}

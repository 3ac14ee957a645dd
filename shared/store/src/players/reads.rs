//! Reads of accounts, logins and codes, and paged lists of referrals and days of attendance.

use crate::players::entities::login::Login;
use crate::players::entities::{account, attendance, login, referral, referral_code};
use crate::table::item::Fields;
use crate::wallet::entities::wallet;
use crate::{Store, StoreError};
use evens_ledger::{UserId, Wallet};
use evens_players::{Account, PhoneNumber, Referral, ReferralCode, UserName};
use jiff::Timestamp;
use jiff::civil::Date;
use std::collections::BTreeMap;

/// A page of the players who signed up with a player's code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReferralPage {
    /// Edges of the tree, by descending number of the referred user.
    pub referrals: Vec<Referral>,
    /// The next page starts before this number; `None` on the last page.
    pub next_before: Option<u64>,
}

impl Store {
    /// A user's account, if it exists.
    ///
    /// # Role
    /// - `GetItem` on `ACCOUNT#`
    pub async fn load_account(&self, user: UserId) -> Result<Option<Account>, StoreError> {
        self.get(&account::key(user)).await?.as_ref().map(account::decode).transpose()
    }

    /// The display names of accounts, at most 100. Accounts without a name, and users without an account, are left out.
    ///
    /// # Role
    /// - `BatchGetItem` on `ACCOUNT#`
    pub async fn load_names(&self, users: &[UserId]) -> Result<BTreeMap<UserId, UserName>, StoreError> {
        let keys: Vec<_> = users.iter().map(|user| account::key(*user)).collect();
        let items = if keys.is_empty() { Vec::new() } else { self.get_batch_again(&keys).await? };
        let accounts = items.iter().flatten().map(account::decode).collect::<Result<Vec<_>, _>>()?;
        let named = accounts.into_iter().filter_map(|account| Some((account.user, account.name?)));
        Ok(named.collect())
    }

    /// The time since which an account has its current password, if the account exists.
    ///
    /// # Role
    /// - `GetItem` on `ACCOUNT#`
    pub async fn password_since(&self, user: UserId) -> Result<Option<Timestamp>, StoreError> {
        self.get(&account::key(user)).await?.as_ref().map(account::password_since).transpose()
    }

    /// A user's account and wallet, if the account exists.
    ///
    /// # Role
    /// - `BatchGetItem` on `ACCOUNT#`, `USER#`
    pub async fn load_account_and_wallet(
        &self,
        user: UserId,
    ) -> Result<Option<(Account, Wallet)>, StoreError> {
        let [account, wallet] = self.get_several_again([account::key(user), wallet::key(user)]).await?;
        let Some(account) = account.as_ref().map(account::decode).transpose()? else {
            return Ok(None);
        };
        let wallet = wallet::of(user, wallet.as_ref())?;
        Ok(Some((account, wallet)))
    }

    /// The login of a phone number, if there is one. Also found by the other spelling of the number.
    ///
    /// # Role
    /// - `GetItem` on `PHONE#`
    pub async fn load_login(&self, phone: &PhoneNumber) -> Result<Option<Login>, StoreError> {
        let mut found = self.get(&login::key(phone)).await?;
        if let (None, Some(other)) = (&found, phone.other_spelling()) {
            found = self.get(&login::key(&other)).await?;
        }
        found.as_ref().map(login::decode).transpose()
    }

    /// The user with a phone number, if there is one. Also found by the other spelling of the number. Reads no password
    /// hash.
    ///
    /// # Role
    /// - `GetItem` on `PHONE#`
    pub async fn user_of_phone(&self, phone: &PhoneNumber) -> Result<Option<UserId>, StoreError> {
        let read = async |phone: &PhoneNumber| {
            self.get_attributes(&login::key(phone), "#user", &[("#user", "user")]).await
        };
        let mut found = read(phone).await?;
        if let (None, Some(other)) = (&found, phone.other_spelling()) {
            found = read(&other).await?;
        }
        found.as_ref().map(|item| Fields::of(item).get("user")).transpose()
    }

    /// The owner of a referral code, if there is one.
    ///
    /// # Role
    /// - `GetItem` on `REFERRAL-CODE#`
    pub async fn load_referrer(&self, code: ReferralCode) -> Result<Option<UserId>, StoreError> {
        self.get(&referral_code::key(code)).await?.as_ref().map(referral_code::decode).transpose()
    }

    /// A page of the players who signed up with a player's code and whose number is less than `before`.
    ///
    /// # Role
    /// - `Query` on `REFERRAL#`
    pub async fn list_referrals(
        &self,
        referrer: UserId,
        before: Option<u64>,
        limit: u16,
    ) -> Result<ReferralPage, StoreError> {
        let last = before.map_or(u64::MAX, |before| before.saturating_sub(1));
        let query = Self::downwards(referral::key(referrer, 0), referral::key(referrer, last));
        let limit = usize::from(limit);
        let mut items = self.query_up_to(&query, None, limit + 1).await?;
        let has_more = items.len() > limit;
        items.truncate(limit);
        let referrals = items.iter().map(referral::decode).collect::<Result<Vec<_>, _>>()?;
        let next_before = referrals.last().filter(|_| has_more).map(|last| last.referred.number());
        Ok(ReferralPage { referrals, next_before })
    }

    /// The days from `first` to `last` on which a player logged in, newest first, at most `limit`.
    ///
    /// # Role
    /// - `Query` on `ATTENDANCE#`
    pub async fn list_attendance(
        &self,
        user: UserId,
        first: Date,
        last: Date,
        limit: u16,
    ) -> Result<Vec<Date>, StoreError> {
        let query = Self::downwards(attendance::key(user, first), attendance::key(user, last));
        let items = self.query_up_to(&query, None, limit.into()).await?;
        items.iter().filter_map(|item| attendance::decode(item).transpose()).collect()
    }
}

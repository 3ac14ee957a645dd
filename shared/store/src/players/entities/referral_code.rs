//! The owner of a referral code: `REFERRAL-CODE#{code}` / `REFERRAL-CODE`. Its presence keeps the code unique.

use crate::StoreError;
use crate::table::item::{Fields, Item, ItemBuilder, Key};
use evens_ledger::UserId;
use evens_players::ReferralCode;

pub(crate) const KIND: &str = "referral-code";
/// Prefix of the partition keys of codes, followed by the code.
pub(crate) const PARTITION_PREFIX: &str = "REFERRAL-CODE#";

pub(crate) fn key(code: ReferralCode) -> Key {
    Key { partition: format!("{PARTITION_PREFIX}{code}"), sort: "REFERRAL-CODE".to_owned() }
}

pub(crate) fn encode(code: ReferralCode, user: UserId) -> Item {
    ItemBuilder::new(KIND, &key(code)).number("user", user).build()
}

pub(crate) fn decode(item: &Item) -> Result<UserId, StoreError> {
    Fields::of(item).get("user")
}

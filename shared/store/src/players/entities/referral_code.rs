//! The owner of a referral code: `REFERRAL-CODE#{code}` / `REFERRAL-CODE`. Its presence keeps the code unique.

use crate::StoreError;
use crate::table::entity::{Books, Entity};
use crate::table::index_place::ScannedRecords;
use crate::table::item::{Fields, Item, ItemBuilder, Key};
use crate::table::layout::Layout;
use evens_ledger::UserId;
use evens_players::ReferralCode;
use evens_records::{Name, Record};

pub(crate) const KIND: &str = "referral-code";

pub(crate) const ENTITY: Entity = Entity {
    kind: KIND,
    row: "referral code | `REFERRAL-CODE#ZNY5KH1R` / `REFERRAL-CODE` | `user`",
    books: Books::Read(&[&["user"]]),
    hidden: &[],
    records,
};
/// Prefix of the partition keys of codes, followed by the code.
pub(crate) const PARTITION_PREFIX: &str = "REFERRAL-CODE#";

pub(crate) fn key(code: ReferralCode) -> Key {
    Key { partition: format!("{PARTITION_PREFIX}{code}"), sort: "REFERRAL-CODE".to_owned() }
}

pub(crate) fn encode(code: ReferralCode, user: UserId) -> Item {
    ItemBuilder::new(&ENTITY, &key(code)).number("user", user).build()
}

pub(crate) fn decode(item: &Item) -> Result<UserId, StoreError> {
    Fields::of(item).get("user")
}

fn records(item: &Item, _: Layout) -> Result<ScannedRecords, StoreError> {
    let fields = Fields::of(item);
    let partition: String = fields.get("pk")?;
    let code = partition.strip_prefix(PARTITION_PREFIX).and_then(|text| text.parse().ok());
    let code = code.ok_or_else(|| fields.corrupt("pk"))?;
    Ok(ScannedRecords::at(key(code), Record::Name(Name::Code(code), decode(item)?)))
}

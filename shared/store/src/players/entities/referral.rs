//! An edge of the referral tree: `REFERRAL#{referrer}` / `REFERRAL#{referred}`. Put once, together with the referrer's
//! count.

use crate::StoreError;
use crate::table::entity::{Books, Entity};
use crate::table::index_place::ScannedRecords;
use crate::table::item::{Fields, Item, ItemBuilder, Key};
use crate::table::layout::Layout;
use evens_ledger::UserId;
use evens_players::Referral;
use evens_records::Record;

pub(crate) const KIND: &str = "referral";

pub(crate) const ENTITY: Entity = Entity {
    kind: KIND,
    row: "referral | `REFERRAL#7` / `REFERRAL#00000000000000000042` | an edge of the tree",
    books: Books::Read(&[&["referrer", "referred", "tree_level", "edge_status", "recorded_at"]]),
    hidden: &[],
    records,
};

/// Edges of a referrer sort by the number of the referred user.
pub(crate) fn key(referrer: UserId, referred: u64) -> Key {
    Key { partition: format!("REFERRAL#{referrer}"), sort: format!("REFERRAL#{referred:020}") }
}

pub(crate) fn encode(referral: &Referral) -> Item {
    ItemBuilder::new(&ENTITY, &key(referral.referrer, referral.referred.number()))
        .number("referrer", referral.referrer)
        .number("referred", referral.referred)
        .number("tree_level", referral.level)
        .text("edge_status", Referral::STATUS)
        .text("recorded_at", referral.recorded_at)
        .build()
}

pub(crate) fn decode(item: &Item) -> Result<Referral, StoreError> {
    let fields = Fields::of(item);
    Ok(Referral {
        referrer: fields.get("referrer")?,
        referred: fields.get("referred")?,
        level: fields.get("tree_level")?,
        recorded_at: fields.get("recorded_at")?,
    })
}

fn records(item: &Item, _: Layout) -> Result<ScannedRecords, StoreError> {
    let edge = decode(item)?;
    Ok(ScannedRecords::at(key(edge.referrer, edge.referred.number()), Record::Referral(edge)))
}

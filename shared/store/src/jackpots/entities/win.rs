//! A paid win: `JACKPOT-WINS#{group}` / the number of the win in the group. Put once and never changed.

use super::{jackpot_record, operation};
use crate::StoreError;
use crate::table::entity::{Books, Entity};
use crate::table::index_place::ScannedRecords;
use crate::table::item::{Fields, Item, ItemBuilder, Key};
use crate::table::layout::Layout;
use evens_jackpots::{JackpotGroup, Win};
use evens_records::JackpotRecord;

pub(crate) const KIND: &str = "jackpot-win";

pub(crate) const ENTITY: Entity = Entity {
    kind: KIND,
    row: "win of a jackpot | `JACKPOT-WINS#minor` / `00000000000000000003` | `refill` *from the reserve*, \
          `top_up` *from the house*, `cause`, `ticket`; immutable",
    books: Books::Read(&[&[
        "operation",
        "group",
        "win",
        "user",
        "amount",
        "pool_before",
        "refill",
        "top_up",
        "cause",
        "reason",
        "at",
        "cash",
        "ticket",
        "terms_version",
    ]]),
    hidden: &[],
    records,
};

pub(crate) fn partition(group: JackpotGroup) -> String {
    format!("JACKPOT-WINS#{group}")
}

pub(crate) fn key(group: JackpotGroup, cycle: u64) -> Key {
    Key { partition: partition(group), sort: format!("{cycle:020}") }
}

pub(crate) fn encode(win: &Win) -> Item {
    let Win { operation, group, cycle, user, amount, pool_before, refill, top_up, .. } = win;
    let Win { cause, winning, reason, at, .. } = win;
    operation::with_winning(ItemBuilder::new(&ENTITY, &key(*group, *cycle)), *winning)
        .text("operation", operation)
        .text("group", group)
        .number("win", cycle)
        .number("user", user)
        .number("amount", amount)
        .number("pool_before", pool_before)
        .number("refill", refill)
        .number("top_up", top_up)
        .text("cause", cause)
        .text("reason", reason)
        .text("at", at)
        .build()
}

pub(crate) fn decode(item: &Item) -> Result<Win, StoreError> {
    let fields = Fields::of(item);
    Ok(Win {
        operation: operation::operation(fields)?,
        group: fields.get("group")?,
        cycle: fields.get("win")?,
        user: fields.get("user")?,
        amount: fields.get("amount")?,
        pool_before: fields.get("pool_before")?,
        refill: fields.get("refill")?,
        top_up: fields.get("top_up")?,
        cause: fields.get("cause")?,
        winning: operation::decode_winning(fields)?,
        reason: fields.get("reason")?,
        at: fields.get("at")?,
    })
}

fn records(item: &Item, _: Layout) -> Result<ScannedRecords, StoreError> {
    let found = decode(item)?;
    Ok(jackpot_record(key(found.group, found.cycle), JackpotRecord::Win(found)))
}

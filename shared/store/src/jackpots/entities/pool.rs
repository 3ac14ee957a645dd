//! The pool of a group: `JACKPOT#{group}` / `POOL`. While a win is in progress, its state is `WINNING`, and it holds
//! everything needed to finish the win. `lock_holder` is the operation of the win, for readers of the item.

use super::{config, jackpot_record, operation};
use crate::StoreError;
use crate::table::entity::{Books, Entity};
use crate::table::index_place::{IndexPlace, ScannedRecords};
use crate::table::item::{Fields, Item, ItemBuilder, Key, number};
use crate::table::layout::Layout;
use crate::table::shard::Shard;
use crate::table::write::{Write, put_in_place};
use evens_jackpots::{JackpotGroup, PendingWin, Pool, PoolState};
use evens_records::JackpotRecord;
use jiff::Timestamp;

pub(crate) const KIND: &str = "jackpot-pool";

pub(crate) const ENTITY: Entity = Entity {
    kind: KIND,
    row: "pool of a jackpot | `JACKPOT#minor` / `POOL` | `amount` *without the meters*, `reserve`, `state` \
          `OPEN`; during a win `WINNING` with `operation`, and `unfinished_pk` `JACKPOT#03`",
    books: Books::Read(&[
        &[
            "version",
            "wins",
            "amount",
            "reserve",
            "last_modified_at",
            "state",
            "lock_holder",
            "start",
            "begun_at",
        ],
        operation::AWARD,
    ]),
    hidden: &[],
    records,
};

const OPEN: &str = "OPEN";
const WINNING: &str = "WINNING";

pub(crate) fn key(group: JackpotGroup) -> Key {
    Key { partition: config::partition(group), sort: "POOL".to_owned() }
}

/// A time with a precision of milliseconds.
pub(crate) fn milliseconds(at: Timestamp) -> String {
    format!("{at:.3}")
}

/// Prefix of the partition keys of groups.
pub(crate) const PARTITION_PREFIX: &str = "JACKPOT#";

/// Partition of the `unfinished` index for a shard of pools with a win in progress.
pub(crate) fn index_partition(shard: Shard) -> String {
    format!("JACKPOT#{shard}")
}

/// The partition and time in the index. `None` while no win is in progress.
pub(crate) fn listed(pool: &Pool, layout: Layout) -> Option<(String, Timestamp)> {
    let win = pool.winning()?;
    Some((index_partition(layout.shard_of(pool.group)), win.begun_at))
}

/// Replaces the pool that was read.
pub(crate) fn put(after: &Pool, read: &Pool, layout: Layout) -> Write {
    put_in_place(encode(after, layout), "version = :read", vec![(":read", number(read.version))])
}

pub(crate) fn encode(pool: &Pool, layout: Layout) -> Item {
    let Pool { group, version, cycle, amount, reserve, state, last_modified_at } = pool;
    let item = ItemBuilder::new(&ENTITY, &key(*group))
        .number("version", version)
        .number("wins", cycle)
        .number("amount", amount)
        .number("reserve", reserve)
        .text("last_modified_at", milliseconds(*last_modified_at));
    match state {
        PoolState::Open => item.text("group", group).text("state", OPEN).build(),
        PoolState::Winning(win) => {
            let PendingWin { award, start, begun_at } = win.as_ref();
            operation::with_award(item, award)
                .text("state", WINNING)
                .text("lock_holder", &award.operation)
                .number("start", start)
                .text("begun_at", begun_at)
                .unfinished(index_partition(layout.shard_of(*group)), *begun_at)
                .build()
        }
    }
}

pub(crate) fn decode(item: &Item) -> Result<Pool, StoreError> {
    let fields = Fields::of(item);
    let state = match fields.get::<String>("state")?.as_str() {
        OPEN => PoolState::Open,
        WINNING => PoolState::Winning(Box::new(PendingWin {
            award: operation::decode_award(item)?,
            start: fields.get("start")?,
            begun_at: fields.get("begun_at")?,
        })),
        _ => return Err(fields.corrupt("state")),
    };
    Ok(Pool {
        group: fields.get("group")?,
        version: fields.get("version")?,
        cycle: fields.get("wins")?,
        amount: fields.get("amount")?,
        reserve: fields.get("reserve")?,
        state,
        last_modified_at: fields.get("last_modified_at")?,
    })
}

fn records(item: &Item, layout: Layout) -> Result<ScannedRecords, StoreError> {
    let found = decode(item)?;
    let listed = listed(&found, layout)
        .map_or(IndexPlace::Never, |(partition, since)| IndexPlace::Always(partition, since));
    Ok(jackpot_record(key(found.group), JackpotRecord::Pool(found)).with_listing(listed))
}

//! A shard of a period's bets: `PERIOD-BETS#{period}#{lane}` / `SHARD#{number}`, a set of records of 42 bytes. A bet
//! adds its record only while the shard is not closed, so the content of a closed shard is final.
//!
//! The first bet creates the shard, only while the period is open. So a shard without bets does not exist, and cannot
//! be created once the period is closing. Periods from before that have closed shards without bets.

use crate::StoreError;
use crate::table::entity::{Books, Entity};
use crate::table::index_place::ScannedRecords;
use crate::table::item::{AttributeValue, Fields, Item, Key, bytes_set, number, text};
use crate::table::layout::Layout;
use evens_games::{GameBetRecord, Lane, PeriodId};
use evens_records::{PeriodShard, Record};
use jiff::Timestamp;

pub(crate) const KIND: &str = "period-shard";

pub(crate) const ENTITY: Entity = Entity {
    kind: KIND,
    row: "shard of a period | `PERIOD-BETS#{room}-20261123000000042#7` *its lane* / `SHARD#0007` | `bets` *a \
          set of records of 42 bytes: bet, player, selection, stake, bonus part*",
    books: Books::Read(&[&["period", "shard_number", "bets", "closed"]]),
    hidden: &[],
    records,
};

/// Prefix of the sort keys of shards.
pub(crate) const SORT_PREFIX: &str = "SHARD#";

/// Creates a shard with its first record.
pub(crate) const CREATE: &str = "SET kind = :kind, period = :period, shard_number = :shard ADD bets :record";
pub(crate) const IS_ABSENT: &str = "attribute_not_exists(pk)";

/// Adds a record to a shard that exists.
pub(crate) const ADD: &str = "ADD bets :record";
/// Closes a shard that exists.
pub(crate) const CLOSE: &str = "SET closed = :at";
/// The condition of both.
pub(crate) const IS_OPEN: &str = "attribute_exists(pk) AND attribute_not_exists(closed)";

/// The partition of the shards that a lane settles.
pub(crate) fn partition(period: PeriodId, lane: Lane) -> String {
    format!("PERIOD-BETS#{period}#{lane}")
}

pub(crate) fn key(period: PeriodId, shard: u16) -> Key {
    Key { partition: partition(period, Lane::of_shard(shard)), sort: format!("{SORT_PREFIX}{shard:04}") }
}

/// The values for [`CREATE`].
pub(crate) fn values_to_create(
    period: PeriodId,
    shard: u16,
    record: &GameBetRecord,
) -> Vec<(&'static str, AttributeValue)> {
    let mut values = values_to_add(record);
    values.extend([(":kind", text(KIND)), (":period", text(period)), (":shard", number(shard))]);
    values
}

/// The values for [`ADD`].
pub(crate) fn values_to_add(record: &GameBetRecord) -> Vec<(&'static str, AttributeValue)> {
    vec![(":record", bytes_set(record.encode()))]
}

/// The values for [`CLOSE`].
pub(crate) fn values_to_close(at: Timestamp) -> Vec<(&'static str, AttributeValue)> {
    vec![(":at", text(at))]
}

/// Bets are sorted by id, because the engine returns them in any order.
pub(crate) fn decode(item: &Item) -> Result<PeriodShard, StoreError> {
    let fields = Fields::of(item);
    let period = fields.get("period")?;
    let record = |bytes: &[u8]| GameBetRecord::decode(period, bytes).map_err(|_| fields.corrupt("bets"));
    let bets: Result<Vec<_>, _> =
        fields.bytes_set("bets")?.iter().map(|blob| record(blob.as_ref())).collect();
    let mut bets = bets?;
    bets.sort_unstable_by_key(|record| record.bet);
    Ok(PeriodShard {
        period,
        number: fields.get("shard_number")?,
        closed_at: fields.optional("closed")?,
        bets,
    })
}

fn records(item: &Item, _: Layout) -> Result<ScannedRecords, StoreError> {
    let found = decode(item)?;
    Ok(ScannedRecords::at(key(found.period, found.number), Record::PeriodShard(found)))
}

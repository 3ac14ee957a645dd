//! A shard of a period's bets: `PERIOD-BETS#{period}#{lane}` / `SHARD#{number}`, a set of records of 42 bytes. A bet
//! adds its record only while the shard is not closed, so the content of a closed shard is final. A shard without bets
//! does not exist before it is closed.

use crate::StoreError;
use crate::table::item::{Fields, Item, Key, bytes_set, number, text};
use aws_sdk_dynamodb::types::AttributeValue;
use evens_games::{GameBetRecord, Lane, PeriodId};
use evens_records::PeriodShard;
use jiff::Timestamp;

pub(crate) const KIND: &str = "period-shard";

/// Prefix of the sort keys of shards.
pub(crate) const SORT_PREFIX: &str = "SHARD#";

/// Adds a record to a shard, or closes it. The first of the two creates the item.
pub(crate) const ADD: &str = "SET kind = :kind, period = :period, shard_number = :shard ADD bets :record";
pub(crate) const CLOSE: &str = "SET kind = :kind, period = :period, shard_number = :shard, closed = :at";

/// The condition of both.
pub(crate) const IS_OPEN: &str = "attribute_not_exists(closed)";

/// The partition of the shards that a lane settles.
pub(crate) fn partition(period: PeriodId, lane: Lane) -> String {
    format!("PERIOD-BETS#{period}#{lane}")
}

pub(crate) fn key(period: PeriodId, shard: u16) -> Key {
    Key { partition: partition(period, Lane::of_shard(shard)), sort: format!("{SORT_PREFIX}{shard:04}") }
}

/// The values for [`ADD`].
pub(crate) fn values_to_add(
    period: PeriodId,
    shard: u16,
    record: &GameBetRecord,
) -> Vec<(&'static str, AttributeValue)> {
    let mut values = values(period, shard);
    values.push((":record", bytes_set(record.encode())));
    values
}

/// The values for [`CLOSE`].
pub(crate) fn values_to_close(
    period: PeriodId,
    shard: u16,
    at: Timestamp,
) -> Vec<(&'static str, AttributeValue)> {
    let mut values = values(period, shard);
    values.push((":at", text(at)));
    values
}

fn values(period: PeriodId, shard: u16) -> Vec<(&'static str, AttributeValue)> {
    vec![(":kind", text(KIND)), (":period", text(period)), (":shard", number(shard))]
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

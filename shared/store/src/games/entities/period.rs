//! The period: `PERIOD#{period}` / `PERIOD`, and its secret: `SEED#PERIOD#{period}` / `SEED`, in a partition of its own
//! so that only functions that draw may read it. No bet reads or writes the period: bets meet in its shards.
//!
//! The period is in the `unfinished` index until its end. Until it is drawn or cancelled, it is under `PERIOD#{shard}`
//! at its closing time. After that, until all of its lanes are done, it is under `LANES#{shard}` at the time at which
//! it ends.

use crate::StoreError;
use crate::games::entities::block;
use crate::table::entity::{Books, Entity};
use crate::table::index_place::{IndexPlace, ScannedRecords};
use crate::table::item::{AttributeValue, Fields, Item, ItemBuilder, Key, number, text};
use crate::table::layout::Layout;
use crate::table::shard::Shard;
use evens_games::{
    DrawnSymbols, Entropy, Lanes, Period, PeriodId, PeriodResult, PeriodState, PeriodStateName, PeriodTimes,
    PeriodTotals, RULES_VERSION, ShardCount,
};
use evens_records::Record;
use jiff::Timestamp;

pub(crate) const KIND: &str = "period";

pub(crate) const ENTITY: Entity = Entity {
    kind: KIND,
    row: "period | `PERIOD#{room}-20261123000000042` / `PERIOD` | `lanes` *one bit per paid lane*; \
          `unfinished_pk` `PERIOD#03` until it is drawn or cancelled, then `LANES#03` until all lanes are paid",
    books: Books::Read(&[
        OPENING,
        block::ATTRIBUTES,
        &["state", "bets", "staked", "drawn", "drawn_at", "lanes"],
    ]),
    hidden: &["seed"],
    records,
};

/// The attributes of [`encode_opening`], besides those of its block.
pub(crate) const OPENING: &[&str] =
    &["period", "rules", "opens_at", "closes_at", "ends_at", "seed_hash", "entropy", "shards"];

/// Prefix of the partition keys of periods.
pub(crate) const PARTITION_PREFIX: &str = "PERIOD#";

pub(crate) fn key(period: PeriodId) -> Key {
    Key { partition: format!("{PARTITION_PREFIX}{period}"), sort: "PERIOD".to_owned() }
}

/// Partition of the `unfinished` index for a shard of periods that the clock advances.
pub(crate) fn index_partition(shard: Shard) -> String {
    format!("PERIOD#{shard}")
}

/// Partition of the `unfinished` index for a shard of periods that owe payments.
pub(crate) fn index_partition_of_lanes(shard: Shard) -> String {
    format!("LANES#{shard}")
}

/// The period in the key of its item.
pub(crate) fn id_in_key(item: &Item) -> Result<PeriodId, StoreError> {
    let fields = Fields::of(item);
    let partition: String = fields.get("pk")?;
    let id = partition.strip_prefix(PARTITION_PREFIX).and_then(|id| id.parse().ok());
    id.ok_or_else(|| fields.corrupt("pk"))
}

/// The partition and time in the index. `None` once the period has ended.
pub(crate) fn listed(period: &Period, layout: Layout) -> Option<(String, Timestamp)> {
    let shard = layout.shard_of(period.id);
    match period.state {
        PeriodState::Open | PeriodState::Closing | PeriodState::Closed(_) => {
            Some((index_partition(shard), period.times.closes_at))
        }
        PeriodState::Resulted(..) | PeriodState::Cancelled(..) => {
            Some((index_partition_of_lanes(shard), period.times.ends_at))
        }
        PeriodState::Settled(..) | PeriodState::Refunded(_) => None,
    }
}

/// The condition under which a step replaces a period: its state is the one read, and it has no block that was not
/// read. A block that it has is never replaced.
pub(crate) fn is_as_read(read: &Period) -> (&'static str, Vec<(&'static str, AttributeValue)>) {
    let state = (":read", text(read.state.name().as_str()));
    match lanes(&read.state) {
        None if read.wanted_block().is_some() => {
            ("#state = :read AND attribute_not_exists(block_id)", vec![state])
        }
        None => ("#state = :read", vec![state]),
        Some(lanes) => ("#state = :read AND lanes = :lanes", vec![state, (":lanes", number(lanes.bits()))]),
    }
}

/// The condition that a period is open, which creates the shards of its bets.
pub(crate) fn is_open() -> (&'static str, Vec<(&'static str, AttributeValue)>) {
    ("#state = :open", vec![(":open", text(PeriodStateName::Open.as_str()))])
}

fn lanes(state: &PeriodState) -> Option<Lanes> {
    match state {
        PeriodState::Resulted(_, _, lanes) | PeriodState::Cancelled(_, lanes) => Some(*lanes),
        PeriodState::Open
        | PeriodState::Closing
        | PeriodState::Closed(_)
        | PeriodState::Settled(..)
        | PeriodState::Refunded(_) => None,
    }
}

pub(crate) fn encode(period: &Period, layout: Layout) -> Item {
    let (totals, result) = (period.totals(), period.result());
    let item = encode_opening(ItemBuilder::new(&ENTITY, &key(period.id)), period)
        .text("state", period.state.name().as_str())
        .optional_number("bets", totals.map(|totals| totals.bets))
        .optional_number("staked", totals.map(|totals| totals.staked))
        .optional_text("drawn", result.map(|result| &result.drawn))
        .optional_text("seed", result.map(|result| result.seed.reveal()))
        .optional_text("drawn_at", result.map(|result| result.drawn_at))
        .optional_number("lanes", lanes(&period.state).map(Lanes::bits));
    match listed(period, layout) {
        Some((partition, since)) => item.unfinished(partition, since).build(),
        None => item.build(),
    }
}

/// Adds the attributes that every state of a period has, and its block.
pub(crate) fn encode_opening(item: ItemBuilder, period: &Period) -> ItemBuilder {
    let Period { id, rules, times, seed_hash, entropy, shards, state: _ } = period;
    let item = item
        .text("period", id)
        .number("rules", rules)
        .text("opens_at", times.opens_at)
        .text("closes_at", times.closes_at)
        .text("ends_at", times.ends_at)
        .text("seed_hash", seed_hash)
        .text("entropy", entropy)
        .number("shards", shards.get());
    block::encode(item, entropy.block())
}

pub(crate) fn decode(item: &Item) -> Result<Period, StoreError> {
    let fields = Fields::of(item);
    decode_opening(fields, |id| decode_state(fields, id))
}

/// Reads the attributes of [`encode_opening`], and adds the state.
pub(crate) fn decode_opening(
    fields: Fields<'_>,
    state: impl FnOnce(PeriodId) -> Result<PeriodState, StoreError>,
) -> Result<Period, StoreError> {
    let id: PeriodId = fields.get("period")?;
    let times = PeriodTimes {
        opens_at: fields.get("opens_at")?,
        closes_at: fields.get("closes_at")?,
        ends_at: fields.get("ends_at")?,
    };
    let rules = fields.get("rules")?;
    if rules != RULES_VERSION {
        // Its bets were placed under other prices. Only a version with those prices can pay them.
        return Err(fields.corrupt("rules"));
    }
    Ok(Period {
        id,
        rules,
        times,
        seed_hash: fields.get("seed_hash")?,
        entropy: decode_entropy(fields)?,
        shards: ShardCount::new(fields.get("shards")?).map_err(|_| fields.corrupt("shards"))?,
        state: state(id)?,
    })
}

fn decode_entropy(fields: Fields<'_>) -> Result<Entropy, StoreError> {
    match (fields.get("entropy")?, block::decode(fields)?) {
        (Entropy::Block { source, .. }, block) => Ok(Entropy::Block { source, block }),
        (Entropy::None, None) => Ok(Entropy::None),
        (Entropy::None, Some(_)) => Err(fields.corrupt(block::BLOCK_ID)),
    }
}

fn decode_state(fields: Fields<'_>, id: PeriodId) -> Result<PeriodState, StoreError> {
    let totals = || -> Result<_, StoreError> {
        Ok(PeriodTotals { bets: fields.get("bets")?, staked: fields.get("staked")? })
    };
    let result = || decode_result(fields, id, "seed");
    let lanes = || fields.get("lanes").map(Lanes::from_bits);
    Ok(match fields.get("state")? {
        PeriodStateName::Open => PeriodState::Open,
        PeriodStateName::Closing => PeriodState::Closing,
        PeriodStateName::Closed => PeriodState::Closed(totals()?),
        PeriodStateName::Resulted => PeriodState::Resulted(totals()?, result()?, lanes()?),
        PeriodStateName::Settled => PeriodState::Settled(totals()?, result()?),
        PeriodStateName::Cancelled => PeriodState::Cancelled(totals()?, lanes()?),
        PeriodStateName::Refunded => PeriodState::Refunded(totals()?),
    })
}

/// Reads a result whose published seed is in the attribute `seed_name`.
pub(crate) fn decode_result(
    fields: Fields<'_>,
    id: PeriodId,
    seed_name: &'static str,
) -> Result<PeriodResult, StoreError> {
    let drawn: String = fields.get("drawn")?;
    let drawn = DrawnSymbols::parse(id.room.game(), &drawn).map_err(|_| fields.corrupt("drawn"))?;
    Ok(PeriodResult { drawn, seed: fields.get(seed_name)?, drawn_at: fields.get("drawn_at")? })
}

fn records(item: &Item, layout: Layout) -> Result<ScannedRecords, StoreError> {
    let found = decode(item)?;
    let listed = listed(&found, layout)
        .map_or(IndexPlace::Never, |(partition, since)| IndexPlace::Always(partition, since));
    Ok(ScannedRecords::at(key(found.id), Record::Period(Box::new(found))).with_listing(listed))
}

pub(crate) mod seed {
    //! The period's secret. It cannot have the key of a round's secret, because a round's name contains no `#`.

    use super::{
        Books, Entity, Fields, Item, ItemBuilder, Key, Layout, PeriodId, Record, ScannedRecords, StoreError,
    };
    use evens_draws::Seed;

    pub(crate) const KIND: &str = "period-seed";

    pub(crate) const ENTITY: Entity = Entity {
        kind: KIND,
        row: "seed of a period | `SEED#PERIOD#{room}-20261123000000042` / `SEED` | as of a round",
        books: Books::Unread,
        hidden: &["period", "seed"],
        records,
    };

    pub(crate) fn key(period: PeriodId) -> Key {
        Key { partition: format!("SEED#PERIOD#{period}"), sort: "SEED".to_owned() }
    }

    pub(crate) fn encode(period: PeriodId, seed: &Seed) -> Item {
        ItemBuilder::new(&ENTITY, &key(period)).text("period", period).text("seed", seed.reveal()).build()
    }

    pub(crate) fn decode(item: &Item) -> Result<Seed, StoreError> {
        Fields::of(item).get("seed")
    }

    fn records(item: &Item, _: Layout) -> Result<ScannedRecords, StoreError> {
        let (id, seed) = (Fields::of(item).get("period")?, decode(item)?);
        Ok(ScannedRecords::at(key(id), Record::PeriodSeed(id, seed)))
    }
}

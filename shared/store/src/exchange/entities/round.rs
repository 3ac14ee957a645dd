//! The round: `ROUND#{round}` / `ROUND`, and its secret: `SEED#{round}` / `SEED`, in a partition of its own so that
//! only functions that draw may read it. The round is in the `unfinished` index under `ROUND#{shard}`. A round with a
//! closing deadline is indexed under that time from its opening. Every round is indexed from its end until everything
//! in it has ended, and from then on under `ROUND-CLOSED#{shard}` or `ROUND-CANCELLED#{shard}` and the time of its end.

use crate::StoreError;
use crate::exchange::ended_rounds::RoundEnd;
use crate::table::entity::{Books, Entity};
use crate::table::index_place::{IndexPlace, ScannedRecords};
use crate::table::item::{Fields, Item, ItemBuilder, Key};
use crate::table::layout::Layout;
use crate::table::shard::Shard;
use evens_draws::Seed;
use evens_exchange::{
    Deadlines, Draw, DrawRule, OracleKey, Round, RoundId, RoundOutcome, RoundState, RoundStateName,
};
use evens_ledger::Digest;
use evens_records::Record;
use jiff::Timestamp;

pub(crate) const KIND: &str = "round";

pub(crate) const ENTITY: Entity = Entity {
    kind: KIND,
    row: "round | `ROUND#round-1` / `ROUND` | `draw` `match`, `state`; `unfinished_pk` `ROUND#11` until every \
          bet and match in it has ended, then `ROUND-CLOSED#11` or `ROUND-CANCELLED#11` and the time of its \
          end",
    books: Books::Read(&[&[
        "round",
        "draw",
        "seed_hash",
        "draw_rule",
        "opened_at",
        "opened_by",
        "stake_min",
        "commission",
        "closes_by",
        "result_by",
        "published_at",
        "state",
        "oracle",
        "oracle_key",
        "closed_at",
        "cancelled_at",
        "winner",
        "fixed_at",
    ]]),
    hidden: &["seed", "signature"],
    records,
};

pub(crate) fn key(round: &RoundId) -> Key {
    Key { partition: format!("ROUND#{round}"), sort: "ROUND".to_owned() }
}

/// Partition of the `unfinished` index for a shard of rounds.
pub(crate) fn index_partition(shard: Shard) -> String {
    format!("ROUND#{shard}")
}

/// Partition of the `unfinished` index for a shard of the rounds that ended in this way and are finished.
pub(crate) fn ended_partition(end: RoundEnd, shard: Shard) -> String {
    match end {
        RoundEnd::Closed => format!("ROUND-CLOSED#{shard}"),
        RoundEnd::Cancelled => format!("ROUND-CANCELLED#{shard}"),
    }
}

/// The way in which a round ended. `None` while it is open.
pub(crate) fn end_of(round: &Round) -> Option<RoundEnd> {
    match round.state {
        RoundState::Open => None,
        RoundState::Closed { .. } | RoundState::Resulted { .. } => Some(RoundEnd::Closed),
        RoundState::Cancelled { .. } => Some(RoundEnd::Cancelled),
    }
}

/// The place of a finished round in the index. `None` while it is open.
pub(crate) fn ended_place(round: &Round, layout: Layout) -> Option<(String, Timestamp)> {
    let (end, at) = (end_of(round)?, round.state.ended_at()?);
    Some((ended_partition(end, layout.shard_of(&round.id)), at))
}

pub(crate) fn encode(round: &Round, layout: Layout) -> Item {
    let item = ItemBuilder::new(&ENTITY, &key(&round.id))
        .text("round", &round.id)
        .text("draw", round.draw.as_str())
        .text("seed_hash", round.seed_hash)
        .number("draw_rule", round.draw_rule.number())
        .text("opened_at", round.opened_at)
        .optional_number("opened_by", round.opened_by)
        .number("stake_min", round.stake_min)
        .optional_number("commission", Some(round.commission).filter(|rate| !rate.is_none()))
        .optional_text("closes_by", round.deadlines.map(|deadlines| deadlines.closes_by))
        .optional_text("result_by", round.deadlines.map(|deadlines| deadlines.result_by))
        .optional_text("published_at", round.published_at)
        .text("state", round.state.name().as_str())
        .optional_text("seed", round.state.seed().map(Seed::reveal));
    let item = match &round.draw {
        Draw::Oracle(oracle) => {
            item.text("oracle", &oracle.name).text("oracle_key", Digest::from_bytes(oracle.public_key))
        }
        Draw::Match | Draw::Round => item,
    };
    let index = index_partition(layout.shard_of(&round.id));
    let item = match &round.state {
        RoundState::Open => {
            let item = match round.deadlines {
                Some(deadlines) => item.unfinished(index, deadlines.closes_by),
                None => item,
            };
            return item.build();
        }
        RoundState::Closed { closed_at, .. } => item.text("closed_at", closed_at),
        RoundState::Cancelled { cancelled_at, .. } => item.text("cancelled_at", cancelled_at),
        RoundState::Resulted { closed_at, outcome, .. } => item
            .text("closed_at", closed_at)
            .text("winner", outcome.winner)
            .text("fixed_at", outcome.fixed_at)
            .optional_text("signature", outcome.signature.as_deref().map(hex::encode)),
    };
    item.unfinished(index, round.opened_at).build()
}

pub(crate) fn decode(item: &Item) -> Result<Round, StoreError> {
    let fields = Fields::of(item);
    Ok(Round {
        id: fields.get("round")?,
        draw: decode_draw(fields)?,
        draw_rule: decode_draw_rule(fields)?,
        seed_hash: fields.get("seed_hash")?,
        opened_at: fields.get("opened_at")?,
        opened_by: fields.optional("opened_by")?,
        stake_min: fields.optional("stake_min")?.unwrap_or_default(),
        commission: fields.optional("commission")?.unwrap_or_default(),
        deadlines: decode_deadlines(fields)?,
        published_at: fields.optional("published_at")?,
        state: decode_state(fields)?,
    })
}

fn decode_draw(fields: Fields<'_>) -> Result<Draw, StoreError> {
    match fields.get::<String>("draw")?.as_str() {
        "match" => Ok(Draw::Match),
        "round" => Ok(Draw::Round),
        "oracle" => {
            let public_key = *fields.get::<Digest>("oracle_key")?.bytes();
            Ok(Draw::Oracle(OracleKey { name: fields.get("oracle")?, public_key }))
        }
        _ => Err(fields.corrupt("draw")),
    }
}

/// A round without a rule is from before there were two rules.
fn decode_draw_rule(fields: Fields<'_>) -> Result<DrawRule, StoreError> {
    let number = fields.optional("draw_rule")?.unwrap_or_else(|| DrawRule::Ids.number());
    DrawRule::of_number(number).ok_or_else(|| fields.corrupt("draw_rule"))
}

fn decode_deadlines(fields: Fields<'_>) -> Result<Option<Deadlines>, StoreError> {
    match (fields.optional("closes_by")?, fields.optional("result_by")?) {
        (Some(closes_by), Some(result_by)) => Ok(Some(Deadlines { closes_by, result_by })),
        (None, None) => Ok(None),
        (Some(_), None) => Err(fields.corrupt("result_by")),
        (None, Some(_)) => Err(fields.corrupt("closes_by")),
    }
}

fn decode_state(fields: Fields<'_>) -> Result<RoundState, StoreError> {
    let state: String = fields.get("state")?;
    if state == "OPEN" {
        return Ok(RoundState::Open);
    }
    let seed = || fields.optional::<Seed>("seed");
    match state.as_str() {
        "CLOSED" => Ok(RoundState::Closed { closed_at: fields.get("closed_at")?, seed: seed()? }),
        "CANCELLED" => Ok(RoundState::Cancelled { cancelled_at: fields.get("cancelled_at")?, seed: seed()? }),
        "RESULTED" => {
            let signature = match fields.optional::<String>("signature")? {
                Some(text) => Some(hex::decode(text).map_err(|_| fields.corrupt("signature"))?),
                None => None,
            };
            let (winner, fixed_at) = (fields.get("winner")?, fields.get("fixed_at")?);
            let outcome = RoundOutcome { winner, fixed_at, signature };
            Ok(RoundState::Resulted {
                closed_at: fields.get("closed_at")?,
                seed: fields.get("seed")?,
                outcome,
            })
        }
        _ => Err(fields.corrupt("state")),
    }
}

fn records(item: &Item, layout: Layout) -> Result<ScannedRecords, StoreError> {
    let found = decode(item)?;
    let (key, partition) = (key(&found.id), index_partition(layout.shard_of(&found.id)));
    // A round that has ended is listed until everything in it has ended, and then in the list of its end, unless it was
    // finished before there was one.
    let listed = match found.state.name() {
        // A round with a closing deadline is listed under that time.
        RoundStateName::Open => match found.deadlines {
            Some(deadlines) => IndexPlace::Always(partition, deadlines.closes_by),
            None => IndexPlace::Never,
        },
        RoundStateName::Closed | RoundStateName::Resulted | RoundStateName::Cancelled => {
            let unfinished = (partition, found.opened_at);
            match ended_place(&found, layout) {
                Some(ended) => IndexPlace::OneOf(unfinished, ended),
                None => IndexPlace::Perhaps(unfinished.0, unfinished.1),
            }
        }
    };
    Ok(ScannedRecords::at(key, Record::Round(found)).with_listing(listed))
}

pub(crate) mod seed {

    use super::{
        Books, Entity, Fields, Item, ItemBuilder, Key, Layout, Record, RoundId, ScannedRecords, Seed,
        StoreError,
    };

    pub(crate) const KIND: &str = "seed";

    pub(crate) const ENTITY: Entity = Entity {
        kind: KIND,
        row: "seed | `SEED#round-1` / `SEED` | the secret, in its own partition so that only functions that \
              draw may read it",
        books: Books::Unread,
        hidden: &["round", "seed"],
        records,
    };

    pub(crate) fn key(round: &RoundId) -> Key {
        Key { partition: format!("SEED#{round}"), sort: "SEED".to_owned() }
    }

    pub(crate) fn encode(round: &RoundId, seed: &Seed) -> Item {
        ItemBuilder::new(&ENTITY, &key(round)).text("round", round).text("seed", seed.reveal()).build()
    }

    pub(crate) fn decode(item: &Item) -> Result<Seed, StoreError> {
        Fields::of(item).get("seed")
    }

    fn records(item: &Item, _: Layout) -> Result<ScannedRecords, StoreError> {
        let (round, seed) = (Fields::of(item).get("round")?, decode(item)?);
        Ok(ScannedRecords::at(key(&round), Record::Seed(round, seed)))
    }
}

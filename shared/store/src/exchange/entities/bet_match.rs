//! The match: `MATCHES#{round}` / `MATCH#{match}`. It is apart from its round, so that a function that may write
//! matches cannot write rounds, and adding up matches reads no partition that bets need. While it is unsettled and
//! could be settled, it is in the `unfinished` index under `MATCH#{shard}`.

use crate::StoreError;
use crate::table::entity::{Books, Entity};
use crate::table::index_place::{IndexPlace, ScannedRecords};
use crate::table::item::{Fields, Item, ItemBuilder, Key};
use crate::table::layout::Layout;
use crate::table::shard::Shard;
use evens_draws::Nonce;
use evens_exchange::{CommissionRate, Match, MatchId, MatchState, Outcome, RoundId};
use evens_records::Record;

pub(crate) const KIND: &str = "match";

pub(crate) const ENTITY: Entity = Entity {
    kind: KIND,
    row: "match | `MATCHES#round-1` / `MATCH#0ef1…` | `state` `JOINED`, or `DRAWN` with `winner`; while \
          unsettled `unfinished_pk` `MATCH#03`; `has_checked_players` *unless an earlier version joined it*",
    books: Books::Read(&[&[
        "match",
        "round",
        "bet_a",
        "bet_b",
        "user_a",
        "user_b",
        "nonce_a",
        "nonce_b",
        "commission_a",
        "commission_b",
        "amount",
        "joined_at",
        "has_checked_players",
        "state",
        "winner",
        "drawn_at",
    ]]),
    hidden: &[],
    records,
};
/// Prefix of the sort keys of matches.
pub(crate) const SORT_PREFIX: &str = "MATCH#";

/// Absent in matches of earlier versions, whose joins did not look at the players.
const HAS_CHECKED_PLAYERS: &str = "has_checked_players";

/// Prefix of the partition keys of matches.
const PARTITION_PREFIX: &str = "MATCHES#";

pub(crate) fn partition(round: &RoundId) -> String {
    format!("{PARTITION_PREFIX}{round}")
}

pub(crate) fn key(round: &RoundId, id: MatchId) -> Key {
    Key { partition: partition(round), sort: format!("{SORT_PREFIX}{id}") }
}

/// The round in the key of a match.
pub(crate) fn round_in_key(item: &Item) -> Option<RoundId> {
    let partition: String = Fields::of(item).get("pk").ok()?;
    partition.strip_prefix(PARTITION_PREFIX)?.parse().ok()
}

/// The match id in the key of a match.
pub(crate) fn id_in_key(item: &Item) -> Option<MatchId> {
    let sort: String = Fields::of(item).get("sk").ok()?;
    sort.strip_prefix(SORT_PREFIX)?.parse().ok()
}

/// Partition of the `unfinished` index for a shard of unsettled matches.
pub(crate) fn index_partition(shard: Shard) -> String {
    format!("MATCH#{shard}")
}

/// The item of a match; `indexed` puts it into the `unfinished` index. A match whose round is still to get its result
/// is not indexed: the round itself is, once it has ended.
pub(crate) fn encode(bet_match: &Match, indexed: bool, layout: Layout) -> Item {
    let outcome = bet_match.state.outcome();
    let charged = |rate: CommissionRate| Some(rate).filter(|rate| !rate.is_none());
    let item = ItemBuilder::new(&ENTITY, &key(&bet_match.round, bet_match.id))
        .text("match", bet_match.id)
        .text("round", &bet_match.round)
        .text("bet_a", bet_match.bet_a)
        .text("bet_b", bet_match.bet_b)
        .number("user_a", bet_match.user_a)
        .number("user_b", bet_match.user_b)
        .optional_text("nonce_a", bet_match.nonce_a.as_ref().map(Nonce::reveal))
        .optional_text("nonce_b", bet_match.nonce_b.as_ref().map(Nonce::reveal))
        .optional_number("commission_a", charged(bet_match.commission_a))
        .optional_number("commission_b", charged(bet_match.commission_b))
        .number("amount", bet_match.amount)
        .text("joined_at", bet_match.joined_at)
        .flag(HAS_CHECKED_PLAYERS, bet_match.has_checked_players)
        .text("state", bet_match.state.as_str())
        .optional_text("winner", outcome.map(|outcome| outcome.winner))
        .optional_text("drawn_at", outcome.map(|outcome| outcome.drawn_at));
    if !indexed {
        return item.build();
    }
    item.unfinished(index_partition(layout.shard_of(bet_match.id)), bet_match.joined_at).build()
}

pub(crate) fn decode(item: &Item) -> Result<Match, StoreError> {
    let fields = Fields::of(item);
    Ok(Match {
        id: fields.get("match")?,
        round: fields.get("round")?,
        bet_a: fields.get("bet_a")?,
        bet_b: fields.get("bet_b")?,
        user_a: fields.get("user_a")?,
        user_b: fields.get("user_b")?,
        nonce_a: fields.optional("nonce_a")?,
        nonce_b: fields.optional("nonce_b")?,
        commission_a: fields.optional("commission_a")?.unwrap_or_default(),
        commission_b: fields.optional("commission_b")?.unwrap_or_default(),
        amount: fields.get("amount")?,
        joined_at: fields.get("joined_at")?,
        has_checked_players: fields.flag(HAS_CHECKED_PLAYERS)?,
        state: decode_state(fields)?,
    })
}

fn decode_state(fields: Fields<'_>) -> Result<MatchState, StoreError> {
    let outcome = || -> Result<Outcome, StoreError> {
        Ok(Outcome { winner: fields.get("winner")?, drawn_at: fields.get("drawn_at")? })
    };
    match fields.get::<String>("state")?.as_str() {
        "JOINED" => Ok(MatchState::Joined),
        "DRAWN" => outcome().map(MatchState::Drawn),
        "SETTLED" => outcome().map(MatchState::Settled),
        "VOID" => Ok(MatchState::Void),
        _ => Err(fields.corrupt("state")),
    }
}

fn records(item: &Item, layout: Layout) -> Result<ScannedRecords, StoreError> {
    let found = decode(item)?;
    let (key, partition) = (key(&found.round, found.id), index_partition(layout.shard_of(found.id)));
    // A match that may be settled is listed, unless it waits for the result of its round.
    let listed = match found.state {
        MatchState::Joined | MatchState::Drawn(_) => IndexPlace::Perhaps(partition, found.joined_at),
        MatchState::Settled(_) | MatchState::Void => IndexPlace::Never,
    };
    Ok(ScannedRecords::at(key, Record::Match(found)).with_listing(listed))
}

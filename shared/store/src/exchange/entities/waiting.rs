//! An unmatched bet in the book: `BOOK#{shard}` / `{round}#{side}#{placed at, ms}#{bet}`.
//!
//! It exists as long as a part of the bet is unmatched. So the book is sparse, read strongly consistent, oldest first,
//! and costs the same whatever the round's history. All rounds of a shard are in one partition, so that the sweeper
//! finds every unmatched bet with one query per shard.
//!
//! The attribute `closed_at` is set when the round closes, and stays. A join requires its absence. This keeps a job
//! that read the round as open from joining the bet after the round's seed is public (M7).

use crate::StoreError;
use crate::table::entity::{Books, Entity};
use crate::table::index_place::ScannedRecords;
use crate::table::item::{Fields, Item, ItemBuilder, Key};
use crate::table::layout::Layout;
use crate::table::shard::Shard;
use evens_draws::Nonce;
use evens_exchange::{RoundId, Side, UnmatchedBet};
use evens_idempotency::BetId;
use evens_records::Record;
use jiff::Timestamp;

pub(crate) const KIND: &str = "waiting";

pub(crate) const ENTITY: Entity = Entity {
    kind: KIND,
    row: "unmatched bet | `BOOK#07` / `round-1#A#1795164455636#da23…` | `amount_open`; after its round has \
          closed `closed_at`",
    books: Books::Read(&[&[
        "bet",
        "user",
        "round",
        "side",
        "placed_at",
        "amount_open",
        "nonce",
        "commission",
        "closed_at",
    ]]),
    hidden: &[],
    records,
};
/// The time at which the round closed.
pub(crate) const CLOSED_AT: &str = "closed_at";

/// Partition of a shard of the book.
pub(crate) fn partition(shard: Shard) -> String {
    format!("BOOK#{shard}")
}

/// Prefix of the sort keys of one side of a round. A round's id contains no `#`.
pub(crate) fn sort_prefix(round: &RoundId, side: Side) -> String {
    format!("{round}#{side}#")
}

pub(crate) fn key(round: &RoundId, side: Side, placed_at: Timestamp, bet: BetId, layout: Layout) -> Key {
    let milliseconds = placed_at.as_millisecond();
    let sort = format!("{}{milliseconds:013}#{bet}", sort_prefix(round, side));
    Key { partition: partition(layout.shard_of(round)), sort }
}

pub(crate) fn key_of(waiting: &UnmatchedBet, layout: Layout) -> Key {
    key(&waiting.round, waiting.side, waiting.placed_at, waiting.bet, layout)
}

pub(crate) fn encode(waiting: &UnmatchedBet, layout: Layout) -> Item {
    ItemBuilder::new(&ENTITY, &key_of(waiting, layout))
        .text("bet", waiting.bet)
        .number("user", waiting.user)
        .text("round", &waiting.round)
        .text("side", waiting.side)
        .text("placed_at", waiting.placed_at)
        .number("amount_open", waiting.open)
        .optional_text("nonce", waiting.nonce.as_ref().map(Nonce::reveal))
        .optional_number("commission", Some(waiting.commission).filter(|rate| !rate.is_none()))
        .build()
}

pub(crate) fn decode(item: &Item, layout: Layout) -> Result<UnmatchedBet, StoreError> {
    let fields = Fields::of(item);
    let waiting = UnmatchedBet {
        bet: fields.get("bet")?,
        user: fields.get("user")?,
        round: fields.get("round")?,
        side: fields.get("side")?,
        placed_at: fields.get("placed_at")?,
        nonce: fields.optional("nonce")?,
        commission: fields.optional("commission")?.unwrap_or_default(),
        open: fields.get("amount_open")?,
        is_closed: item.contains_key(CLOSED_AT),
    };
    // Writes and page starts use the key that follows from these fields, so the stored key must be the same.
    if Key::of(item)? == key_of(&waiting, layout) { Ok(waiting) } else { Err(fields.corrupt("sk")) }
}

fn records(item: &Item, layout: Layout) -> Result<ScannedRecords, StoreError> {
    let waiting = decode(item, layout)?;
    Ok(ScannedRecords::at(key_of(&waiting, layout), Record::Waiting(waiting)))
}

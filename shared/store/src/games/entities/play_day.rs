//! A finished day of a player: `STATS#{user}` / the date. It follows from the ledger's entries up to one of them, and
//! is never changed. If it is deleted, the next read only costs more.

use crate::StoreError;
use crate::table::entity::{Books, Entity};
use crate::table::index_place::ScannedRecords;
use crate::table::item::{Fields, Item, Key, number, text};
use crate::table::layout::Layout;
use crate::table::write::Change;
use evens_games::{FinishedDay, PlayStatistics};
use evens_ledger::UserId;
use evens_records::Record;
use jiff::civil::Date;

pub(crate) const KIND: &str = "play-day";

pub(crate) const ENTITY: Entity = Entity {
    kind: KIND,
    row: "finished day of a player | `STATS#42` / `2026-11-22` | totals of that day's bets on games, \
          `last_entry` *the last entry included*; immutable",
    books: Books::Unread,
    hidden: &["user", "played_on", "bets", "winning", "losing", "staked", "won", "last_entry"],
    records,
};

/// Days sort by date.
pub(crate) fn key(user: UserId, day: Date) -> Key {
    Key { partition: format!("STATS#{user}"), sort: day.to_string() }
}

/// Stores a day, unless it is stored already.
pub(crate) fn keep(user: UserId, finished: &FinishedDay) -> Change<'static> {
    let FinishedDay { day, statistics, last_entry } = finished;
    let PlayStatistics { bets, winning, losing, staked, won } = statistics;
    Change {
        key: key(user, *day),
        update: "SET kind = :kind, #user = :user, played_on = :day, bets = :bets, winning = :winning, \
                 losing = :losing, staked = :staked, won = :won, last_entry = :last",
        condition: "attribute_not_exists(pk)",
        values: vec![
            (":kind", text(KIND)),
            (":user", number(user)),
            (":day", text(day)),
            (":bets", number(bets)),
            (":winning", number(winning)),
            (":losing", number(losing)),
            (":staked", number(staked)),
            (":won", number(won)),
            (":last", number(last_entry)),
        ],
    }
}

pub(crate) fn decode(item: &Item) -> Result<FinishedDay, StoreError> {
    let fields = Fields::of(item);
    let statistics = PlayStatistics {
        bets: fields.get("bets")?,
        winning: fields.get("winning")?,
        losing: fields.get("losing")?,
        staked: fields.get("staked")?,
        won: fields.get("won")?,
    };
    if statistics.winning + statistics.losing != statistics.bets {
        return Err(fields.corrupt("bets"));
    }
    Ok(FinishedDay { day: fields.get("played_on")?, statistics, last_entry: fields.get("last_entry")? })
}

fn records(item: &Item, _: Layout) -> Result<ScannedRecords, StoreError> {
    let finished = decode(item)?;
    Ok(ScannedRecords::at(key(Fields::of(item).get("user")?, finished.day), Record::Aside))
}

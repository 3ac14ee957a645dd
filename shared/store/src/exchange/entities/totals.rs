//! The totals of a round: `TOTALS#{round}` / `TOTALS`, in a partition of its own, where no bet reads or writes. They
//! are derived from the round's matches and its book, and may be missing or old.
//!
//! Each of the three sums is a text. A line `done` holds the last finished sum. A line `walk` holds the sum in
//! progress, and ends with the sort key of the last item that is in it.

use crate::StoreError;
use crate::table::entity::{Books, Entity};
use crate::table::index_place::ScannedRecords;
use crate::table::item::{Fields, Item, Key};
use crate::table::layout::Layout;
use evens_exchange::RoundId;
use evens_ledger::Amount;
use evens_records::Record;
use jiff::Timestamp;
use std::fmt;
use std::str::FromStr;

pub(crate) const KIND: &str = "totals";

pub(crate) const ENTITY: Entity = Entity {
    kind: KIND,
    row: "totals | `TOTALS#round-1` / `TOTALS` | a round's totals for display, and the lease of the process \
          that counts",
    books: Books::Unread,
    hidden: &["round", "leases", "taken_at", "free_at", "matched", "waiting_a", "waiting_b"],
    records,
};

pub(crate) fn key(round: &RoundId) -> Key {
    Key { partition: format!("TOTALS#{round}"), sort: "TOTALS".to_owned() }
}

/// The sum of a list, or of the part of it that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sum {
    pub(crate) amount: Amount,
    /// `true` if no item that was read had to be left out.
    pub(crate) is_whole: bool,
    /// The time at which its reading began.
    pub(crate) as_of: Timestamp,
}

/// A sum in progress.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Walk {
    /// The sum of the items read so far.
    pub(crate) sum: Sum,
    /// The sort key of the last item that was read.
    pub(crate) after: String,
}

/// The last finished sum of a list, and the one in progress.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) done: Option<Sum>,
    pub(crate) walk: Option<Walk>,
}

/// The totals of a round, and the lease to continue them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Totals {
    /// Number of leases so far. Only the holder of the last one may write its result.
    pub(crate) leases: u64,
    /// Start of the last lease, with a precision of milliseconds.
    pub(crate) taken_at: Timestamp,
    /// The time from which the next lease can be taken, with a precision of milliseconds.
    pub(crate) free_at: Timestamp,
    pub(crate) matched: Tally,
    pub(crate) waiting_a: Tally,
    pub(crate) waiting_b: Tally,
}

pub(crate) fn decode(item: &Item) -> Result<Totals, StoreError> {
    let fields = Fields::of(item);
    let time = |name| {
        let milliseconds: i64 = fields.get(name)?;
        Timestamp::from_millisecond(milliseconds).map_err(|_| fields.corrupt(name))
    };
    Ok(Totals {
        leases: fields.get("leases")?,
        taken_at: time("taken_at")?,
        free_at: time("free_at")?,
        matched: fields.optional("matched")?.unwrap_or_default(),
        waiting_a: fields.optional("waiting_a")?.unwrap_or_default(),
        waiting_b: fields.optional("waiting_b")?.unwrap_or_default(),
    })
}

/// The text of a [`Tally`] is invalid.
#[derive(Debug)]
pub(crate) struct BadTally;

const DONE: &str = "done";
const WALK: &str = "walk";
const WHOLE: &str = "whole";
const PART: &str = "part";

impl fmt::Display for Sum {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = if self.is_whole { WHOLE } else { PART };
        write!(formatter, "{} {whole} {}", self.amount, self.as_of)
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let done = self.done.iter().map(|sum| format!("{DONE} {sum}"));
        let walk = self.walk.iter().map(|walk| format!("{WALK} {} {}", walk.sum, walk.after));
        formatter.write_str(&done.chain(walk).collect::<Vec<_>>().join("\n"))
    }
}

impl FromStr for Tally {
    type Err = BadTally;

    fn from_str(text: &str) -> Result<Self, BadTally> {
        let mut tally = Self::default();
        for line in text.lines() {
            let fields: Vec<_> = line.splitn(5, ' ').collect();
            match fields[..] {
                [DONE, amount, whole, as_of] => tally.done = Some(sum_of(amount, whole, as_of)?),
                [WALK, amount, whole, as_of, after] => {
                    tally.walk = Some(Walk { sum: sum_of(amount, whole, as_of)?, after: after.to_owned() });
                }
                _ => return Err(BadTally),
            }
        }
        Ok(tally)
    }
}

fn sum_of(amount: &str, whole: &str, as_of: &str) -> Result<Sum, BadTally> {
    let is_whole = match whole {
        WHOLE => true,
        PART => false,
        _ => return Err(BadTally),
    };
    let amount = amount.parse().map_err(|_| BadTally)?;
    Ok(Sum { amount, is_whole, as_of: as_of.parse().map_err(|_| BadTally)? })
}

fn records(item: &Item, _: Layout) -> Result<ScannedRecords, StoreError> {
    decode(item)?;
    Ok(ScannedRecords::at(key(&Fields::of(item).get("round")?), Record::Aside))
}

#[cfg(test)]
mod tests {
    use super::Tally;

    #[test]
    fn a_tally_is_read_as_it_was_written() {
        let texts = [
            "",
            "done 12.5 whole 2026-11-22T00:00:00.5Z",
            "walk 0 part 2026-11-22T00:00:00Z MATCH#0ef1",
            "done 1 part 2026-11-22T00:00:00Z\nwalk 12.00000001 whole 2026-11-22T00:00:01Z r#A#1795164455636#da23",
        ];
        for text in texts {
            assert_eq!(text.parse::<Tally>().unwrap().to_string(), text);
        }
        let wrong = [
            "done",
            "done 12.5 whole",
            "done x whole 2026-11-22T00:00:00Z",
            "done 12.5 half 2026-11-22T00:00:00Z",
            "done 12.5 whole yesterday",
            "done 12.5 whole 2026-11-22T00:00:00Z MATCH#0ef1",
            "walk 12.5 whole 2026-11-22T00:00:00Z",
        ];
        for text in wrong {
            assert!(text.parse::<Tally>().is_err(), "{text}");
        }
    }
}

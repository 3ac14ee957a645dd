//! A mark that something moved in an hour: `MOVED#{hour}#{shard}` / the partition key of the moved record: a wallet,
//! a transfer or a contribution to jackpots. It leads the auditor to new entries, so that its work follows the traffic.
//!
//! A wallet gets it with its first entry of an hour, in the same transaction. It may be put again, because all that it
//! holds follows from its key. The engine deletes it after [`MARKS_KEPT_HOURS`].

use crate::StoreError;
use crate::jackpots::entities::operation;
use crate::table::entity::{Books, Entity};
use crate::table::index_place::ScannedRecords;
use crate::table::item::{Fields, Item, ItemBuilder, Key};
use crate::table::layout::Layout;
use crate::table::write::{Write, put_again};
use crate::wallet::entities::{transfer, wallet};
use evens_jackpots::Contribution;
use evens_ledger::{Digest, Entry, Transfer, Wallet};
use evens_records::Record;
use jiff::{SignedDuration, Timestamp};

pub(crate) const KIND: &str = "movement-mark";

pub(crate) const ENTITY: Entity = Entity {
    kind: KIND,
    row: "mark of a movement | `MOVED#498648#05` *hour since 1970, shard* / `USER#42` | a wallet moved in that \
          hour, or a transfer or a contribution to jackpots",
    books: Books::Unread,
    hidden: &["moved"],
    records,
};

/// The time for which marks are kept after their hour, in hours: longer than a day stays unsealed before an operator
/// looks at it.
pub const MARKS_KEPT_HOURS: i64 = 40 * 24;

const KEPT: SignedDuration = SignedDuration::from_hours(MARKS_KEPT_HOURS);

/// Number of partitions of an hour. Each takes the first bets of 500 players a second.
const SHARDS: u8 = 32;

/// The partition key of the moved record.
const MOVED: &str = "moved";

const HOUR_SECONDS: i64 = 3_600;

/// An hour, by its number since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Hour(i64);

impl Hour {
    pub(crate) fn of(at: Timestamp) -> Self {
        Self(at.as_second().div_euclid(HOUR_SECONDS))
    }

    /// This hour and those after it, until `last`.
    pub(crate) fn until(self, last: Self) -> impl Iterator<Item = Self> {
        (self.0..=last.0).map(Self)
    }

    /// The partitions with the marks of the hour.
    pub(crate) fn partitions(self) -> impl Iterator<Item = String> {
        (0..SHARDS).map(move |shard| self.partition(shard))
    }

    fn partition(self, shard: u8) -> String {
        format!("MOVED#{}#{shard:02}", self.0)
    }

    fn ends_at(self) -> Option<Timestamp> {
        Timestamp::from_second((self.0 + 1).checked_mul(HOUR_SECONDS)?).ok()
    }
}

/// The mark of a wallet for the hour of its last entry, unless an entry before the `posted` ones was in the same hour.
pub(crate) fn of_wallet(after: &Wallet, posted: &[Entry]) -> Option<Write> {
    let before = after.newest.len().checked_sub(posted.len())?.checked_sub(1);
    let hour_before = before.and_then(|index| after.newest.get(index)).map(|entry| Hour::of(entry.at));
    let hour = Hour::of(posted.last()?.at);
    (hour_before != Some(hour)).then(|| put(hour, &wallet::key(after.user)))
}

pub(crate) fn of_transfer(transfer: &Transfer) -> Write {
    put(Hour::of(transfer.at), &transfer::key(&transfer.key))
}

pub(crate) fn of_contribution(contribution: &Contribution) -> Write {
    put(Hour::of(contribution.at), &operation::key(&contribution.operation))
}

fn put(hour: Hour, moved: &Key) -> Write {
    let item = ItemBuilder::new(&ENTITY, &key(hour, &moved.partition)).text(MOVED, &moved.partition);
    let expires_at = hour.ends_at().and_then(|end| end.checked_add(KEPT).ok());
    put_again(match expires_at {
        Some(at) => item.expires(at).build(),
        None => item.build(),
    })
}

fn key(hour: Hour, moved: &str) -> Key {
    let shard = Digest::of(moved.as_bytes()).bytes()[0] % SHARDS;
    Key { partition: hour.partition(shard), sort: moved.to_owned() }
}

/// The key that a mark must have, by the hour in its own key.
pub(crate) fn expected_key(item: &Item) -> Result<Key, StoreError> {
    let (fields, found) = (Fields::of(item), Key::of(item)?);
    let hour = found.partition.strip_prefix("MOVED#").and_then(|rest| rest.split_once('#')?.0.parse().ok());
    let hour = hour.ok_or_else(|| fields.corrupt("pk"))?;
    Ok(key(Hour(hour), &fields.get::<String>(MOVED)?))
}

fn records(item: &Item, _: Layout) -> Result<ScannedRecords, StoreError> {
    Ok(ScannedRecords::at(expected_key(item)?, Record::Aside))
}

#[cfg(test)]
mod tests {
    use super::{Hour, of_wallet};
    use evens_ledger::{EntryKey, Incoming, Posting, SystemAccount, UserId, Wallet};

    /// A wallet with an entry at each of these times.
    fn wallet(times: &[&str]) -> Wallet {
        let empty = Wallet::empty(UserId::new(1).unwrap());
        times.iter().enumerate().fold(empty, |wallet, (number, at)| {
            let key = EntryKey::from_stored(format!("TEST:{number}"));
            let (account, reference) = (SystemAccount::House, String::new());
            let posting = Posting { key, amount: "1".parse().unwrap(), account, reference };
            wallet.credit(Incoming::Credit, posting, at.parse().unwrap()).unwrap().0
        })
    }

    #[test]
    fn a_wallet_is_marked_once_an_hour() {
        #[rustfmt::skip]
        let table: [(&[&str], usize, bool); 6] = [
            (&["2026-11-20T10:00:00Z"],                         1, true),
            (&["2026-11-20T10:00:00Z", "2026-11-20T10:59:59Z"], 1, false),
            (&["2026-11-20T10:59:59Z", "2026-11-20T11:00:00Z"], 1, true),
            // Both entries of a transaction are new.
            (&["2026-11-20T10:00:00Z", "2026-11-20T10:00:00Z"], 2, true),
            // A clock that is behind marks the hour again.
            (&["2026-11-20T11:00:00Z", "2026-11-20T10:59:59Z"], 1, true),
            (&[],                                               0, false),
        ];
        for (times, posted, is_marked) in table {
            let after = wallet(times);
            let posted = &after.newest[times.len() - posted..];
            assert_eq!(of_wallet(&after, posted).is_some(), is_marked, "{times:?}");
        }
    }

    #[test]
    fn hours_follow_each_other() {
        let [first, last] =
            ["2026-11-20T10:59:59Z", "2026-11-20T12:00:00Z"].map(|at| Hour::of(at.parse().unwrap()));
        let hours: Vec<_> = first.until(last).collect();
        assert_eq!((hours.len(), hours[0], hours[2]), (3, first, last));
        assert!(first.partitions().eq((0..32).map(|shard| format!("MOVED#{}#{shard:02}", first.0))));
        assert_eq!(first.ends_at().unwrap().to_string(), "2026-11-20T11:00:00Z");
    }
}

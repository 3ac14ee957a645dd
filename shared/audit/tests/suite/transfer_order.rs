//! Transfers that are read group by group, in the order of a seal.

use evens_audit::{Books, DayEnds, TransferOrder};
use evens_jackpots::{ByGroup, Contribution, OperationId, Share};
use evens_ledger::{Digest, EntryKey, EntryPurpose, SystemAccount, Transfer};
use evens_records::{JackpotRecord, Record, RecordName, SealedDays};
use jiff::Timestamp;
use jiff::civil::date;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

const DAYS: SealedDays = SealedDays { last: date(2024, 1, 1), after: Some(date(2023, 12, 31)) };

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_704_067_200 + second).expect("a time of the day")
}

/// Ids that are prefixes of others, before and after the separator of keys, and those of periods.
const IDS: [&str; 7] = ["a", "a.b", "a-b", "ab", "period", "drawn", "period:wingo-30-20240101000000000:0"];

fn contribution(id: &str, second: i64) -> Contribution {
    let share = |pool: &str| Share { pool: pool.parse().expect("an amount"), ..Share::default() };
    let with_reserve = Share { reserve: "2".parse().expect("an amount"), ..share("1") };
    let shares = ByGroup { minor: with_reserve, major: Share::default(), mega: share("3") };
    Contribution { operation: OperationId::from_stored(id.to_owned()), shares, at: at(second), by: None }
}

fn fee(name: &str) -> Transfer {
    Transfer {
        key: EntryKey::new(EntryPurpose::Fee, &[&name]),
        from: SystemAccount::House,
        to: SystemAccount::Withdrawals,
        amount: "1".parse().expect("an amount"),
        reference: name.to_owned(),
        at: at(5),
    }
}

/// The records by their names, as marks of movements lead to them: one of them twice, and one of the day before.
fn records() -> BTreeMap<RecordName, Record> {
    let mut records = BTreeMap::new();
    for (second, id) in IDS.into_iter().enumerate() {
        let second = i64::try_from(second).expect("few");
        let made = contribution(id, if id == "ab" { -1 } else { second });
        let name = RecordName::Operation(made.operation.clone());
        records.insert(name, Record::Jackpot(Box::new(JackpotRecord::Contribution(made))));
    }
    for name in ["a", "z", "a.b"] {
        records.insert(RecordName::Transfer(fee(name).key), Record::Transfer(fee(name)));
    }
    records
}

fn books(day_ends: DayEnds, records: impl IntoIterator<Item = Record>) -> Books {
    let mut books = Books::new().with_day_ends(day_ends);
    records.into_iter().for_each(|record| books.record(record));
    books
}

#[test]
fn groups_of_any_size_come_to_the_seal_of_all_transfers() {
    let records = records();
    let all = books(DayEnds::of([DAYS]), records.values().cloned());
    let expected = all.seal_of(DAYS, Digest::ZERO).expect("it was asked for");
    for size in [1, 2, 5, 100] {
        let mut day_ends = DayEnds::of([DAYS]);
        for (names, keys) in TransferOrder::of(records.keys().cloned().collect()).groups(size) {
            assert!(names.len() <= size);
            let group = names.iter().filter_map(|name| records.get(name)).cloned();
            day_ends = books(day_ends, group).follow_transfers(&keys);
        }
        let found = books(day_ends, []).seal_of(DAYS, Digest::ZERO).expect("it was asked for");
        assert_eq!(found, expected, "in groups of {size}");
    }
    let less = records.iter().filter(|(name, _)| **name != RecordName::Transfer(fee("a.b").key));
    let less = books(DayEnds::of([DAYS]), less.map(|(_, record)| record.clone()));
    assert_ne!(less.seal_of(DAYS, Digest::ZERO), Some(expected), "a transfer is missing");
}

#[test]
fn keys_are_in_their_order() {
    let order = TransferOrder::of(records().into_keys().collect());
    let keys: Vec<_> = order.groups(1).map(|(_, keys)| keys).collect();
    assert!(keys.iter().all(|key| key.start() == key.end()));
    assert!(keys.is_sorted_by_key(RangeInclusive::start), "{keys:?}");
    // Two legs and three groups for each contribution, whether it has such a transfer or not.
    assert_eq!(keys.len(), IDS.len() * 6 + 3);
}

//! Transfers in the order of their keys, in which a seal chains them. A contribution makes some that are far apart.
//!
//! A day may have a million, so no key is kept as text.

use crate::books::Books;
use crate::operations::day_ends::DayEnds;
use evens_jackpots::{Contribution, JackpotGroup, OperationId};
use evens_ledger::{EntryKey, EntryPurpose, Transfer};
use evens_records::RecordName;
use std::collections::BTreeSet;
use std::ops::RangeInclusive;

/// The names of records in the order of the transfers that they make.
#[derive(Debug)]
pub struct TransferOrder {
    names: Vec<RecordName>,
    keys: Vec<Key>,
}

impl TransferOrder {
    /// The order of transfers and contributions with these names. Others make no transfer.
    pub fn of(names: Vec<RecordName>) -> Self {
        let keys = sorted(&names.iter().map(source_of).collect::<Vec<_>>());
        Self { names, keys }
    }

    /// Groups of at most `size` transfers that follow each other: the names of their records, and their first and last
    /// key.
    pub fn groups(&self, size: usize) -> impl Iterator<Item = (Vec<RecordName>, RangeInclusive<EntryKey>)> {
        let name = |key: &Key| &self.names[key.source as usize];
        let text = move |key: &Key| EntryKey::from_stored(parts(source_of(name(key)), key.leg).concat());
        self.keys.chunks(size).filter_map(move |keys| {
            let names: BTreeSet<_> = keys.iter().map(name).collect();
            let range = text(keys.first()?)..=text(keys.last()?);
            Some((names.into_iter().cloned().collect(), range))
        })
    }
}

impl Books {
    /// All transfers, in the order of their keys.
    pub(crate) fn transfers_in_order(&self) -> impl Iterator<Item = Transfer> {
        let contributions = &self.jackpots.contributions;
        let sources = self.transfers.keys().map(Source::Transfer);
        let sources: Vec<_> = sources.chain(contributions.keys().map(Source::Contribution)).collect();
        let keys = sorted(&sources);
        keys.into_iter().filter_map(move |key| match (sources[key.source as usize], key.leg) {
            (Source::Transfer(key), _) => self.transfers.get(key).cloned(),
            (Source::Contribution(id), Some((purpose, group))) => {
                contributions.get(id)?.transfer(purpose, group)
            }
            _ => None,
        })
    }

    /// Adds the transfers in this range of keys, which follows the one before, to the ends of days.
    pub fn follow_transfers(mut self, keys: &RangeInclusive<EntryKey>) -> DayEnds {
        let mut day_ends = std::mem::take(&mut self.day_ends);
        let transfers = self.transfers_in_order().filter(|transfer| keys.contains(&transfer.key));
        transfers.for_each(|transfer| day_ends.follow_transfer(&transfer));
        day_ends
    }
}

/// A record that makes transfers.
#[derive(Debug, Clone, Copy)]
enum Source<'a> {
    Transfer(&'a EntryKey),
    Contribution(&'a OperationId),
    Other,
}

fn source_of(name: &RecordName) -> Source<'_> {
    match name {
        RecordName::Transfer(key) => Source::Transfer(key),
        RecordName::Operation(id) => Source::Contribution(id),
        _ => Source::Other,
    }
}

/// The leg of a contribution to a group.
type Leg = (EntryPurpose, JackpotGroup);

#[derive(Debug, Clone, Copy)]
struct Key {
    /// Index into the sources.
    source: u32,
    leg: Option<Leg>,
}

fn sorted(sources: &[Source<'_>]) -> Vec<Key> {
    let mut keys = Vec::with_capacity(sources.len());
    for (index, source) in (0..).zip(sources) {
        match source {
            Source::Transfer(_) => keys.push(Key { source: index, leg: None }),
            Source::Contribution(_) => {
                let legs = Contribution::LEGS.into_iter();
                let legs = legs.flat_map(|purpose| JackpotGroup::ALL.map(|group| Some((purpose, group))));
                keys.extend(legs.map(|leg| Key { source: index, leg }));
            }
            Source::Other => {}
        }
    }
    let bytes = |key: &Key| parts(sources[key.source as usize], key.leg).into_iter().flat_map(str::bytes);
    keys.sort_unstable_by(|left, right| bytes(left).cmp(bytes(right)));
    keys
}

/// The text of a key, as [`EntryKey::new`] joins it.
fn parts(source: Source<'_>, leg: Option<Leg>) -> [&str; 5] {
    match (source, leg) {
        (Source::Contribution(id), Some((purpose, group))) => {
            [purpose.into(), ":", id.as_str(), ":", group.as_str()]
        }
        (Source::Transfer(key), _) => [key.as_str(), "", "", "", ""],
        _ => [""; 5],
    }
}

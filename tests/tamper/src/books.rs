//! [`RichBooks`]: the books of one simulated run, of which one or two items can be replaced for a check.

use anyhow::ensure;
use evens_audit::{Books, Completeness, DayEnds};
use evens_records::Record;
use evens_simulator::StoredItem;
use evens_store::{Layout, records};
use evens_table::AttributeValue;
use std::collections::{BTreeSet, HashMap};

pub(crate) type Item = HashMap<String, AttributeValue>;

/// The name under which an item that cannot be read is reported.
const UNREADABLE: &str = "unreadable";

/// An item that takes the place of another one.
pub(crate) struct Replacement {
    /// The position of the replaced item, or `None` for an additional item.
    pub(crate) position: Option<usize>,
    /// The new item, or `None` if the item is deleted.
    pub(crate) item: Option<Item>,
}

pub(crate) struct RichBooks {
    pub(crate) items: Vec<StoredItem>,
    /// The records of each item, in the same order.
    records: Vec<Vec<Record>>,
}

impl RichBooks {
    /// Reads the items. The books must be in order.
    pub(crate) fn new(items: Vec<StoredItem>) -> anyhow::Result<Self> {
        let read = |item: &StoredItem| newest(item).map_or(Ok(Vec::new()), read);
        let records = items.iter().map(read).collect::<anyhow::Result<_>>()?;
        let books = Self { items, records };
        let found = books.check(&[]);
        ensure!(found.is_empty(), "the books are not in order before any change: {found:?}");
        Ok(books)
    }

    /// The items that are in the books, with their positions.
    pub(crate) fn present(&self) -> impl Iterator<Item = (usize, &Item)> {
        self.items.iter().enumerate().filter_map(|(position, item)| Some((position, newest(item)?)))
    }

    /// The attributes that these replacements change, with the key of their item.
    pub(crate) fn describe(&self, replacements: &[Replacement]) -> String {
        let nothing = Item::new();
        let mut differences = Vec::new();
        for Replacement { position, item } in replacements {
            let before = position.and_then(|position| newest(self.items.get(position)?)).unwrap_or(&nothing);
            let after = item.as_ref().unwrap_or(&nothing);
            let text = |name: &str| before.get(name).or(after.get(name)).and_then(AttributeValue::as_text);
            let key = [text("pk"), text("sk")].map(Option::unwrap_or_default).join(" ");
            let names: BTreeSet<_> = before.keys().chain(after.keys()).collect();
            let changed = names.into_iter().filter(|name| before.get(*name) != after.get(*name));
            let changed =
                changed.map(|name| format!("{name}: {:?} -> {:?}", before.get(name), after.get(name)));
            differences.push(format!("{key}: {}", changed.collect::<Vec<_>>().join(", ")));
        }
        differences.join("; ")
    }

    /// The names of the invariants that are violated with these replacements.
    pub(crate) fn check(&self, replacements: &[Replacement]) -> BTreeSet<&'static str> {
        let (mut books, mut found) = (Books::new(), BTreeSet::new());
        let mut days = BTreeSet::new();
        let is_replaced = |position| replacements.iter().any(|found| found.position == Some(position));
        let kept = self.records.iter().enumerate().filter(|(position, _)| !is_replaced(*position));
        let mut all: Vec<_> = kept.flat_map(|(_, records)| records).cloned().collect();
        for item in replacements.iter().filter_map(|replacement| replacement.item.as_ref()) {
            for record in records(item, Layout::default()) {
                match record {
                    Ok(record) => all.push(record),
                    Err(_) => drop(found.insert(UNREADABLE)),
                }
            }
        }
        for record in &all {
            if let Record::Seal(seal) = record {
                days.insert(seal.days);
            }
        }
        books = books.with_day_ends(DayEnds::of(days));
        for record in all {
            books.record(record);
        }
        let report = books.check(Completeness::Ended);
        found.extend(report.violations().iter().map(|violation| violation.invariant.name()));
        found
    }
}

/// The item as the run left it, or `None` if it was deleted.
pub(crate) fn newest(item: &StoredItem) -> Option<&Item> {
    item.versions.last()?.as_ref()
}

/// Returns `true` if the item can be read.
pub(crate) fn is_readable(item: &Item) -> bool {
    records(item, Layout::default()).iter().all(Result::is_ok)
}

fn read(item: &Item) -> anyhow::Result<Vec<Record>> {
    Ok(records(item, Layout::default()).into_iter().collect::<Result<_, _>>()?)
}

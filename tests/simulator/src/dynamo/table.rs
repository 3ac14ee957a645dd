//! [`Table`]: the items with their versions, who holds which, and what was done under which token.

use super::item::{Attribute, Item, Key, text};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// An item as it was from some time on; none where it was not there.
#[derive(Debug, Clone)]
struct Version {
    since_ms: u64,
    item: Option<Item>,
}

/// What is known of a transaction's token.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub(super) asked: Value,
    pub(super) is_done: bool,
}

/// The one table, in memory.
#[derive(Debug, Default)]
pub(crate) struct Table {
    items: BTreeMap<Key, Vec<Version>>,
    /// What was ever in a partition of the index.
    indexed: BTreeMap<String, BTreeSet<Key>>,
    /// The items that transactions hold.
    pub(super) held: BTreeSet<Key>,
    pub(super) tokens: BTreeMap<String, Known>,
}

impl Table {
    /// An item as it is.
    pub(crate) fn get(&self, key: &Key) -> Option<&Item> {
        self.items.get(key)?.last()?.item.as_ref()
    }

    /// An item as it was.
    pub(super) fn get_at(&self, key: &Key, at_ms: u64) -> Option<&Item> {
        let versions = self.items.get(key)?;
        versions.iter().rev().find(|version| version.since_ms <= at_ms)?.item.as_ref()
    }

    /// When an item first was like that, as far as its past is known.
    pub(crate) fn first_ms(&self, key: &Key, is_like: impl Fn(&Item) -> bool) -> Option<u64> {
        let versions = self.items.get(key)?;
        let first = versions.iter().find(|version| version.item.as_ref().is_some_and(&is_like))?;
        Some(first.since_ms)
    }

    pub(crate) fn put(&mut self, key: Key, item: Option<Item>, now_ms: u64) {
        if let Some(partition) =
            item.as_ref().and_then(|item| item.get("unfinished_pk")).and_then(Attribute::text)
        {
            self.indexed.entry(partition.to_owned()).or_default().insert(key.clone());
        }
        self.items.entry(key).or_default().push(Version { since_ms: now_ms, item });
    }

    /// A table with what is in this one, and without its past; none while a transaction holds something.
    pub(crate) fn whole(&self) -> Option<Self> {
        if !self.held.is_empty() {
            return None;
        }
        let newest =
            |(key, versions): (&Key, &Vec<Version>)| Some((key.clone(), vec![versions.last()?.clone()]));
        Some(Self { items: self.items.iter().filter_map(newest).collect(), ..Self::default() })
    }

    /// Everything that is there, in the order of keys.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Item> {
        self.items.values().filter_map(|versions| versions.last()?.item.as_ref())
    }

    /// Every item of a kind.
    pub(crate) fn of_kind<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Item> {
        self.all().filter(move |item| text(item, "kind") == kind)
    }

    /// The keys that there ever were from one on.
    pub(super) fn keys_from(&self, key: &Key) -> impl Iterator<Item = &Key> {
        self.items.range(key.clone()..).map(|(key, _)| key)
    }

    /// The keys that ever were in a partition of the index.
    pub(super) fn keys_indexed(&self, partition: &str) -> impl Iterator<Item = &Key> {
        self.indexed.get(partition).into_iter().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::Table;

    #[test]
    fn a_table_is_whole_while_no_transaction_holds_anything() {
        let mut table = Table::default();
        let key = ("USER#1".to_owned(), "WALLET".to_owned());
        table.put(key.clone(), Some(super::Item::default()), 1);
        assert_eq!(table.whole().expect("nothing is held").all().count(), 1);
        table.held.insert(key);
        assert!(table.whole().is_none());
    }
}

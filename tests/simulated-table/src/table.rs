//! [`Table`]: items with their versions, locks of transactions, and transaction tokens.

use crate::item::{Attribute, Item, Key, text};
use evens_table::Write;
use std::collections::{BTreeMap, BTreeSet};

/// An item's value from a time on. `None` if it was absent.
#[derive(Debug, Clone)]
struct Version {
    since_ms: u64,
    item: Option<Item>,
}

/// The versions of an item, oldest first.
#[derive(Debug, Default)]
pub(crate) struct History(Vec<Version>);

impl History {
    fn newest(&self) -> Option<&Item> {
        self.0.last()?.item.as_ref()
    }

    /// The item at an earlier time.
    pub(crate) fn at(&self, at_ms: u64) -> Option<&Item> {
        self.0.iter().rev().find(|version| version.since_ms <= at_ms)?.item.as_ref()
    }
}

/// The recorded transaction of a token.
#[derive(Debug, Clone)]
pub(crate) struct TokenRecord {
    pub(crate) asked: Vec<Write>,
    pub(crate) is_done: bool,
}

/// One table with its index.
#[derive(Debug, Default)]
pub struct Table {
    items: BTreeMap<Key, History>,
    /// All keys that were ever in a partition of the index.
    indexed: BTreeMap<String, BTreeSet<Key>>,
    /// The items locked by transactions.
    pub(crate) locked: BTreeSet<Key>,
    pub(crate) tokens: BTreeMap<String, TokenRecord>,
}

impl Table {
    /// The newest version of an item.
    pub fn get(&self, key: &Key) -> Option<&Item> {
        self.items.get(key)?.newest()
    }

    /// An item at an earlier time.
    pub(crate) fn get_at(&self, key: &Key, at_ms: u64) -> Option<&Item> {
        self.items.get(key)?.at(at_ms)
    }

    /// The first time at which the item met this condition, as far as its versions are known.
    pub fn first_ms(&self, key: &Key, is_like: impl Fn(&Item) -> bool) -> Option<u64> {
        let History(versions) = self.items.get(key)?;
        let first = versions.iter().find(|version| version.item.as_ref().is_some_and(&is_like))?;
        Some(first.since_ms)
    }

    /// Writes an item, or deletes it if it is `None`. No condition is checked.
    pub fn put(&mut self, key: Key, item: Option<Item>, now_ms: u64) {
        if let Some(partition) =
            item.as_ref().and_then(|item| item.get("unfinished_pk")).and_then(Attribute::text)
        {
            self.indexed.entry(partition.to_owned()).or_default().insert(key.clone());
        }
        self.items.entry(key).or_default().0.push(Version { since_ms: now_ms, item });
    }

    /// A copy of the table without history. Returns `None` while a transaction holds locks.
    pub fn whole(&self) -> Option<Self> {
        if !self.is_whole() {
            return None;
        }
        let newest =
            |(key, history): (&Key, &History)| Some((key.clone(), History(vec![history.0.last()?.clone()])));
        Some(Self { items: self.items.iter().filter_map(newest).collect(), ..Self::default() })
    }

    /// Returns whether no transaction is partly visible.
    pub fn is_whole(&self) -> bool {
        self.locked.is_empty()
    }

    /// All items, sorted by key.
    pub fn all(&self) -> impl Iterator<Item = &Item> {
        self.items.values().filter_map(History::newest)
    }

    /// All versions of each item that ever was in the table, sorted by key. `None` while the item was absent.
    pub fn histories(&self) -> impl Iterator<Item = Vec<Option<&Item>>> {
        self.items.values().map(|history| history.0.iter().map(|version| version.item.as_ref()).collect())
    }

    /// All items of this kind, sorted by key.
    pub fn of_kind<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Item> {
        self.all().filter(move |item| text(item, "kind") == kind)
    }

    /// All keys ever used, from this one on, with their items.
    pub(crate) fn histories_from(&self, key: &Key) -> impl Iterator<Item = (&Key, &History)> {
        self.items.range(key.clone()..)
    }

    /// All keys that were ever in a partition of the index.
    pub(crate) fn keys_indexed(&self, partition: &str) -> impl Iterator<Item = &Key> {
        self.indexed.get(partition).into_iter().flatten()
    }
}

#[cfg(test)]
mod tests {
    use crate::Table;

    #[test]
    fn a_table_is_whole_while_no_transaction_holds_anything() {
        let mut table = Table::default();
        let key = ("USER#1".to_owned(), "WALLET".to_owned());
        table.put(key.clone(), Some(crate::item::Item::default()), 1);
        assert_eq!(table.whole().expect("nothing is held").all().count(), 1);
        table.locked.insert(key);
        assert!(table.whole().is_none());
    }
}

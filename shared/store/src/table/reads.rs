//! Reads by key. Data that decides about money is read strongly consistent; data that is only displayed need not be.

use crate::table::item::{Item, Key};
use crate::table::retry::{Attempt, attempt};
use crate::{Store, StoreError};
use evens_table::Get;
use std::collections::HashMap;
use std::slice::from_ref;

impl Store {
    /// Maximum number of items in a batch read and in a transactional read.
    pub(crate) const BATCH_MAX: usize = 100;

    pub(crate) async fn get(&self, key: &Key) -> Result<Option<Item>, StoreError> {
        self.get_as(key, true, None, &[]).await
    }

    /// An eventually consistent read at half the cost, for data that decides nothing.
    pub(crate) async fn look(&self, key: &Key) -> Result<Option<Item>, StoreError> {
        self.get_as(key, false, None, &[]).await
    }

    /// Reads only the attributes of a projection, whose placeholders are named.
    pub(crate) async fn get_attributes(
        &self,
        key: &Key,
        projection: &str,
        names: &[(&str, &str)],
    ) -> Result<Option<Item>, StoreError> {
        self.get_as(key, true, Some(projection), names).await
    }

    async fn get_as(
        &self,
        key: &Key,
        is_consistent: bool,
        projection: Option<&str>,
        names: &[(&str, &str)],
    ) -> Result<Option<Item>, StoreError> {
        let name = |(placeholder, name): &(&str, &str)| ((*placeholder).to_owned(), (*name).to_owned());
        let get = Get {
            key: key.attributes(),
            is_consistent,
            projection: projection.map(str::to_owned),
            names: names.iter().map(name).collect(),
        };
        Ok(self.count_read(self.table.get(get, self.is_metered()).await?))
    }

    /// Reads several items in one call, strongly consistent, in the order of their keys.
    pub(crate) async fn get_several<const N: usize>(
        &self,
        keys: [Key; N],
    ) -> Result<[Option<Item>; N], StoreError> {
        self.get_batch(&keys).await.map(each)
    }

    /// Like [`Self::get_several`], retried until the deadline, for callers without a retry loop of their own.
    pub(crate) async fn get_several_again<const N: usize>(
        &self,
        keys: [Key; N],
    ) -> Result<[Option<Item>; N], StoreError> {
        self.get_batch_again(&keys).await.map(each)
    }

    /// Reads at most [`Self::BATCH_MAX`] items in one call, strongly consistent, in the order of their keys. Returns
    /// [`StoreError::Throttled`] if the engine leaves some out; the caller retries with back-off.
    pub(crate) async fn get_batch(&self, keys: &[Key]) -> Result<Vec<Option<Item>>, StoreError> {
        let wanted = keys.iter().map(Key::attributes).collect();
        let batch = self.count_read(self.table.get_batch(wanted, self.is_metered()).await?);
        if !batch.is_complete {
            return Err(StoreError::Throttled);
        }
        let mut found: HashMap<Key, Item> = HashMap::with_capacity(keys.len());
        for item in batch.items {
            found.insert(Key::of(&item)?, item);
        }
        Ok(keys.iter().map(|key| found.remove(key)).collect())
    }

    /// Like [`Self::get_batch`], retried until the deadline, for callers without a retry loop of their own.
    pub(crate) async fn get_batch_again(&self, keys: &[Key]) -> Result<Vec<Option<Item>>, StoreError> {
        attempt!(self, Read, { self.get_batch(keys).await.map(Attempt::Done) })
    }

    /// Reads items that other items refer to, at most [`Self::BATCH_MAX`], in the order of their keys. A reference can
    /// be visible a moment before the item that was written with it, so a missing item is read a second time. If it is
    /// still missing, the error is [`StoreError::Corrupt`] with `gone`.
    pub(crate) async fn get_named(&self, keys: &[Key], gone: &'static str) -> Result<Vec<Item>, StoreError> {
        let mut items = Vec::with_capacity(keys.len());
        for (key, item) in keys.iter().zip(self.get_batch_again(keys).await?) {
            let item = match item {
                Some(item) => Some(item),
                None => self.get_settled(key).await?,
            };
            items.push(item.ok_or_else(|| StoreError::corrupt(&key.partition, gone))?);
        }
        Ok(items)
    }

    /// Reads an item in a transaction of its own, which never shows a transaction that is only partly applied.
    pub(crate) async fn get_settled(&self, key: &Key) -> Result<Option<Item>, StoreError> {
        attempt!(self, Read, {
            let mut found = self.get_at_once(from_ref(key)).await?;
            Ok(Attempt::Done(found.pop().flatten()))
        })
    }

    /// Reads items in one transaction, at most [`Self::BATCH_MAX`], in the order of their keys. Usually fails with
    /// [`StoreError::Contended`] while a transaction writes one of them.
    pub(crate) async fn get_at_once(&self, keys: &[Key]) -> Result<Vec<Option<Item>>, StoreError> {
        let keys = keys.iter().map(Key::attributes).collect();
        Ok(self.count_read(self.table.get_at_once(keys, self.is_metered()).await?))
    }

    /// Returns an error if the table does not answer.
    ///
    /// # Role
    /// - `GetItem` on `PROBE`
    pub async fn probe(&self) -> Result<(), StoreError> {
        self.get(&Key { partition: "PROBE".to_owned(), sort: "PROBE".to_owned() }).await.map(drop)
    }
}

fn each<const N: usize>(mut found: Vec<Option<Item>>) -> [Option<Item>; N] {
    std::array::from_fn(|position| found[position].take())
}

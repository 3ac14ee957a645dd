//! Reads by key. What decides about money is read strongly consistent; what is only looked at need not be.

use crate::table::error::of_code;
use crate::table::item::{Item, Key};
use crate::table::retry::{Attempt, attempt};
use crate::table::write::built;
use crate::{Store, StoreError};
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::transact_get_items::TransactGetItemsError;
use aws_sdk_dynamodb::types::{CancellationReason, Get, KeysAndAttributes, TransactGetItem};
use std::collections::HashMap;

impl Store {
    /// The largest number of items in a batch read and in a consistent look.
    pub(crate) const BATCH_MAX: usize = 100;

    pub(crate) async fn get(&self, key: &Key) -> Result<Option<Item>, StoreError> {
        self.get_as(key, true).await
    }

    /// The same as it was at some moment just before: for half of the cost, and for what decides nothing.
    pub(crate) async fn look(&self, key: &Key) -> Result<Option<Item>, StoreError> {
        self.get_as(key, false).await
    }

    async fn get_as(&self, key: &Key, is_consistent: bool) -> Result<Option<Item>, StoreError> {
        let request = self.client.get_item().table_name(&self.table).set_key(Some(key.attributes()));
        let request = request.consistent_read(is_consistent);
        let output = request.set_return_consumed_capacity(self.report_capacity()).send().await?;
        self.count_read(output.consumed_capacity.as_slice());
        Ok(output.item)
    }

    /// Some items in one call, strongly consistent, in the order of their keys.
    pub(crate) async fn get_several<const N: usize>(
        &self,
        keys: [Key; N],
    ) -> Result<[Option<Item>; N], StoreError> {
        self.get_batch(&keys).await.map(each)
    }

    /// The same, tried again until the deadline: for a caller that does not do that itself.
    pub(crate) async fn get_several_again<const N: usize>(
        &self,
        keys: [Key; N],
    ) -> Result<[Option<Item>; N], StoreError> {
        self.get_batch_again(&keys).await.map(each)
    }

    /// At most [`Self::BATCH_MAX`] items in one call, strongly consistent, in the order of their keys. Where the engine
    /// leaves some out for load, that is [`StoreError::Throttled`]: the caller tries again, with pauses.
    pub(crate) async fn get_batch(&self, keys: &[Key]) -> Result<Vec<Option<Item>>, StoreError> {
        let wanted = keys.iter().map(Key::attributes).collect();
        let wanted = KeysAndAttributes::builder().set_keys(Some(wanted)).consistent_read(true);
        let request = self.client.batch_get_item().request_items(&self.table, built(wanted.build())?);
        let output = request.set_return_consumed_capacity(self.report_capacity()).send().await?;
        self.count_read(output.consumed_capacity());
        if output.unprocessed_keys.is_some_and(|tables| !tables.is_empty()) {
            return Err(StoreError::Throttled);
        }
        let mut found: HashMap<Key, Item> = HashMap::with_capacity(keys.len());
        for item in output.responses.into_iter().flatten().flat_map(|(_, items)| items) {
            found.insert(Key::of(&item)?, item);
        }
        Ok(keys.iter().map(|key| found.remove(key)).collect())
    }

    /// The same, tried again until the deadline: for a caller that does not do that itself.
    pub(crate) async fn get_batch_again(&self, keys: &[Key]) -> Result<Vec<Option<Item>>, StoreError> {
        attempt!(self, Read, { self.get_batch(keys).await.map(Attempt::Done) })
    }

    /// The items that others name, at most [`Self::BATCH_MAX`], in the order of their keys. Whatever names an item may
    /// be seen a moment before the item that was written with it; one that is still missing then is `gone`.
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

    /// An item as no transaction that is under way can show it: in a transaction of its own.
    pub(crate) async fn get_settled(&self, key: &Key) -> Result<Option<Item>, StoreError> {
        attempt!(self, Read, {
            let get = Get::builder().table_name(&self.table).set_key(Some(key.attributes()));
            let get = TransactGetItem::builder().get(built(get.build())?).build();
            let request = self.client.transact_get_items().transact_items(get);
            let output = request.set_return_consumed_capacity(self.report_capacity()).send().await;
            let output = output.map_err(conflict_of_read)?;
            self.count_read(output.consumed_capacity());
            let found = output.responses.unwrap_or_default().pop().and_then(|response| response.item);
            Ok(Attempt::Done(found.filter(|item| !item.is_empty())))
        })
    }

    /// Whether the table answers.
    ///
    /// # Role
    /// - `GetItem` on `PROBE`
    pub async fn probe(&self) -> Result<(), StoreError> {
        self.get(&Key { partition: "PROBE".to_owned(), sort: "PROBE".to_owned() }).await.map(drop)
    }
}

/// What was found for each of so many keys.
fn each<const N: usize>(mut found: Vec<Option<Item>>) -> [Option<Item>; N] {
    std::array::from_fn(|position| found[position].take())
}

/// Why a consistent read was cancelled: mostly because a transaction is writing one of its items at that moment.
pub(crate) fn conflict_of_read(error: SdkError<TransactGetItemsError>) -> StoreError {
    let reasons = match error.as_service_error() {
        Some(TransactGetItemsError::TransactionCanceledException(cancelled)) => {
            cancelled.cancellation_reasons()
        }
        _ => return error.into(),
    };
    let code = reasons.iter().filter_map(CancellationReason::code).find(|code| *code != "None");
    let code = code.unwrap_or("no reason").to_owned();
    of_code(&code, error)
}

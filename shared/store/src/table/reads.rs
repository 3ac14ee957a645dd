//! Reads by key. Data that decides about money is read strongly consistent; data that is only displayed need not be.

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
    /// Maximum number of items in a batch read and in a transactional read.
    pub(crate) const BATCH_MAX: usize = 100;

    pub(crate) async fn get(&self, key: &Key) -> Result<Option<Item>, StoreError> {
        self.get_as(key, true).await
    }

    /// An eventually consistent read at half the cost, for data that decides nothing.
    pub(crate) async fn look(&self, key: &Key) -> Result<Option<Item>, StoreError> {
        self.get_as(key, false).await
    }

    /// Reads only the attributes of a projection, whose placeholders are named.
    pub(crate) async fn get_attributes(
        &self,
        key: &Key,
        projection: &str,
        names: &[(&str, &str)],
    ) -> Result<Option<Item>, StoreError> {
        let request = self.client.get_item().table_name(&self.table).set_key(Some(key.attributes()));
        let request = request.consistent_read(true).projection_expression(projection);
        let request = names.iter().fold(request, |request, (placeholder, name)| {
            request.expression_attribute_names(*placeholder, *name)
        });
        let output = request.set_return_consumed_capacity(self.report_capacity()).send().await?;
        self.count_read(output.consumed_capacity.as_slice());
        Ok(output.item)
    }

    async fn get_as(&self, key: &Key, is_consistent: bool) -> Result<Option<Item>, StoreError> {
        let request = self.client.get_item().table_name(&self.table).set_key(Some(key.attributes()));
        let request = request.consistent_read(is_consistent);
        let output = request.set_return_consumed_capacity(self.report_capacity()).send().await?;
        self.count_read(output.consumed_capacity.as_slice());
        Ok(output.item)
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

/// The cause of a cancelled transactional read. Usually a transaction is writing one of the items at the moment.
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

//! [`Table`]: one table of an engine.

use crate::answer::{AnswerWithCost, Failure, FoundBatch, Page};
use crate::item::Item;
use crate::read::{Get, Query, Scan};
use crate::write::{Delete, Put, ReturnValues, Update, Write};
use std::fmt::Debug;
use std::pin::Pin;

/// The answer to a call, once it is there.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<AnswerWithCost<T>, Failure>> + Send + 'a>>;

/// One table of an engine. An answer reports its cost only if the call is metered.
///
/// A call may take effect even if its future is dropped.
pub trait Table: Debug + Send + Sync {
    /// Returns `None` if there is no item at the key.
    fn get(&self, get: Get, is_metered: bool) -> Answer<'_, Option<Item>>;

    /// Reads up to 100 items by key, strongly consistent.
    fn get_batch(&self, keys: Vec<Item>, is_metered: bool) -> Answer<'_, FoundBatch>;

    /// Reads up to 100 items by key at one moment, in the order of the keys. `None` stands for a missing item. Fails
    /// with [`Failure::Cancelled`] while a transaction writes one of them.
    fn get_at_once(&self, keys: Vec<Item>, is_metered: bool) -> Answer<'_, Vec<Option<Item>>>;

    fn query(&self, query: Query, is_metered: bool) -> Answer<'_, Page>;

    fn scan(&self, scan: Scan, is_metered: bool) -> Answer<'_, Page>;

    /// Fails with [`Failure::ConditionFailed`] if the condition does not hold; so do [`Self::update`] and
    /// [`Self::delete`].
    fn put(&self, put: Put, is_metered: bool) -> Answer<'_, ()>;

    /// Returns the attributes that `returned` selects.
    fn update(&self, update: Update, returned: ReturnValues, is_metered: bool) -> Answer<'_, Item>;

    fn delete(&self, delete: Delete, is_metered: bool) -> Answer<'_, ()>;

    /// Writes all of up to 100 items, or none. Fails with [`Failure::Cancelled`] if a condition does not hold, or while
    /// another transaction writes one of the items.
    fn transact(&self, writes: Vec<Write>, is_metered: bool) -> Answer<'_, ()>;
}

//! The table through the AWS SDK: on Lambda, and for the engines of another process.
//!
//! Architecture invariant: this is the only module that names a type of the SDK.

mod convert;
mod definition;
mod failure;
mod writes;

pub use definition::{MigrateOutcome, migrate};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{
    Get as SdkGet, KeysAndAttributes, ReturnConsumedCapacity, Select, TransactGetItem,
};
use convert::{consumed, limit, own_item, own_items, sdk_item, some_if_any};
use evens_table::{
    Answer, AnswerWithCost, Delete, Failure, FoundBatch, Get, Item, Page, Put, Query, ReturnValues, Scan,
    Table, Update, Write,
};
use failure::{built, failure, of_read, of_transaction};

/// A table that the SDK reaches.
#[derive(Debug, Clone)]
pub struct SdkTable {
    client: Client,
    name: String,
}

impl SdkTable {
    pub fn new(client: Client, name: String) -> Self {
        Self { client, name }
    }
}

/// The setting of a request that decides whether the answer reports its cost.
fn report(is_metered: bool) -> Option<ReturnConsumedCapacity> {
    is_metered.then_some(ReturnConsumedCapacity::Indexes)
}

/// The setting of a request that reads only some attributes.
fn select(projection: Option<&String>) -> Option<Select> {
    projection.map(|_| Select::SpecificAttributes)
}

impl Table for SdkTable {
    fn get(&self, get: Get, is_metered: bool) -> Answer<'_, Option<Item>> {
        let request = self
            .client
            .get_item()
            .table_name(&self.name)
            .set_key(Some(sdk_item(get.key)))
            .consistent_read(get.is_consistent)
            .set_projection_expression(get.projection)
            .set_expression_attribute_names(some_if_any(get.names))
            .set_return_consumed_capacity(report(is_metered));
        Box::pin(async move {
            let output = request.send().await.map_err(failure)?;
            let consumed = consumed(output.consumed_capacity.as_slice());
            Ok(AnswerWithCost { value: output.item.map(own_item), consumed })
        })
    }

    fn get_batch(&self, keys: Vec<Item>, is_metered: bool) -> Answer<'_, FoundBatch> {
        Box::pin(async move {
            let keys = keys.into_iter().map(sdk_item).collect();
            let wanted =
                built(KeysAndAttributes::builder().set_keys(Some(keys)).consistent_read(true).build())?;
            let request = self.client.batch_get_item().request_items(&self.name, wanted);
            let output =
                request.set_return_consumed_capacity(report(is_metered)).send().await.map_err(failure)?;
            let consumed = consumed(output.consumed_capacity());
            let is_complete = output.unprocessed_keys.is_none_or(|tables| tables.is_empty());
            let items =
                output.responses.into_iter().flatten().flat_map(|(_, items)| own_items(items)).collect();
            Ok(AnswerWithCost { value: FoundBatch { items, is_complete }, consumed })
        })
    }

    fn get_at_once(&self, keys: Vec<Item>, is_metered: bool) -> Answer<'_, Vec<Option<Item>>> {
        Box::pin(async move {
            let mut request = self.client.transact_get_items();
            for key in keys {
                let get = SdkGet::builder().table_name(&self.name).set_key(Some(sdk_item(key)));
                request = request.transact_items(TransactGetItem::builder().get(built(get.build())?).build());
            }
            let output =
                request.set_return_consumed_capacity(report(is_metered)).send().await.map_err(of_read)?;
            let consumed = consumed(output.consumed_capacity());
            // The SDK reads a missing item as an empty one.
            let item = |item| Some(own_item(item)).filter(|item| !item.is_empty());
            let items = output.responses.unwrap_or_default().into_iter();
            Ok(AnswerWithCost { value: items.map(|found| found.item.and_then(item)).collect(), consumed })
        })
    }

    fn query(&self, query: Query, is_metered: bool) -> Answer<'_, Page> {
        let request = self
            .client
            .query()
            .table_name(&self.name)
            .key_condition_expression(query.key_condition)
            .set_filter_expression(query.filter)
            .set_projection_expression(query.projection)
            .set_expression_attribute_names(some_if_any(query.placeholders.names))
            .set_expression_attribute_values(some_if_any(sdk_item(query.placeholders.values)))
            .set_index_name(query.index)
            .set_consistent_read(query.is_consistent.then_some(true))
            .set_scan_index_forward(query.is_descending.then_some(false))
            .set_exclusive_start_key(query.start.map(sdk_item))
            .set_limit(query.limit.map(limit))
            .set_return_consumed_capacity(report(is_metered));
        Box::pin(async move {
            let output = request.send().await.map_err(failure)?;
            let consumed = consumed(output.consumed_capacity.as_slice());
            let items = own_items(output.items.unwrap_or_default()).collect();
            Ok(AnswerWithCost {
                value: Page { items, next: output.last_evaluated_key.map(own_item) },
                consumed,
            })
        })
    }

    fn scan(&self, scan: Scan, is_metered: bool) -> Answer<'_, Page> {
        let request = self
            .client
            .scan()
            .table_name(&self.name)
            .set_filter_expression(scan.filter)
            .set_select(select(scan.projection.as_ref()))
            .set_projection_expression(scan.projection)
            .set_expression_attribute_names(some_if_any(scan.placeholders.names))
            .set_expression_attribute_values(some_if_any(sdk_item(scan.placeholders.values)))
            .set_consistent_read(scan.is_consistent.then_some(true))
            .set_segment(scan.segment.map(|segment| segment.number.into()))
            .set_total_segments(scan.segment.map(|segment| segment.total.into()))
            .set_exclusive_start_key(scan.start.map(sdk_item))
            .set_limit(scan.limit.map(limit))
            .set_return_consumed_capacity(report(is_metered));
        Box::pin(async move {
            let output = request.send().await.map_err(failure)?;
            let consumed = consumed(output.consumed_capacity.as_slice());
            let items = own_items(output.items.unwrap_or_default()).collect();
            Ok(AnswerWithCost {
                value: Page { items, next: output.last_evaluated_key.map(own_item) },
                consumed,
            })
        })
    }

    fn put(&self, put: Put, is_metered: bool) -> Answer<'_, ()> {
        self.put_alone(put, is_metered)
    }

    fn update(&self, update: Update, returned: ReturnValues, is_metered: bool) -> Answer<'_, Item> {
        self.update_alone(update, returned, is_metered)
    }

    fn delete(&self, delete: Delete, is_metered: bool) -> Answer<'_, ()> {
        self.delete_alone(delete, is_metered)
    }

    fn transact(&self, writes: Vec<Write>, is_metered: bool) -> Answer<'_, ()> {
        Box::pin(async move {
            let items: Result<Vec<_>, Failure> =
                writes.into_iter().map(|write| writes::sdk_write(&self.name, write)).collect();
            let request = self.client.transact_write_items().set_transact_items(Some(items?));
            let request = request.set_return_consumed_capacity(report(is_metered));
            let output = request.send().await.map_err(of_transaction)?;
            Ok(AnswerWithCost { value: (), consumed: consumed(output.consumed_capacity()) })
        })
    }
}

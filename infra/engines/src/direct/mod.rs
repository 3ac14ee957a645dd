//! [`DirectTable`]: the table for code in this process, through the library's typed interface. Nothing becomes JSON.

mod convert;

use crate::synced_answers::Effect;
use crate::table_thread::TableThread;
use convert::{
    capacity_mode, consumed, consumed_by_all, engine_item, failure, own_item, own_items, some_if_any,
};
use dynoxide::Database;
use dynoxide::actions::batch_get_item::{BatchGetItemRequest, KeysAndAttributes};
use dynoxide::actions::delete_item::DeleteItemRequest;
use dynoxide::actions::get_item::GetItemRequest;
use dynoxide::actions::put_item::PutItemRequest;
use dynoxide::actions::query::QueryRequest;
use dynoxide::actions::scan::ScanRequest;
use dynoxide::actions::transact_get_items::{TransactGet, TransactGetItem, TransactGetItemsRequest};
use dynoxide::actions::transact_write_items::TransactWriteItemsRequest;
use dynoxide::actions::update_item::UpdateItemRequest;
use evens_table::{
    Answer, AnswerWithCost, Delete, Failure, FoundBatch, Get, Item, Page, Put, Query, ReturnValues, Scan,
    Table, Update, Write,
};

/// One table of the embedded engine.
#[derive(Debug)]
pub(crate) struct DirectTable {
    thread: TableThread,
    name: String,
}

impl DirectTable {
    pub(crate) fn new(thread: TableThread, name: String) -> Self {
        Self { thread, name }
    }

    /// Performs a call on the thread of the table. The call gets the name of the table.
    fn call<T: Send + 'static>(
        &self,
        effect: Effect,
        call: impl FnOnce(&Database, String) -> Result<AnswerWithCost<T>, Failure> + Send + 'static,
    ) -> Answer<'_, T> {
        let name = self.name.clone();
        Box::pin(async move {
            let called = self.thread.call(effect, move |table| call(table, name)).await;
            called.unwrap_or_else(|gone| Err(Failure::NoAnswer(gone.into())))
        })
    }
}

impl Table for DirectTable {
    fn get(&self, get: Get, is_metered: bool) -> Answer<'_, Option<Item>> {
        self.call(Effect::Reads, move |table, name| {
            let request = GetItemRequest {
                table_name: name,
                key: engine_item(get.key),
                consistent_read: Some(get.is_consistent),
                projection_expression: get.projection,
                expression_attribute_names: some_if_any(get.names),
                return_consumed_capacity: capacity_mode(is_metered),
                ..GetItemRequest::default()
            };
            let response = table.get_item(request).map_err(failure)?;
            let consumed = consumed(response.consumed_capacity.as_ref());
            Ok(AnswerWithCost { value: response.item.map(own_item), consumed })
        })
    }

    fn get_batch(&self, keys: Vec<Item>, is_metered: bool) -> Answer<'_, FoundBatch> {
        self.call(Effect::Reads, move |table, name| {
            let keys = KeysAndAttributes {
                keys: keys.into_iter().map(engine_item).collect(),
                consistent_read: Some(true),
                ..KeysAndAttributes::default()
            };
            let request = BatchGetItemRequest {
                request_items: [(name, keys)].into(),
                return_consumed_capacity: capacity_mode(is_metered),
            };
            let response = table.batch_get_item(request).map_err(failure)?;
            let is_complete = response.unprocessed_keys.is_empty();
            let items = response.responses.into_values().flat_map(own_items).collect();
            let consumed = consumed_by_all(response.consumed_capacity.as_deref());
            Ok(AnswerWithCost { value: FoundBatch { items, is_complete }, consumed })
        })
    }

    fn get_at_once(&self, keys: Vec<Item>, is_metered: bool) -> Answer<'_, Vec<Option<Item>>> {
        self.call(Effect::Reads, move |table, name| {
            let get = |key| TransactGetItem {
                get: TransactGet {
                    table_name: name.clone(),
                    key: engine_item(key),
                    ..TransactGet::default()
                },
            };
            let request = TransactGetItemsRequest {
                transact_items: keys.into_iter().map(get).collect(),
                return_consumed_capacity: capacity_mode(is_metered),
            };
            let response = table.transact_get_items(request).map_err(failure)?;
            let items = response.responses.into_iter().map(|found| found.item.map(own_item));
            let consumed = consumed_by_all(response.consumed_capacity.as_deref());
            Ok(AnswerWithCost { value: items.collect(), consumed })
        })
    }

    fn query(&self, query: Query, is_metered: bool) -> Answer<'_, Page> {
        self.call(Effect::Reads, move |table, name| {
            let request = QueryRequest {
                table_name: name,
                key_condition_expression: Some(query.key_condition),
                filter_expression: query.filter,
                projection_expression: query.projection,
                expression_attribute_names: some_if_any(query.placeholders.names),
                expression_attribute_values: some_if_any(engine_item(query.placeholders.values)),
                scan_index_forward: !query.is_descending,
                limit: query.limit.map(|limit| limit as usize),
                exclusive_start_key: query.start.map(engine_item),
                consistent_read: Some(query.is_consistent),
                index_name: query.index,
                return_consumed_capacity: capacity_mode(is_metered),
                ..QueryRequest::default()
            };
            let response = table.query(request).map_err(failure)?;
            let items = own_items(response.items.unwrap_or_default()).collect();
            let page = Page { items, next: response.last_evaluated_key.map(own_item) };
            Ok(AnswerWithCost { value: page, consumed: consumed(response.consumed_capacity.as_ref()) })
        })
    }

    fn scan(&self, scan: Scan, is_metered: bool) -> Answer<'_, Page> {
        self.call(Effect::Reads, move |table, name| {
            let request = ScanRequest {
                table_name: name,
                filter_expression: scan.filter,
                select: scan.projection.is_some().then(|| "SPECIFIC_ATTRIBUTES".to_owned()),
                projection_expression: scan.projection,
                expression_attribute_names: some_if_any(scan.placeholders.names),
                expression_attribute_values: some_if_any(engine_item(scan.placeholders.values)),
                limit: scan.limit.map(|limit| limit as usize),
                exclusive_start_key: scan.start.map(engine_item),
                consistent_read: Some(scan.is_consistent),
                segment: scan.segment.map(|segment| segment.number.into()),
                total_segments: scan.segment.map(|segment| segment.total.into()),
                return_consumed_capacity: capacity_mode(is_metered),
                ..ScanRequest::default()
            };
            let response = table.scan(request).map_err(failure)?;
            let items = own_items(response.items.unwrap_or_default()).collect();
            let page = Page { items, next: response.last_evaluated_key.map(own_item) };
            Ok(AnswerWithCost { value: page, consumed: consumed(response.consumed_capacity.as_ref()) })
        })
    }

    fn put(&self, put: Put, is_metered: bool) -> Answer<'_, ()> {
        self.call(Effect::Writes, move |table, name| {
            let condition = convert::parts(put.condition);
            let request = PutItemRequest {
                table_name: name,
                item: engine_item(put.item),
                condition_expression: condition.expression,
                expression_attribute_names: condition.names,
                expression_attribute_values: condition.values,
                return_values_on_condition_check_failure: condition.returned,
                return_consumed_capacity: capacity_mode(is_metered),
                ..PutItemRequest::default()
            };
            let response = table.put_item(request).map_err(failure)?;
            Ok(AnswerWithCost { value: (), consumed: consumed(response.consumed_capacity.as_ref()) })
        })
    }

    fn update(&self, update: Update, returned: ReturnValues, is_metered: bool) -> Answer<'_, Item> {
        self.call(Effect::Writes, move |table, name| {
            let returned = match returned {
                ReturnValues::All => "ALL_NEW",
                ReturnValues::Changed => "UPDATED_NEW",
            };
            let request = UpdateItemRequest {
                table_name: name,
                key: engine_item(update.key),
                update_expression: Some(update.expression),
                condition_expression: update.condition,
                expression_attribute_names: some_if_any(update.placeholders.names),
                expression_attribute_values: some_if_any(engine_item(update.placeholders.values)),
                return_values: Some(returned.to_owned()),
                return_values_on_condition_check_failure: convert::returned_on_failure(update.returns_item),
                return_consumed_capacity: capacity_mode(is_metered),
                ..UpdateItemRequest::default()
            };
            let response = table.update_item(request).map_err(failure)?;
            let consumed = consumed(response.consumed_capacity.as_ref());
            Ok(AnswerWithCost { value: own_item(response.attributes.unwrap_or_default()), consumed })
        })
    }

    fn delete(&self, delete: Delete, is_metered: bool) -> Answer<'_, ()> {
        self.call(Effect::Writes, move |table, name| {
            let condition = convert::parts(Some(delete.condition));
            let request = DeleteItemRequest {
                table_name: name,
                key: engine_item(delete.key),
                condition_expression: condition.expression,
                expression_attribute_names: condition.names,
                expression_attribute_values: condition.values,
                return_values_on_condition_check_failure: condition.returned,
                return_consumed_capacity: capacity_mode(is_metered),
                ..DeleteItemRequest::default()
            };
            let response = table.delete_item(request).map_err(failure)?;
            Ok(AnswerWithCost { value: (), consumed: consumed(response.consumed_capacity.as_ref()) })
        })
    }

    fn transact(&self, writes: Vec<Write>, is_metered: bool) -> Answer<'_, ()> {
        self.call(Effect::Writes, move |table, name| {
            let request = TransactWriteItemsRequest {
                transact_items: writes.into_iter().map(|write| convert::engine_write(&name, write)).collect(),
                return_consumed_capacity: capacity_mode(is_metered),
                ..TransactWriteItemsRequest::default()
            };
            let response = table.transact_write_items(request).map_err(failure)?;
            let consumed = consumed_by_all(response.consumed_capacity.as_deref());
            Ok(AnswerWithCost { value: (), consumed })
        })
    }
}

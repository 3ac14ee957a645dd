//! Items as the engine has them, to break or to copy.

use crate::engine::Engine;
use aws_sdk_dynamodb::types::{AttributeValue, PutRequest, WriteRequest};
use std::collections::{BTreeMap, HashMap};
use std::fmt::Display;

pub(crate) type Item = HashMap<String, AttributeValue>;

/// The items of a kind.
pub(crate) async fn items(engine: &Engine, kind: &str) -> Vec<Item> {
    everything(engine).await.into_values().filter(|item| item["kind"] == text(kind)).collect()
}

/// Every item of the table, by its key.
pub(crate) async fn everything(engine: &Engine) -> BTreeMap<String, Item> {
    let scan = engine.client.scan().table_name(&engine.table).consistent_read(true);
    let mut pages = scan.into_paginator().items().send();
    let mut found = BTreeMap::new();
    while let Some(item) = pages.next().await {
        let item = item.expect("an item");
        found.insert(key(&item), item);
    }
    found
}

/// Both parts of an item's key, as an error names it.
pub(crate) fn key(item: &Item) -> String {
    format!("{} {}", item["pk"].as_s().expect("a text"), item["sk"].as_s().expect("a text"))
}

pub(crate) async fn delete(engine: &Engine, partition: &str, sort: &str) {
    let request = engine.client.delete_item().table_name(&engine.table);
    request.key("pk", text(partition)).key("sk", text(sort)).send().await.expect("an item is deleted");
}

pub(crate) async fn put(engine: &Engine, item: Item) {
    let put = engine.client.put_item().table_name(&engine.table).set_item(Some(item));
    put.send().await.expect("an item is put");
}

/// Puts many items, some at a time.
pub(crate) async fn put_all(engine: &Engine, items: impl IntoIterator<Item = Item>) {
    let mut items = items.into_iter().peekable();
    while items.peek().is_some() {
        let requests = items.by_ref().take(25).map(|item| {
            let put = PutRequest::builder().set_item(Some(item)).build().expect("a request");
            WriteRequest::builder().put_request(put).build()
        });
        let mut rest = Some(HashMap::from([(engine.table.clone(), requests.collect::<Vec<_>>())]));
        while let Some(requests) = rest.take().filter(|requests| !requests.is_empty()) {
            let written = engine.client.batch_write_item().set_request_items(Some(requests)).send().await;
            rest = written.expect("items are put").unprocessed_items;
        }
    }
}

/// The item with some attributes replaced.
pub(crate) fn with(item: &Item, changes: &[(&str, AttributeValue)]) -> Item {
    let mut item = item.clone();
    item.extend(changes.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
    item
}

pub(crate) fn text(value: impl Display) -> AttributeValue {
    AttributeValue::S(value.to_string())
}

pub(crate) fn number(value: impl Display) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

/// An attribute so large that four items with it do not fit into one answer of the engine (1 MB).
pub(crate) fn padding() -> AttributeValue {
    AttributeValue::S("x".repeat(300_000))
}

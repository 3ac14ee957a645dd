//! Items as the engine stores them, to corrupt or to copy.

use crate::engine::Engine;
use aws_sdk_dynamodb::types::{AttributeValue, PutRequest, WriteRequest};
use evens_ledger::Entry;
use std::collections::{BTreeMap, HashMap};
use std::fmt::Display;

pub(crate) type Item = HashMap<String, AttributeValue>;

pub(crate) async fn items(engine: &Engine, kind: &str) -> Vec<Item> {
    everything(engine).await.into_values().filter(|item| item["kind"] == text(kind)).collect()
}

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

/// Both parts of an item's key, as errors show it.
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

/// Puts many items in batches.
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

/// An entry as an item of its own, as it was written before there were pages.
pub(crate) fn single(entry: &Entry) -> Item {
    let attributes = [
        ("pk", text(format!("LEDGER#{}", entry.user))),
        ("sk", text(format!("ENTRY#{:020}", entry.number))),
        ("kind", text("entry")),
        ("user", number(entry.user)),
        ("number", number(entry.number)),
        ("key", text(&entry.key)),
        ("type", text(entry.kind.as_str())),
        ("purse", text(entry.balance_kind.as_str())),
        ("amount", number(entry.amount)),
        ("account", text(&entry.account)),
        ("reference", text(&entry.reference)),
        ("balance_before", number(entry.balance_before)),
        ("balance_after", number(entry.balance_after)),
        ("at", text(entry.at)),
        ("previous_hash", text(entry.previous_hash)),
        ("hash", text(entry.hash)),
    ];
    attributes.map(|(name, value)| (name.to_owned(), value)).into()
}

/// Rewrites every entry as an item of its own, and none with its wallet.
pub(crate) async fn put_entries_one_by_one(engine: &Engine, entries: impl Iterator<Item = &Entry>) {
    for page in items(engine, "entries").await {
        delete(engine, page["pk"].as_s().unwrap(), page["sk"].as_s().unwrap()).await;
    }
    for mut wallet in items(engine, "wallet").await {
        wallet.remove("entries");
        wallet.remove("previous_hash");
        put(engine, wallet).await;
    }
    put_all(engine, entries.map(single)).await;
}

/// An attribute so large that four items with it do not fit into one answer of the engine (1 MB).
pub(crate) fn padding() -> AttributeValue {
    AttributeValue::S("x".repeat(300_000))
}

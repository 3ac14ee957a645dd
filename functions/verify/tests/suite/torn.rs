//! Scans that show two items of a user at two moments, each time in the same words.

use crate::world::{World, at};
use evens_doubles::EmbeddedTable;
use evens_ledger::UserId;
use evens_payments::PaymentsRecord;
use evens_runtime::Context;
use evens_store::{SdkTable, Store};
use evens_table::{
    Answer, AnswerWithCost, AttributeValue, Delete, FoundBatch, Get, Item, Page, Put, Query, ReturnValues,
    Scan, Table, Update, Write,
};
use evens_verify::Verifier;
use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;

/// A table whose scans have an earlier version of one item.
#[derive(Debug)]
struct TornTable {
    table: SdkTable,
    earlier: Item,
}

impl TornTable {
    fn key(item: &Item) -> [Option<&AttributeValue>; 2] {
        ["pk", "sk"].map(|name| item.get(name))
    }
}

impl Table for TornTable {
    fn get(&self, get: Get, is_metered: bool) -> Answer<'_, Option<Item>> {
        self.table.get(get, is_metered)
    }

    fn get_batch(&self, keys: Vec<Item>, is_metered: bool) -> Answer<'_, FoundBatch> {
        self.table.get_batch(keys, is_metered)
    }

    fn get_at_once(&self, keys: Vec<Item>, is_metered: bool) -> Answer<'_, Vec<Option<Item>>> {
        self.table.get_at_once(keys, is_metered)
    }

    fn query(&self, query: Query, is_metered: bool) -> Answer<'_, Page> {
        self.table.query(query, is_metered)
    }

    fn scan(&self, scan: Scan, is_metered: bool) -> Answer<'_, Page> {
        let scanned = self.table.scan(scan, is_metered);
        Box::pin(async move {
            let AnswerWithCost { mut value, consumed } = scanned.await?;
            for item in &mut value.items {
                if Self::key(item) == Self::key(&self.earlier) {
                    item.clone_from(&self.earlier);
                }
            }
            Ok(AnswerWithCost { value, consumed })
        })
    }

    fn put(&self, put: Put, is_metered: bool) -> Answer<'_, ()> {
        self.table.put(put, is_metered)
    }

    fn update(&self, update: Update, returned: ReturnValues, is_metered: bool) -> Answer<'_, Item> {
        self.table.update(update, returned, is_metered)
    }

    fn delete(&self, delete: Delete, is_metered: bool) -> Answer<'_, ()> {
        self.table.delete(delete, is_metered)
    }

    fn transact(&self, writes: Vec<Write>, is_metered: bool) -> Answer<'_, ()> {
        self.table.transact(writes, is_metered)
    }
}

/// The limit of player 1 for stakes of a week.
async fn lower_limit(world: &World, coins: &str) {
    let (user, since) = (UserId::new(1).expect("a user"), at("2026-11-20T12:00:00Z"));
    let (id, limit) = ("stakes-week".parse().expect("a limit"), coins.parse().expect("an amount"));
    let lower = |cashier: &PaymentsRecord| Ok::<_, Infallible>(cashier.ask_limit(id, Some(limit), since));
    let changed = world.context.store.change_limits(user, since, lower).await;
    changed.expect("the table").expect("a lower limit");
}

fn table(world: &World) -> SdkTable {
    SdkTable::new(world.table.client().clone(), EmbeddedTable::NAME.to_owned())
}

/// The world, with scans that show the wallet of player 1 before its newest change; and that wallet.
async fn torn() -> (World, Item) {
    let world = World::new().await;
    world.fund(1, "a", "2026-11-20T10:00:00Z").await;
    lower_limit(&world, "100").await;
    let wallet = [("pk", "USER#1"), ("sk", "WALLET")];
    let key = wallet.map(|(name, value)| (name.to_owned(), AttributeValue::S(value.to_owned()))).into();
    let get = Get { key, is_consistent: true, projection: None, names: HashMap::new() };
    let table = table(&world);
    let earlier = table.get(get, false).await.expect("the table").value.expect("a wallet");
    lower_limit(&world, "50").await;
    let store = Store::over(Arc::new(TornTable { table, earlier: earlier.clone() }));
    (World { context: Context { store, ..world.context }, table: world.table }, earlier)
}

fn violations(world: &World) -> String {
    world.metric("evens_books_violations").expect("it was looked at")
}

#[tokio::test]
async fn torn_reads_in_the_same_words_are_no_violation() {
    let (world, _) = torn().await;
    world.run(Verifier::beside_others(), "2026-11-21T01:00:00Z").await.expect("it looks");
    assert_eq!(violations(&world), "0");
    let newest = world.context.store.newest_seal().await.expect("the table").expect("a seal");
    assert_eq!(newest.day().to_string(), "2026-11-20");
}

#[tokio::test]
async fn items_that_differ_at_one_moment_are_a_violation() {
    let (world, earlier) = torn().await;
    table(&world).put(Put { item: earlier, condition: None }, false).await.expect("the table");
    world.run(Verifier::beside_others(), "2026-11-21T01:00:00Z").await.expect("it looks");
    assert_eq!(violations(&world), "1");
    let newest = world.context.store.newest_seal().await.expect("the table").expect("a seal");
    assert_eq!(newest.day().to_string(), "2026-11-20", "a seal covers no limits");
}

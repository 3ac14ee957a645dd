//! Counters of requests: every one is counted, and each counter is deleted some time after its window.

use crate::engine::{Engine, new_table_name};
use crate::raw::{self, number, text};
use crate::scenario::{minutes, second, token};
use evens_players::Session;
use evens_store::{MigrateOutcome, Store, migrate};
use futures::{StreamExt, stream};
use std::collections::BTreeSet;

pub(crate) async fn a_thousand_requests_at_once_are_all_counted(store: &Store) {
    let requests = (0..1_000).map(|_| store.count_requests("login", "203.0.113.7", 7, second(60), 1));
    let counted: Vec<_> = stream::iter(requests).buffer_unordered(100).collect().await;
    let counted: BTreeSet<_> = counted.into_iter().map(Result::unwrap).collect();
    assert_eq!(counted, (1..=1_000).collect(), "each is told another number");
}

pub(crate) async fn counters_are_told_apart_and_take_leases(store: &Store) {
    let count = async |budget: &str, subject: &str, window: i64, count: u32| {
        store.count_requests(budget, subject, window, second(60), count).await.unwrap()
    };
    #[rustfmt::skip]
    let table = [
        // budget   subject            window  requests  in all
        ("login",   "203.0.113.7",     7,      1,        1),
        ("login",   "203.0.113.7",     7,      1,        2),
        ("login",   "203.0.113.7",     8,      1,        1),
        ("login",   "203.0.113.8",     7,      1,        1),
        ("sign-up", "203.0.113.7",     7,      1,        1),
        ("login",   "2001:db8::1",     7,      1,        1),
        ("login",   "2001:db8::",      17,     1,        1),
        ("phone",   "+919812345678",   -1,     1,        1),
        ("bets",    "42",              7,      30,       30),
        ("bets",    "42",              7,      30,       60),
        ("bets",    "42",              7,      0,        60),
        ("bets",    "42",              7,      u32::MAX, 60 + u64::from(u32::MAX)),
        ("login",   "203.0.113.7",     7,      1,        3),
    ];
    for (budget, subject, window, requests, in_all) in table {
        assert_eq!(count(budget, subject, window, requests).await, in_all, "{budget} {subject} {window}");
    }
}

/// D22, D23: items with a lifetime carry the time after which the engine may delete them, in the one attribute that the
/// table uses for it.
pub(crate) async fn the_engine_deletes_expired_counters(engine: &Engine) {
    let store = &engine.store;
    store.count_requests("login", "203.0.113.7", 7, second(60), 1).await.unwrap();
    let counter = raw::items(engine, "rate").await.remove(0);
    assert_eq!(counter["pk"], text("RATE#login#203.0.113.7#7"));
    assert_eq!(counter["expires_at"], number((second(60) + minutes(5)).as_second()), "clocks differ");
    store.open_session(&Session::open(&token(1, 1, 0), second(0))).await.unwrap();
    assert!(raw::items(engine, "session").await[0].contains_key("expires_at"));
    assert_eq!(deletes_by(engine, &engine.table).await, expected_deletion());
}

pub(crate) async fn migrating_lets_the_engine_delete_and_changes_it_once(engine: &Engine) {
    for _ in 0..2 {
        assert_eq!(migrate(&engine.client, &engine.table).await.unwrap(), MigrateOutcome::Present);
        assert_eq!(deletes_by(engine, &engine.table).await, expected_deletion());
    }
    let table = new_table_name();
    let migrations = (0..6).map(|_| migrate(&engine.client, &table));
    let migrated = futures::future::join_all(migrations).await;
    assert!(migrated.iter().all(Result::is_ok), "{migrated:?}");
    assert_eq!(deletes_by(engine, &table).await, expected_deletion());
}

fn expected_deletion() -> (String, Option<String>) {
    ("ENABLED".to_owned(), Some("expires_at".to_owned()))
}

/// The time-to-live status of a table, and its attribute.
async fn deletes_by(engine: &Engine, table: &str) -> (String, Option<String>) {
    let described = engine.client.describe_time_to_live().table_name(table).send().await.expect("a table");
    let described = described.time_to_live_description.expect("a description");
    let status = described.time_to_live_status.expect("a status").to_string();
    (status, described.attribute_name)
}

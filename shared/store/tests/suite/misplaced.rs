//! Items at a key that does not follow from their content: a scan reports each, and returns none.

use crate::corrupt::{fault, faults};
use crate::engine::Engine;
use crate::order_scenario;
use crate::raw::{self, Item, single, text, with};
use crate::reports::report;
use crate::scenario::{
    bet, fund, joined, match_of, opened, opened_session, refer, second, signed_up, token, totals, user,
    welcomed,
};
use evens_exchange::{Draw, RoundStep, Side};
use evens_ledger::Entry;
use evens_store::Store;
use std::collections::BTreeSet;

/// Every kind of item whose key follows from its content.
const KINDS: [&str; 21] = [
    "account",
    "attendance",
    "bet",
    "cashier",
    "funding",
    "listed-player",
    "entries",
    "entry",
    "login",
    "match",
    "order",
    "order-place",
    "reconciliation",
    "referral",
    "referral-code",
    "round",
    "seed",
    "session",
    "totals",
    "transfer",
    "wallet",
];

/// At least one item of each kind, some of them in the `unfinished` index.
async fn something_of_everything(engine: &Engine) {
    let store = &engine.store;
    match_of(store, "10").await;
    totals(store).await;
    for order in ["1", "2", "3"] {
        fund(store, 1, order).await;
    }
    let books = crate::books::check(store).await;
    let last = books.entries.values().next_back().expect("an entry");
    raw::put(engine, single(&Entry { user: user(9), number: 1, ..last.clone() })).await;
    let round = opened(store, "closed", Draw::Match, 0).await;
    let RoundStep::Made(closed) = round.close(second(1)) else { panic!("{round:?}") };
    store.move_round(&round, *closed).await.unwrap();
    signed_up(store, 11, None).await;
    welcomed(store, 12, Some(11)).await;
    refer(store, 12, 11).await;
    opened_session(store, &token(11, 1, 0)).await;
    store.record_attendance(user(11), jiff::civil::date(2024, 1, 1), second(0)).await.unwrap();
    order_scenario::opened(store, 1, "deposit", "10", 0).await;
    store.keep_report(&report("2026-11-02", "sandbox", b"statement", 1)).await.unwrap();
    order_scenario::paid_out(store, 1, "withdrawal", "10", 0).await;
    order_scenario::held(store, 1, "held", "10", 0).await;
}

async fn records(store: &Store) -> usize {
    let mut found = 0;
    store.scan(|record| found += usize::from(record.is_ok())).await.unwrap();
    found
}

pub(crate) async fn an_item_under_another_key_is_no_record(engine: &Engine) {
    let store = &engine.store;
    something_of_everything(engine).await;
    assert_eq!(faults(store).await, Vec::<String>::new());
    let all = records(store).await;
    let items: Vec<Item> = raw::everything(engine).await.into_values().collect();
    let kinds: BTreeSet<_> = items.iter().map(|item| item["kind"].as_s().unwrap().as_str()).collect();
    assert!(KINDS.iter().all(|kind| kinds.contains(kind)), "{kinds:?}");
    for item in items {
        for part in ["pk", "sk"] {
            let elsewhere = with(&item, &[(part, text(format!("{}x", item[part].as_s().unwrap())))]);
            raw::put(engine, elsewhere.clone()).await;
            assert_eq!(faults(store).await, [fault(&elsewhere, part)]);
            assert_eq!(records(store).await, all, "{} is no record", raw::key(&elsewhere));
            let [partition, sort] = ["pk", "sk"].map(|part| elsewhere[part].as_s().unwrap());
            raw::delete(engine, partition, sort).await;
        }
    }
}

pub(crate) async fn an_item_in_a_wrong_place_of_the_index_is_named(engine: &Engine) {
    let store = &engine.store;
    something_of_everything(engine).await;
    let all = records(store).await;
    let mut listed = BTreeSet::new();
    for item in raw::everything(engine).await.into_values() {
        if item.contains_key("unfinished_pk") {
            listed.insert(item["kind"].as_s().unwrap().clone());
        }
        let elsewhere = ("unfinished_pk", text("MATCH#99"));
        // Any time is valid for an order.
        let since = if item["kind"] == text("order") { "never" } else { "0000000000001" };
        let since = ("unfinished_sk", text(since));
        let wrong = if item.contains_key("unfinished_pk") {
            [(vec![elsewhere], "unfinished_pk"), (vec![since], "unfinished_sk")]
        } else {
            [(vec![elsewhere.clone(), since], "unfinished_pk"), (vec![elsewhere], "unfinished_pk")]
        };
        for (changes, attribute) in wrong {
            raw::put(engine, with(&item, &changes)).await;
            assert_eq!(faults(store).await, [fault(&item, attribute)]);
            assert_eq!(records(store).await, all, "{} is a record all the same", raw::key(&item));
        }
        raw::put(engine, item).await;
    }
    assert_eq!(
        listed.into_iter().collect::<Vec<_>>(),
        ["account", "listed-player", "match", "order", "round"]
    );
}

/// Debts to players are found only through the index.
pub(crate) async fn an_account_that_owes_and_is_not_listed_is_named(engine: &Engine) {
    let store = &engine.store;
    signed_up(store, 1, None).await;
    let mut item = raw::items(engine, "account").await.remove(0);
    item.remove("unfinished_pk");
    item.remove("unfinished_sk");
    raw::put(engine, item.clone()).await;
    assert_eq!(faults(store).await, [fault(&item, "unfinished_pk")]);
}

/// An ended match is no longer listed.
pub(crate) async fn a_match_that_has_ended_and_is_listed_is_named(engine: &Engine) {
    let store = &engine.store;
    let (a, b) = (bet(store, 1, Side::A, "10", 0).await, bet(store, 2, Side::B, "10", 1).await);
    let found = joined(store, &a.waiting, &b.waiting, 10).await;
    let listed = raw::items(engine, "match").await.remove(0);
    store.void_match(&found, second(30)).await.unwrap();
    let ended = raw::items(engine, "match").await.remove(0);
    let places = ["unfinished_pk", "unfinished_sk"].map(|part| (part, listed[part].clone()));
    raw::put(engine, with(&ended, &places)).await;
    assert_eq!(faults(store).await, [fault(&ended, "unfinished_pk")]);
}

//! Items that cannot be what they are: the error names item and attribute, and the rest of the table is still served.

use crate::engine::Engine;
use crate::raw::{self, Item, number, text, with};
use crate::scenario::{
    ROUND, bet, match_of, opened, refund, round_id, second, swept_matches, swept_waiting, user,
};
use aws_sdk_dynamodb::types::AttributeValue;
use evens_exchange::{Draw, OracleKey, RoundStep, Side};
use evens_store::{Record, RefundBetOutcome, Store, StoreError};
use std::collections::HashMap;

pub(crate) async fn every_missing_attribute_is_named(engine: &Engine) {
    let store = &engine.store;
    match_of(store, "10").await;
    bet(store, 3, Side::A, "1", 0).await;
    let oracle = OracleKey { name: "referee".to_owned(), public_key: [1; 32] };
    let round = opened(store, "oracle", Draw::Oracle(oracle), 0).await;
    let RoundStep::Made(closed) = round.close(&crate::scenario::seed(), second(1)) else {
        panic!("{round:?}")
    };
    store.move_round(&round, *closed).await.unwrap();

    for kind in ["wallet", "entry", "bet", "waiting", "match", "round", "seed"] {
        let items = raw::items(engine, kind).await;
        let item = items.into_iter().max_by_key(HashMap::len).expect("an item");
        for attribute in item.keys().filter(|name| !is_beside_the_value(name)) {
            let wrong = with(&item, &[(attribute, AttributeValue::Bool(true))]);
            let missing = (!may_be_missing(attribute)).then(|| without(&item, attribute));
            for broken in missing.into_iter().chain([wrong]) {
                raw::put(engine, broken).await;
                assert_eq!(faults(store).await, [fault(&item, attribute)], "{kind}");
            }
        }
        raw::put(engine, item).await;
        assert_eq!(faults(store).await, Vec::<String>::new());
    }
}

/// A place in the book is written under the key that follows from what it holds: one that lies elsewhere could never be
/// taken, and a list would not get past it.
pub(crate) async fn a_place_in_the_book_that_lies_elsewhere_is_corrupt(engine: &Engine) {
    let store = &engine.store;
    bet(store, 1, Side::A, "1", 0).await;
    let item = raw::items(engine, "waiting").await.remove(0);
    raw::put(engine, with(&item, &[("placed_at", text(second(1)))])).await;
    assert_eq!(faults(store).await, [fault(&item, "sk")]);
    let totals = store.load_round_totals(&round_id(ROUND)).await;
    assert!(matches!(totals, Err(StoreError::Corrupt { attribute: "sk", .. })), "{totals:?}");
}

pub(crate) async fn a_wrong_value_is_named(engine: &Engine) {
    let store = &engine.store;
    match_of(store, "10").await;
    #[rustfmt::skip]
    let table = [
        ("wallet", "balance", number("-1")),
        ("wallet", "balance", number("0.000000001")),
        ("wallet", "bonus",   number("-1")),
        ("wallet", "version", number("1.5")),
        ("wallet", "head",    text("00")),
        ("entry",  "type",    text("GIFT")),
        ("entry",  "purse",   text("PIGGY")),
        ("entry",  "account", text("nobody")),
        ("bet",    "stake",   number("0")),
        ("bet",    "side",    text("C")),
        ("match",  "state",   text("LOST")),
        ("match",  "user_a",  number("0")),
        ("match",  "joined_at", text("yesterday")),
        ("round",  "draw",    text("dice")),
        ("round",  "state",   text("AJAR")),
        ("round",  "kind",    text("square")),
    ];
    for (kind, attribute, value) in table {
        let item = raw::items(engine, kind).await.remove(0);
        raw::put(engine, with(&item, &[(attribute, value)])).await;
        assert_eq!(faults(store).await, [fault(&item, attribute)], "{kind}");
        raw::put(engine, item).await;
    }
}

/// One item that nobody can read must not keep every other bet of its shard from ending (M6).
pub(crate) async fn a_sweep_passes_over_a_corrupt_item(engine: &Engine) {
    let store = &engine.store;
    for (player, at) in [(11, 0), (12, 1), (13, 2)] {
        bet(store, player, Side::A, "1", at).await;
    }
    match_of(store, "1").await;
    let waiting = raw::items(engine, "waiting").await.into_iter();
    let oldest = waiting.min_by_key(|item| item["sk"].as_s().unwrap().clone()).expect("it waits");
    raw::put(engine, without(&oldest, "amount_open")).await;
    let found = raw::items(engine, "match").await.remove(0);
    let broken = with(&found, &[("sk", text("MATCH#not-an-id")), ("unfinished_sk", text("1704067200000"))]);
    raw::put(engine, broken).await;

    assert_eq!(swept_waiting(store).await.len(), 2);
    assert_eq!(swept_matches(store, second(1_000)).await.len(), 1);
}

/// A job that finds half of what belongs together must not end as if all were well.
pub(crate) async fn what_belongs_together_and_is_not_there_is_corrupt(engine: &Engine) {
    let store = &engine.store;
    let (one, other) = (bet(store, 1, Side::A, "1", 0).await, bet(store, 2, Side::A, "1", 0).await);
    delete(engine, "USER#1", "WALLET").await;
    let refunded = store
        .refund_bet(&one.bet, evens_exchange::RefundReason::Requested, crate::scenario::minutes(5), second(9))
        .await;
    assert!(matches!(refunded, Err(StoreError::Corrupt { .. })), "{refunded:?}");

    delete(engine, &format!("BET#{}", other.bet.id), "BET").await;
    let listed = store.list_bets(user(2), None, 10).await;
    assert!(matches!(listed, Err(StoreError::Corrupt { .. })), "{listed:?}");
    let refunded = store
        .refund_bet(
            &other.bet,
            evens_exchange::RefundReason::Requested,
            crate::scenario::minutes(5),
            second(9),
        )
        .await;
    assert!(matches!(refunded, Err(StoreError::Corrupt { .. })), "{refunded:?}");
    let third = bet(store, 3, Side::B, "1", 0).await;
    assert!(matches!(refund(store, &third.bet).await, RefundBetOutcome::Refunded(_)));

    delete(engine, &format!("ROUND#{ROUND}"), "ROUND").await;
    assert_eq!(store.load_round(&round_id(ROUND)).await.unwrap(), None);
    let mut command = crate::scenario::command(3, "key-2", Side::A, "1");
    command.round = round_id(ROUND);
    let placed = store.place_bet(&command, &crate::scenario::seed(), second(9)).await;
    assert!(matches!(placed, Err(StoreError::Corrupt { .. })), "a seed without a round: {placed:?}");
}

async fn delete(engine: &Engine, partition: &str, sort: &str) {
    let request = engine.client.delete_item().table_name(&engine.table);
    request.key("pk", text(partition)).key("sk", text(sort)).send().await.expect("an item is deleted");
}

/// Attributes that the engine uses, or that say where an item stands and not what it is.
fn is_beside_the_value(attribute: &str) -> bool {
    ["pk", "sk", "unfinished_pk", "unfinished_sk"].contains(&attribute)
}

/// Attributes that items of the time before there were bonuses do not have.
fn may_be_missing(attribute: &str) -> bool {
    ["bonus", "purse"].contains(&attribute)
}

fn without(item: &Item, attribute: &str) -> Item {
    let mut item = item.clone();
    item.remove(attribute);
    item
}

fn fault(item: &Item, attribute: &str) -> String {
    let (partition, sort) = (item["pk"].as_s().unwrap(), item["sk"].as_s().unwrap());
    format!("the item {partition} {sort} is corrupt: {attribute}")
}

async fn faults(store: &Store) -> Vec<String> {
    let mut faults = Vec::new();
    let each =
        |record: Result<Record, StoreError>| faults.extend(record.err().map(|error| error.to_string()));
    store.scan(each).await.unwrap();
    faults
}

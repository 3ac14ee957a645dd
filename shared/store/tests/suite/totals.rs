//! The totals of a round: one reader at a time, for any number of requests.

use crate::engine::{Engine, plain_http};
use crate::raw::{self, number, with};
use crate::scenario::{ROUND, bet, match_of, round_id, second, sums};
use evens_exchange::Side;
use evens_store::{CapacityMeter, CountedTotals, Store};
use futures::future::try_join_all;
use jiff::Timestamp;

/// The matched and unmatched amounts, whether they are complete, and their time in seconds after the start of 2024.
async fn look(store: &Store, at: i64) -> ([String; 3], bool, i64) {
    read_totals_at(store, second(at)).await
}

async fn read_totals_at(store: &Store, now: Timestamp) -> ([String; 3], bool, i64) {
    let CountedTotals { totals, as_of } = store.load_round_totals(&round_id(ROUND), now).await.unwrap();
    (sums(&totals), totals.is_complete, as_of.as_second() - second(0).as_second())
}

fn of(sums: [&str; 3], is_complete: bool, at: i64) -> ([String; 3], bool, i64) {
    (sums.map(str::to_owned), is_complete, at)
}

/// Twenty processes with five concurrent requests each.
pub(crate) async fn a_round_is_added_up_once_for_all_viewers(engine: &Engine) {
    match_of(&engine.store, "10").await;
    let meter = CapacityMeter::default();
    let metered = |store: &Store| store.clone().metered(meter.clone());
    look(&metered(&engine.store), 0).await;
    let alone = meter.take();
    assert!(alone.read_units <= 2.0, "{alone:?}");
    for at in [1, 2, 3] {
        let processes: Vec<_> = (0..20).map(|_| metered(&engine.through(plain_http()))).collect();
        let looks = processes.iter().cycle().take(100).map(|store| {
            let store = store.clone();
            tokio::spawn(async move { look(&store, at).await })
        });
        for (sums, is_complete, as_of) in try_join_all(looks).await.unwrap() {
            assert_eq!((sums, is_complete), (["10", "0", "0"].map(str::to_owned), true));
            assert!((at - 1..=at).contains(&as_of), "{as_of} at {at}");
        }
        // One process adds up, and the other 99 requests read the item.
        let all = meter.take();
        assert!(all.read_units <= 51.5, "{all:?}");
    }
}

pub(crate) async fn a_second_look_within_a_second_adds_nothing_up(store: &Store) {
    assert_eq!(look(store, 0).await, of(["0", "0", "0"], true, 0));
    bet(store, 1, Side::A, "10", 0).await;
    let soon = second(0).checked_add(jiff::SignedDuration::from_millis(999)).unwrap();
    assert_eq!(read_totals_at(store, soon).await, of(["0", "0", "0"], true, 0));
    assert_eq!(look(store, 1).await, of(["0", "10", "0"], true, 1));
}

pub(crate) async fn a_match_that_is_voided_leaves_the_sum(store: &Store) {
    let found = match_of(store, "10").await;
    assert_eq!(look(store, 20).await, of(["10", "0", "0"], true, 20));
    store.void_match(&found, second(20)).await.unwrap();
    assert_eq!(look(store, 21).await, of(["0", "0", "0"], true, 21));
}

/// The state that a dead reader leaves: the turn is taken, and has no result.
async fn leave_turn(engine: &Engine, taken_at: i64) {
    let totals = raw::items(engine, "totals").await.remove(0);
    let milliseconds = |at: i64| number(second(at).as_millisecond());
    let taken = [("taken_at", milliseconds(taken_at)), ("free_at", milliseconds(taken_at + 10))];
    raw::put(engine, with(&totals, &taken)).await;
}

pub(crate) async fn an_unfinished_turn_is_over_after_ten_seconds(engine: &Engine) {
    let store = &engine.store;
    look(store, 0).await;
    leave_turn(engine, 1).await;
    bet(store, 1, Side::A, "10", 0).await;
    assert_eq!(look(store, 10).await, of(["0", "0", "0"], true, 0));
    assert_eq!(look(store, 11).await, of(["0", "10", "0"], true, 11));
}

pub(crate) async fn a_clock_that_was_ahead_does_not_block_the_totals(engine: &Engine) {
    let store = &engine.store;
    look(store, 3_600).await;
    bet(store, 1, Side::A, "10", 0).await;
    for at in [0, 1] {
        assert_eq!(look(store, at).await, of(["0", "10", "0"], true, at));
    }
    // A clock that is ahead by less than the allowed difference belongs to an active reader.
    leave_turn(engine, 2).await;
    bet(store, 2, Side::A, "10", 0).await;
    assert_eq!(look(store, 1).await, of(["0", "10", "0"], true, 1));
}

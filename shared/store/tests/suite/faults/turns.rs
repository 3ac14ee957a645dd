//! Failed turns to add up a round: no caller gets a wrong sum, and the next turn continues.

use super::script::{Fault, Script};
use crate::engine::Engine;
use crate::scenario::{ROUND, match_of, round_id, second, sums};
use evens_store::{Store, StoreError};

async fn look(store: &Store, at: i64) -> Result<([String; 3], bool), StoreError> {
    let counted = store.load_round_totals(&round_id(ROUND), second(at)).await?.totals;
    Ok((sums(&counted), counted.is_complete))
}

fn of(matched: &str, is_complete: bool) -> ([String; 3], bool) {
    ([matched, "0", "0"].map(str::to_owned), is_complete)
}

#[tokio::test]
async fn totals_during_the_first_turn_are_marked_incomplete() {
    let engine = Engine::direct().await;
    match_of(&engine.store, "10").await;
    let script = Script::of("Query", &[Fault::Reset]);
    let died = look(&engine.through(script.http()), 0).await;
    assert!(matches!(died, Err(StoreError::Unavailable(_))), "{died:?}");
    assert_eq!(look(&engine.store, 9).await.unwrap(), of("0", false));
    assert_eq!(look(&engine.store, 10).await.unwrap(), of("10", true));
}

#[tokio::test]
async fn the_result_of_an_expired_turn_is_not_stored() {
    let engine = Engine::direct().await;
    let found = match_of(&engine.store, "10").await;
    let script = Script::of("UpdateItem", &[Fault::None, Fault::Late]);
    let slow = look(&engine.through(script.http()), 20).await;
    assert!(matches!(slow, Err(StoreError::Unavailable(_))), "{slow:?}");
    engine.store.void_match(&found, second(25)).await.unwrap();
    assert_eq!(look(&engine.store, 30).await.unwrap(), of("0", true));
    assert_eq!(script.deliver().await, [400]);
    assert_eq!(look(&engine.store, 30).await.unwrap(), of("0", true));
}

//! Requests that the table carries out after their callers stopped waiting.

use super::script::{Fault, Script};
use crate::books;
use crate::engine::Engine;
use crate::raw;
use crate::scenario::{
    ROUND, bet, command, fund, of_epoch, place, round_id, second, set_blocked, signed_up, try_place, user,
};
use evens_exchange::{PlaceBetOutcome, RoundStateName, RoundStep, Side};
use futures::future::join;
use std::time::Duration;
use tokio::time::timeout;

/// Waits for `count` further requests for the script's operation.
pub(super) async fn further_requests(script: &Script, count: usize) {
    let wanted = script.requests() + count;
    while script.requests() < wanted {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

fn conflict() -> Fault {
    Fault::cancelled(&["None", "TransactionConflict", "None", "None"])
}

/// The answer that a player got stays true, even if the table carries out an abandoned request late.
#[tokio::test]
async fn a_bet_that_was_refused_is_not_placed_late() {
    let engine = Engine::direct().await;
    signed_up(&engine.store, 1, None).await;
    fund(&engine.store, 1, "10").await;
    let script = Script::without_end("TransactWriteItems", &[Fault::Late, conflict()]);
    let store = engine.through(script.http()).retry_for(Duration::from_mins(1));
    // The round exists already, so that no other transaction opens it.
    bet(&engine.store, 2, Side::A, "1", 0).await;
    let refused = command(1, "key-1", Side::B, "10");
    let (outcome, ()) = join(try_place(&store, &refused, second(1)), async {
        further_requests(&script, 2).await;
        set_blocked(&engine.store, user(1), true).await.unwrap();
    })
    .await;
    assert_eq!(outcome.unwrap(), PlaceBetOutcome::AccountBlocked);
    set_blocked(&engine.store, user(1), false).await.unwrap();
    assert_eq!(script.deliver().await, [400]);
    assert_eq!(engine.store.load_bet(refused.bet).await.unwrap(), None);
    // The same bet, requested again, is a new one. Bets continue under the new fence.
    for key in ["key-1", "key-2"] {
        let asked = of_epoch(1, command(1, key, Side::B, "5"));
        let placed = try_place(&engine.store, &asked, second(2)).await.unwrap();
        assert!(matches!(placed, PlaceBetOutcome::Placed(_)), "{placed:?}");
    }
    books::check(&engine.store).await;
}

/// A player who is blocked twice during a request gets a true answer the second time, too: requests sent under the
/// first new fence are fenced off again.
#[tokio::test]
async fn writes_under_the_first_fence_are_fenced_off_again() {
    let engine = Engine::direct().await;
    signed_up(&engine.store, 1, None).await;
    fund(&engine.store, 1, "10").await;
    bet(&engine.store, 2, Side::A, "1", 0).await;
    let writes = Script::without_end("TransactWriteItems", &[Fault::Late, conflict()]);
    let reads = Script::without_end("GetItem", &[Fault::error("ThrottlingException")]);
    let store = engine.through(writes.http_before(reads.http())).retry_for(Duration::from_mins(1));
    // No block ends this session, so that the bet is tried again after the first one.
    let refused = of_epoch(2, command(1, "key-1", Side::B, "10"));
    let block = async |is_blocked| drop(set_blocked(&engine.store, user(1), is_blocked).await.unwrap());
    let (outcome, ()) = join(try_place(&store, &refused, second(1)), async {
        further_requests(&writes, 2).await;
        block(true).await;
        // The fence is set before the bet is read, which fails.
        further_requests(&reads, 1).await;
        writes.interrupt(Fault::Late);
        block(false).await;
        further_requests(&writes, 2).await;
        reads.end();
        block(true).await;
    })
    .await;
    assert_eq!(outcome.unwrap(), PlaceBetOutcome::AccountBlocked);
    block(false).await;
    assert_eq!(writes.deliver().await, [400, 400]);
    assert_eq!(engine.store.load_bet(refused.bet).await.unwrap(), None);
    books::check(&engine.store).await;
}

/// A request whose answer was lost, and its repeat after the round has closed: the answer to the repeat stays true.
#[tokio::test]
async fn a_bet_that_a_closed_round_refused_is_not_placed_by_an_earlier_request() {
    let engine = Engine::direct().await;
    signed_up(&engine.store, 1, None).await;
    fund(&engine.store, 1, "10").await;
    bet(&engine.store, 2, Side::A, "1", 0).await;
    let script = Script::without_end("TransactWriteItems", &[Fault::Late]);
    let earlier = engine.through(script.http()).retry_for(Duration::ZERO);
    let asked = command(1, "key-1", Side::B, "10");
    assert!(try_place(&earlier, &asked, second(1)).await.is_err(), "nobody knows");

    let round = engine.store.load_round(&round_id(ROUND)).await.unwrap().expect("the round");
    let RoundStep::Made(closed) = round.close(second(2)) else { panic!("{round:?}") };
    engine.store.move_round(&round, *closed).await.unwrap();
    let refused = try_place(&engine.store, &asked, second(3)).await.unwrap();
    assert_eq!(refused, PlaceBetOutcome::RoundNotOpen { state: RoundStateName::Closed });
    assert_eq!(script.deliver().await, [400]);
    assert_eq!(engine.store.load_bet(asked.bet).await.unwrap(), None);
    books::check(&engine.store).await;
}

/// The items of a transaction become visible one after another. A wallet may no longer carry entries whose page does
/// not show yet: then older entries are not taken for them.
#[tokio::test]
async fn entries_whose_page_does_not_show_yet_are_waited_for() {
    let engine = Engine::direct().await;
    fund(&engine.store, 1, "100").await;
    for number in 0..8 {
        place(&engine.store, &command(1, &format!("key-{number}"), Side::A, "1"), second(number)).await;
    }
    let newest = raw::items(&engine, "entries").await.remove(1);
    raw::delete(&engine, "LEDGER#1", "ENTRY#00000000000000000005").await;
    let script = Script::of("Query", &[]);
    let store = engine.through(script.http());
    let (entries, ()) = join(store.list_entries(user(1), None, 3), async {
        timeout(Duration::from_secs(20), further_requests(&script, 2)).await.expect("it is read again");
        raw::put(&engine, newest).await;
    })
    .await;
    let numbers: Vec<u64> = entries.unwrap().iter().map(|entry| entry.number).collect();
    assert_eq!(numbers, [9, 8, 7]);
}

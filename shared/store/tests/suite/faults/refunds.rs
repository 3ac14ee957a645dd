//! Refunds of which it is unknown whether they were made.

use super::late::further_requests;
use super::script::{Fault, Script};
use crate::books;
use crate::engine::Engine;
use crate::scenario::{amount, bet, joined, refund, refund_terms, second};
use evens_exchange::{RefundReason, Side};
use evens_store::RefundBetOutcome;
use futures::future::join;
use std::time::Duration;

/// A player who cancels a bet gets the refunded amount, although the table's answer was lost.
#[tokio::test]
async fn a_refund_whose_answer_was_lost_is_said_to_be_made() {
    let engine = Engine::direct().await;
    let placed = bet(&engine.store, 1, Side::A, "10", 0).await;
    let script = Script::of("TransactWriteItems", &[Fault::TimeOutAfter]);
    let outcome = refund(&engine.through(script.http()), &placed.bet).await;
    let RefundBetOutcome::Refunded(refunded) = outcome else { panic!("{outcome:?}") };
    let entries = engine.store.list_entries(placed.bet.user, None, 1).await.unwrap();
    assert_eq!((&entries[0], script.requests()), (&refunded.entry, 1));
    // A later request is a separate one.
    assert_eq!(refund(&engine.store, &placed.bet).await, RefundBetOutcome::NothingWaits);
    books::check(&engine.store).await;
}

/// A refund that was sent and not made is not reported as made, if a match takes the bet before the next attempt.
#[tokio::test]
async fn a_refund_that_was_lost_before_a_match_is_not_said_to_be_made() {
    let engine = Engine::direct().await;
    let a = bet(&engine.store, 1, Side::A, "10", 0).await;
    let b = bet(&engine.store, 2, Side::B, "10", 1).await;
    let conflict = Fault::cancelled(&["TransactionConflict"]);
    let script = Script::without_end("TransactWriteItems", &[Fault::Reset, conflict]);
    let store = engine.through(script.http()).retry_for(Duration::from_mins(1));
    let (reason, terms) = (RefundReason::Requested, refund_terms());
    let (outcome, ()) = join(store.refund_bet(&a.bet, reason, terms, second(2)), async {
        further_requests(&script, 2).await;
        joined(&engine.store, &a.waiting, &b.waiting, 2).await;
    })
    .await;
    assert_eq!(outcome.unwrap(), RefundBetOutcome::NothingWaits);
    let found = engine.store.load_bet(a.bet.id).await.unwrap().expect("the bet");
    assert_eq!(found.refunded, amount("0"));
    books::check(&engine.store).await;
}

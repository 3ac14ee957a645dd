//! Refunds: by the player or after the time limit, and never of a matched amount.

use crate::exchange::settle::await_settled;
use evens_contracts::{Job, RefundJob, RefundsJob};
use evens_exchange::RefundReason;
use evens_tests::{Redaction, Scenario};
use futures::future::join_all;
use jiff::SignedDuration;

#[tokio::test(flavor = "multi_thread")]
async fn a_player_takes_back_what_waits() {
    let scenario = Scenario::start().await;
    let (alice, bob) = (scenario.funded(41, "100").await, scenario.funded(42, "80").await);
    let large = alice.bet("r", "A", "100").await;
    let small = bob.bet("r", "B", "80").await;
    await_settled(&scenario, &[(&bob, &small)]).await;
    let before = alice.balance().await;

    let path = format!("/api/bets/{}/refund", large.bet_id);
    let answer = alice.post(&path).await;
    assert_eq!(answer.amount("data.refunded").to_string(), "20");
    let expected = before.units() + 20 * 100_000_000;
    assert_eq!(answer.amount("data.balance").units(), expected);
    let body =
        Redaction::of(answer.expect(200), scenario.started).id("/data/betId", "BET", &large.bet_id).done();
    assert_eq!(body["data"].as_object().unwrap().len(), 3, "{body}");
    // Neither a matched amount nor a refunded one can be refunded.
    let again = alice.post(&path).await;
    assert_eq!(again.problem(), "409 nothing-to-refund -");
    assert_eq!(again.json()["betId"], large.bet_id);
    let path = format!("/api/bets/{}/refund", small.bet_id);
    assert_eq!(bob.post(&path).await.problem(), "409 nothing-to-refund -");
    assert_eq!(alice.balance().await.units(), expected);
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bet_that_is_taken_back_by_many_requests_comes_back_once() {
    let scenario = Scenario::start().await;
    let player = scenario.funded(41, "100").await;
    let placed = player.bet("r", "A", "100").await;
    let path = format!("/api/bets/{}/refund", placed.bet_id);
    let job = |reason| Job::Refund(RefundJob { bet_id: placed.id(), reason });
    let (answers, worked) = tokio::join!(
        join_all((0..20).map(|_| player.post(&path))),
        join_all((0..8).map(|_| scenario.work(job(RefundReason::Requested)))),
    );
    let done = answers.iter().filter(|answer| answer.status() == 200).count();
    let by_job =
        worked.iter().filter(|worked| worked.as_ref().is_ok_and(|done| done.0 == "refunded")).count();
    assert_eq!(done + by_job, 1, "{worked:?}");
    for answer in answers.iter().filter(|answer| answer.status() != 200) {
        assert_eq!(answer.problem(), "409 nothing-to-refund -");
    }
    assert_eq!(player.balance().await.to_string(), "100");
    assert_eq!(player.read_bet(&placed.bet_id).await["status"], "REFUNDED");
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bet_is_given_back_when_its_time_is_over_and_not_before() {
    let scenario = Scenario::start_with(&[("EVENS_REFUND_AFTER_SECONDS", "3600")]).await;
    let player = scenario.funded(41, "100").await;
    let placed = player.bet("r", "A", "100").await;
    // A sweeper with a wrong clock asks too early. The rule decides by its own clock.
    scenario.sweep_after(SignedDuration::from_hours(2)).await;
    scenario.await_idle().await;
    assert_eq!(player.read_bet(&placed.bet_id).await["status"], "PENDING");
    let due = jiff::Timestamp::now() + SignedDuration::from_hours(1);
    let job = RefundJob { bet_id: placed.id(), reason: RefundReason::Expired };
    evens_refund::handle(scenario.context(), RefundsJob::Refund(job), due).await.unwrap();
    assert_eq!(player.read_bet(&placed.bet_id).await["status"], "REFUNDED");
    assert_eq!(player.balance().await.to_string(), "100");
    scenario.finish().await;
}

/// A refund and a match compete for the same unmatched bet. One of them gets all of it.
#[tokio::test(flavor = "multi_thread")]
async fn a_bet_that_is_matched_and_taken_back_at_once_is_one_of_the_two() {
    let scenario = Scenario::start().await;
    let (alice, bob) = (scenario.funded(41, "300").await, scenario.funded(42, "300").await);
    for number in 0..20 {
        let round = format!("r-{number}");
        let placed = alice.bet(&round, "A", "10").await;
        let path = format!("/api/bets/{}/refund", placed.bet_id);
        let (opponent, answer) = tokio::join!(bob.bet(&round, "B", "10"), alice.post(&path));
        let back = format!("/api/bets/{}/refund", opponent.bet_id);
        match answer.status() {
            200 => assert_eq!(bob.post(&back).await.expect(200)["data"]["refunded"], 10),
            _ => assert_eq!(answer.problem(), "409 nothing-to-refund -"),
        }
    }
    scenario.await_ended().await;
    scenario.finish().await;
}

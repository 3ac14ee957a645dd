//! Matching: which bets are matched, and for which amounts.

use crate::beside::Beside;
use crate::exchange::settle::await_settled;
use evens_contracts::{Job, MatchJob};
use evens_tests::Scenario;
use futures::future::join_all;

/// X8: 100 against 30 and 50 is matched for 80. The other 20 are refunded after the time limit.
#[tokio::test(flavor = "multi_thread")]
async fn a_larger_bet_is_matched_in_parts_and_the_rest_goes_back() {
    let mut scenario = Scenario::start().await;
    let [alice, bob, carol] =
        [scenario.funded(41, "100").await, scenario.funded(42, "30").await, scenario.funded(43, "50").await];
    let large = alice.bet("r", "A", "100").await;
    let (small, middle) = (bob.bet("r", "B", "30").await, carol.bet("r", "B", "50").await);
    await_settled(&scenario, &[(&bob, &small), (&carol, &middle)]).await;

    let waiting = alice.read_bet(&large.bet_id).await;
    let parts = ["status", "open", "matched", "settled", "refunded"].map(|name| waiting[name].to_string());
    assert_eq!(parts, ["\"PENDING\"", "20", "0", "80", "0"]);
    let round = scenario.visitor().get("/api/rounds/r").await.expect(200);
    assert_eq!(round["data"]["matched"], serde_json::json!({ "A": 80, "B": 80 }));
    assert_eq!(round["data"]["waiting"], serde_json::json!({ "A": 20, "B": 0 }));

    // The sweeper runs when a process starts and then every minute. The first process's sweep may still be running.
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    scenario.restart_with(&[("EVENS_REFUND_AFTER_SECONDS", "1")]).await;
    let books = scenario.await_ended().await;
    let alice = scenario.player(41);
    let ended = alice.await_status(&large.bet_id, "SETTLED").await;
    let parts = ["open", "matched", "settled", "refunded"].map(|name| ended[name].to_string());
    assert_eq!(parts, ["0", "0", "80", "20"]);
    let mut amounts: Vec<_> = books.matches.iter().map(|found| found.amount.to_string()).collect();
    amounts.sort();
    assert_eq!(amounts, ["30", "50"]);
    let total = books.wallets.values().filter(|wallet| wallet.user.number() > 40);
    assert_eq!(total.map(|wallet| wallet.balance.units()).sum::<i128>(), 180 * 100_000_000);
    scenario.finish().await;
}

/// X7.
#[tokio::test(flavor = "multi_thread")]
async fn a_players_own_bets_are_not_matched() {
    let scenario = Scenario::start().await;
    let (alice, bob) = (scenario.funded(41, "100").await, scenario.funded(42, "100").await);
    let (own_a, own_b) = (alice.bet("r", "A", "10").await, alice.bet("r", "B", "10").await);
    scenario.await_idle().await;
    scenario.sweep_later().await;
    scenario.await_idle().await;
    assert!(scenario.books().await.matches.is_empty());
    for placed in [&own_a, &own_b] {
        assert_eq!(alice.read_bet(&placed.bet_id).await["status"], "PENDING");
    }
    // Another player skips no bet: the oldest bet of the other side is matched.
    let other = bob.bet("r", "B", "10").await;
    await_settled(&scenario, &[(&alice, &own_a), (&bob, &other)]).await;
    assert_eq!(alice.read_bet(&own_b.bet_id).await["status"], "PENDING");
    // The same player skips their own bet, although it is the oldest.
    let (own_a, other_b) = (alice.bet("r", "A", "10").await, bob.bet("r", "B", "10").await);
    await_settled(&scenario, &[(&alice, &own_a), (&bob, &other_b)]).await;
    let books = scenario.finish().await;
    assert!(books.matches.iter().all(|found| found.user_a != found.user_b));
    assert_eq!((books.matches.len(), books.waiting.len()), (2, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_oldest_bet_of_the_other_side_is_taken_first() {
    let scenario = Scenario::start().await;
    let mut waiting = Vec::new();
    for number in 0..4 {
        let player = scenario.funded(50 + number, "10").await;
        waiting.push(player.bet("r", "A", "10").await);
        scenario.await_idle().await;
    }
    let mut opponents = Vec::new();
    for number in 0..3 {
        let player = scenario.funded(60 + number, "10").await;
        let placed = player.bet("r", "B", "10").await;
        player.await_status(&placed.bet_id, "SETTLED").await;
        opponents.push(placed);
    }
    let books = scenario.finish().await;
    let pairs: Vec<_> = books.matches.iter().map(|found| (found.bet_a, found.bet_b)).collect();
    let expected: Vec<_> = waiting.iter().zip(&opponents).map(|(a, b)| (a.id(), b.id())).collect();
    assert_eq!(pairs, expected);
    assert_eq!(books.waiting.keys().collect::<Vec<_>>(), [&waiting[3].id()]);
}

/// A18: jobs that look for opponents at the same moment find different ones.
#[tokio::test(flavor = "multi_thread")]
async fn concurrent_jobs_take_different_opponents() {
    let scenario = Scenario::start().await;
    for number in 0..8 {
        scenario.funded(50 + number, "10").await.bet("r", "A", "10").await;
    }
    scenario.await_idle().await;
    let mut players = Vec::new();
    for number in 0..8 {
        players.push(scenario.funded(60 + number, "10").await);
    }
    join_all(players.iter().map(|player| player.bet("r", "B", "10"))).await;
    let books = scenario.await_ended().await;
    assert_eq!(books.matches.len(), 8);
    scenario.finish().await;
}

/// As on Lambda, where each bet has an instance of its own. Both look for opponents after they are placed, so at least
/// one sees the other and requests the match. No sweep runs.
#[tokio::test(flavor = "multi_thread")]
async fn opposed_bets_that_are_placed_at_the_same_moment_meet() {
    let scenario = Scenario::start().await;
    let instances = [Beside::place_bet(&scenario).await, Beside::place_bet(&scenario).await];
    let mut placed = Vec::new();
    for pair in 0..20 {
        let round = format!("r{pair}");
        let alice = scenario.funded(50 + 2 * pair, "10").await;
        let bob = scenario.funded(51 + 2 * pair, "10").await;
        let (on_a, on_b) = (instances[0].client(&alice), instances[1].client(&bob));
        let (a, b) = tokio::join!(on_a.bet(&round, "A", "10"), on_b.bet(&round, "B", "10"));
        placed.extend([(alice, a), (bob, b)]);
    }
    let placed: Vec<_> = placed.iter().map(|(client, bet)| (client, bet)).collect();
    await_settled(&scenario, &placed).await;
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_job_finds_nothing_to_do() {
    let scenario = Scenario::start().await;
    let (alice, bob) = (scenario.funded(41, "100").await, scenario.funded(42, "100").await);
    let mut jobs = Vec::new();
    for amount in ["10", "7", "0.01"] {
        for (player, side) in [(&alice, "A"), (&bob, "B")] {
            let placed = player.bet("r", side, amount).await;
            let job = Job::Match(MatchJob { bet_id: placed.id(), user_id: None, place: None });
            let worked = join_all((0..8).map(|_| scenario.work(job.clone()))).await;
            // A job that finds all candidates taken is retried. That is no failure, and it changes nothing.
            let failed: Vec<_> = worked.iter().filter_map(|worked| worked.as_ref().err()).collect();
            assert!(
                failed.iter().all(|error| error.to_string().contains("being matched by other jobs")),
                "{failed:?}"
            );
            jobs.push((job, player.user.to_string()));
        }
    }
    let before = scenario.await_ended().await;
    assert_eq!(before.matches.iter().map(|found| found.amount.units()).sum::<i128>(), 1_701_000_000);
    scenario.send_again(jobs).await;
    scenario.await_idle().await;
    assert_eq!(scenario.finish().await, before);
}

//! Draws and payouts: every match is paid once, however many jobs ask for it.

use evens_contracts::SettleJob;
use evens_tests::{Client, Placed, Scenario, await_until};
use futures::future::join_all;
use serde_json::Value;

/// Waits until these bets are settled. Returns them in the same order.
pub(crate) async fn await_settled(scenario: &Scenario, bets: &[(&Client, &Placed)]) -> Vec<Value> {
    let mut settled = Vec::new();
    for (client, placed) in bets {
        settled.push(client.await_status(&placed.bet_id, "SETTLED").await);
    }
    // The last message is deleted only after its effect is visible.
    scenario.await_idle().await;
    settled
}

/// A19: both bets are placed within 50 ms. The first job finds no opponent and succeeds, the second joins the two bets,
/// and the match is settled.
#[tokio::test(flavor = "multi_thread")]
async fn the_reference_timeline() {
    let scenario = Scenario::start().await;
    let (alice, bob) = (scenario.funded(41, "10").await, scenario.funded(42, "10").await);
    let first = alice.bet("r", "A", "10").await;
    scenario.await_idle().await;
    let waiting = alice.read_bet(&first.bet_id).await;
    assert_eq!((&waiting["status"], &waiting["open"]), (&"PENDING".into(), &10.into()));
    assert!(scenario.books().await.matches.is_empty());

    let second = bob.bet("r", "B", "10").await;
    await_settled(&scenario, &[(&alice, &first), (&bob, &second)]).await;
    let books = scenario.finish().await;
    let [found] = books.matches.as_slice() else { panic!("{:?}", books.matches) };
    assert_eq!((found.bet_a, found.bet_b), (first.id(), second.id()));
    let drawn_at = found.state.outcome().expect("an outcome").drawn_at;
    let (bet_a, bet_b) = (&books.bets[&first.id()], &books.bets[&second.id()]);
    let times = [bet_a.placed_at, bet_b.placed_at, found.joined_at, drawn_at, bet_b.updated_at];
    assert!(times.is_sorted(), "{times:?}");
    // A22: the loser gets no entry at settlement.
    let entries: Vec<_> = books.entries.values().flatten().map(|entry| entry.key.as_str()).collect();
    let payouts = entries.iter().filter(|key| key.starts_with("SETTLE:")).count();
    assert_eq!(payouts, 1, "{entries:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_settlement_that_is_asked_for_many_times_pays_once() {
    let scenario = Scenario::start().await;
    let (alice, bob) = (scenario.funded(41, "100").await, scenario.funded(42, "100").await);
    let mut bets = Vec::new();
    for _ in 0..5 {
        bets.push((&alice, alice.bet("r", "A", "10").await));
        bets.push((&bob, bob.bet("r", "B", "10").await));
        // In parallel with the pollers, in any state that the match has at that moment.
        let found = await_until("a match", Scenario::DEADLINE, async || {
            scenario.books().await.matches.into_iter().find(|found| !found.state.is_final()).or(scenario
                .books()
                .await
                .matches
                .pop())
        });
        let found = found.await;
        let job = SettleJob::of_match(&found).job;
        let worked = join_all((0..8).map(|_| scenario.work(job.clone()))).await;
        assert!(worked.iter().all(Result::is_ok), "{worked:?}");
    }
    let books = scenario.await_ended().await;
    assert_eq!(books.matches.len(), 5);
    // The same jobs again through the queue, after everything has ended.
    let before = scenario.books().await;
    let jobs = before.matches.iter().flat_map(|found| {
        let job = SettleJob::of_match(found).job;
        [(job.clone(), found.user_a.to_string()), (job, found.user_b.to_string())]
    });
    scenario.send_again(jobs).await;
    scenario.await_idle().await;
    assert_eq!(scenario.finish().await, before);
}

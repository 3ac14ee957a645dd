//! Blocking: it takes effect at once for every request of the account, even though its token stays valid for minutes.

use super::{current_period, request_of};
use evens_contracts::{Access, ROUTES};
use evens_tests::{Client, PASSWORD, Request, Scenario, Tokens, phone};
use futures::future::join_all;
use serde_json::json;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};

const BLOCKED: &str = "403 account-blocked -";

/// Places bets one after another until `is_over`, and at least one after `is_blocked`. Returns the number of accepted
/// bets, and the answers to those sent after the block.
async fn storm(client: &Client, is_blocked: &AtomicBool, is_over: &AtomicBool) -> (usize, Vec<String>) {
    let (mut taken, mut late) = (0, Vec::new());
    while late.is_empty() || !is_over.load(Ordering::SeqCst) {
        let was_blocked = is_blocked.load(Ordering::SeqCst);
        let answer = client.try_bet("r", "A", "1").await;
        match answer.status() {
            202 => taken += 1,
            _ => assert_eq!(answer.problem(), BLOCKED),
        }
        if was_blocked {
            late.push(answer.problem());
        }
    }
    (taken, late)
}

#[tokio::test(flavor = "multi_thread")]
async fn no_bet_is_taken_once_the_block_has_returned() {
    let scenario = Scenario::start().await;
    for number in 0..3 {
        let client = scenario.signed_up(&phone(number), PASSWORD).await;
        scenario.fund(client.user.number(), "10000").await;
        let (is_blocked, is_over) = (AtomicBool::new(false), AtomicBool::new(false));
        let operator = async {
            evens_tests::await_until("some bets", Scenario::DEADLINE, async || {
                (client.balance().await.units() <= 9_980 * 100_000_000).then_some(())
            })
            .await;
            scenario.set_blocked(client.user, true).await;
            is_blocked.store(true, Ordering::SeqCst);
            let after_block = scenario.books().await.bets.len();
            // More bets, so that requests accepted before the block have finished.
            join_all((0..20).map(|_| client.try_bet("r", "A", "1"))).await;
            is_over.store(true, Ordering::SeqCst);
            after_block
        };
        let storms = join_all((0..8).map(|_| storm(&client, &is_blocked, &is_over)));
        let (after_block, storms) = tokio::join!(operator, storms);
        let late: BTreeSet<_> = storms.iter().flat_map(|(_, late)| late.clone()).collect();
        assert_eq!(late, BTreeSet::from([BLOCKED.to_owned()]));
        let taken: usize = storms.iter().map(|(taken, _)| taken).sum();
        let books = scenario.books().await;
        let bets = books.bets.values().filter(|bet| bet.user == client.user).count();
        assert_eq!(bets, taken, "bets that are there, and bets that were answered");
        assert_eq!(books.bets.len(), after_block, "a bet was taken after the block had returned");
        // After unblocking, the player logs in and can bet again. The block has ended the session of before.
        scenario.set_blocked(client.user, false).await;
        assert_eq!(client.try_bet("r", "A", "1").await.problem(), "401 unauthorized -");
        let client = scenario.session_of(&scenario.log_in(&phone(number), PASSWORD).await);
        client.bet("r", "A", "1").await;
    }
    scenario.await_idle().await;
    scenario.finish().await;
}

/// Every route with a token refuses the account. Public routes keep working.
#[tokio::test(flavor = "multi_thread")]
async fn everything_of_a_blocked_account_is_refused() {
    let scenario = Scenario::start().await;
    let answer = scenario.sign_up(&json!({ "phoneNo": phone(1), "password": PASSWORD })).await;
    let (client, tokens) = (scenario.session_of(&answer), Tokens::of(&answer));
    scenario.fund(client.user.number(), "10").await;
    let placed = client.bet("r", "A", "10").await;
    scenario.await_idle().await;
    let period = current_period(&scenario).await;
    scenario.set_blocked(client.user, true).await;
    let before = scenario.books().await;
    for route in ROUTES.iter().filter(|route| route.access == Access::Player) {
        let request = request_of(route, &client, &placed.bet_id, &period);
        assert_eq!(client.send(request).await.problem(), BLOCKED, "{} {}", route.method.as_str(), route.path);
    }
    client.get("/api/rounds/r").await.expect(200);
    // The session cannot be refreshed, and the attempt ends it.
    assert_eq!(scenario.refresh(&tokens.refresh).await.problem(), BLOCKED);
    assert_eq!(scenario.log_in(&phone(1), PASSWORD).await.problem(), BLOCKED);
    scenario.await_idle().await;
    assert_eq!(scenario.books().await, before);
    scenario.set_blocked(client.user, false).await;
    assert_eq!(scenario.refresh(&tokens.refresh).await.problem(), "401 session-ended -");
    assert_eq!(client.get("/api/wallet").await.problem(), "401 unauthorized -");
    let client = scenario.session_of(&scenario.log_in(&phone(1), PASSWORD).await);
    assert_eq!(client.balance().await.to_string(), "0");
    scenario.finish().await;
}

/// A bet that was matched before the block is settled and paid.
#[tokio::test(flavor = "multi_thread")]
async fn a_bet_that_was_matched_before_plays_on() {
    let scenario = Scenario::start().await;
    let client = scenario.signed_up(&phone(1), PASSWORD).await;
    scenario.fund(client.user.number(), "10").await;
    let operator = scenario.operator();
    let opened = json!({ "roundId": "r", "draw": "round" });
    operator.send(Request::new("POST", "/api/rounds").json(opened.to_string())).await.expect(201);
    client.bet("r", "A", "10").await;
    let other = scenario.funded(42, "10").await;
    other.bet("r", "B", "10").await;
    scenario.await_idle().await;
    scenario.set_blocked(client.user, true).await;
    let closing = json!({ "reason": "betting is over" }).to_string();
    operator.send(Request::new("POST", "/api/rounds/r/close").json(closing)).await.expect(200);
    let books = scenario.await_ended().await;
    assert_eq!(books.matches.len(), 1);
    let won = [client.user, other.user].map(|user| books.wallets[&user].balance.to_string());
    assert!(won == ["20", "0"] || won == ["0", "20"], "{won:?}");
    // The payout does not unblock the wallet.
    assert_eq!(client.try_bet("other", "A", "1").await.problem(), BLOCKED);
    scenario.finish().await;
}

/// A blocked account still gets the sign-up bonus it is owed. A block only concerns the player's requests.
#[tokio::test(flavor = "multi_thread")]
async fn a_bonus_does_not_unblock() {
    let scenario = Scenario::start().await;
    let client = scenario.enrol_as(&Scenario::account(100, None)).await;
    scenario.set_blocked(client.user, true).await;
    scenario.sweep_later().await;
    scenario.await_idle().await;
    assert_eq!(scenario.books().await.wallets[&client.user].bonus.to_string(), "25");
    scenario.fund(100, "10").await;
    assert_eq!(client.try_bet("r", "A", "1").await.problem(), BLOCKED);
    scenario.finish().await;
}

//! Blocking: from the moment that it is done nothing of the account is accepted, though its token is good for minutes.

use evens_contracts::ROUTES;
use evens_tests::{Client, PASSWORD, Request, Scenario, Tokens, await_until, phone};
use futures::future::join_all;
use serde_json::json;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};

const BLOCKED: &str = "403 account-blocked -";

/// Bets, one after another, until told to stop, but never before one was sent after the block had returned: how many
/// were taken, and what was answered to those that were sent after it.
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
            // As many again: whoever was let in before is through by then.
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
        // And it is not forgotten: unblocked, the player goes on.
        scenario.set_blocked(client.user, false).await;
        client.bet("r", "A", "1").await;
    }
    scenario.await_idle().await;
    scenario.finish().await;
}

/// Every route that takes a token refuses the account's; what needs none goes on.
#[tokio::test(flavor = "multi_thread")]
async fn everything_of_a_blocked_account_is_refused() {
    let scenario = Scenario::start().await;
    let answer = scenario.sign_up(&json!({ "phoneNo": phone(1), "password": PASSWORD })).await;
    let (client, tokens) = (scenario.session_of(&answer), Tokens::of(&answer));
    scenario.fund(client.user.number(), "10").await;
    let placed = client.bet("r", "A", "10").await;
    scenario.await_idle().await;
    let period = await_until("a period", Scenario::DEADLINE, async || {
        let current = scenario.nobody().get("/api/games/wingo/300").await.expect(200);
        current["data"]["seedHash"].as_str().map(|_| current["data"]["periodId"].clone())
    })
    .await;
    scenario.set_blocked(client.user, true).await;
    let before = scenario.books().await;
    let players = ROUTES.iter().filter(|route| route.access == evens_contracts::Access::Player);
    for route in players {
        let path =
            route.path.replace("{betId}", &placed.bet_id).replace("{gameType}/{duration}", "wingo/300");
        let request = Request::new(route.method.as_str(), path);
        let request = match route.body {
            None => request,
            Some(_) if route.path == "/api/bets" => client.bet_request("r", "B", "1"),
            Some(_) if route.function == "place-game-bet" => {
                let body =
                    json!({ "periodId": period, "betType": "SIZE", "betValue": "big", "betAmount": 1 });
                request.json(body.to_string())
            }
            Some(_) if route.takes_idempotency_key => {
                request.json(json!({ "amount": 10, "payeeId": "mine" }).to_string())
            }
            Some(_) => {
                let body = json!({ "userName": "Asha", "currentPassword": PASSWORD, "newPassword": "another horse" });
                request.json(body.to_string())
            }
        };
        assert_eq!(client.send(request).await.problem(), BLOCKED, "{} {}", route.method.as_str(), route.path);
    }
    client.get("/api/rounds/r").await.expect(200);
    // The session goes no further, and has ended with the attempt.
    assert_eq!(scenario.refresh(&tokens.refresh).await.problem(), BLOCKED);
    assert_eq!(scenario.log_in(&phone(1), PASSWORD).await.problem(), BLOCKED);
    scenario.await_idle().await;
    assert_eq!(scenario.books().await, before);
    scenario.set_blocked(client.user, false).await;
    assert_eq!(scenario.refresh(&tokens.refresh).await.problem(), "401 session-ended -");
    assert_eq!(client.balance().await.to_string(), "0");
    scenario.log_in(&phone(1), PASSWORD).await.expect(200);
    scenario.finish().await;
}

/// What a player has staked plays on: a bet that was taken is settled, and pays, whoever is blocked meanwhile.
#[tokio::test(flavor = "multi_thread")]
async fn a_bet_that_was_taken_before_plays_on() {
    let scenario = Scenario::start().await;
    let client = scenario.signed_up(&phone(1), PASSWORD).await;
    scenario.fund(client.user.number(), "10").await;
    client.bet("r", "A", "10").await;
    scenario.await_idle().await;
    scenario.set_blocked(client.user, true).await;
    let other = scenario.funded(42, "10").await;
    other.bet("r", "B", "10").await;
    let books = scenario.await_ended().await;
    assert_eq!(books.matches.len(), 1);
    let won = [client.user, other.user].map(|user| books.wallets[&user].balance.to_string());
    assert!(won == ["20", "0"] || won == ["0", "20"], "{won:?}");
    // Paying has not unblocked the wallet.
    assert_eq!(client.try_bet("r", "A", "1").await.problem(), BLOCKED);
    scenario.finish().await;
}

/// What is owed for the sign-up is given to a blocked account too: the block is about what the player asks for.
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

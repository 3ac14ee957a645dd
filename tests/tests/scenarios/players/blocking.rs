//! Blocking: it takes effect at once for every request of the account, even though its token stays valid for minutes.

use evens_contracts::ROUTES;
use evens_tests::{Client, PASSWORD, Request, Scenario, Tokens, await_until, phone};
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
        // After unblocking, the player can bet again.
        scenario.set_blocked(client.user, false).await;
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
    let period = await_until("a period", Scenario::DEADLINE, async || {
        let current = scenario.visitor().get("/api/games/wingo/300").await.expect(200);
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

/// A bet accepted before the block is settled and paid.
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
    // The payout does not unblock the wallet.
    assert_eq!(client.try_bet("r", "A", "1").await.problem(), BLOCKED);
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

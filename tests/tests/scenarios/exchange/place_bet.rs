//! `POST /api/bets`: the first settled bet as clients see it, repeats, and insufficient balances.

use crate::exchange::settle::await_settled;
use crate::payments::withdrawing::{await_withdrawal, payee, withdraw};
use evens_tests::{Client, Placed, Redaction, Request, Scenario};
use futures::future::join_all;
use insta::assert_json_snapshot;
use serde_json::{Value, json};
use std::collections::HashSet;

/// The rest of a stake with more decimals than the currency could never be withdrawn. A commission may still leave such
/// a rest: the player withdraws all but that.
#[tokio::test(flavor = "multi_thread")]
async fn a_stake_has_the_decimals_of_the_currency() {
    let scenario = Scenario::start_with(&[("EVENS_COMMISSION", "0.0333")]).await;
    let (alice, bob) = (scenario.funded(41, "100").await, scenario.funded(42, "100").await);
    for (stake, problem) in [("1.23456789", "422 invalid amount"), ("0.001", "422 invalid amount")] {
        let answer = alice.try_bet("r", "A", stake).await;
        assert_eq!(answer.problem(), problem, "{stake}");
        assert_eq!(answer.json()["detail"], "amount must have at most 2 decimals", "{stake}");
    }
    let placed = [alice.bet("r", "A", "1.230000").await, bob.bet("r", "B", "1.23").await];
    for (player, bet) in [&alice, &bob].into_iter().zip(&placed) {
        await_settled(&scenario, &[(player, bet)]).await;
    }
    let balances = [alice.balance().await.to_string(), bob.balance().await.to_string()];
    assert!(balances.contains(&"101.189041".to_owned()), "{balances:?}");
    let winner = if balances[0] == "101.189041" { &alice } else { &bob };
    let payee = payee(winner, "IN12345678").await;
    let all = json!({ "amount": 101.189_041, "payeeId": payee }).to_string();
    let refused = winner.send(Request::new("POST", "/api/withdrawals").json(all)).await;
    assert_eq!(refused.problem(), "422 invalid amount");
    let order = withdraw(winner, "101.18", &payee, "all but the rest").await;
    await_withdrawal(&scenario, winner, &order, "completed").await;
    assert_eq!(winner.balance().await.to_string(), "0.009041");
    scenario.finish().await;
}

/// Three decimals in Kuwait.
#[tokio::test(flavor = "multi_thread")]
async fn another_currency_has_other_decimals() {
    let scenario = Scenario::start_with(&[("EVENS_CURRENCY", "KWD")]).await;
    let player = scenario.funded(41, "100").await;
    assert_eq!(player.try_bet("r", "A", "1.0001").await.problem(), "422 invalid amount");
    player.bet("r", "A", "1.001").await;
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_settled_bet() {
    let scenario = Scenario::start().await;
    let (alice, bob) = (scenario.funded(41, "500").await, scenario.funded(42, "500").await);

    let answer = alice.try_bet("round-2024-01-01", "A", "100.50").await;
    let bet_a = Placed::of(&answer);
    let body = Redaction::of(answer.expect(202), scenario.started).id("/data/betId", "BET A", &bet_a.bet_id);
    let body = body.hex("/data/nonceHash", 64);
    assert_json_snapshot!(body.done(), @r#"
    {
      "data": {
        "balance": 399.5,
        "betId": "[BET A]",
        "message": "Bet placed, waiting for match",
        "nonceHash": "[HEX]",
        "status": "PENDING"
      },
      "status": 202
    }
    "#);
    assert!(!answer.is_replay());
    let bet_b = bob.bet("round-2024-01-01", "B", "100.50").await;
    let settled = await_settled(&scenario, &[(&alice, &bet_a), (&bob, &bet_b)]).await;

    // The winner follows from the round's seed, which differs from run to run.
    let (winner, won, loser, lost) = if settled[0]["payout"] == 201.0 {
        (&alice, &bet_a, &bob, &bet_b)
    } else {
        (&bob, &bet_b, &alice, &bet_a)
    };
    assert_json_snapshot!(settled_bet(&scenario, winner, won).await, @r#"
    {
      "amount": 100.5,
      "betId": "[BET]",
      "createdAt": "[TIME]",
      "matched": 0,
      "nonce": "[HEX]",
      "nonceHash": "[HEX]",
      "open": 0,
      "payout": 201,
      "refunded": 0,
      "roundId": "round-2024-01-01",
      "settled": 100.5,
      "side": "[SIDE]",
      "status": "SETTLED",
      "updatedAt": "[TIME]",
      "userId": "[USER]"
    }
    "#);
    assert_json_snapshot!(settled_bet(&scenario, loser, lost).await, @r#"
    {
      "amount": 100.5,
      "betId": "[BET]",
      "createdAt": "[TIME]",
      "matched": 0,
      "nonce": "[HEX]",
      "nonceHash": "[HEX]",
      "open": 0,
      "payout": 0,
      "refunded": 0,
      "roundId": "round-2024-01-01",
      "settled": 100.5,
      "side": "[SIDE]",
      "status": "SETTLED",
      "updatedAt": "[TIME]",
      "userId": "[USER]"
    }
    "#);

    assert_json_snapshot!("ledger_of_the_winner", ledger(&scenario, winner, won).await);
    let balances = [winner.balance().await.to_string(), loser.balance().await.to_string()];
    assert_eq!(balances, ["600.5", "399.5"]);

    let round = scenario.visitor().get("/api/rounds/round-2024-01-01").await.expect(200);
    let round = Redaction::of(round["data"].clone(), scenario.started)
        .time("/openedAt")
        .time("/totalsAt")
        .hex("/seedHash", 64);
    assert_json_snapshot!("round_of_the_bets", round.done());
    scenario.finish().await;
}

/// A bet with the parts that vary between runs replaced: the winner and the time.
async fn settled_bet(scenario: &Scenario, client: &Client, placed: &Placed) -> Value {
    let mut body = client.read_bet(&placed.bet_id).await;
    let user = client.user.number();
    assert_eq!((&body["side"], &body["userId"]), (&if user == 41 { "A" } else { "B" }.into(), &user.into()));
    (body["side"], body["userId"]) = ("[SIDE]".into(), "[USER]".into());
    let body = Redaction::of(body, scenario.started).id("/betId", "BET", &placed.bet_id);
    body.time("/createdAt").time("/updatedAt").hex("/nonce", 64).hex("/nonceHash", 64).done()
}

/// The ledger of a player who was funded, placed one bet and won it.
async fn ledger(scenario: &Scenario, winner: &Client, won: &Placed) -> Value {
    let entries = winner.get("/api/wallet/ledger").await.expect(200);
    let match_id = entries["data"][0]["referenceId"].as_str().unwrap().to_owned();
    let user = winner.user;
    let mut ledger = Redaction::of(entries.clone(), scenario.started)
        .id("/data/0/idempotentKey", "SETTLE:{MATCH}:{WINNER}", &format!("SETTLE:{match_id}:{user}"))
        .id("/data/0/referenceId", "MATCH", &match_id)
        .id("/data/1/idempotentKey", "BET:{BET}", &format!("BET:{}", won.bet_id))
        .id("/data/1/referenceId", "BET", &won.bet_id)
        // Payout and stake both name the bet.
        .id("/data/0/betId", "BET", &won.bet_id)
        .id("/data/1/betId", "BET", &won.bet_id)
        .id_within("/data/2/idempotentKey", "ORDER", entries["data"][2]["referenceId"].as_str().unwrap());
    for number in 0..3 {
        // Each entry carries the hash of the previous entry, which is the next one in a list with the newest first.
        let before = entries["data"]
            .get(number + 1)
            .map_or("0".repeat(64), |entry| entry["hash"].as_str().unwrap().to_owned());
        assert_eq!(entries["data"][number]["previousHash"], before);
        ledger = ledger
            .time(&format!("/data/{number}/createdAt"))
            .hex(&format!("/data/{number}/previousHash"), 64)
            .hex(&format!("/data/{number}/hash"), 64);
    }
    let order = entries["data"][2]["referenceId"].as_str().unwrap().to_owned();
    ledger.id("/data/2/referenceId", "ORDER", &order).done()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_requests_with_one_key_take_one_stake() {
    let scenario = Scenario::start().await;
    let player = scenario.funded(41, "500").await;
    let request = player.bet_request("r", "A", "100.50").header("idempotency-key", "key-1");
    let answers = join_all((0..1_000).map(|_| player.send(request.clone()))).await;
    let placed: HashSet<_> = answers.iter().map(|answer| answer.expect(202).to_string()).collect();
    assert_eq!(placed.len(), 1, "{placed:?}");
    let first_ones = answers.iter().filter(|answer| !answer.is_replay()).count();
    assert_eq!(first_ones, 1, "answers that say they are the first one");
    assert_eq!(player.balance().await.to_string(), "399.5");
    let ledger = player.get("/api/wallet/ledger").await.expect(200);
    assert_eq!(ledger["data"].as_array().unwrap().len(), 2);

    // The wallet is now empty, and the repeat still gets its first answer. Another body is refused.
    player.bet("r", "A", "399.5").await;
    let repeat = player.send(request).await;
    assert!(repeat.is_replay());
    assert!(placed.contains(&repeat.expect(202).to_string()));
    let other = player.bet_request("r", "B", "100.50").header("idempotency-key", "key-1");
    assert_eq!(player.send(other).await.problem(), "409 idempotency-key-reused Idempotency-Key");
    // Idempotency keys belong to one player.
    let stranger = scenario.funded(42, "500").await;
    let same_key = stranger.bet_request("r", "A", "100.50").header("idempotency-key", "key-1");
    let answer = stranger.send(same_key).await;
    assert!(!answer.is_replay());
    assert!(!placed.contains(&answer.expect(202).to_string()));
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_body_without_a_key_is_another_bet() {
    let scenario = Scenario::start().await;
    let player = scenario.funded(41, "30").await;
    let (first, second) = (player.bet("r", "A", "10").await, player.bet("r", "A", "10").await);
    assert_ne!(first.bet_id, second.bet_id);
    assert_eq!([first.balance.to_string(), second.balance.to_string()], ["20", "10"]);
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_fifty_bets_at_once_a_wallet_pays_the_ten_that_it_can() {
    let scenario = Scenario::start().await;
    let player = scenario.funded(41, "100").await;
    let answers = join_all((0..50).map(|_| player.try_bet("r", "A", "10"))).await;
    let taken = answers.iter().filter(|answer| answer.status() == 202).count();
    let refused = answers.iter().filter(|answer| answer.status() != 202);
    let refused: HashSet<_> = refused.map(evens_tests::Answer::problem).collect();
    assert_eq!((taken, refused), (10, HashSet::from(["400 insufficient-balance amount".to_owned()])));
    assert!(player.balance().await.is_zero());
    let wallet = player.get("/api/wallet").await.expect(200);
    assert_eq!((&wallet["data"]["lockedBalance"], &wallet["data"]["version"]), (&100.into(), &11.into()));
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_bet_says_how_much_is_missing_and_takes_nothing() {
    let scenario = Scenario::start().await;
    let player = scenario.funded(41, "4.50").await;
    let answer = player.try_bet("r", "A", "10.00").await;
    assert_eq!(answer.problem(), "400 insufficient-balance amount");
    let detail = "The stake is 10, but the balance is 4.5. Deposit at least 5.5 or lower the stake.";
    assert_eq!(answer.json()["detail"], detail);
    assert_eq!(player.balance().await.to_string(), "4.5");
    let nobody = scenario.player(77);
    assert_eq!(nobody.try_bet("r", "A", "1").await.problem(), "400 insufficient-balance amount");
    let books = scenario.finish().await;
    assert!(books.bets.is_empty(), "{:?}", books.bets);
    assert!(books.rounds.is_empty(), "a refused bet has opened a round: {:?}", books.rounds);
}

/// The case of a client that sent no key and timed out.
#[tokio::test(flavor = "multi_thread")]
async fn a_repeat_with_the_id_of_the_request_as_key_finds_the_bet() {
    let scenario = Scenario::start().await;
    let player = scenario.funded(41, "100").await;
    let first = player.try_bet("round", "A", "10").await;
    let placed = Placed::of(&first);
    let id = first.header("x-request-id").expect("every answer has one");
    let request = player.bet_request("round", "A", "10").header("idempotency-key", id);
    let repeated = player.send(request).await;
    assert_eq!((Placed::of(&repeated).bet_id, repeated.is_replay()), (placed.bet_id, true));
    scenario.finish().await;
}

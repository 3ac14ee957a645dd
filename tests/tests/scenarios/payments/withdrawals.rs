//! `POST /api/withdrawals` and the withdrawal's further course: paid, failed, returned or cancelled; with repeats,
//! concurrent requests, or a forgetful provider.

use super::withdrawing::{await_withdrawal, balance, decide, paid_out, payee, try_withdraw, withdraw};
use evens_breaker::FAILURES_MAX;
use evens_contracts::PayoutJob;
use evens_payments::WithdrawalState;
use evens_tests::{Request, Scenario};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

/// Runs the payout job two minutes later, when any earlier claim on it has expired.
async fn look_later(scenario: &Scenario, order: &str) {
    let job = PayoutJob { order_id: order.parse().expect("an order") };
    let later = Timestamp::now() + SignedDuration::from_mins(2);
    scenario.work_at(job.into(), later).await.expect("looked at");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawal_is_debited_sent_and_completed() {
    let scenario = Scenario::start().await;
    let player = scenario.funded(41, "100").await;
    let payee = payee(&player, "IN12345678").await;
    let answer = try_withdraw(&player, "40.25", &payee, "one").await;
    let data = &answer.expect(202)["data"];
    assert_eq!((&data["balance"], &data["payeeId"]), (&json!(59.75), &json!(payee)));
    let order = data["orderId"].as_str().unwrap().to_owned();
    let repeat = try_withdraw(&player, "40.25", &payee, "one").await;
    assert!(repeat.is_replay() && repeat.expect(202)["data"]["orderId"] == order, "{repeat:?}");
    await_withdrawal(&scenario, &player, &order, "completed").await;
    assert_eq!(paid_out(&scenario, &order).await, [("processed".to_owned(), 4_025)]);
    assert_eq!(balance(&player).await, "59.75");
    let listed = player.get("/api/withdrawals").await.expect(200);
    assert_eq!(listed["data"][0]["orderId"], order);
    let stranger = scenario.player(42);
    assert_eq!(stranger.get(&format!("/api/withdrawals/{order}")).await.problem(), "404 not-found orderId");
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_belongs_to_one_player_and_its_number_is_not_shown() {
    let scenario = Scenario::start().await;
    let (player, other) = (scenario.player(41), scenario.player(42));
    let first = payee(&player, "IN12345678").await;
    assert_eq!(payee(&player, "IN12345678").await, first);
    let listed = player.get("/api/payees").await;
    assert_eq!(listed.expect(200)["data"][0]["accountEndsWith"], "5678");
    assert!(!listed.text().contains("IN1234"), "{}", listed.text());
    assert_eq!(payee(&player, "in-1234-5678").await, first);
    for written in ["IN12345678", "in12345678", "IN-1234-5678"] {
        let body = json!({ "account": written }).to_string();
        let taken = other.send(Request::new("POST", "/api/payees").json(body)).await;
        assert_eq!(taken.problem(), "409 payee-taken account", "{written}");
    }
    let stolen = try_withdraw(&other, "1", &first, "stolen").await;
    assert_eq!(stolen.problem(), "404 not-found payeeId");
    assert!(!scenario.log().contains("IN12345678"));
    scenario.finish().await;
}

/// The number of payees that a player may try per day is limited, as each attempt reveals whether an account is taken.
#[tokio::test(flavor = "multi_thread")]
async fn a_player_tries_so_many_accounts_a_day() {
    let scenario = Scenario::start_with(&[("EVENS_RATE_LIMITS", "payees=2/24h")]).await;
    let (player, other) = (scenario.player(41), scenario.player(42));
    payee(&player, "IN12345678").await;
    let tries =
        |written: &str| Request::new("POST", "/api/payees").json(json!({ "account": written }).to_string());
    payee(&other, "IN87654321").await;
    assert_eq!(other.send(tries("IN12345678")).await.problem(), "409 payee-taken account");
    let refused = other.send(tries("IN12345678")).await;
    assert_eq!(refused.problem(), "429 too-many-requests -");
    assert!(refused.header("retry-after").is_some());
    payee(&player, "IN12345678").await;
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payee_is_removed_once_what_was_asked_for_is_paid_and_takes_nothing_new() {
    let scenario = Scenario::start_with(&[("EVENS_HOLDS", "from=10")]).await;
    let player = scenario.funded(41, "100").await;
    let payee = payee(&player, "IN12345678").await;
    let order = withdraw(&player, "40", &payee, "before").await;
    let path = format!("/api/payees/{payee}/remove");
    assert_eq!(scenario.player(42).post(&path).await.problem(), "404 not-found payeeId");
    // A held withdrawal may still be paid to the account, so it cannot be removed.
    assert_eq!(player.post(&path).await.problem(), "409 order-state payeeId");
    decide(&scenario.cashier(), &order, "approve").await.expect(200);
    await_withdrawal(&scenario, &player, &order, "completed").await;
    assert_eq!(paid_out(&scenario, &order).await, [("processed".to_owned(), 4_000)]);
    assert!(!player.post(&path).await.is_replay());
    let again = player.post(&path).await;
    assert!(again.is_replay() && again.expect(200)["data"]["payeeId"] == payee, "{again:?}");
    assert_eq!(player.get("/api/payees").await.expect(200)["data"], json!([]));
    assert_eq!(try_withdraw(&player, "5", &payee, "after").await.problem(), "404 not-found payeeId");
    // The player can add it again. After they remove it, another player can add it.
    assert_eq!(super::withdrawing::payee(&player, "IN12345678").await, payee);
    let again = withdraw(&player, "5", &payee, "again").await;
    await_withdrawal(&scenario, &player, &again, "completed").await;
    let account =
        |written: &str| Request::new("POST", "/api/payees").json(json!({ "account": written }).to_string());
    let taken = scenario.player(42).send(account("in12345678")).await;
    assert_eq!(taken.problem(), "409 payee-taken account");
    player.post(&path).await.expect(200);
    scenario.player(42).send(account("in12345678")).await.expect(201);
    let taken = player.send(account("IN12345678")).await;
    assert_eq!(taken.problem(), "409 payee-taken account");
    scenario.await_idle().await;
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_or_returned_payout_is_given_back_once() {
    let scenario = Scenario::start().await;
    let player = scenario.funded(41, "100").await;
    for (account, status) in [("fail-1234", "failed"), ("reverse-1234", "failed"), ("return-1234", "failed")]
    {
        let payee = payee(&player, account).await;
        let order = withdraw(&player, "30", &payee, account).await;
        await_withdrawal(&scenario, &player, &order, status).await;
        scenario.await_idle().await;
        assert_eq!(balance(&player).await, "100", "{account}");
    }
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_forgets_or_breaks_pays_once() {
    let scenario = Scenario::start().await;
    let player = scenario.funded(41, "100").await;
    let payee = payee(&player, "IN12345678").await;
    for fault in ["lose-answer", "500", "429", "garbage", "fail-before-effect"] {
        scenario.sandbox().fault("send-payout", fault, 1).await;
        let order = withdraw(&player, "10", &payee, fault).await;
        scenario.await_idle().await;
        look_later(&scenario, &order).await;
        await_withdrawal(&scenario, &player, &order, "completed").await;
        assert_eq!(paid_out(&scenario, &order).await, [("processed".to_owned(), 1_000)], "{fault}");
    }
    assert_eq!(balance(&player).await, "50");
    scenario.finish().await;
}

/// A claim without a call would keep the next attempt waiting, although the provider answers again.
#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawal_is_not_claimed_while_its_provider_does_not_answer() {
    let scenario = Scenario::start().await;
    let player = scenario.funded(41, "100").await;
    let payee = payee(&player, "IN12345678").await;
    scenario.sandbox().fault("send-payout", "500", FAILURES_MAX).await;
    let mut orders = Vec::new();
    for number in 0..FAILURES_MAX {
        orders.push(withdraw(&player, "10", &payee, &format!("key-{number}")).await);
    }
    scenario.await_idle().await;
    let next = withdraw(&player, "10", &payee, "next").await;
    scenario.await_idle().await;
    let store = &scenario.context().store;
    let found = store.load_withdrawal(next.parse().expect("an order")).await.expect("the table");
    let found = found.expect("the withdrawal");
    assert_eq!((found.state, found.attempt), (WithdrawalState::Approved, None));
    orders.push(next);
    for order in &orders {
        look_later(&scenario, order).await;
        await_withdrawal(&scenario, &player, order, "completed").await;
        assert_eq!(paid_out(&scenario, order).await, [("processed".to_owned(), 1_000)]);
    }
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_is_killed_pays_each_withdrawal_once() {
    let mut scenario = Scenario::start().await;
    let player = scenario.funded(41, "100").await;
    let payee = payee(&player, "IN12345678").await;
    let mut orders = Vec::new();
    for number in 0..20 {
        orders.push(withdraw(&player, "5", &payee, &format!("key-{number}")).await);
    }
    scenario.kill_9().await;
    scenario.restart().await;
    let player = scenario.player(41);
    for order in &orders {
        look_later(&scenario, order).await;
        await_withdrawal(&scenario, &player, order, "completed").await;
        assert_eq!(paid_out(&scenario, order).await, [("processed".to_owned(), 500)]);
    }
    assert_eq!(balance(&player).await, "0");
    scenario.finish().await;
}

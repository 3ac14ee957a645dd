//! Withdrawals of players who have just got a new password by a code: whoever has the phone does not yet have the
//! money.

use super::withdrawing::{await_withdrawal, decide, paid_out, payee, withdraw};
use crate::players::recovering::{NEW, TELLS_OF_EVENTS, proved, recover};
use evens_breaker::FAILURES_MAX;
use evens_payments::WithdrawalState;
use evens_tests::{Client, Scenario, await_until, phone};
use jiff::SignedDuration;
use serde_json::{Value, json};

/// A recovered player who logs in with the new password.
async fn recovered(scenario: &Scenario) -> Client {
    recover(scenario, 1).await;
    scenario.session_of(&scenario.log_in(&phone(1), NEW).await)
}

async fn reviewed(scenario: &Scenario, order: &str) -> Value {
    let path = format!("/api/operator/withdrawals/{order}");
    scenario.cashier().get(&path).await.expect(200)["data"].clone()
}

/// The rule is on without any setting, and a cashier decides.
#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawal_after_a_recovery_is_held() {
    let scenario = Scenario::start_with(&[TELLS_OF_EVENTS]).await;
    let player = proved(&scenario, 1).await;
    scenario.fund(player.user.number(), "100").await;
    let payee = payee(&player, "IN12345678").await;
    let player = recovered(&scenario).await;
    let order = withdraw(&player, "40", &payee, "key").await;
    let held = reviewed(&scenario, &order).await;
    assert_eq!((&held["state"], &held["holdReasons"]), (&json!("HELD"), &json!(["recovered"])));
    decide(&scenario.cashier(), &order, "approve").await.expect(200);
    await_withdrawal(&scenario, &player, &order, "completed").await;
    scenario.finish().await;
}

/// A withdrawal was approved before the recovery and waits for its provider. It is held again, and sent when a cashier
/// has approved it. One that was sent before stays so.
#[tokio::test(flavor = "multi_thread")]
async fn a_recovery_stops_what_waits_to_be_sent() {
    let scenario = Scenario::start_with(&[TELLS_OF_EVENTS]).await;
    let player = proved(&scenario, 1).await;
    scenario.fund(player.user.number(), "100").await;
    let payee = payee(&player, "IN12345678").await;
    let sent = withdraw(&player, "10", &payee, "sent").await;
    await_withdrawal(&scenario, &player, &sent, "completed").await;
    // The provider of another player's withdrawals does not answer, so the next ones wait unsent.
    scenario.sandbox().fault("send-payout", "500", FAILURES_MAX).await;
    let others = scenario.funded(41, "100").await;
    let other_payee = super::withdrawing::payee(&others, "IN87654321").await;
    for number in 0..FAILURES_MAX {
        withdraw(&others, "10", &other_payee, &format!("key-{number}")).await;
    }
    scenario.await_idle().await;
    let order = withdraw(&player, "40", &payee, "waits").await;
    scenario.await_idle().await;
    let id = order.parse().expect("an order");
    let waiting = scenario.context().store.load_withdrawal(id).await.unwrap().expect("an order");
    assert_eq!((waiting.state, waiting.attempt), (WithdrawalState::Approved, None));
    let player = recovered(&scenario).await;
    scenario.sweep_after(SignedDuration::from_mins(2)).await;
    await_until("a withdrawal that is held", Scenario::DEADLINE, async || {
        let seen = reviewed(&scenario, &order).await;
        (seen["state"] == "HELD" && seen["holdReasons"] == json!(["recovered"])).then_some(())
    })
    .await;
    assert_eq!(paid_out(&scenario, &order).await, []);
    assert_eq!(paid_out(&scenario, &sent).await, [("processed".to_owned(), 1_000)]);
    decide(&scenario.cashier(), &order, "approve").await.expect(200);
    await_until("a payout", 2 * Scenario::DEADLINE, async || {
        scenario.sweep_after(SignedDuration::from_mins(2)).await;
        (paid_out(&scenario, &order).await.len() == 1).then_some(())
    })
    .await;
    await_withdrawal(&scenario, &player, &order, "completed").await;
    scenario.await_idle().await;
    scenario.finish().await;
}

//! Payouts that a provider refuses or does not know. After an hour without a send, cashiers return them to the wallet
//! or retry them.

use super::withdrawing::{acts, audit_lines, await_withdrawal, balance, decide, paid_out, payee, withdraw};
use evens_contracts::{PayoutJob, Queue};
use evens_payments::WithdrawalState;
use evens_runtime::tokens::Role;
use evens_tests::{Client, Scenario, await_until};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

/// A second cashier beside the scenario's own.
const OTHER_CASHIER: u64 = 900_020;

/// Waits until the provider has refused a withdrawal of 30 this many times.
pub(super) async fn refused(scenario: &Scenario, player: &Client, order: &str) {
    let id = order.parse().expect("an order");
    await_until("a payout that is refused", Scenario::DEADLINE, async || {
        let found = scenario.context().store.load_withdrawal(id).await.expect("the table");
        found.filter(|found| found.state == WithdrawalState::Processing)
    })
    .await;
    scenario.await_idle().await;
    let own = player.get(&format!("/api/withdrawals/{order}")).await.expect(200);
    assert_eq!(own["data"]["status"], "processing");
}

/// Runs the payout job this many minutes later.
pub(super) async fn work_after(scenario: &Scenario, order: &str, minutes: i64) -> &'static str {
    let job = PayoutJob { order_id: order.parse().expect("an order") };
    let later = Timestamp::now() + SignedDuration::from_mins(minutes);
    scenario.work_at(job.into(), later).await.expect("looked at").0
}

fn wanted(answer: &Value) -> (&Value, usize, bool) {
    let wanted = &answer["data"]["resolution"];
    let approvals = wanted["approvals"].as_array().expect("approvals").len();
    (&wanted["kind"], approvals, wanted["dueAt"].is_string())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_payout_is_given_back_by_a_cashier() {
    let scenario = Scenario::start().await;
    let player = scenario.funded(41, "100").await;
    let payee = payee(&player, "IN12345678").await;
    let paid = withdraw(&player, "10", &payee, "paid").await;
    await_withdrawal(&scenario, &player, &paid, "completed").await;
    let (cashier, auditor) = (scenario.cashier(), scenario.auditor());
    let answer = decide(&cashier, &paid, "give-back").await;
    assert_eq!(answer.problem(), "409 order-state orderId");
    assert!(answer.text().contains("the withdrawal is COMPLETED"), "{}", answer.text());

    scenario.sandbox().fault("send-payout", "422", 1_000).await;
    let order = withdraw(&player, "30", &payee, "refused").await;
    refused(&scenario, &player, &order).await;
    let body = json!({ "type": "payout", "data": { "orderId": order } }).to_string();
    let letter = scenario.put_dead_letter(Queue::Withdrawals, "41", &body).await;
    let letter = scenario.operator().get(&format!("/api/operator/dead-letters/{letter}")).await.expect(200);
    let way_out = format!("POST /api/operator/withdrawals/{order}/give-back");
    assert_eq!(letter["data"]["letter"]["now"]["wayOut"], json!(way_out));
    scenario.delete_dead_letters(Queue::Withdrawals).await;
    assert_eq!(decide(&auditor, &order, "give-back").await.problem(), "403 forbidden -");
    let agreed = decide(&cashier, &order, "give-back").await.expect(200);
    assert_eq!(wanted(&agreed), (&json!("give-back"), 1, true));
    assert!(decide(&cashier, &order, "give-back").await.is_replay(), "the same again");
    let own = player.post(&format!("/api/withdrawals/{order}/cancel")).await;
    assert_eq!(own.problem(), "409 order-state orderId");
    assert_eq!(work_after(&scenario, &order, 59).await, "will be checked again");
    assert_eq!(balance(&player).await, "60");
    assert_eq!(work_after(&scenario, &order, 62).await, "given back");
    assert_eq!(work_after(&scenario, &order, 64).await, "nothing to send");
    await_withdrawal(&scenario, &player, &order, "failed").await;
    assert_eq!((balance(&player).await, paid_out(&scenario, &order).await), ("90".to_owned(), Vec::new()));
    let late = decide(&cashier, &order, "retry").await;
    assert!(late.problem() == "409 order-state orderId" && late.text().contains("FAILED"), "{late:?}");
    let by = Scenario::CASHIER.to_string();
    assert_eq!(audit_lines(&scenario).await, [(by, "give-back-payout".to_owned(), order)]);
    scenario.finish_despite(&["A person must look at"]).await;
}

/// The retry needs two cashiers, like its approval. The second attempt has a new key and is the only one paid.
#[tokio::test(flavor = "multi_thread")]
async fn a_refused_payout_is_sent_again_by_two_cashiers() {
    let scenario = Scenario::start_with(&[("EVENS_HOLDS", "four-eyes-above=20")]).await;
    let player = scenario.funded(41, "100").await;
    let payee = payee(&player, "IN12345678").await;
    scenario.enrol(OTHER_CASHIER, Role::Cashier).await;
    let (one, other) = (scenario.cashier(), scenario.client(OTHER_CASHIER, Role::Cashier));
    scenario.sandbox().fault("send-payout", "422", 1).await;
    let order = withdraw(&player, "30", &payee, "refused").await;
    for cashier in [&one, &other] {
        decide(cashier, &order, "approve").await.expect(200);
    }
    refused(&scenario, &player, &order).await;
    let first = decide(&one, &order, "retry").await.expect(200);
    assert_eq!(wanted(&first), (&json!("retry"), 1, false));
    assert!(decide(&one, &order, "retry").await.is_replay(), "one pair of eyes");
    assert_eq!(work_after(&scenario, &order, 90).await, "will be checked again");
    let second = decide(&other, &order, "retry").await.expect(200);
    assert_eq!(wanted(&second), (&json!("retry"), 2, true));
    assert_eq!(work_after(&scenario, &order, 120).await, "new attempt");
    assert_eq!(paid_out(&scenario, &order).await, []);
    work_after(&scenario, &order, 121).await;
    await_withdrawal(&scenario, &player, &order, "completed").await;
    assert_eq!(paid_out(&scenario, &order).await, [("processed".to_owned(), 3_000)]);
    assert_eq!(balance(&player).await, "70");
    let seen = one.get(&format!("/api/operator/withdrawals/{order}")).await.expect(200);
    assert_eq!((&seen["data"]["attempt"], &seen["data"]["resolution"]), (&json!(2), &Value::Null));
    let actual: Vec<_> = audit_lines(&scenario).await.into_iter().map(|(_, action, _)| action).collect();
    assert_eq!(actual, ["approve-withdrawal", "approve-withdrawal", "retry-payout", "retry-payout"]);
    scenario.finish_despite(&["A person must look at"]).await;
}

/// The provider pays another withdrawal twice, so the player owes that amount and is held. The payout has no decision
/// and is stopped until a cashier makes one.
#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_payout_is_shown_as_stopped_until_a_cashier_decides() {
    let scenario = Scenario::start().await;
    let player = scenario.funded(41, "100").await;
    let payee = payee(&player, "IN12345678").await;
    let paid = withdraw(&player, "10", &payee, "paid").await;
    await_withdrawal(&scenario, &player, &paid, "completed").await;
    scenario.sandbox().fault("send-payout", "422", 1).await;
    let order = withdraw(&player, "30", &payee, "refused").await;
    refused(&scenario, &player, &order).await;
    scenario.sandbox().pay_out(&paid, 1_000, "IN12345678").await;
    await_until("a player who is held", Scenario::DEADLINE, async || {
        let cashier = scenario.context().store.load_payments_record(player.user).await.expect("the table");
        cashier.is_held.then_some(())
    })
    .await;
    let cashier = scenario.cashier();
    let path = format!("/api/operator/withdrawals/{order}");
    let before = cashier.get(&path).await.expect(200);
    assert_eq!(
        (&before["data"]["stoppedSince"], &before["data"]["resolution"]),
        (&Value::Null, &Value::Null)
    );

    assert_eq!(work_after(&scenario, &order, 2).await, "stopped until cashiers decide");
    let stopped = cashier.get(&path).await.expect(200)["data"].clone();
    assert_eq!((&stopped["state"], &stopped["resolution"]), (&json!("PROCESSING"), &Value::Null));
    let since = stopped["stoppedSince"].as_str().expect("it is stopped");
    assert_eq!(work_after(&scenario, &order, 90).await, "will be checked again", "nobody sends it");

    let agreed = decide(&cashier, &order, "retry").await.expect(200);
    assert_eq!(wanted(&agreed), (&json!("retry"), 1, true));
    assert_eq!(agreed["data"]["stoppedSince"], Value::Null);
    assert_eq!(agreed["data"]["resolution"]["since"], json!(since));
    let act = acts(&scenario).await.remove(0);
    // The work ran at a time with more decimals than an answer has.
    let (_, stopped_since) = act.before.split_once(", stopped since ").expect("a stopped payout");
    let stopped_since: Timestamp = stopped_since.parse().expect("a time");
    assert_eq!(format!("{stopped_since:.3}"), since);
    assert!(act.after.ends_with(", retry wanted by 1"), "{}", act.after);
    assert_eq!(work_after(&scenario, &order, 120).await, "new attempt");
    work_after(&scenario, &order, 121).await;
    await_withdrawal(&scenario, &player, &order, "completed").await;
    assert_eq!(paid_out(&scenario, &order).await, [("processed".to_owned(), 3_000)]);
    scenario.finish_despite(&["A person must look at"]).await;
}

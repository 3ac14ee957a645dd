//! The bonus for a first deposit: due with the credit, given once, whatever becomes of its job.

use evens_contracts::{GiveFirstBonusJob, Job};
use evens_payments::{
    DepositRules, PaymentReport, PaymentState, ReportSource, SeenForPayment, settle_deposit,
};
use evens_providers::PaymentSettings;
use evens_store::OrderOutcome;
use evens_tests::{Client, Scenario, await_until};
use jiff::Timestamp;
use serde_json::json;

const WITH_BONUS: &[(&str, &str)] = &[("EVENS_FIRST_DEPOSIT_BONUS", "15")];

async fn bonus(player: &Client) -> serde_json::Value {
    player.get("/api/wallet").await.expect(200)["data"]["bonusBalance"].clone()
}

async fn await_bonus(player: &Client) {
    let is_given = async || (bonus(player).await == json!(15)).then_some(());
    await_until("the bonus", Scenario::DEADLINE, is_given).await;
}

async fn deposit_and_pay(scenario: &Scenario, player: &Client, key: &str) {
    let opened = player.deposit("100", key).await;
    scenario.sandbox().press(&opened.pay_url, "pay").await;
    scenario.await_deposit(player, &opened.order, "completed").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_deposit_earns_a_bonus_once() {
    let scenario = Scenario::start_with(WITH_BONUS).await;
    let player = scenario.player(41);
    deposit_and_pay(&scenario, &player, "first").await;
    await_bonus(&player).await;
    deposit_and_pay(&scenario, &player, "second").await;
    let job = Job::GiveFirstBonus(GiveFirstBonusJob { user_id: player.user });
    scenario.send_again([(job, player.user.to_string())]).await;
    scenario.await_idle().await;
    assert_eq!(bonus(&player).await, json!(15));
    let wallet = player.get("/api/wallet").await.expect(200);
    assert_eq!(wallet["data"]["balance"], json!(200));
    scenario.finish().await;
}

/// It is credited, and whoever did so ends before they ask for the bonus: the sweeper finds what is due.
#[tokio::test(flavor = "multi_thread")]
async fn a_bonus_that_nobody_asked_for_is_found() {
    let scenario = Scenario::start().await;
    let player = scenario.player(41);
    let opened = player.deposit("100", "first").await;
    let (store, order) = (&scenario.context().store, opened.order.parse().expect("an order"));
    let terms = store.load_deposit(order).await.expect("the table").expect("an order").terms;
    let report = PaymentReport {
        provider: terms.provider.clone(),
        id: "pay_1".parse().expect("an id"),
        reference: order,
        money: terms.money,
        state: PaymentState::Paid,
        at: None,
        source: ReportSource::Asked,
    };
    let first_bonus = "15".parse().expect("an amount");
    let rules = DepositRules { first_bonus, ..PaymentSettings::default().deposits };
    let now = Timestamp::now();
    let credit = |seen: SeenForPayment<'_>| settle_deposit(&report, seen, &rules, now);
    let credited = store.change_deposit(order, now, credit).await.expect("the table");
    assert!(matches!(credited, OrderOutcome::Changed(_)), "{credited:?}");
    assert_eq!(bonus(&player).await, json!(0));
    scenario.sweep_later().await;
    await_bonus(&player).await;
    scenario.finish().await;
}

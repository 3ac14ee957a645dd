//! The first-deposit bonus: due with the credit, and given once, whatever happens to its job.

use evens_contracts::{ApplyReferralBonusJob, GiveFirstBonusJob, Job};
use evens_payments::{
    DepositRules, PaymentReport, PaymentState, ReportSource, SettleDepositInput, settle_deposit,
};
use evens_players::Registration;
use evens_providers::PaymentSettings;
use evens_store::OrderOutcome;
use evens_tests::{Client, PASSWORD, Scenario, await_until, phone};
use futures::future::join_all;
use jiff::Timestamp;
use serde_json::json;

const WITH_BONUS: &[(&str, &str)] = &[("EVENS_FIRST_DEPOSIT_BONUS", "15")];
const AFTER_DEPOSIT: &[(&str, &str)] = &[("REFERRAL_BONUS", "10"), ("REFERRAL_BONUS_AFTER", "deposit")];

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

fn no_bonus() -> DepositRules {
    PaymentSettings::default().deposits
}

/// Credits a deposit without sending any follow-up job.
async fn credit(scenario: &Scenario, order: &str, rules: DepositRules) {
    let (store, order) = (&scenario.context().store, order.parse().expect("an order"));
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
    let now = Timestamp::now();
    let credit = |seen: SettleDepositInput<'_>| settle_deposit(&report, seen, &rules, now);
    let credited = store.change_deposit(order, now, credit).await.expect("the table");
    assert!(matches!(credited, OrderOutcome::Changed(_)), "{credited:?}");
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

/// The deposit is credited, and the process is killed before it sends the bonus job. The sweeper finds the bonus.
#[tokio::test(flavor = "multi_thread")]
async fn a_bonus_without_its_job_is_found() {
    let scenario = Scenario::start().await;
    let player = scenario.player(41);
    let opened = player.deposit("100", "first").await;
    let first_bonus = "15".parse().expect("an amount");
    credit(&scenario, &opened.order, DepositRules { first_bonus, ..no_bonus() }).await;
    assert_eq!(bonus(&player).await, json!(0));
    scenario.sweep_later().await;
    await_bonus(&player).await;
    scenario.finish().await;
}

/// D13, E12: the referrer's bonus waits for the referred player's first deposit, in either order of events, and is
/// given once.
#[tokio::test(flavor = "multi_thread")]
async fn a_referrers_bonus_waits_for_a_first_deposit() {
    let scenario = Scenario::start_with(AFTER_DEPOSIT).await;
    let referrer = scenario.signed_up(&phone(0), PASSWORD).await;
    let code = &referrer.referral_code().await;
    let running = &scenario;
    let brought = join_all((1..=12).map(async |number| {
        let player = running.referred(&phone(number), code).await;
        if number % 3 == 0 {
            return (player, false);
        }
        // Some players deposit while their sign-up is still processed, others when it is done.
        if number % 3 == 1 {
            running.await_idle().await;
        }
        deposit_and_pay(running, &player, "first").await;
        deposit_and_pay(running, &player, "second").await;
        (player, true)
    }));
    let brought = brought.await;
    scenario.await_idle().await;
    for (player, _) in brought.iter().take(2) {
        let job = Job::ApplyReferralBonus(ApplyReferralBonusJob { user_id: player.user });
        scenario.send_again([(job, player.user.to_string())]).await;
    }
    scenario.await_idle().await;
    assert_eq!(bonus(&referrer).await, json!(25 + 8 * 10));
    let job = Job::ApplyReferralBonus(ApplyReferralBonusJob { user_id: brought[2].0.user });
    assert_eq!(scenario.work(job).await.unwrap().0, "waiting for the first deposit");
    let books = scenario.finish().await;
    for (player, has_deposited) in &brought {
        let step = books.accounts[&player.user].registration;
        let expected = if *has_deposited { Registration::Done } else { Registration::DepositDue };
        assert_eq!((step, books.accounts[&player.user].referrer), (expected, Some(referrer.user)));
    }
    assert_eq!(books.accounts[&referrer.user].direct_referral_count, 12);
}

/// The process that credited the deposit is killed before it sends any job. The sweeper finds the follow-up work.
#[tokio::test(flavor = "multi_thread")]
async fn a_referrers_bonus_without_its_job_is_found() {
    let scenario = Scenario::start_with(AFTER_DEPOSIT).await;
    let referrer = scenario.signed_up(&phone(0), PASSWORD).await;
    let player = scenario.referred(&phone(1), &referrer.referral_code().await).await;
    scenario.await_idle().await;
    let opened = player.deposit("100", "first").await;
    credit(&scenario, &opened.order, DepositRules { is_first_followed: true, ..no_bonus() }).await;
    assert_eq!(bonus(&referrer).await, json!(25));
    scenario.sweep_later().await;
    let is_given = async || (bonus(&referrer).await == json!(35)).then_some(());
    await_until("the referrer's bonus", Scenario::DEADLINE, is_given).await;
    scenario.await_idle().await;
    assert_eq!(bonus(&player).await, json!(25));
    scenario.finish().await;
}

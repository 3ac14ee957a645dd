//! Jackpots that bets feed: cash does, once, when a period is settled; a bonus and a cancelled period do not.

use crate::games::table::Table;
use evens_audit_log::{Act, Action, Actor};
use evens_contracts::{Job, SettlePeriodJob};
use evens_games::Lane;
use evens_jackpots::{JackpotConfig, JackpotGroup, JackpotTerms, Standing, UpdateConfig};
use evens_ledger::Amount;
use evens_tests::{PASSWORD, Request, Scenario, await_until, phone};
use jiff::SignedDuration;
use serde_json::json;

const MINOR: JackpotGroup = JackpotGroup::Minor;

fn amount(text: &str) -> Amount {
    text.parse().unwrap()
}

/// Opens the minor jackpot as if that had been done a moment before the period opened.
async fn open_before(scenario: &Scenario, table: &Table<'_>) {
    let rates = ["0.003", "0.001"].map(|rate| rate.parse().unwrap());
    let terms = JackpotTerms::new(amount("1000"), rates[0], rates[1], amount("1000000"), None).unwrap();
    let update = UpdateConfig { group: MINOR, expected_version: 0, terms };
    let told = |_: Option<&JackpotConfig>, _: &JackpotConfig| Act {
        actor: Actor::CommandLine,
        action: Action::UpdateJackpot,
        subject: MINOR.to_string(),
        reason: String::new(),
        before: String::new(),
        after: "open".to_owned(),
    };
    let before = table.times.opens_at - SignedDuration::from_secs(1);
    scenario.context().store.update_jackpot_config(&update, told, before).await.unwrap().unwrap();
}

async fn held(scenario: &Scenario) -> (String, String) {
    let seen = scenario.context().store.see_jackpots().await.unwrap();
    let Standing { amount, reserve } = seen.get(MINOR).as_ref().unwrap().standing;
    (amount.to_string(), reserve.to_string())
}

fn of(pool: &str, reserve: &str) -> (String, String) {
    (pool.to_owned(), reserve.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_staked_in_cash_feeds_the_jackpots_once() {
    let scenario = Scenario::start().await;
    let table = Table::open(&scenario).await;
    open_before(&scenario, &table).await;
    let players = [scenario.funded(41, "500").await, scenario.funded(42, "500").await];
    for player in &players {
        table.bet(player, "PARITY:odd", "10").await.expect(202);
        table.bet(player, "PARITY:even", "100").await.expect(202);
    }
    assert_eq!(held(&scenario).await, of("1000", "0"));
    table.end().await;
    table.await_state("SETTLED").await;
    assert_eq!(held(&scenario).await, of("1000.66", "0.22"));
    for lane in Lane::all() {
        let job = Job::SettlePeriod(SettlePeriodJob { period_id: table.period, lane });
        scenario.work(job).await.unwrap();
    }
    assert_eq!(held(&scenario).await, of("1000.66", "0.22"));
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bonus_feeds_nothing() {
    let scenario = Scenario::start().await;
    let table = Table::open(&scenario).await;
    open_before(&scenario, &table).await;
    let player = scenario.signed_up(&phone(1), PASSWORD).await;
    await_until("the bonus of the sign-up", Scenario::DEADLINE, async || {
        let bonus = player.get("/api/wallet").await.amount("data.bonusBalance");
        (bonus == amount("25")).then_some(())
    })
    .await;
    table.bet(&player, "SIZE:big", "12.50").await.expect(202);
    table.end().await;
    table.await_state("SETTLED").await;
    assert_eq!(held(&scenario).await, of("1000", "0"));
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_period_feeds_nothing() {
    let scenario = Scenario::start().await;
    let table = Table::open(&scenario).await;
    open_before(&scenario, &table).await;
    let player = scenario.funded(41, "500").await;
    table.bet(&player, "SIZE:big", "100").await.expect(202);
    let body = json!({ "periodId": table.period.digits(), "reason": "its seed is gone" });
    let request = Request::new("POST", "/api/games/wingo/300/cancel").json(body.to_string());
    scenario.operator().send(request).await.expect(200);
    table.await_state("REFUNDED").await;
    assert_eq!(held(&scenario).await, of("1000", "0"));
    assert_eq!(player.balance().await, amount("500"));
    scenario.finish().await;
}

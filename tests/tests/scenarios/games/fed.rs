//! Jackpots that bets feed and win: cash does, once, when a period is settled; a bonus and a cancelled period do not.

use crate::games::table::Table;
use evens_audit_log::{Act, Action, Actor};
use evens_contracts::{JackpotWinJob, Job, SettlePeriodJob};
use evens_games::Lane;
use evens_jackpots::{
    ByGroup, CashBet, JackpotConfig, JackpotDraw, JackpotGroup, JackpotTerms, Standing, UpdateConfig, Win,
    WinCause,
};
use evens_ledger::Amount;
use evens_tests::{PASSWORD, Request, Scenario, await_until, phone};
use jiff::SignedDuration;
use serde_json::json;

const MINOR: JackpotGroup = JackpotGroup::Minor;

fn amount(text: &str) -> Amount {
    text.parse().unwrap()
}

fn terms(start: &str, odds: &str, limit: Option<&str>) -> JackpotTerms {
    let rates = ["0.003", "0.001"].map(|rate| rate.parse().unwrap());
    JackpotTerms::new(amount(start), rates[0], rates[1], amount(odds), limit.map(amount)).unwrap()
}

/// Opens the minor jackpot as if that had been done a moment before the period opened, so that nobody wins it.
async fn open_before(scenario: &Scenario, table: &Table<'_>) {
    open_by(scenario, table, terms("1000", "100000000000", None)).await;
}

/// The same by other terms.
async fn open_by(scenario: &Scenario, table: &Table<'_>, terms: JackpotTerms) {
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

/// The wins of the jackpot, as soon as there is one.
async fn wins(scenario: &Scenario) -> Vec<Win> {
    await_until("a win of the jackpot", Scenario::DEADLINE, async || {
        let page = scenario.context().store.list_jackpot_wins(MINOR, None, 10).await.unwrap();
        (!page.wins.is_empty()).then_some(page.wins)
    })
    .await
}

/// Two players have staked 10 each in a period that is settled; who wins the jackpot is made again from what is public,
/// and has won it, once, however often the lanes are settled again.
async fn is_won_once_by_the_lowest_ticket(scenario: &Scenario, terms: JackpotTerms, is_forced: bool) {
    let table = Table::open(scenario).await;
    open_by(scenario, &table, terms).await;
    let players = [scenario.funded(41, "500").await, scenario.funded(42, "500").await];
    for player in &players {
        table.bet(player, "PARITY:odd", "10").await.expect(202);
    }
    table.end().await;
    table.await_state("SETTLED").await;
    let won = wins(scenario).await;
    for lane in Lane::all() {
        let job = Job::SettlePeriod(SettlePeriodJob { period_id: table.period, lane });
        scenario.work(job).await.unwrap();
        let job = Job::JackpotWin(JackpotWinJob { jackpot: MINOR, period_id: Some(table.period) });
        scenario.work(job).await.unwrap();
    }
    assert_eq!(wins(scenario).await, won);
    let store = &scenario.context().store;
    let period = store.load_period(table.period).await.unwrap().unwrap();
    let shards = store.look_at_period_bets(period.id).await.unwrap();
    let bets: Vec<_> = shards.iter().flat_map(|shard| &shard.bets).map(CashBet::of).collect();
    let open = ByGroup { minor: Some(terms), ..ByGroup::default() };
    let drawn = JackpotDraw::of(&period, open).unwrap().winner(MINOR, &bets, is_forced).unwrap();
    let cause = WinCause::Drawn { period: period.id, bet: drawn.bet.bet, is_forced };
    assert_eq!((won.len(), won[0].user, won[0].cause), (1, drawn.bet.user, cause));
    assert_eq!(drawn.is_forced, is_forced);
    // The other's lane may have contributed before the win, or after it.
    assert!((amount("5.03")..=amount("5.06")).contains(&won[0].amount), "{}", won[0].amount);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_lowest_ticket_that_wins_takes_the_pool_once() {
    let scenario = Scenario::start().await;
    is_won_once_by_the_lowest_ticket(&scenario, terms("5", "5", None), false).await;
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pool_that_has_reached_its_limit_is_won_by_the_period_that_brought_it_there() {
    let scenario = Scenario::start().await;
    is_won_once_by_the_lowest_ticket(&scenario, terms("5", "100000000000", Some("5.03")), true).await;
    scenario.finish().await;
}

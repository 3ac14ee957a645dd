//! Jackpots that bets feed and win. Cash bets do so once, when a period is settled. Bonus bets and cancelled periods do
//! not.

use crate::games::table::Table;
use evens_contracts::{JackpotWinJob, Job, SettlePeriodJob};
use evens_doubles::agree_on_terms;
use evens_games::Lane;
use evens_jackpots::{
    ByGroup, CashBet, GroupTotals, JackpotDraw, JackpotGroup, JackpotTerms, UpdateConfig, Win, WinCause,
};
use evens_ledger::Amount;
use evens_runtime::tokens::Role;
use evens_tests::{PASSWORD, Request, Scenario, await_until, phone};
use jiff::SignedDuration;
use serde_json::{Value, json};
use std::process::Command;

/// The second operator, who approves changes of terms.
const OTHER_OPERATOR: u64 = 900_031;

const MINOR: JackpotGroup = JackpotGroup::Minor;

fn amount(text: &str) -> Amount {
    text.parse().unwrap()
}

fn terms(start: &str, odds: &str, limit: Option<&str>) -> JackpotTerms {
    let rates = ["0.003", "0.001"].map(|rate| rate.parse().unwrap());
    JackpotTerms::new(amount(start), rates[0], rates[1], amount(odds), limit.map(amount)).unwrap()
}

/// Opens the minor jackpot with a time stamp just before the period opened, and with odds at which no bet wins it.
async fn open_before(scenario: &Scenario, table: &Table<'_>) {
    open_by(scenario, table, terms("1000", "100000000000", None)).await;
}

/// The same with other terms.
async fn open_by(scenario: &Scenario, table: &Table<'_>, terms: JackpotTerms) {
    let update = UpdateConfig { group: MINOR, expected_version: 0, terms };
    let before = table.times.opens_at - SignedDuration::from_secs(1);
    agree_on_terms(&scenario.context().store, &update, before).await;
}

async fn held(scenario: &Scenario) -> (String, String) {
    let seen = scenario.context().store.load_jackpots_snapshot().await.unwrap();
    let GroupTotals { amount, reserve } = seen.get(MINOR).as_ref().unwrap().totals;
    (amount.to_string(), reserve.to_string())
}

fn of(pool: &str, reserve: &str) -> (String, String) {
    (pool.to_owned(), reserve.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn cash_stakes_feed_the_jackpots_once() {
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

/// The wins of the jackpot, once there is at least one.
async fn wins(scenario: &Scenario) -> Vec<Win> {
    await_until("a win of the jackpot", Scenario::DEADLINE, async || {
        let page = scenario.context().store.list_jackpot_wins(MINOR, None, 10).await.unwrap();
        (!page.wins.is_empty()).then_some(page.wins)
    })
    .await
}

/// Two players stake 10 each in a settled period. The winner is recomputed from public data, and has won once, however
/// often the lanes are settled again.
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
    let shards = store.load_period_bets_eventually(&period).await.unwrap();
    let bets: Vec<_> = shards.iter().flat_map(|shard| &shard.bets).map(CashBet::of).collect();
    let config = scenario.context().store.load_jackpot_config(MINOR).await.unwrap();
    let open = ByGroup { minor: config, ..ByGroup::default() };
    let drawn = JackpotDraw::of(&period, open).unwrap().winner(MINOR, &bets, is_forced).unwrap();
    let cause = WinCause::Drawn { period: period.id, bet: drawn.bet.bet, is_forced };
    assert_eq!((won.len(), won[0].user, won[0].cause), (1, drawn.bet.user, cause));
    assert_eq!(drawn.is_forced, is_forced);
    // The other player's lane may contribute before or after the win.
    assert!((amount("5.03")..=amount("5.06")).contains(&won[0].amount), "{}", won[0].amount);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_lowest_ticket_that_wins_takes_the_pool_once() {
    let scenario = Scenario::start().await;
    is_won_once_by_the_lowest_ticket(&scenario, terms("5", "5", None), false).await;
    scenario.finish().await;
}

/// Runs the script in `docs/games` over the answers about a period, the wins of a jackpot and its terms. Returns its
/// verdict and output, or `None` without Python.
fn says(answers: &[&Value; 3]) -> Option<(bool, String)> {
    let folder = tempfile::tempdir().unwrap();
    let files = [0, 1, 2].map(|number| folder.path().join(number.to_string()));
    for (file, answer) in files.iter().zip(answers) {
        std::fs::write(file, answer.to_string()).unwrap();
    }
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/games/verify_period.py");
    let [period, wins, terms] = &files;
    let mut command = Command::new("python3");
    let output = command.arg(script).arg(period).arg("minor").args([wins, terms]).output().ok()?;
    assert!(output.stderr.is_empty(), "{output:?}");
    Some((output.status.success(), String::from_utf8(output.stdout).unwrap()))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_makes_the_winning_ticket_again_from_answers_alone() {
    let scenario = Scenario::start().await;
    let table = Table::open(&scenario).await;
    open_by(&scenario, &table, terms("5", "5", None)).await;
    let player = scenario.funded(41, "500").await;
    table.bet(&player, "PARITY:odd", "10").await.expect(202);
    let later = json!({
        "expectedVersion": 1, "startAmount": 5, "rate": 0.003, "reserveRate": 0.001, "odds": 10_000,
        "reason": "won too often",
    });
    scenario.enrol(OTHER_OPERATOR, Role::Operator).await;
    for operator in [scenario.operator(), scenario.client(OTHER_OPERATOR, Role::Operator)] {
        let wanted = Request::new("PATCH", "/api/jackpots/minor/config").json(later.to_string());
        operator.send(wanted).await.expect(200);
    }
    table.end().await;
    table.await_state("SETTLED").await;
    wins(&scenario).await;
    let stranger = scenario.visitor();
    let path = format!("/api/games/wingo/300/period/{}", table.period.digits());
    let period = stranger.get(&path).await.expect(200);
    let won = stranger.get("/api/jackpots/minor/wins").await.expect(200);
    let versions = stranger.get("/api/jackpots/minor/terms").await.expect(200);
    assert_eq!(versions["data"].as_array().unwrap().len(), 2);
    assert_eq!((&won["data"][0]["cash"], &won["data"][0]["termsVersion"]), (&json!(10), &json!(1)));
    let Some((is_right, said)) = says(&[&period, &won, &versions]) else {
        return eprintln!("skipped: there is no python3 to run docs/games/verify_period.py");
    };
    assert!(is_right && said.contains("1 wins of the jackpot minor were drawn in this period"), "{said}");
    let other = json!("00000000-0000-0000-0000-000000000000");
    for (field, value) in [
        ("ticket", json!("0000000000000000")),
        ("cash", json!("0.00000001")),
        ("termsVersion", json!(2)),
        ("betId", other),
        ("cause", json!("forced")),
    ] {
        let mut changed = won.clone();
        changed["data"][0][field] = value;
        let (is_right, said) = says(&[&period, &changed, &versions]).unwrap();
        assert!(!is_right, "{field}: {said}");
    }
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pool_that_has_reached_its_limit_is_won_by_the_period_that_brought_it_there() {
    let scenario = Scenario::start().await;
    is_won_once_by_the_lowest_ticket(&scenario, terms("5", "100000000000", Some("5.03")), true).await;
    scenario.finish().await;
}

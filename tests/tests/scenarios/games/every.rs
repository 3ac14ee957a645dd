//! Plays every game that `GET /api/games` lists, using only that description. New games are covered automatically.

use crate::games::table::{Table, path_of};
use crate::operations::user_commands::run;
use evens_block_sources::LocalChain;
use evens_games::{GAMES, GameStake, Multiplier};
use evens_ledger::Amount;
use evens_tests::{Client, Scenario};
use serde_json::{Value, json};
use std::process::Command;
use std::sync::Arc;

const FUNDED: &str = "1000";
const STAKE: &str = "10";

fn amount(text: &str) -> Amount {
    text.parse().unwrap()
}

/// Bets of each kind are placed at the listed price, and each is paid that price or nothing. The winning bets describe
/// the result, so the statistics must agree with them.
#[tokio::test(flavor = "multi_thread")]
async fn every_game_that_is_listed_is_played_from_bet_to_payout() {
    let scenario = Scenario::start().await;
    let listed = scenario.visitor().get("/api/games").await.expect(200);
    let games = listed["data"].as_array().unwrap();
    let names: Vec<_> = games.iter().map(|game| game["gameType"].as_str().unwrap()).collect();
    assert_eq!(names, GAMES.iter().map(|game| game.id()).collect::<Vec<_>>());
    for game in games {
        // A scenario of its own: ending a period early also ends every other period that closes by that time.
        let scenario = Scenario::start().await;
        play(&scenario, game).await;
        scenario.finish().await;
    }
    scenario.finish().await;
}

/// Plays a period in the room with the longest duration.
async fn play(scenario: &Scenario, game: &Value) {
    let (name, duration) = (game["gameType"].as_str().unwrap(), game["durations"].as_array().unwrap());
    let room = format!("{name}-{}", duration.last().unwrap());
    let table = Table::open_in(&room, scenario, Arc::new(LocalChain)).await;
    let lines = game["selections"].as_array().unwrap();
    let bets_max = usize::try_from(game["betsMax"].as_u64().unwrap()).unwrap();
    let mut players = Vec::new();
    for (number, lines) in (100..).zip(lines.chunks(bets_max)) {
        let player = scenario.funded(number, FUNDED).await;
        for line in lines {
            let on = [&line["betType"], &line["betValue"]].map(|name| name.as_str().unwrap()).join(":");
            let placed = table.bet(&player, &on, STAKE).await.expect(202);
            assert_eq!(placed["data"]["odds"], line["multipliers"][0], "{room} {on}");
        }
        players.push((player, lines));
    }
    table.end().await;
    let settled = table.await_state("SETTLED").await;

    let mut won = Vec::new();
    for (player, lines) in &players {
        won.extend(won_by(&table, player, lines, &settled["result"]).await);
    }
    assert!(won.contains(&true), "whatever is drawn, some line wins: {settled}");
    let path = path_of(table.period.room);
    let last = scenario.visitor().get(&format!("{path}/last-result")).await.expect(200);
    let history = scenario.visitor().get(&format!("{path}/history")).await.expect(200);
    assert_eq!((&last["data"], &last["data"]["result"]), (&history["data"][0], &settled["result"]));
    assert_eq!(history["data"][0]["eventId"], table.period.to_string());
    let trends = scenario.visitor().get(&format!("{path}/statistics")).await.expect(200);
    // A fast room may have drawn another period in the meantime.
    let is_alone = history["data"].as_array().unwrap().len() == 1;
    for ((line, trend), won) in lines.iter().zip(trends["data"].as_array().unwrap()).zip(&won) {
        assert_eq!((&trend["betType"], &trend["betValue"]), (&line["betType"], &line["betValue"]));
        assert!(!is_alone || trend["frequency"] == json!(u8::from(*won)), "{room} {trend}");
    }
    check_by_strangers(scenario, &table).await;
}

/// For each line, whether it won, according to the player's bets. The winning bets were paid.
async fn won_by(table: &Table<'_>, player: &Client, lines: &[Value], result: &Value) -> Vec<bool> {
    let bets = player.get(&format!("{}/my-bets", path_of(table.period.room))).await.expect(200);
    let bets = bets["data"].as_array().unwrap();
    assert_eq!(bets.len(), lines.len(), "{}", table.period);
    let (mut won, mut paid) = (Vec::new(), Amount::ZERO);
    for (bet, line) in bets.iter().rev().zip(lines) {
        assert_eq!((&bet["betType"], &bet["betValue"]), (&line["betType"], &line["betValue"]));
        assert_eq!(&bet["result"], result, "{bet}");
        let is_won = bet["status"] == "WON";
        let win = amount(&bet["winAmount"].to_string());
        let is_listed = line["multipliers"].as_array().unwrap().iter().any(|price| payout(price) == win);
        assert!(if is_won { is_listed } else { bet["status"] == "LOST" && win.is_zero() }, "{line} {bet}");
        won.push(is_won);
        paid = paid.checked_add(win).unwrap();
    }
    let staked = amount(STAKE).units() * i128::try_from(lines.len()).unwrap();
    let left = Amount::from_units(amount(FUNDED).units() - staked).unwrap();
    assert_eq!(player.balance().await, left.checked_add(paid).unwrap(), "{}", table.period);
    let stats = player.get("/api/users/in-house-games/stats?period=this_month").await.expect(200);
    let winning = won.iter().filter(|won| **won).count();
    assert_eq!(
        ["total_bets", "winning_bets", "losing_bets", "pending_bets"].map(|name| stats["data"][name].clone()),
        [lines.len(), winning, lines.len() - winning, 0].map(|count| json!(count))
    );
    assert_eq!(amount(&stats["data"]["total_win_amount"].to_string()), paid);
    won
}

/// The payout of the usual stake at this price.
fn payout(price: &Value) -> Amount {
    let hundredths = u32::try_from(amount(&price.to_string()).units() / 1_000_000).unwrap();
    GameStake::parse(amount(STAKE)).unwrap().payout(Multiplier::hundredths(hundredths))
}

/// Both the command and the script in `docs/games` recompute the draw from public data.
pub(crate) async fn check_by_strangers(scenario: &Scenario, table: &Table<'_>) {
    let id = table.period.to_string();
    let said = run(scenario, &["verify", "period", &id]).await;
    assert_eq!(said.code, Some(0), "{}{}", said.stdout, said.stderr);
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/games/verify_period.py");
    let path = format!("{}/period/{}", path_of(table.period.room), table.period.digits());
    let url = format!("http://{}{path}", scenario.api());
    let Ok(output) = Command::new("python3").args([script, &url]).output() else {
        return eprintln!("skipped: there is no python3 to run docs/games/verify_period.py");
    };
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains(&format!("{id} drew ")), "{said}{output:?}");
}

//! A period from its first bet to its payouts, as a player sees it, and the public verification of its result.

use crate::games::table::Table;
use evens_draws::Seed;
use evens_ledger::Amount;
use evens_tests::{PASSWORD, Redaction, Scenario, await_until, phone};
use insta::assert_json_snapshot;
use serde_json::{Value, json};
use std::num::NonZeroU64;

fn amount(text: &str) -> Amount {
    text.parse().unwrap()
}

/// For any result, one of the two bets wins 19.6, which is twice its stake minus the fee.
#[tokio::test(flavor = "multi_thread")]
async fn a_period_is_played_from_bet_to_payout() {
    let scenario = Scenario::start().await;
    let table = Table::open(&scenario).await;
    let player = scenario.funded(41, "500").await;

    let placed = table.bet(&player, "PARITY:odd", "10").await;
    let odd = placed.expect(202)["data"]["betId"].as_str().unwrap().to_owned();
    let body = Redaction::of(placed.json(), scenario.started).id("/data/betId", "BET", &odd);
    let body = body.id("/data/periodId", "PERIOD", &table.period.digits());
    assert_json_snapshot!(body.done(), @r#"
    {
      "data": {
        "balance": 490,
        "betId": "[BET]",
        "bonusBalance": 0,
        "expectedWin": 19.6,
        "netBetAmount": 9.8,
        "odds": 2,
        "periodId": "[PERIOD]",
        "platformFee": 0.2
      },
      "status": 202
    }
    "#);
    let even = table.bet(&player, "PARITY:even", "10").await.expect(202);
    assert_eq!(
        statuses(&scenario, &player).await,
        [("even", "PENDING", 0.0), ("odd", "PENDING", 0.0)].map(said)
    );

    table.close().await;
    let late = table.bet(&player, "PARITY:odd", "10").await;
    assert_eq!(late.problem(), "409 period-state periodId");
    let closed = table.await_state("CLOSED").await;
    assert_eq!((&closed["result"], &closed["verification"]["seed"]), (&Value::Null, &Value::Null));

    table.end().await;
    let settled = table.await_state("SETTLED").await;
    let drawn = recomputed(&table, &settled);
    let is_odd = drawn % 2 == 1;
    let won = |is_it: bool| if is_it { ("WON", 19.6) } else { ("LOST", 0.0) };
    let ((odd_status, odd_win), (even_status, even_win)) = (won(is_odd), won(!is_odd));
    assert_eq!(
        statuses(&scenario, &player).await,
        [("even", even_status, even_win), ("odd", odd_status, odd_win)].map(said)
    );
    assert_eq!(player.balance().await, amount("499.6"));
    let ledger = player.get("/api/wallet/ledger").await.expect(200);
    let winner = if is_odd { odd } else { even["data"]["betId"].as_str().unwrap().to_owned() };
    assert_eq!(ledger["data"][0]["idempotentKey"], format!("WIN:{winner}"));

    let came_to = player.get("/api/users/in-house-games/stats?period=this_week").await.expect(200);
    let came_to_at = came_to["data"]["as_of"].clone();
    let body = Redaction::of(came_to, scenario.started).time("/data/as_of");
    assert_json_snapshot!(body.done(), @r#"
    {
      "data": {
        "as_of": "[TIME]",
        "losing_bets": 1,
        "net_profit": -0.4,
        "pending_bets": 0,
        "period": "this_week",
        "total_bet_amount": 20,
        "total_bets": 2,
        "total_win_amount": 19.6,
        "win_rate": 50,
        "winning_bets": 1
      }
    }
    "#);
    // There are no bets of the day before, and this answer comes from the cache.
    let of_yesterday = player.get("/api/users/in-house-games/stats?period=yesterday").await.expect(200);
    assert_eq!(of_yesterday["data"]["total_bets"], 0);
    assert_eq!(of_yesterday["data"]["as_of"], came_to_at);

    let last = scenario.visitor().get("/api/games/wingo/300/last-result").await.expect(200);
    assert_eq!(last["data"]["result"], settled["result"]);
    let history = scenario.visitor().get("/api/games/wingo/300/history").await.expect(200);
    assert_eq!(history["data"][0]["periodId"], table.period.digits());
    assert_eq!(history["data"][0]["eventId"], table.period.to_string());
    let page = async |page: u32| {
        let path = format!("/api/games/wingo/300/history?page={page}&limit=1");
        scenario.visitor().get(&path).await.expect(200)
    };
    assert_eq!(page(1).await["data"][0], history["data"][0]);
    assert_eq!(page(2).await["data"], json!([]), "the room is new");
    let trends = scenario.visitor().get("/api/games/wingo/300/statistics").await.expect(200);
    let drawn_number = drawn.to_string();
    let number = |row: &&Value| row["betType"] == "NUMBER" && row["betValue"] == drawn_number;
    let trend = trends["data"].as_array().unwrap().iter().find(number).unwrap();
    assert_eq!(
        (&trend["frequency"], &trend["missing"], &trend["longestRun"]),
        (&json!(1), &json!(0), &json!(1))
    );
    scenario.finish().await;
}

/// A sign-up bonus can be staked, and its winnings stay a bonus.
#[tokio::test(flavor = "multi_thread")]
async fn a_bonus_plays_and_wins_a_bonus() {
    let scenario = Scenario::start().await;
    let table = Table::open(&scenario).await;
    let player = scenario.signed_up(&phone(1), PASSWORD).await;
    let bonus = async || player.get("/api/wallet").await.amount("data.bonusBalance");
    await_until("the bonus of the sign-up", Scenario::DEADLINE, async || {
        (bonus().await == amount("25")).then_some(())
    })
    .await;
    for on in ["SIZE:big", "SIZE:small"] {
        table.bet(&player, on, "12.50").await.expect(202);
    }
    let cash_only = json!({
        "periodId": table.period.digits(), "betType": "SIZE", "betValue": "big", "betAmount": 1, "purse": "CASH",
    });
    let refused = player.send(Table::request(&cash_only)).await;
    assert_eq!(refused.problem(), "400 insufficient-balance betAmount");
    table.end().await;
    table.await_state("SETTLED").await;
    assert_eq!((player.balance().await, bonus().await), (Amount::ZERO, amount("24.5")));
    scenario.finish().await;
}

/// The drawn number, recomputed from public data. The seed has the hash that was published before the first bet, and
/// the block is later than the closing.
fn recomputed(table: &Table<'_>, settled: &Value) -> u64 {
    let proof = &settled["verification"];
    let seed: Seed = proof["seed"].as_str().unwrap().parse().unwrap();
    assert_eq!((seed.hash().to_string(), &proof["hash"]), (table.seed_hash.clone(), &json!(table.seed_hash)));
    let message = format!("game\n{}\n{}", table.period, proof["blockId"].as_str().unwrap());
    assert_eq!(
        (&proof["message"], &proof["entropy"], &proof["source"]),
        (&json!(message), &json!("block"), &json!("local"))
    );
    let drawn = seed.numbers(message.as_bytes()).below(NonZeroU64::new(10).unwrap());
    assert_eq!(settled["result"]["number"], drawn);
    drawn
}

fn said((value, status, won): (&str, &str, f64)) -> (String, String, f64) {
    (value.to_owned(), status.to_owned(), won)
}

/// The player's bets, newest first: selection, status and payout.
async fn statuses(scenario: &Scenario, player: &evens_tests::Client) -> Vec<(String, String, f64)> {
    let all = player.get("/api/games/my-bets").await.expect(200);
    assert_eq!(player.get("/api/games/wingo/300/my-bets").await.expect(200), all);
    let elsewhere = player.get("/api/games/k3/60/my-bets").await.expect(200);
    assert_eq!(elsewhere["data"], json!([]));
    let others = scenario.player(42).get("/api/games/my-bets").await.expect(200);
    assert_eq!(others["data"], json!([]));
    let text = |bet: &Value, name: &str| bet[name].as_str().unwrap().to_owned();
    for bet in all["data"].as_array().unwrap() {
        let path = format!("/api/games/my-bets/{}", text(bet, "betId"));
        assert_eq!(player.get(&path).await.expect(200)["data"], *bet);
        assert_eq!(scenario.player(42).get(&path).await.problem(), "404 not-found betId");
    }
    let bets = all["data"].as_array().unwrap().iter();
    bets.map(|bet| (text(bet, "betValue"), text(bet, "status"), bet["winAmount"].as_f64().unwrap())).collect()
}

//! Refused bets on games: each wrong field is named, a repeat gets the first answer, and nothing is debited.

use crate::games::table::Table;
use evens_ledger::Amount;
use evens_tests::Scenario;
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn each_wrong_field_is_named() {
    let scenario = Scenario::start().await;
    let table = Table::open(&scenario).await;
    let player = scenario.funded(41, "500").await;
    let good = json!({
        "periodId": table.period.digits(), "betType": "COLOR", "betValue": "green", "betAmount": 10,
        "purse": "CASH",
    });
    #[rustfmt::skip]
    let rows = [
        ("periodId",  Value::Null,                  "422 invalid periodId"),
        ("periodId",  json!("2026"),                "422 invalid periodId"),
        ("periodId",  json!(20_261_123),            "422 invalid periodId"),
        ("periodId",  json!("20261123000999999"),   "404 not-found periodId"),
        ("periodId",  json!("20200101000000000"),   "404 not-found periodId"),
        ("periodId",  json!(table.period.next().digits()), "409 period-state periodId"),
        ("betType",   json!(""),                    "422 invalid betType"),
        ("betType",   json!("COLOUR"),              "422 invalid betType"),
        ("betValue",  json!("blue"),                "422 invalid betValue"),
        ("betValue",  json!(7),                     "422 invalid betValue"),
        ("betAmount", json!(0),                     "422 invalid betAmount"),
        ("betAmount", json!(-1),                    "422 invalid betAmount"),
        ("betAmount", json!(0.5),                   "422 invalid betAmount"),
        ("betAmount", json!(10.001),                "422 invalid betAmount"),
        ("betAmount", json!(100_000.01),            "422 invalid betAmount"),
        ("betAmount", json!(500.01),                "400 insufficient-balance betAmount"),
        ("betAmount", json!(90_000),                "422 exposure-limit betAmount"),
        ("purse",     json!("bonus"),               "422 invalid purse"),
    ];
    for (field, value, expected) in rows {
        let mut body = good.clone();
        body[field] = value;
        let answer = player.send(Table::request(&body)).await;
        assert_eq!(answer.problem(), expected, "{body}");
    }
    for (path, expected) in [
        ("/api/games/roulette/30/bet", "404 not-found gameType"),
        ("/api/games/wingo/31/bet", "404 not-found duration"),
    ] {
        let request = evens_tests::Request::new("POST", path).json(good.to_string());
        assert_eq!(player.send(request).await.problem(), expected, "{path}");
    }
    assert_eq!(scenario.visitor().send(Table::request(&good)).await.problem(), "401 unauthorized -");
    assert_eq!(player.balance().await.to_string(), "500");
    scenario.finish().await;
}

/// A key has one effect, across bets on games and bets against other players.
#[tokio::test(flavor = "multi_thread")]
async fn a_key_takes_one_stake() {
    let scenario = Scenario::start().await;
    let table = Table::open(&scenario).await;
    let player = scenario.funded(41, "500").await;
    let keyed = |on: &str, amount: &str| table.bet_request(on, amount).header("idempotency-key", "key-1");
    let first = player.send(keyed("COLOR:green", "10")).await;
    let again = player.send(keyed("COLOR:green", "10")).await;
    assert_eq!((first.expect(202), first.is_replay()), (again.expect(202), false));
    assert!(again.is_replay());
    for other in [keyed("COLOR:red", "10"), keyed("COLOR:green", "11")] {
        let refused = player.send(other).await;
        assert_eq!(refused.problem(), "409 idempotency-key-reused Idempotency-Key");
    }
    let round = player.bet_request("round-1", "A", "10").header("idempotency-key", "key-1");
    assert_eq!(player.send(round).await.problem(), "409 idempotency-key-reused Idempotency-Key");
    assert_eq!(player.balance().await.to_string(), "490");

    // A repeat is answered even after the period has closed.
    table.close().await;
    assert_eq!(player.send(keyed("COLOR:green", "10")).await.expect(202), first.json());
    table.end().await;
    table.await_state("SETTLED").await;
    scenario.finish().await;
}

/// A player can place at most 50 bets on a period.
#[tokio::test(flavor = "multi_thread")]
async fn there_are_so_many_bets_of_a_player_on_a_period() {
    let scenario = Scenario::start().await;
    let table = Table::open(&scenario).await;
    let player = scenario.funded(41, "500").await;
    for _ in 0..50 {
        table.bet(&player, "SIZE:big", "1").await.expect(202);
    }
    assert_eq!(table.bet(&player, "SIZE:big", "1").await.problem(), "409 too-many-game-bets periodId");
    let other = scenario.funded(42, "500").await;
    table.bet(&other, "SIZE:big", "1").await.expect(202);
    let left: Amount = "450".parse().unwrap();
    assert_eq!(player.balance().await, left);
    table.end().await;
    table.await_state("SETTLED").await;
    scenario.finish().await;
}

/// The configured limits of a room are enforced, published, and named in refusals.
#[tokio::test(flavor = "multi_thread")]
async fn a_room_has_the_limits_that_the_house_says() {
    const LIMITS: &str =
        "wingo-300:stakeMax=20,wingo-300:betsMax=3,wingo-300:stakedMax=30,wingo-300:exposureMax=90";
    let scenario = Scenario::start_with(&[("GAMES_LIMITS", LIMITS)]).await;
    let games = scenario.visitor().get("/api/games").await.expect(200);
    let room = |at: usize| games["data"][0]["rooms"][at].clone();
    let actual = json!({
        "duration": 300, "stakeMin": 1, "stakeMax": 20, "betsMax": 3, "stakedMax": 30, "exposureMax": 90,
    });
    assert_eq!((room(3), room(2)["stakeMax"].clone()), (actual, json!(100_000)));

    let table = Table::open(&scenario).await;
    let players = [scenario.funded(41, "500").await, scenario.funded(42, "500").await];
    #[rustfmt::skip]
    let rows = [
        (0, "NUMBER:7",  "20.01", "422 invalid betAmount",         "must be from 1 to 20"),
        (0, "NUMBER:7",  "12",    "422 exposure-limit betAmount",  "the house pays at most 90 for a period."),
        (0, "SIZE:big",  "20",    "",                              ""),
        (0, "SIZE:small", "10.01", "409 over-limit betAmount",     "You may stake at most 30"),
        (0, "SIZE:small", "1",    "",                              ""),
        (0, "SIZE:small", "1",    "",                              ""),
        (0, "SIZE:small", "1",    "409 too-many-game-bets periodId", "You already have 3 bets"),
        (1, "SIZE:small", "20",   "",                              ""),
    ];
    for (player, on, amount, refused, names) in rows {
        let answer = table.bet(&players[player], on, amount).await;
        if refused.is_empty() {
            answer.expect(202);
            continue;
        }
        assert_eq!(answer.problem(), refused, "{amount} on {on}");
        let detail = answer.json()["detail"].to_string();
        assert!(detail.contains(names), "{detail}");
    }
    table.end().await;
    table.await_state("SETTLED").await;
    scenario.finish().await;
}

//! Results of games, cancelled periods and bets on games, as they are pushed.

use crate::games::table::Table;
use evens_tests::{Client, LiveSocket, Request, Scenario, await_until};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

/// Without blocks, a period is drawn at its end.
const VARIABLES: &[(&str, &str)] = &[("EVENS_BLOCK_SOURCE", "none")];

/// The shortest room.
const ROOM: &str = "wingo/30";

/// The current period of the shortest room, once it takes bets for long enough.
pub(super) async fn period(scenario: &Scenario) -> String {
    await_until("a period that takes bets", Scenario::DEADLINE, async || {
        let current = scenario.visitor().get(&format!("/api/games/{ROOM}")).await.expect(200)["data"].take();
        let closes_at: Timestamp = current["closesAt"].as_str()?.parse().ok()?;
        let is_long = closes_at.duration_since(Timestamp::now()) > SignedDuration::from_secs(10);
        (is_long && current["seedHash"].is_string())
            .then(|| current["periodId"].as_str().map(str::to_owned))?
    })
    .await
}

pub(super) async fn bet(player: &Client, period: &str, value: &str) -> String {
    let body = json!({ "periodId": period, "betType": "PARITY", "betValue": value, "betAmount": 10 });
    let request = Request::new("POST", format!("/api/games/{ROOM}/bet")).json(body.to_string());
    player.send(request).await.expect(202)["data"]["betId"].as_str().expect("an id").to_owned()
}

/// Hears events up to one like that, and returns all of them.
async fn hear_until(socket: &mut LiveSocket, wanted: impl Fn(&Value) -> bool) -> Vec<Value> {
    let mut heard = Vec::new();
    loop {
        let frame = socket.hear().await;
        assert!(frame["bye"].is_null(), "the server said {frame}");
        heard.extend(frame["events"].as_array().into_iter().flatten().cloned());
        if heard.iter().any(&wanted) {
            return heard;
        }
    }
}

/// H1, H6, X43: a result names three rooms, and a socket in all of them gets it once. It says what won, so a loser asks
/// for nothing; only the winner gets the bet again.
#[tokio::test(flavor = "multi_thread")]
async fn a_result_reaches_a_socket_in_three_rooms_once_and_says_what_won() {
    let scenario = Scenario::start_with(VARIABLES).await;
    let player = scenario.funded(41, "100").await;
    let other = scenario.player(42);
    let (mut socket, _) = player.socket(&["games", "game:wingo", "game:wingo-30"]).await;
    let (mut elsewhere, _) = other.socket(&["game:k3"]).await;
    let period = period(&scenario).await;
    let bets = [("odd", bet(&player, &period, "odd").await), ("even", bet(&player, &period, "even").await)];
    let id_of = |value: &Value| bets.iter().find(|(name, _)| value == *name).expect("a bet").1.clone();

    let is_won = |event: &Value| event["type"] == "gameBet" && event["data"]["status"] == "WON";
    let mut heard = hear_until(&mut socket, is_won).await;
    // All earlier pushes arrive before this answer.
    socket.say(json!({ "type": "ping", "ref": "last" })).await;
    loop {
        let frame = socket.hear().await;
        heard.extend(frame["events"].as_array().into_iter().flatten().cloned());
        if frame["ref"] == "last" {
            break;
        }
    }
    let id = format!("gameResult:wingo-30-{period}");
    let is_of_period = |event: &&Value| event["id"] == id.as_str();
    let results: Vec<_> = heard.iter().filter(is_of_period).collect();
    let [result] = results[..] else { panic!("{} copies: {heard:?}", results.len()) };
    assert_eq!(result["rooms"], json!(["game:wingo-30", "game:wingo", "games"]));
    assert_eq!(result["type"], "gameResult");

    let mut body = result["data"].clone();
    let winning = body.as_object_mut().expect("an object").remove("winning").expect("the bets that won");
    let public = scenario.visitor().get(&format!("/api/games/{ROOM}/history?limit=5")).await.expect(200);
    assert!(public["data"].as_array().expect("results").contains(&body), "{body} {public}");
    let won = winning.as_array().expect("a list").iter().find(|line| line["betType"] == "PARITY");
    let won = &won.expect("odd or even")["betValue"];
    assert_eq!(*won, body["result"]["parity"]);

    let of_bets: Vec<_> = heard.iter().filter(|event| event["type"] == "gameBet").collect();
    let ended: Vec<_> = of_bets.iter().filter(|event| event["revision"] == "1").collect();
    let [winner] = ended[..] else { panic!("{ended:?}") };
    let read =
        async |id: &str| player.get(&format!("/api/games/my-bets/{id}")).await.expect(200)["data"].clone();
    assert_eq!(winner["data"], read(&id_of(won)).await);

    // A client that missed the result asks for its pending bets.
    let pending: Vec<_> = bets.iter().map(|(_, id)| id.clone()).collect();
    let synced = socket.ask(json!({ "type": "sync", "known": { "gameBets": pending } })).await;
    let events = synced["events"].as_array().expect("events").iter();
    let mut statuses: Vec<_> = events
        .filter(|event| event["type"] == "gameBet")
        .map(|event| event["data"]["status"].as_str().expect("a status"))
        .collect();
    statuses.sort_unstable();
    assert_eq!(statuses, ["LOST", "WON"]);

    // Another user learns nothing by the ids.
    let strange = elsewhere.ask(json!({ "type": "sync", "known": { "gameBets": pending } })).await;
    let strange = strange["events"].as_array().expect("events").iter();
    assert!(strange.clone().all(|event| event["type"] != "gameBet"), "{:?}", strange.collect::<Vec<_>>());

    let silent = elsewhere.ask(json!({ "type": "ping" })).await;
    assert_eq!(silent["rooms"], json!(["user:42", "game:k3"]));
    scenario.finish().await;
}

/// A client that polls gets the newest result of each of its rooms.
#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_has_the_newest_results() {
    let scenario = Scenario::start_with(VARIABLES).await;
    let (mut socket, _) = scenario.player(41).socket(&["games"]).await;
    let pushed = socket.await_event(|event| event["data"]["gameType"] == "wingo").await;
    let synced = socket.ask(json!({ "type": "sync" })).await;
    let ids = synced["events"].as_array().expect("events").iter().map(|event| &event["id"]);
    let of_games = ids.filter(|id| id.as_str().is_some_and(|id| id.starts_with("gameResult:wingo-30-")));
    assert_eq!(of_games.count(), 1, "{synced}");
    assert_eq!(pushed["type"], "gameResult");
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_period_and_its_refunds_arrive() {
    let scenario = Scenario::start().await;
    let table = Table::open(&scenario).await;
    let player = scenario.funded(41, "100").await;
    let (mut socket, _) = player.socket(&["game:wingo-300"]).await;
    let placed = table.bet(&player, "SIZE:big", "10").await.expect(202);
    let bet_id = placed["data"]["betId"].clone();
    let is_of_bet = |event: &Value| event["type"] == "gameBet" && event["data"]["betId"] == bet_id;
    let pending = socket.await_event(is_of_bet).await;
    assert_eq!((&pending["data"]["status"], &pending["revision"]), (&json!("PENDING"), &json!("0")));

    let body = json!({ "periodId": table.period.digits(), "reason": "its seed is gone" }).to_string();
    let cancel = Request::new("POST", "/api/games/wingo/300/cancel").json(body);
    scenario.operator().send(cancel).await.expect(200);
    // The bet and its period are read side by side, so either may come first.
    let is_refunded = |event: &Value| is_of_bet(event) && event["data"]["status"] == "REFUNDED";
    let is_over = |event: &Value| event["type"] == "period" && event["data"]["state"] == "REFUNDED";
    let heard = hear_until(&mut socket, is_refunded).await;
    let ended = heard.iter().find(|event| is_over(event)).cloned();
    let ended = match ended {
        Some(ended) => ended,
        None => socket.await_event(is_over).await,
    };
    assert_eq!(ended["revision"], "1");
    scenario.finish().await;
}

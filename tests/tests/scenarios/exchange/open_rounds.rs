//! `GET /api/rounds`: which rounds anyone can bet in.

use evens_tests::{Request, Scenario};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

async fn open(scenario: &Scenario, id: &str, hours: i64) {
    let closes_by = (Timestamp::now() + SignedDuration::from_hours(hours)).to_string();
    let body = json!({ "roundId": id, "closesBy": closes_by });
    scenario.operator().send(Request::new("POST", "/api/rounds").json(body.to_string())).await.expect(201);
}

fn ids(page: &Value) -> Vec<&str> {
    page["data"].as_array().unwrap().iter().map(|round| round["roundId"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn open_rounds_are_listed_by_when_they_close() {
    let scenario = Scenario::start().await;
    // A round that a bet has opened never has to close, and an ended one takes no bets.
    let player = scenario.funded(41, "100").await;
    player.bet("endless", "A", "1").await;
    open(&scenario, "ended", 1).await;
    scenario.operator().close_round("ended").await.expect(200);
    for number in 0..52 {
        open(&scenario, &format!("r{number:02}"), 60 - number).await;
    }
    player.bet("r51", "A", "2").await;

    let first = scenario.visitor().get("/api/rounds").await;
    assert_eq!(first.header("cache-control"), Some("public, max-age=2"));
    let first = first.expect(200);
    let expected: Vec<_> = (0..52).rev().map(|number| format!("r{number:02}")).collect();
    assert_eq!(ids(&first), expected[..50]);
    let mut alone = scenario.visitor().get("/api/rounds/r51").await.expect(200)["data"].take();
    let mut listed = first["data"][0].clone();
    assert_eq!(listed["waiting"]["A"], 2);
    alone["totalsAt"] = listed["totalsAt"].take();
    alone["totalsAt"] = Value::Null;
    assert_eq!(listed, alone);

    let cursor = first["nextCursor"].as_str().unwrap();
    let second = scenario.visitor().get(&format!("/api/rounds?cursor={cursor}")).await.expect(200);
    assert_eq!((ids(&second), &second["nextCursor"]), (vec!["r01", "r00"], &Value::Null));
    let wrong = scenario.visitor().get("/api/rounds?cursor=x").await;
    assert_eq!(wrong.problem(), "422 invalid cursor");
    scenario.finish().await;
}

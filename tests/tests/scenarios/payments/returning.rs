//! A player who comes back to an open deposit: its pay page opens once more, and a lost callback is looked up at once.

use evens_tests::{Client, Request, Scenario};
use serde_json::Value;
use std::time::{Duration, Instant};

async fn checkout(player: &Client, order: &str) -> Value {
    player.post(&format!("/api/deposits/{order}/checkout")).await.expect(200)["data"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pay_page_of_an_open_deposit_opens_once_more() {
    let scenario = Scenario::start().await;
    let (player, other) = (scenario.player(41), scenario.player(42));
    let opened = player.deposit("100", "first").await;
    let path = format!("/api/deposits/{}", opened.order);
    assert!(player.get(&path).await.expect(200)["data"]["checkout"].is_null(), "a read does not ask");
    let again = checkout(&player, &opened.order).await;
    assert_eq!((&again["checkout"]["url"], &again["status"]), (&opened.pay_url.into(), &"pending".into()));
    assert_eq!(other.post(&format!("{path}/checkout")).await.problem(), "404 not-found orderId");
    // One payment, however often its page is opened.
    let state = scenario.sandbox().state().await;
    assert_eq!(state["payments"].as_array().expect("payments").len(), 1);
    let url = again["checkout"]["url"].as_str().expect("a page");
    scenario.sandbox().press(url, "pay").await;
    scenario.await_deposit(&player, &opened.order, "completed").await;
    let ended = checkout(&player, &opened.order).await;
    assert_eq!((&ended["checkout"], &ended["status"]), (&Value::Null, &"completed".into()));
    scenario.finish().await;
}

/// A player who may no longer deposit gets no page.
#[tokio::test(flavor = "multi_thread")]
async fn an_excluded_player_gets_no_pay_page() {
    let scenario = Scenario::start().await;
    let player = scenario.player(41);
    let opened = player.deposit("100", "first").await;
    player.send(Request::new("POST", "/api/exclusion").json(r#"{"months":6}"#)).await.expect(200);
    assert!(checkout(&player, &opened.order).await["checkout"].is_null());
    scenario.finish().await;
}

/// Without the check, the sweeper asks after two minutes.
#[tokio::test(flavor = "multi_thread")]
async fn a_lost_callback_is_looked_up_when_the_player_comes_back() {
    let scenario = Scenario::start().await;
    let (player, other) = (scenario.player(41), scenario.player(42));
    let opened = player.deposit("100", "first").await;
    let check = format!("/api/deposits/{}/check", opened.order);
    scenario.sandbox().fault("payment.succeeded", "fail-before-effect", 1).await;
    scenario.sandbox().press(&opened.pay_url, "pay").await;
    assert_eq!(other.post(&check).await.problem(), "404 not-found orderId");
    let started = Instant::now();
    let answered = player.post(&check).await.expect(202);
    assert_eq!(answered["data"]["orderId"], opened.order);
    scenario.await_deposit(&player, &opened.order, "completed").await;
    let took = started.elapsed();
    eprintln!("credited {} ms after the player came back", took.as_millis());
    assert!(took < Duration::from_secs(30), "{took:?}");
    assert_eq!(player.balance().await.to_string(), "100");
    // There is nothing left to ask about.
    assert_eq!(player.post(&check).await.expect(202)["data"]["status"], "completed");
    scenario.finish().await;
}

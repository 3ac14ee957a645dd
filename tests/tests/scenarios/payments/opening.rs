//! A deposit whose payment was certainly not opened, because the provider refused or was unreachable, fails at once. It
//! counts towards no limit, and the player may retry with another key.

use axum::http::StatusCode;
use axum::{Json, Router, routing};
use evens_tests::{Client, Sandbox, Scenario};
use serde_json::json;
use tokio::net::{TcpListener, TcpSocket};

/// A scenario whose provider is at this address.
async fn scenario_at(url: String) -> Scenario {
    let provider = Sandbox {
        provider: "sandbox".to_owned(),
        url,
        key: "0123456789abcdef0123456789abcdef".to_owned(),
        secret: "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz".to_owned(),
    };
    Scenario::start_with(vec![("EVENS_PAYMENT_PROVIDER", &*provider.variable().leak())].leak()).await
}

/// Tries to open more deposits than may be open at once.
async fn open_in_vain(player: &Client) {
    for number in 0..25 {
        let key = format!("key-{number}");
        assert_eq!(player.try_deposit("100", &key).await.problem(), "503 unavailable -");
        let again = player.try_deposit("100", &key).await;
        assert!(again.is_replay(), "{again:?}");
        let answer = again.expect(201);
        let data = &answer["data"];
        assert!(data["status"] == "failed" && data["checkout"].is_null(), "{data}");
    }
    let limits = player.get("/api/limits").await.expect(200);
    let deposits =
        limits["data"]["limits"].as_array().unwrap().iter().find(|one| one["limitId"] == "deposits-day");
    assert_eq!(deposits.unwrap()["used"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deposit_that_the_provider_refuses_has_failed() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let refuses = async || (StatusCode::BAD_REQUEST, Json(json!({ "error": "amount" })));
    let url = format!("http://{}", listener.local_addr().unwrap());
    let routes = Router::new().fallback(routing::any(refuses));
    tokio::spawn(async move { axum::serve(listener, routes).await });
    let scenario = scenario_at(url).await;
    open_in_vain(&scenario.player(41)).await;
    scenario.finish_despite(&["The provider refused to open", "A call of"]).await;
}

/// Both before and after the circuit breaker opens.
#[tokio::test(flavor = "multi_thread")]
async fn a_deposit_that_never_reached_an_absent_provider_has_failed() {
    // Bound but not listening: no other test gets the port.
    let reserved = TcpSocket::new_v4().unwrap();
    reserved.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let scenario = scenario_at(format!("http://{}", reserved.local_addr().unwrap())).await;
    open_in_vain(&scenario.player(41)).await;
    let away = [
        "Could not reach the provider to open",
        "A call of",
        "Opened the circuit breaker",
        "did not answer",
        "does not answer",
    ];
    scenario.finish_despite(&away).await;
}

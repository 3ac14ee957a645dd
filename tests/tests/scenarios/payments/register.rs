//! An external register of exclusions: a player who is listed, or about whom it does not answer, can neither bet nor
//! deposit, but can withdraw.

use super::withdrawing::{await_withdrawal, balance, payee, withdraw};
use axum::extract::State;
use axum::http::StatusCode;
use axum::{Json, Router, routing};
use evens_tests::{Answer, Client, Request, Scenario, await_until};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::net::TcpListener;

/// The register gives no answer about this player.
const NOBODY_KNOWS: u64 = 43;

/// Serves a register with one listed player, who changes.
async fn serve(excluded: Arc<AtomicU64>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let answer = |State(excluded): State<Arc<AtomicU64>>, Json(body): Json<Value>| async move {
        match body["userId"].as_u64() {
            Some(NOBODY_KNOWS) => (StatusCode::INTERNAL_SERVER_ERROR, Json(json!({}))),
            user => {
                let is_excluded = user == Some(excluded.load(Ordering::Relaxed));
                (StatusCode::OK, Json(json!({ "isExcluded": is_excluded })))
            }
        }
    };
    let routes = Router::new().route("/", routing::post(answer)).with_state(excluded);
    tokio::spawn(async move { axum::serve(listener, routes).await });
    json!({ "register": "https", "url": format!("http://{address}/"), "key": "0123456789abcdef" }).to_string()
}

fn keyed(player: &Client, key: &str) -> Request {
    player.bet_request("open", "A", "10").header("idempotency-key", key)
}

/// Bets on an existing period. Shortly before one ends, the next may not exist yet.
pub(crate) async fn bet_on_the_house(player: &Client) -> Answer {
    await_until("a period that is there", Scenario::DEADLINE, async || {
        let rooms = player.get("/api/games/wingo/300").await.expect(200);
        let period = rooms["data"]["periodId"].as_str().expect("a period").to_owned();
        let body = json!({
            "periodId": period, "betType": "SIZE", "betValue": "big", "betAmount": 1, "purse": "CASH",
        });
        let request = Request::new("POST", "/api/games/wingo/300/bet").json(body.to_string());
        Some(player.send(request).await).filter(|answer| answer.status() != 404)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_player_in_the_register_can_only_withdraw() {
    let excluded = Arc::new(AtomicU64::new(42));
    let text = serve(excluded.clone()).await;
    let variables = vec![("EVENS_EXCLUSION_REGISTER", &*text.leak())].leak();
    let mut scenario = Scenario::start_with(variables).await;
    let (free, barred) = (scenario.funded(41, "100").await, scenario.funded(42, "100").await);
    let unknown = scenario.funded(NOBODY_KNOWS, "100").await;
    free.deposit("5", "free").await;
    let placed = free.send(keyed(&free, "free")).await.expect(202);
    bet_on_the_house(&free).await.expect(202);
    for (player, problem) in [(&barred, "403 excluded -"), (&unknown, "503 unavailable -")] {
        let refused = player.try_deposit("10", "barred").await;
        assert_eq!(refused.problem(), problem);
        assert!(refused.text().contains("You can withdraw"), "{}", refused.text());
        assert_eq!(player.send(keyed(player, "barred")).await.problem(), problem);
        assert_eq!(bet_on_the_house(player).await.problem(), problem);
        let payee = payee(player, &format!("IN1234567{}", player.user)).await;
        let order = withdraw(player, "100", &payee, "all").await;
        await_withdrawal(&scenario, player, &order, "completed").await;
        assert_eq!(balance(player).await, "0");
    }
    // A restarted process queries the register again. Repeats of earlier requests get their first answers.
    excluded.store(41, Ordering::Relaxed);
    scenario.restart_with(variables).await;
    let free = scenario.player(41);
    let again = free.send(keyed(&free, "free")).await;
    assert!(again.is_replay() && again.expect(202)["data"]["betId"] == placed["data"]["betId"], "{again:?}");
    assert_eq!(free.send(keyed(&free, "new")).await.problem(), "403 excluded -");
    let other = free.bet_request("open", "B", "10").header("idempotency-key", "free");
    assert_eq!(free.send(other).await.problem(), "409 idempotency-key-reused Idempotency-Key");
    let opened = free.try_deposit("5", "free").await;
    assert!(opened.is_replay() && opened.expect(201)["data"]["checkout"].is_null(), "{opened:?}");
    scenario.finish_despite(&["The exclusion register did not answer"]).await;
}

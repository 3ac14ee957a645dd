//! Players: their accounts, sessions, referrals, days and wallets.

mod attendance;
mod blocking;
mod cookie_session;
mod login;
mod operate_users;
pub(crate) mod phone;
pub(crate) mod recovering;
mod recovery;
mod referral;
mod sessions;
mod sign_up;
mod wallet;

use evens_contracts::Route;
use evens_tests::{Client, PASSWORD, Request, Scenario, await_until};
use serde_json::{Value, json};

/// The current period of the room of [`request_of`].
async fn current_period(scenario: &Scenario) -> Value {
    await_until("a period", Scenario::DEADLINE, async || {
        let current = scenario.visitor().get("/api/games/wingo/300").await.expect(200);
        current["data"]["seedHash"].as_str().map(|_| current["data"]["periodId"].clone())
    })
    .await
}

/// A request for a player's route that only the state of the account may refuse.
fn request_of(route: &Route, client: &Client, bet_id: &str, period: &Value) -> Request {
    let path = route.path.replace("{betId}", bet_id).replace("{gameType}/{duration}", "wingo/300");
    let request = Request::new(route.method.as_str(), path);
    let body = match route.body {
        None => return request,
        Some(_) if route.path == "/api/bets" => return client.bet_request("r", "B", "1"),
        Some(_) if route.function == "place-game-bet" => {
            json!({ "periodId": period, "betType": "SIZE", "betValue": "big", "betAmount": 1 })
        }
        Some(_) if route.takes_idempotency_key => json!({ "amount": 10, "payeeId": "mine" }),
        Some(_) => json!({ "userName": "Asha", "currentPassword": PASSWORD, "newPassword": "another horse" }),
    };
    request.json(body.to_string())
}

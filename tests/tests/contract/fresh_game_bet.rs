//! A bet on a game for a request that reads one.

use crate::world::World;
use evens_tests::Request;
use serde_json::json;

impl World {
    /// The player bets on a game. Returns the bet's id.
    pub(crate) async fn fresh_game_bet(&self) -> String {
        let (period, on) = (self.period().await, ["COLOR", "green"]);
        let body = json!({ "periodId": period, "betType": on[0], "betValue": on[1], "betAmount": 1 });
        let request = Request::new("POST", Self::ROOM_BET).json(body.to_string());
        let placed = self.scenario.player(Self::PLAYER).send(request).await.expect(202);
        placed["data"]["betId"].as_str().unwrap().to_owned()
    }
}

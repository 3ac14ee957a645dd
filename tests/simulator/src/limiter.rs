//! Players who set limits while they bet: limits on stakes and losses, lower and higher ones, and the same one on two
//! devices concurrently.

use crate::device::Device;
use crate::dice::Dice;
use axum::http::Method;
use serde_json::json;

/// A player who sets limits a number of times.
pub(crate) struct Limiter {
    pub(crate) device: Device,
    pub(crate) dice: Dice,
    pub(crate) settings: u64,
    pub(crate) pause_max_ms: u64,
}

impl Limiter {
    /// Sets limits one after another. If an answer is lost, it sometimes reads the result.
    pub(crate) async fn set(mut self) {
        for _ in 0..self.settings {
            let pause = self.dice.milliseconds(0..=self.pause_max_ms);
            self.device.world.sleep(pause).await;
            let devices = if self.dice.chance(3_000) { 2 } else { 1 };
            let settings: Vec<_> = (0..devices).map(|_| self.wish()).collect();
            let asked = settings
                .into_iter()
                .map(|body| self.device.ask(Method::POST, "/api/limits", None, Some(body)));
            futures::future::join_all(asked).await;
            if self.dice.chance(3_000) {
                self.device.ask(Method::GET, "/api/limits", None, None).await;
            }
        }
    }

    fn wish(&mut self) -> serde_json::Value {
        let kind = self.dice.pick(&["stakes", "stakes", "losses"]);
        let period = self.dice.pick(&["day", "week", "month"]);
        let limit = self.dice.pick(&["5", "20", "60.5", "200"]);
        json!({ "kind": kind, "period": period, "limit": limit })
    }
}

//! Who runs rounds: opens them with every kind of draw, closes and cancels them, says results, and does all of it twice.

use crate::device::Device;
use crate::dice::Dice;
use crate::keys::Keys;
use axum::http::Method;
use evens_exchange::{RoundId, Side};
use serde_json::{Value, json};
use std::sync::Arc;

/// Who runs rounds, with the tokens of an operator and of an oracle.
pub(crate) struct Operator {
    pub(crate) device: Device,
    pub(crate) oracle: Device,
    pub(crate) keys: Arc<Keys>,
    pub(crate) dice: Dice,
    pub(crate) rounds: Vec<String>,
}

impl Operator {
    /// Opens each round but some, which their first bet opens.
    pub(crate) async fn open(&mut self) {
        for round in self.rounds.clone() {
            if self.dice.chance(3_000) {
                continue;
            }
            let body = match self.dice.number(0..=9) {
                0..=4 => json!({ "roundId": round }),
                5..=7 => json!({ "roundId": round, "draw": "round" }),
                _ => {
                    let oracle = json!({ "name": "sage", "publicKey": self.keys.oracle_public_key() });
                    json!({ "roundId": round, "draw": "oracle", "oracle": oracle })
                }
            };
            self.device.ask(Method::POST, "/api/rounds", None, Some(body)).await;
        }
    }

    /// Takes steps at random times.
    pub(crate) async fn run(mut self, steps: u64, pause_max_ms: u64) -> Self {
        for _ in 0..steps {
            let pause = self.dice.milliseconds(0..=pause_max_ms);
            self.device.world.sleep(pause).await;
            let Some(round) = self.dice.pick(&self.rounds) else { break };
            match self.dice.number(0..=9) {
                0..=3 => drop(self.step(&round, "close").await),
                4..=5 => drop(self.step(&round, "cancel").await),
                6 => {
                    // Only one of the two can be first.
                    let close = self.step(&round, "close");
                    futures::future::join(close, self.step(&round, "cancel")).await;
                }
                _ => {
                    let winner = self.dice.pick(&Side::ALL).unwrap_or(Side::A);
                    self.say(&round, winner).await;
                }
            }
        }
        self
    }

    /// Brings every round that waits for somebody to its end.
    pub(crate) async fn end_all(&mut self) {
        for round in self.rounds.clone() {
            if self.dice.chance(3_000) {
                self.step(&round, "cancel").await;
            }
            // Whether it is closed or cancelled by now, something of this is refused.
            self.step(&round, "close").await;
            self.say(&round, Side::A).await;
        }
    }

    async fn step(&self, round: &str, step: &str) -> Option<u16> {
        let path = format!("/api/rounds/{round}/{step}");
        self.device.ask(Method::POST, &path, None, None).await.map(|answer| answer.status)
    }

    async fn say(&self, round: &str, winner: Side) {
        let Ok(id) = round.parse::<RoundId>() else { return };
        let signature = self.keys.oracle_signature(&id, winner);
        let body: Value = json!({ "winner": winner.as_str(), "signature": signature });
        let path = format!("/api/rounds/{round}/result");
        self.oracle.ask(Method::POST, &path, None, Some(body)).await;
    }
}

//! Operates rounds: opens them with every kind of draw, closes and cancels them, and reports results, also repeatedly
//! and concurrently.

use crate::answers::Step;
use crate::device::Device;
use crate::dice::{Dice, Odds};
use crate::keys::Keys;
use crate::made_up::hurry;
use axum::http::Method;
use evens_exchange::{RoundId, Side};
use evens_simulated_table::item::text;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

/// The pause before a retry.
const PAUSE: Duration = Duration::from_secs(1);

/// The number of pauses that closing the order book may take, which is two sweeps.
const CLOSING_PAUSES: usize = 150;

/// Operates rounds, with the tokens of an operator and of an oracle.
pub(crate) struct Operator {
    pub(crate) device: Device,
    pub(crate) oracle: Device,
    pub(crate) keys: Arc<Keys>,
    pub(crate) dice: Dice,
    pub(crate) rounds: Vec<String>,
    /// The share of rounds with a single outcome, whose matches are paid at the end.
    pub(crate) late_rounds: Odds,
    /// The probability of extra jobs for the work that a step leaves.
    pub(crate) hurry: Odds,
}

impl Operator {
    /// Opens most rounds. The first bet opens the others.
    pub(crate) async fn open(&mut self) {
        for round in self.rounds.clone() {
            if self.dice.chance(2_000) {
                continue;
            }
            self.open_one(&round).await;
        }
    }

    /// Opens a round. Has no effect if it exists.
    async fn open_one(&mut self, round: &str) {
        let body = if !self.dice.chance(self.late_rounds) {
            json!({ "roundId": round })
        } else if self.dice.chance(6_000) {
            json!({ "roundId": round, "draw": "round" })
        } else {
            let oracle = json!({ "name": "sage", "publicKey": self.keys.oracle_public_key() });
            json!({ "roundId": round, "draw": "oracle", "oracle": oracle })
        };
        self.device.ask(Method::POST, "/api/rounds", None, Some(body)).await;
    }

    /// Performs steps at random times.
    pub(crate) async fn run(mut self, steps: u64, pause_max_ms: u64) -> Self {
        for _ in 0..steps {
            let pause = self.dice.milliseconds(0..=pause_max_ms);
            self.device.world.sleep(pause).await;
            let Some(round) = self.dice.pick(&self.rounds) else { break };
            match self.dice.number(0..=11) {
                0..=2 => drop(self.step(&round, "close").await),
                3 => drop(self.step(&round, "cancel").await),
                4..=5 => self.open_one(&round).await,
                6..=9 => self.race(&round).await,
                _ => {
                    let winner = self.dice.pick(&Side::ALL).unwrap_or(Side::A);
                    self.say(&round, winner).await;
                }
            }
            self.hurry(&round);
        }
        self
    }

    /// Ends every round that needs an operator, and some others, which may also stay open forever.
    pub(crate) async fn end_all(&mut self) {
        for round in self.rounds.clone() {
            let waits_for_nobody = {
                let key = (format!("ROUND#{round}"), "ROUND".to_owned());
                let state = self.device.world.lock();
                state.table.get(&key).is_none_or(|round| text(round, "draw") == "match")
            };
            if waits_for_nobody && self.dice.chance(7_500) {
                continue;
            }
            if self.dice.chance(4_000) {
                self.race(&round).await;
            }
            // If the round is already closed or cancelled, the step is refused. It must be answered, and a process may
            // just be starting.
            while self.step(&round, "close").await.is_none() {
                self.device.world.sleep(PAUSE).await;
            }
            self.hurry(&round);
            if self.dice.chance(3_000) {
                self.race(&round).await;
            }
            // The oracle's result is refused until the order book is closed. If that never happens, another check
            // reports it.
            for _ in 0..CLOSING_PAUSES {
                if !self.is_closing(&round) {
                    break;
                }
                self.device.world.sleep(PAUSE).await;
            }
            let winner = self.dice.pick(&Side::ALL).unwrap_or(Side::A);
            while self.say(&round, winner).await.is_none() {
                self.device.world.sleep(PAUSE).await;
            }
            self.hurry(&round);
        }
    }

    /// Returns whether the round has ended but its seed is not public.
    fn is_closing(&self, round: &str) -> bool {
        let key = (format!("ROUND#{round}"), "ROUND".to_owned());
        let state = self.device.world.lock();
        state
            .table
            .get(&key)
            .is_some_and(|found| text(found, "state") != "OPEN" && !found.contains_key("seed"))
    }

    fn hurry(&mut self, round: &str) {
        if self.dice.chance(self.hurry) {
            hurry(&self.device.world, &mut self.dice, round);
        }
    }

    /// Performs two steps concurrently. Only one can be first.
    async fn race(&mut self, round: &str) {
        // The oracle's result is random too.
        let sides = if self.dice.chance(5_000) { ("A", "B") } else { ("B", "A") };
        let steps = [("close", "cancel"), ("close", "cancel"), ("cancel", sides.0), sides];
        let (one, other) = self.dice.pick(&steps).unwrap_or_default();
        futures::future::join(self.take(round, one), self.take(round, other)).await;
    }

    /// Performs one step or reports the oracle's result.
    async fn take(&self, round: &str, step: &str) -> Option<u16> {
        match step {
            "A" => self.say(round, Side::A).await,
            "B" => self.say(round, Side::B).await,
            step => self.step(round, step).await,
        }
    }

    async fn step(&self, round: &str, step: &str) -> Option<u16> {
        let path = format!("/api/rounds/{round}/{step}");
        let body = json!({ "reason": "no result came" });
        let answer = self.device.ask(Method::POST, &path, None, Some(body)).await?;
        if answer.status == 200 {
            let reported = Step { round: round.to_owned(), step: step.to_owned() };
            self.device.world.lock().answers.steps.push(reported);
        }
        Some(answer.status)
    }

    async fn say(&self, round: &str, winner: Side) -> Option<u16> {
        let id = round.parse::<RoundId>().ok()?;
        let signature = self.keys.oracle_signature(&id, winner);
        let body: Value = json!({ "winner": winner.as_str(), "signature": signature });
        let path = format!("/api/rounds/{round}/result");
        let answer = self.oracle.ask(Method::POST, &path, None, Some(body)).await?;
        if answer.status == 200 {
            let reported = Step { round: round.to_owned(), step: winner.as_str().to_owned() };
            self.device.world.lock().answers.steps.push(reported);
        }
        Some(answer.status)
    }
}

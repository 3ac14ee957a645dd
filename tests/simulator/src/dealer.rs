//! Operates the jackpots: opens them, changes their terms, contributes and awards, with repeats, concurrent requests
//! and reused ids. The final check compares the answers with the table (M3).

use crate::answers::number;
use crate::device::{Answer, Device};
use crate::dice::Dice;
use crate::keys::Keys;
use crate::violation::Violation;
use axum::http::Method;
use evens_ledger::UserId;
use evens_runtime::tokens::Role;
use evens_simulated_table::Table;
use evens_simulated_table::item::text;
use futures::future::join;
use rust_decimal::Decimal;
use serde_json::{Value, json};
use std::sync::Arc;

/// The groups in the order in which they are opened.
const GROUPS: [&str; 2] = ["minor", "major"];

/// The operator who approves terms.
pub(crate) const OTHER_OPERATOR: u64 = 905;

/// Operates the jackpots for a number of steps.
pub(crate) struct Dealer {
    pub(crate) device: Device,
    pub(crate) keys: Arc<Keys>,
    pub(crate) operator: u64,
    pub(crate) dice: Dice,
    pub(crate) users: Vec<u64>,
    pub(crate) steps: u64,
    pub(crate) pause_max_ms: u64,
}

/// An acknowledged action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum JackpotReport {
    /// The contribution was made.
    Contributed { operation: String },
    /// The contribution is queued because it is late.
    Queued { operation: String },
    /// The user has won this amount.
    Won { operation: String, user: u64, amount: String },
}

impl Dealer {
    /// Opens some groups, then performs random steps.
    pub(crate) async fn run(mut self) {
        for group in GROUPS {
            if group == GROUPS[0] || self.dice.chance(5_000) {
                self.open(group).await;
            }
        }
        for step in 0..self.steps {
            let pause = self.dice.milliseconds(0..=self.pause_max_ms);
            self.device.world.sleep(pause).await;
            let group = self.dice.pick(&GROUPS).unwrap_or("minor");
            match self.dice.number(0..=9) {
                0..=4 => self.contribute(step).await,
                5..=6 => self.award(step, group).await,
                7 => self.race(step, group).await,
                8 => {
                    let version = self.dice.number(0..=2);
                    let terms = self.terms(version);
                    self.change(group, &terms).await;
                }
                _ => drop(self.device.ask(Method::GET, "/api/jackpots", None, None).await),
            }
        }
    }

    /// Opens a group, and retries while the outcome is unknown.
    async fn open(&mut self, group: &str) {
        let terms = self.terms(0);
        for _ in 0..5 {
            if self.change(group, &terms).await.is_some_and(|status| status < 500) {
                return;
            }
            let pause = self.dice.milliseconds(0..=2_000);
            self.device.world.sleep(pause).await;
        }
    }

    /// Terms with frequent wins. Some pools also have a forced win.
    fn terms(&mut self, version: u64) -> Value {
        let odds = self.dice.pick(&[5, 20, 1_000]).unwrap_or(20);
        let mut terms = json!({
            "expectedVersion": version, "startAmount": 0.01, "rate": 0.003, "reserveRate": 0.001, "odds": odds,
            "reason": "a good start",
        });
        if self.dice.chance(5_000) {
            terms["mustHitBy"] = json!(0.05);
        }
        terms
    }

    /// Proposes terms and has another operator approve them.
    async fn change(&self, group: &str, terms: &Value) -> Option<u16> {
        let path = format!("/api/jackpots/{group}/config");
        let answer = self.ask_as(self.operator, &path, terms).await?;
        if answer.body["status"] != "PROPOSED" {
            return Some(answer.status);
        }
        self.ask_as(OTHER_OPERATOR, &path, terms).await.map(|agreed| agreed.status)
    }

    async fn ask_as(&self, operator: u64, path: &str, terms: &Value) -> Option<Answer> {
        self.fresh_device(operator)?.ask(Method::PATCH, path, None, Some(terms.clone())).await
    }

    /// Makes one contribution, the same one twice concurrently, or another one with a used id.
    async fn contribute(&mut self, step: u64) {
        let id = if self.dice.chance(2_000) { step.saturating_sub(1) } else { step };
        let operation = format!("op-{id}");
        let body = match self.dice.number(0..=2) {
            0 => json!({ "opId": operation, "minor": 4 }),
            1 => json!({ "opId": operation, "minor": 0.5, "major": 8 }),
            _ => json!({ "opId": operation, "minor": "0.00000003" }),
        };
        let ask = || self.device.ask(Method::POST, "/api/jackpots/contribute", None, Some(body.clone()));
        let answers = if self.dice.chance(4_000) {
            let (one, other) = join(ask(), ask()).await;
            [one, other]
        } else {
            [ask().await, None]
        };
        for answer in answers.into_iter().flatten() {
            let (operation, detail) = (operation.clone(), answer.body["detail"].as_str().unwrap_or_default());
            let reported = match answer.status {
                200 => JackpotReport::Contributed { operation },
                503 if detail.contains("is queued and will be made") => JackpotReport::Queued { operation },
                _ => continue,
            };
            self.device.world.lock().answers.jackpots.push(reported);
        }
    }

    async fn award(&mut self, step: u64, group: &str) {
        let id = if self.dice.chance(2_000) { step.saturating_sub(1) } else { step };
        let wish = self.wish(&format!("win-{id}"));
        self.ask_for(group, &wish).await;
    }

    /// Awards two wins concurrently, with the same id or with two.
    async fn race(&mut self, step: u64, group: &str) {
        let other = if self.dice.chance(5_000) { format!("win-{step}") } else { format!("other-{step}") };
        let (one, other) = (self.wish(&format!("win-{step}")), self.wish(&other));
        join(self.ask_for(group, &one), self.ask_for(group, &other)).await;
    }

    fn wish(&mut self, operation: &str) -> Value {
        let user = self.dice.pick(&self.users).unwrap_or(1);
        let mut body = json!({ "opId": operation, "userId": user, "reason": "a prize" });
        if self.dice.chance(4_000) {
            body["amount"] = json!(0.005);
        }
        body
    }

    /// A device with a new login, since awards and changes of terms require a recent one.
    fn fresh_device(&self, operator: u64) -> Option<Device> {
        let operator = UserId::new(operator).ok()?;
        let token = self.keys.token(operator, Role::Operator, self.device.world.now()).ok()?;
        Some(Device { token, ..self.device.clone() })
    }

    async fn ask_for(&self, group: &str, body: &Value) {
        let world = &self.device.world;
        let Some(device) = self.fresh_device(self.operator) else { return };
        let path = format!("/api/jackpots/{group}/win");
        let answer = device.ask(Method::POST, &path, None, Some(body.clone())).await;
        if let Some(Answer { status: 200, body: reported, .. }) = answer
            && reported["status"] == "WON"
        {
            let reported = JackpotReport::Won {
                operation: body["opId"].as_str().unwrap_or_default().to_owned(),
                user: body["userId"].as_u64().unwrap_or_default(),
                amount: reported["winAmount"].to_string(),
            };
            world.lock().answers.jackpots.push(reported);
        }
    }
}

/// Compares the answers with the table. A queued contribution may be missing if its message was lost.
pub(crate) fn check(reported: &[JackpotReport], lost: &[String], table: &Table) -> Vec<Violation> {
    let is_contributed = |operation: &str| {
        table.of_kind("jackpot-contribution").any(|item| text(item, "operation") == operation)
    };
    let is_there = |reported: &&JackpotReport| match reported {
        JackpotReport::Contributed { operation } => is_contributed(operation),
        JackpotReport::Queued { operation } => {
            let name = format!("\"{operation}\"");
            is_contributed(operation) || lost.iter().any(|job| job.contains(&name))
        }
        JackpotReport::Won { operation, user, amount } => {
            let amount = amount.parse::<Decimal>().unwrap_or_default();
            table.of_kind("jackpot-win").any(|item| {
                text(item, "operation") == operation
                    && number(item, "user") == Decimal::from(*user)
                    && number(item, "amount") == amount
            })
        }
    };
    let missing = reported.iter().filter(|reported| !is_there(reported));
    missing
        .map(|reported| Violation::new("M3", format!("The answer {reported:?} is about a missing record.")))
        .collect()
}

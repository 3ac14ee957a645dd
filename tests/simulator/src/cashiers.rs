//! Two cashiers who decide on withdrawals, held or not. They approve and reject, the same one twice or both
//! concurrently. The final check compares the answers with the table: a rejected withdrawal is not paid, and an
//! approved one is not rejected (M3).

use crate::device::Device;
use crate::dice::Dice;
use crate::keys::Keys;
use crate::violation::Violation;
use axum::http::Method;
use evens_ledger::UserId;
use evens_payments::Direction;
use evens_runtime::tokens::Role;
use evens_simulated_table::Table;
use evens_simulated_table::item::text;
use futures::future::join;
use serde_json::json;
use std::sync::Arc;

/// The user ids of the cashiers.
pub(crate) const CASHIERS: [u64; 2] = [903, 904];

/// Both cashiers, for a number of steps.
pub(crate) struct Cashiers {
    pub(crate) device: Device,
    pub(crate) keys: Arc<Keys>,
    pub(crate) dice: Dice,
    pub(crate) steps: u64,
    pub(crate) pause_max_ms: u64,
}

/// The acknowledged decision on a withdrawal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum DecisionReport {
    /// The money is returned to the wallet.
    Rejected(String),
    /// The withdrawal is paid now or later.
    Approved(String),
}

impl Cashiers {
    pub(crate) async fn run(mut self) {
        for _ in 0..self.steps {
            let pause = self.dice.milliseconds(0..=self.pause_max_ms);
            self.device.world.sleep(pause).await;
            let Some(order) = self.pick() else { continue };
            let (one, decision) = self.draw();
            if self.dice.chance(5_000) {
                let (other, another) = self.draw();
                join(self.decide(one, &order, decision), self.decide(other, &order, another)).await;
            } else {
                self.decide(one, &order, decision).await;
            }
        }
    }

    /// An acknowledged withdrawal.
    fn pick(&mut self) -> Option<String> {
        let orders: Vec<String> = {
            let state = self.device.world.lock();
            let given = state.answers.given.iter();
            let given = given.filter(|given| given.direction == Direction::Withdrawal);
            given.filter_map(|given| given.order().map(str::to_owned)).collect()
        };
        self.dice.pick(&orders)
    }

    /// Draws a cashier and a decision.
    fn draw(&mut self) -> (u64, &'static str) {
        let decision = if self.dice.chance(6_000) { "approve" } else { "reject" };
        (self.dice.pick(&CASHIERS).unwrap_or(CASHIERS[0]), decision)
    }

    async fn decide(&self, cashier: u64, order: &str, decision: &str) {
        let world = &self.device.world;
        let Ok(user) = UserId::new(cashier) else { return };
        // Decisions require a recent login.
        let Ok(token) = self.keys.token(user, Role::Cashier, world.now()) else { return };
        let device = Device { token, ..self.device.clone() };
        let path = format!("/api/operator/withdrawals/{order}/{decision}");
        let body = json!({ "reason": "looked at" });
        let Some(answer) = device.ask(Method::POST, &path, None, Some(body)).await else { return };
        let state = answer.body["data"]["state"].as_str().filter(|_| answer.status == 200);
        let reported = match state {
            Some("REJECTED") => DecisionReport::Rejected(order.to_owned()),
            // A second cashier must approve too.
            Some("HELD") | None => return,
            Some(_) => DecisionReport::Approved(order.to_owned()),
        };
        world.lock().answers.decisions.push(reported);
    }
}

/// Compares the answers with the table. An approved withdrawal is held again if its player's account was held
/// meanwhile, and may then be rejected.
pub(crate) fn check(reported: &[DecisionReport], table: &Table) -> Vec<Violation> {
    let order = |order: &str| table.get(&(format!("ORDER#{order}"), "ORDER".to_owned()));
    let state = |id: &str| order(id).map_or("gone", |item| text(item, "state"));
    let was_held_again = |id: &str| {
        let reasons = order(id).and_then(|item| item.get("hold_reasons"));
        reasons.is_some_and(|reasons| reasons.mentions("account-held"))
    };
    let is_so = |reported: &&DecisionReport| match reported {
        DecisionReport::Rejected(order) => state(order) == "REJECTED",
        DecisionReport::Approved(order) => match state(order) {
            "HELD" | "REJECTED" => was_held_again(order),
            state => state != "gone",
        },
    };
    let others = reported.iter().filter(|reported| !is_so(reported));
    others
        .map(|reported| Violation::new("M3", format!("The answer {reported:?} is no longer true.")))
        .collect()
}

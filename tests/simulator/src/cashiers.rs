//! Two cashiers, who decide about withdrawals that are held, and about such as are not: they approve and reject, the
//! same one twice and one each at the same moment. And what they were told, to be held against the table when
//! everything is quiet: what was rejected is not paid, and what was agreed to is not rejected (M3).

use crate::device::Device;
use crate::dice::Dice;
use crate::dynamo::Table;
use crate::dynamo::item::text;
use crate::keys::Keys;
use crate::violation::Violation;
use axum::http::Method;
use evens_ledger::UserId;
use evens_payments::Direction;
use evens_runtime::tokens::Role;
use futures::future::join;
use serde_json::json;
use std::sync::Arc;

/// Their accounts.
pub(crate) const CASHIERS: [u64; 2] = [903, 904];

/// Both, some steps long.
pub(crate) struct Cashiers {
    pub(crate) device: Device,
    pub(crate) keys: Arc<Keys>,
    pub(crate) dice: Dice,
    pub(crate) steps: u64,
    pub(crate) pause_max_ms: u64,
}

/// What a cashier was told to have decided about a withdrawal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ToldDecision {
    /// Its money goes back.
    Rejected(String),
    /// It is paid, or will be.
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

    /// A withdrawal that somebody was told of.
    fn pick(&mut self) -> Option<String> {
        let orders: Vec<String> = {
            let state = self.device.world.lock();
            let given = state.answers.given.iter();
            let given = given.filter(|given| given.direction == Direction::Withdrawal);
            given.filter_map(|given| given.order().map(str::to_owned)).collect()
        };
        self.dice.pick(&orders)
    }

    /// Who decides, and what.
    fn draw(&mut self) -> (u64, &'static str) {
        let decision = if self.dice.chance(6_000) { "approve" } else { "reject" };
        (self.dice.pick(&CASHIERS).unwrap_or(CASHIERS[0]), decision)
    }

    async fn decide(&self, cashier: u64, order: &str, decision: &str) {
        let world = &self.device.world;
        let Ok(user) = UserId::new(cashier) else { return };
        // By an older login nobody decides.
        let Ok(token) = self.keys.token(user, Role::Cashier, world.now()) else { return };
        let device = Device { token, ..self.device.clone() };
        let path = format!("/api/operator/withdrawals/{order}/{decision}");
        let body = json!({ "reason": "looked at" });
        let Some(answer) = device.ask(Method::POST, &path, None, Some(body)).await else { return };
        let state = answer.body["data"]["state"].as_str().filter(|_| answer.status == 200);
        let told = match state {
            Some("REJECTED") => ToldDecision::Rejected(order.to_owned()),
            // Another cashier must agree, too.
            Some("HELD") | None => return,
            Some(_) => ToldDecision::Approved(order.to_owned()),
        };
        world.lock().answers.decisions.push(told);
    }
}

/// Holds what was told against what is there. What was approved is held again where its player's account is by then,
/// and may be rejected after all.
pub(crate) fn check(told: &[ToldDecision], table: &Table) -> Vec<Violation> {
    let order = |order: &str| table.get(&(format!("ORDER#{order}"), "ORDER".to_owned()));
    let state = |id: &str| order(id).map_or("gone", |item| text(item, "state"));
    let was_held_again = |id: &str| {
        let reasons = order(id).and_then(|item| item.get("hold_reasons"));
        reasons.is_some_and(|reasons| reasons.to_json().to_string().contains("account-held"))
    };
    let is_so = |told: &&ToldDecision| match told {
        ToldDecision::Rejected(order) => state(order) == "REJECTED",
        ToldDecision::Approved(order) => match state(order) {
            "HELD" | "REJECTED" => was_held_again(order),
            state => state != "gone",
        },
    };
    let others = told.iter().filter(|told| !is_so(told));
    others.map(|told| Violation::new("M3", format!("{told:?}, but that is not so any more."))).collect()
}

//! Two cashiers who handle deposits. They refund deposits, send payments in suspense back or credit them, release held
//! accounts, and write debts off. They also do so twice, and concurrently.

use crate::cashiers::CASHIERS;
use crate::device::Device;
use crate::dice::Dice;
use crate::keys::Keys;
use crate::provider::{AcknowledgedReturn, order_of, own_payment};
use axum::http::Method;
use evens_ledger::UserId;
use evens_runtime::tokens::Role;
use evens_simulated_table::Table;
use evens_simulated_table::item::{Item, text};
use futures::future::join;
use serde_json::{Value, json};
use std::sync::Arc;

/// Both cashiers, for a number of actions.
pub(crate) struct Tellers {
    pub(crate) device: Device,
    pub(crate) keys: Arc<Keys>,
    pub(crate) dice: Dice,
    pub(crate) acts: u64,
    pub(crate) pause_max_ms: u64,
}

/// An action of a cashier.
#[derive(Debug, Clone)]
enum Act {
    /// Refunds a deposit.
    Refund(String),
    /// Sends a payment that could not be credited back.
    Return(String),
    /// Credits a payment in suspense to its player.
    Claim(String, String),
    /// Sends a second payment back.
    SendBack(String, String),
    /// Releases a held account.
    Release(u64),
    /// Writes a player's debt off.
    WriteOff(u64),
}

impl Act {
    fn path(&self) -> String {
        let deposits = "/api/operator/deposits";
        match self {
            Self::Refund(order) => format!("{deposits}/{order}/refund"),
            Self::Return(order) => format!("{deposits}/{order}/return"),
            Self::Claim(order, payment) => format!("{deposits}/{order}/payments/{payment}/claim"),
            Self::SendBack(order, payment) => format!("{deposits}/{order}/payments/{payment}/return"),
            Self::Release(user) => format!("/api/operator/users/{user}/release"),
            Self::WriteOff(user) => format!("/api/operator/users/{user}/write-off"),
        }
    }

    /// The acknowledged result in the answer, if the action is done.
    fn result_in(&self, data: &Value) -> Option<AcknowledgedReturn> {
        let has = |list: &str, is: &dyn Fn(&Value) -> bool| {
            data[list].as_array().is_some_and(|list| list.iter().any(is))
        };
        match self {
            Self::Refund(order) => {
                (data["state"] == "REFUNDED").then(|| AcknowledgedReturn::Refunded(order.clone()))
            }
            Self::Return(order) => {
                (data["state"] == "RETURNED").then(|| AcknowledgedReturn::Returned(order.clone()))
            }
            Self::Claim(order, payment) => {
                has("claims", &|claim| claim["paymentId"] == payment.as_str() && claim["isGiven"] == true)
                    .then(|| AcknowledgedReturn::Given(order.clone(), payment.clone()))
            }
            Self::SendBack(order, payment) => {
                has("returns", &|back| back["payment"]["providerId"] == payment.as_str())
                    .then(|| AcknowledgedReturn::SentBack(order.clone(), payment.clone()))
            }
            Self::Release(_) | Self::WriteOff(_) => None,
        }
    }
}

impl Tellers {
    pub(crate) async fn run(mut self) {
        for _ in 0..self.acts {
            let pause = self.dice.milliseconds(0..=self.pause_max_ms);
            self.device.world.sleep(pause).await;
            if self.dice.chance(1_000) {
                self.ask(CASHIERS[0], Method::GET, "/api/operator/deposits", None).await;
            }
            let Some(act) = self.draw() else { continue };
            let (one, other) = (self.cashier(), self.cashier());
            if self.dice.chance(5_000) {
                // The same action again, or a conflicting one.
                let another = if self.dice.chance(5_000) { Some(act.clone()) } else { self.beside(&act) };
                let another = another.unwrap_or_else(|| act.clone());
                join(self.act(one, &act), self.act(other, &another)).await;
            } else {
                self.act(one, &act).await;
            }
            // A second cashier may have to approve.
            if self.dice.chance(3_000) {
                self.act(other, &act).await;
            }
        }
    }

    fn cashier(&mut self) -> u64 {
        self.dice.pick(&CASHIERS).unwrap_or(CASHIERS[0])
    }

    /// An action that suits an existing item, or sometimes one that does not.
    fn draw(&mut self) -> Option<Act> {
        let fitting: Vec<Act> = {
            let state = self.device.world.lock();
            let deposits = state.table.of_kind("order").filter(|order| text(order, "direction") == "deposit");
            let of_deposits = deposits.flat_map(|order| fitting(&state.table, order));
            let cashiers = state.table.of_kind("cashier").filter(|cashier| cashier.contains_key("held"));
            let users =
                cashiers.filter_map(|cashier| text(cashier, "pk").strip_prefix("CASHIER#")?.parse().ok());
            let of_users = users.flat_map(|user| [Act::Release(user), Act::WriteOff(user)]);
            of_deposits.chain(of_users).collect()
        };
        let act = self.dice.pick(&fitting)?;
        if self.dice.chance(1_500) { self.beside(&act) } else { Some(act) }
    }

    /// Another action on the same item.
    fn beside(&mut self, act: &Act) -> Option<Act> {
        let others: Vec<Act> = match act {
            Act::Refund(order) | Act::Return(order) => {
                let payment = {
                    let state = self.device.world.lock();
                    own_payment(order_of(&state.table, order)?).map(str::to_owned)
                };
                let claims = payment.map(|payment| Act::Claim(order.clone(), payment));
                let back = [Act::Refund(order.clone()), Act::Return(order.clone())];
                back.into_iter().chain(claims).collect()
            }
            Act::Claim(order, payment) | Act::SendBack(order, payment) => vec![
                Act::Claim(order.clone(), payment.clone()),
                Act::SendBack(order.clone(), payment.clone()),
                Act::Return(order.clone()),
            ],
            Act::Release(user) | Act::WriteOff(user) => vec![Act::Release(*user), Act::WriteOff(*user)],
        };
        self.dice.pick(&others)
    }

    async fn act(&self, cashier: u64, act: &Act) {
        if let Act::Release(user) = act {
            // From now on it may take effect, whatever the answer.
            self.device.world.lock().answers.released.insert(*user);
        }
        let body = json!({ "reason": "looked at" });
        let Some(data) = self.ask(cashier, Method::POST, &act.path(), Some(body)).await else { return };
        if let Some(actual) = act.result_in(&data) {
            self.device.world.lock().answers.returns.push(actual);
        }
    }

    async fn ask(&self, cashier: u64, method: Method, path: &str, body: Option<Value>) -> Option<Value> {
        let world = &self.device.world;
        // Decisions require a recent login.
        let token = self.keys.token(UserId::new(cashier).ok()?, Role::Cashier, world.now()).ok()?;
        let device = Device { token, ..self.device.clone() };
        let answer = device.ask(method, path, None, body).await?;
        (answer.status == 200).then(|| answer.body["data"].clone())
    }
}

/// The possible actions on a deposit.
fn fitting(table: &Table, order: &Item) -> Vec<Act> {
    let id = text(order, "order").to_owned();
    let own = own_payment(order);
    let mut acts = match text(order, "state") {
        "COMPLETED" => vec![Act::Refund(id.clone())],
        "UNCLAIMED" => {
            let claim = own.map(|payment| Act::Claim(id.clone(), payment.to_owned()));
            claim.into_iter().chain([Act::Return(id.clone())]).collect()
        }
        _ => Vec::new(),
    };
    let suspended = table.of_kind("transfer").filter(|moved| text(moved, "reference") == id);
    let suspended = suspended.filter_map(|moved| text(moved, "key").strip_prefix("SUSPENSE:"));
    for payment in suspended.filter(|payment| own != Some(payment)) {
        acts.push(Act::Claim(id.clone(), payment.to_owned()));
        acts.push(Act::SendBack(id.clone(), payment.to_owned()));
    }
    acts
}

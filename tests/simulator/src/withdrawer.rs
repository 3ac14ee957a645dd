//! Players who withdraw: they add accounts, sometimes the same one, request one or several withdrawals at once, cancel
//! some, and try to reach other players' data.

use crate::answers::{GivenOrder, OrderAnswer};
use crate::device::{Answer, Device};
use crate::dice::Dice;
use crate::made_up::MadeUp;
use crate::violation::Violation;
use axum::http::Method;
use evens_payments::Direction;
use serde_json::json;
use std::time::Duration;
use tokio::task::JoinSet;

/// A player who withdraws a number of times.
pub(crate) struct Withdrawer {
    pub(crate) user: u64,
    pub(crate) device: Device,
    pub(crate) dice: Dice,
    pub(crate) withdrawals: u64,
    pub(crate) pause_max_ms: u64,
}

impl Withdrawer {
    /// Requests withdrawals one after another, to any of the player's accounts.
    pub(crate) async fn take(mut self) {
        let mut under_way = JoinSet::new();
        let mut payees = Vec::new();
        for number in 0..self.withdrawals {
            self.pause().await;
            let added = self.add_payee().await;
            payees.extend(added.filter(|added| !payees.contains(added)));
            let Some(payee) = self.dice.pick(&payees) else { continue };
            for (key, amount) in self.wishes(number) {
                let (user, device, payee) = (self.user, self.device.clone(), payee.clone());
                let (dice, pause_max_ms) = (self.dice.fork(), self.pause_max_ms);
                let trip = Trip { user, device, dice, payee, key, amount, pause_max_ms };
                under_way.spawn(trip.run());
            }
            if self.dice.chance(4_000) {
                self.look_around(number).await;
            }
        }
        while under_way.join_next().await.is_some() {}
    }

    /// Adds an account, whose prefix determines the fate of payouts to it. All players try one common account.
    async fn add_payee(&mut self) -> Option<String> {
        let account = match self.dice.number(0..=9) {
            0..=4 => format!("bank-of-{}", self.user),
            5..=6 => format!("fail-of-{}", self.user),
            7 => format!("reverse-of-{}", self.user),
            8 => format!("return-of-{}", self.user),
            _ => "bank-of-all".to_owned(),
        };
        let body = json!({ "account": account });
        let answer = self.device.ask(Method::POST, "/api/payees", None, Some(body)).await?;
        if answer.status == 422 {
            let sentence = format!("The account {account} is unreadable: {}.", answer.body);
            self.device.world.violated(Violation::new("defect", sentence));
        }
        let payee = answer.body["data"]["payeeId"].as_str().filter(|_| answer.status == 201)?.to_owned();
        let mut state = self.device.world.lock();
        let owner = *state.answers.accounts.entry(account).or_insert(self.user);
        state.answers.payees.push((self.user, payee.clone()));
        drop(state);
        if owner != self.user {
            let sentence = format!("An account is user {owner}'s and user {}'s.", self.user);
            self.device.world.violated(Violation::new("M8", sentence));
        }
        Some(payee)
    }

    /// The concurrent requests of a step: one withdrawal, the same one twice, several, or another one with the same
    /// key.
    fn wishes(&mut self, number: u64) -> Vec<(String, &'static str)> {
        const AMOUNTS: [&str; 6] = ["5", "5", "12.5", "20", "60", "0.5"];
        let amount = self.dice.pick(&AMOUNTS).unwrap_or("5");
        let key = |part: u64| format!("withdrawal-{number}-{part}");
        match self.dice.number(0..=9) {
            0..=4 => vec![(key(0), amount)],
            5..=6 => vec![(key(0), amount), (key(0), amount)],
            7..=8 => (0..3).map(|part| (key(part), amount)).collect(),
            _ => vec![(key(0), amount), (key(0), "33")],
        }
    }

    /// Reads own payees and withdrawals, and tries to use another player's (M8): a payee, and a withdrawal to read and
    /// cancel.
    async fn look_around(&mut self, number: u64) {
        self.device.ask(Method::GET, "/api/payees", None, None).await;
        self.device.ask(Method::GET, "/api/withdrawals", None, None).await;
        let (payees, orders): (Vec<String>, Vec<String>) = {
            let state = self.device.world.lock();
            let payees = state.answers.payees.iter().filter(|(user, _)| *user != self.user);
            let given = state.answers.given.iter().filter(|given| given.user != self.user);
            let orders = given.filter(|given| given.direction == Direction::Withdrawal);
            let orders = orders.filter_map(|given| given.order().map(str::to_owned));
            (payees.map(|(_, payee)| payee.clone()).collect(), orders.collect())
        };
        if let Some(payee) = self.dice.pick(&payees) {
            let body = json!({ "amount": "2", "payeeId": payee });
            let key = format!("stolen-{number}");
            self.try_others(Method::POST, "/api/withdrawals", Some(&key), Some(body)).await;
        }
        if let Some(order) = self.dice.pick(&orders) {
            let path = format!("/api/withdrawals/{order}");
            self.try_others(Method::GET, &path, None, None).await;
            self.try_others(Method::POST, &format!("{path}/cancel"), None, None).await;
        }
    }

    async fn try_others(
        &self,
        method: Method,
        path: &str,
        key: Option<&str>,
        body: Option<serde_json::Value>,
    ) {
        let answer = self.device.ask(method, path, key, body).await;
        if answer.is_some_and(|answer| (200..300).contains(&answer.status)) {
            let sentence = format!("User {} was given {path}, which is another player's.", self.user);
            self.device.world.violated(Violation::new("M8", sentence));
        }
    }

    async fn pause(&mut self) {
        let pause = self.dice.milliseconds(0..=self.pause_max_ms);
        self.device.world.sleep(pause).await;
    }
}

/// One withdrawal, from its request to its end or cancellation.
struct Trip {
    user: u64,
    device: Device,
    dice: Dice,
    payee: String,
    key: String,
    amount: &'static str,
    pause_max_ms: u64,
}

impl Trip {
    async fn run(mut self) {
        let mut order = None;
        for _ in 0..self.dice.number(1..=4) {
            order = self.request().await.or(order);
            // Some players repeat the request although they have an answer.
            if order.is_some() && !self.dice.chance(2_500) {
                break;
            }
            self.pause(3_000).await;
        }
        let Some(order) = order else { return };
        if self.dice.chance(3_500) {
            // Before the payout is claimed, at the same moment, or later.
            let longest = self.dice.pick(&[0, 100, 1_000, self.pause_max_ms]).unwrap_or_default();
            self.pause(longest).await;
            self.cancel(&order).await;
        }
        if self.dice.chance(4_000) {
            let longest = self.dice.pick(&[200, 90_000]).unwrap_or_default();
            self.pause(longest).await;
            self.hurry(&order);
        }
    }

    /// Sends the request once and records the answer.
    async fn request(&self) -> Option<String> {
        let body = json!({ "amount": self.amount, "payeeId": self.payee });
        let answer = self.device.ask(Method::POST, "/api/withdrawals", Some(&self.key), Some(body)).await;
        let reported = match answer {
            Some(Answer { status: 202, body, .. }) => {
                OrderAnswer::Given(body["data"]["orderId"].as_str().unwrap_or_default().to_owned())
            }
            // The player may be unblocked.
            Some(Answer { status: 403 | 408 | 409, .. }) | None => OrderAnswer::Unknown,
            Some(Answer { status: 400..500, .. }) => OrderAnswer::Refused,
            Some(_) => OrderAnswer::Unknown,
        };
        let (user, key, amount) = (self.user, self.key.clone(), self.amount);
        let given = GivenOrder { direction: Direction::Withdrawal, user, key, amount, reported };
        let order = given.order().map(str::to_owned);
        self.device.world.lock().answers.given.push(given);
        order
    }

    /// Cancels the withdrawal and records the answer.
    async fn cancel(&self, order: &str) {
        let path = format!("/api/withdrawals/{order}/cancel");
        let answer = self.device.ask(Method::POST, &path, None, None).await;
        if answer.is_some_and(|answer| answer.status == 200) {
            self.device.world.lock().answers.cancelled.push(order.to_owned());
        }
    }

    /// Sends several jobs for it at once, and queries the provider while callbacks are under way.
    fn hurry(&mut self, order: &str) {
        let world = self.device.world.clone();
        let job = if self.dice.chance(7_000) { MadeUp::payout(order) } else { MadeUp::payment_check(order) };
        let copies = self.dice.number(1..=3);
        let name = format!("hurry:{order}:{}", world.elapsed_ms());
        job.send(&world, &mut self.dice, &name, copies);
    }

    async fn pause(&mut self, longest_ms: u64) {
        let pause: Duration = self.dice.milliseconds(0..=longest_ms);
        self.device.world.sleep(pause).await;
    }
}

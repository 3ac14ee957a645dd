//! Players: bets in pairs and alone, repeats, races between two devices, refunds, and attempts to read other players'
//! data.

use crate::answers::{BetAnswer, Order};
use crate::device::{Answer, Device};
use crate::dice::Dice;
use crate::public_seeds::is_public_for;
use crate::violation::Violation;
use axum::http::Method;
use serde_json::{Value, json};
use std::time::Duration;

/// A player who performs a number of actions.
pub(crate) struct Player {
    pub(crate) user: u64,
    pub(crate) device: Device,
    pub(crate) dice: Dice,
    pub(crate) rounds: Vec<String>,
    pub(crate) others: Vec<u64>,
    pub(crate) actions: u64,
    pub(crate) pause_max_ms: u64,
    /// If not zero, all players act at multiples of this time, so that they collide.
    pub(crate) beat_ms: u64,
    keys: u64,
    /// Their requests so far.
    orders: Vec<Order>,
}

impl Player {
    pub(crate) fn new(
        device: Device,
        user: u64,
        dice: Dice,
        rounds: Vec<String>,
        others: Vec<u64>,
        (actions, pause_max_ms, beat_ms): (u64, u64, u64),
    ) -> Self {
        Self {
            user,
            device,
            dice,
            rounds,
            others,
            actions,
            pause_max_ms,
            beat_ms,
            keys: 0,
            orders: Vec::new(),
        }
    }

    /// Performs random actions.
    pub(crate) async fn play(mut self) {
        for _ in 0..self.actions {
            let pause = self.dice.milliseconds(0..=self.pause_max_ms);
            self.device.world.sleep(pause).await;
            self.wait_for_beat().await;
            match self.dice.number(0..=99) {
                0..=54 => {
                    let order = self.new_order();
                    self.place(order).await;
                }
                55..=64 => self.race().await,
                65..=72 => self.repeat().await,
                73..=76 => self.reuse_key().await,
                77..=81 => self.ask_for_refund().await,
                82..=86 => self.regret().await,
                87..=91 => self.look_around().await,
                92..=96 => self.reach_for_others().await,
                _ => self.name_another().await,
            }
        }
    }

    async fn wait_for_beat(&self) {
        let world = &self.device.world;
        if self.beat_ms > 0 {
            let left_ms = self.beat_ms - world.elapsed_ms() % self.beat_ms;
            world.sleep(Duration::from_millis(left_ms)).await;
        }
    }

    fn new_order(&mut self) -> Order {
        const STAKES: [&str; 9] =
            ["10", "10", "10", "5", "12.5", "0.00000001", "33.33333333", "70", "100000"];
        self.keys += 1;
        Order {
            user: self.user,
            key: format!("{}-{}", self.user, self.keys),
            round: self.dice.pick(&self.rounds).unwrap_or_default(),
            side: self.dice.pick(&["A", "B"]).unwrap_or("A"),
            stake: self.dice.pick(&STAKES).unwrap_or_default().to_owned(),
        }
    }

    /// Places a bet, and retries with the same key while the outcome is unknown.
    async fn place(&mut self, order: Order) {
        self.orders.push(order.clone());
        for _ in 0..self.dice.number(1..=4) {
            if send(&self.device, &order).await != BetAnswer::Unknown {
                return;
            }
            let pause = self.dice.milliseconds(0..=3_000);
            self.device.world.sleep(pause).await;
        }
    }

    /// Places bets concurrently: the same one on several devices, or several that may exceed the balance.
    async fn race(&mut self) {
        let one = self.new_order();
        let mut orders = vec![one.clone()];
        for _ in 0..self.dice.number(1..=4) {
            orders.push(if self.dice.chance(4_000) { one.clone() } else { self.new_order() });
        }
        self.orders.push(one);
        futures::future::join_all(orders.iter().map(|order| send(&self.device, order))).await;
    }

    async fn repeat(&mut self) {
        if let Some(order) = self.dice.pick(&self.orders) {
            send(&self.device, &order).await;
        }
    }

    /// Sends another bet with the key of an earlier one.
    async fn reuse_key(&mut self) {
        let Some(earlier) = self.dice.pick(&self.orders) else { return };
        let order = Order { key: earlier.key, ..self.new_order() };
        send(&self.device, &order).await;
    }

    /// An acknowledged bet.
    fn known_bet(&mut self, of: u64) -> Option<String> {
        let world = self.device.world.clone();
        let state = world.lock();
        let bets: Vec<&String> = (state.answers.orders.iter())
            .filter(|(order, _)| order.user == of)
            .filter_map(|(_, reported)| match reported {
                BetAnswer::Accepted { bet, .. } => Some(bet),
                BetAnswer::Refused(_) | BetAnswer::Unknown => None,
            })
            .collect();
        self.dice.pick(&bets).cloned()
    }

    async fn ask_for_refund(&mut self) {
        if let Some(bet) = self.known_bet(self.user) {
            refund(&self.device, self.user, bet).await;
        }
    }

    /// Places a bet and refunds it while jobs look for its opponents.
    async fn regret(&mut self) {
        let order = self.new_order();
        self.orders.push(order.clone());
        if let BetAnswer::Accepted { bet, .. } = send(&self.device, &order).await {
            refund(&self.device, self.user, bet).await;
        }
    }

    /// Reads own data, which must not name other players.
    async fn look_around(&mut self) {
        let paths = ["/api/wallet", "/api/bets", "/api/wallet/ledger"];
        let path = self.dice.pick(&paths).unwrap_or_default();
        if let Some(answer) = self.device.ask(Method::GET, path, None, None).await {
            let mut users = Vec::new();
            collect_users(&answer.body, &mut users);
            if users.iter().any(|user| *user != self.user) {
                let sentence = format!("{path} of user {} shows {users:?}.", self.user);
                self.device.world.violated(Violation::new("M8", sentence));
            }
        }
    }

    /// Requests another player's bet, which must not be found.
    async fn reach_for_others(&mut self) {
        let Some(other) = self.dice.pick(&self.others) else { return };
        let Some(bet) = self.known_bet(other) else { return };
        let (method, path) = if self.dice.chance(5_000) {
            (Method::GET, format!("/api/bets/{bet}"))
        } else {
            (Method::POST, format!("/api/bets/{bet}/refund"))
        };
        if let Some(answer) = self.device.ask(method, &path, None, None).await
            && (200..300).contains(&answer.status)
        {
            let sentence = format!("User {} was answered {path} of user {other}.", self.user);
            self.device.world.violated(Violation::new("M8", sentence));
        }
    }

    /// Sends a bet for another user.
    async fn name_another(&mut self) {
        let Some(other) = self.dice.pick(&self.others) else { return };
        let order = self.new_order();
        let mut body = body_of(&order);
        body["userId"] = json!(other);
        if let Some(answer) = self.device.ask(Method::POST, "/api/bets", Some(&order.key), Some(body)).await
            && (200..300).contains(&answer.status)
        {
            let sentence = format!("User {} placed a bet of user {other}.", self.user);
            self.device.world.violated(Violation::new("M8", sentence));
        }
    }
}

fn body_of(order: &Order) -> Value {
    json!({ "roundId": order.round, "side": order.side, "amount": order.stake })
}

/// Refunds a bet and records the answer. No refund may succeed after the seed is public (M7).
pub(crate) async fn refund(device: &Device, user: u64, bet: String) {
    let was_public = is_public_for(&device.world.lock().table, &bet);
    let path = format!("/api/bets/{bet}/refund");
    if let Some(answer) = device.ask(Method::POST, &path, None, None).await
        && answer.status == 200
    {
        if was_public {
            let sentence = format!("User {user} cancelled {bet} after the seed of its round was public.");
            device.world.violated(Violation::new("M7", sentence));
        }
        device.world.lock().answers.refunds.push((user, bet));
    }
}

/// Sends an order once and records the answer.
pub(crate) async fn send(device: &Device, order: &Order) -> BetAnswer {
    let is_blocked = |device: &Device| device.world.lock().blocked == Some(order.user);
    let was_blocked = is_blocked(device);
    let answer = device.ask(Method::POST, "/api/bets", Some(&order.key), Some(body_of(order))).await;
    let reported = match answer {
        Some(Answer { status: 202, is_replay, body }) => BetAnswer::Accepted {
            bet: body["data"]["betId"].as_str().unwrap_or_default().to_owned(),
            balance: body["data"]["balance"].to_string(),
            nonce_hash: body["data"]["nonceHash"].as_str().unwrap_or_default().to_owned(),
            is_replay,
        },
        // The player may be unblocked, and a write of an earlier attempt may still arrive after that.
        Some(Answer { status: 403 | 408, .. }) => BetAnswer::Unknown,
        Some(Answer { status: status @ 400..500, .. }) => BetAnswer::Refused(status),
        None | Some(_) => BetAnswer::Unknown,
    };
    if was_blocked && is_blocked(device) && matches!(reported, BetAnswer::Accepted { is_replay: false, .. }) {
        let sentence = format!("{order:?} was accepted although the player is blocked.");
        device.world.violated(Violation::new("block", sentence));
    }
    device.world.lock().answers.orders.push((order.clone(), reported.clone()));
    reported
}

fn collect_users(body: &Value, users: &mut Vec<u64>) {
    match body {
        Value::Object(fields) => {
            for (name, value) in fields {
                if name == "userId" {
                    users.extend(value.as_u64());
                }
                collect_users(value, users);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect_users(item, users)),
        _ => {}
    }
}

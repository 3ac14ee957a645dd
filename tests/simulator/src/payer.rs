//! Players who deposit: they open deposits, one or several at once, and then pay, fail or leave on the provider's page,
//! or repeat the request.

use crate::answers::{GivenOrder, OrderAnswer};
use crate::device::{Answer, Device};
use crate::dice::Dice;
use crate::made_up::MadeUp;
use crate::provider::payment_at;
use crate::violation::Violation;
use axum::http::Method;
use evens_payments::Direction;
use evens_sandbox_provider::core::PaymentId;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::task::JoinSet;

/// A player who deposits a number of times.
pub(crate) struct Payer {
    pub(crate) user: u64,
    pub(crate) device: Device,
    pub(crate) dice: Dice,
    pub(crate) deposits: u64,
    pub(crate) pause_max_ms: u64,
}

impl Payer {
    /// Opens deposits one after another, and visits the payment page of each.
    pub(crate) async fn bring(mut self) {
        let mut at_page = JoinSet::new();
        for number in 0..self.deposits {
            let pause = self.dice.milliseconds(0..=self.pause_max_ms);
            self.device.world.sleep(pause).await;
            for (key, amount) in self.wishes(number) {
                let dice = self.dice.fork();
                at_page.spawn(self.visit(dice, key, amount).run());
            }
            if self.dice.chance(4_000) {
                self.look_around().await;
            }
        }
        while at_page.join_next().await.is_some() {}
    }

    /// The concurrent requests of a step: one deposit, the same one twice, several, or another one with the same key.
    fn wishes(&mut self, number: u64) -> Vec<(String, &'static str)> {
        const AMOUNTS: [&str; 6] = ["10", "10", "25.5", "99.99", "1000", "0.5"];
        let amount = self.dice.pick(&AMOUNTS).unwrap_or("10");
        let key = |part: u64| format!("deposit-{number}-{part}");
        match self.dice.number(0..=9) {
            0..=4 => vec![(key(0), amount)],
            5..=6 => vec![(key(0), amount), (key(0), amount)],
            7..=8 => (0..3).map(|part| (key(part), amount)).collect(),
            _ => vec![(key(0), amount), (key(0), "33")],
        }
    }

    fn visit(&self, dice: Dice, key: String, amount: &'static str) -> Visit {
        let (user, device, pause_max_ms) = (self.user, self.device.clone(), self.pause_max_ms);
        Visit { user, device, dice, key, amount, pause_max_ms }
    }

    /// Reads own deposits, and another player's (M8).
    async fn look_around(&mut self) {
        self.device.ask(Method::GET, "/api/deposits", None, None).await;
        let others: Vec<String> = {
            let state = self.device.world.lock();
            let given = state.answers.given.iter().filter(|given| given.user != self.user);
            let deposits = given.filter(|given| given.direction == Direction::Deposit);
            deposits.filter_map(|given| given.order().map(str::to_owned)).collect()
        };
        let Some(order) = self.dice.pick(&others) else { return };
        let path = format!("/api/deposits/{order}");
        if let Some(answer) = self.device.ask(Method::GET, &path, None, None).await
            && (200..300).contains(&answer.status)
        {
            let sentence = format!("User {} was shown {path}, which is another player's.", self.user);
            self.device.world.violated(Violation::new("M8", sentence));
        }
    }
}

/// One deposit, from its request to the payment page.
struct Visit {
    user: u64,
    device: Device,
    dice: Dice,
    key: String,
    amount: &'static str,
    pause_max_ms: u64,
}

impl Visit {
    async fn run(mut self) {
        let mut pages: Vec<Page> = Vec::new();
        for _ in 0..self.dice.number(1..=4) {
            let page = self.open().await;
            let is_known = page.is_some();
            pages.extend(page.filter(|page| !pages.contains(page)));
            // Some players go back and repeat the request.
            if is_known && !self.dice.chance(2_500) {
                break;
            }
            self.pause(3_000).await;
        }
        for page in pages {
            self.pay(page).await;
        }
    }

    /// Sends the request once and records the answer. Returns the payment page, if the answer has one.
    async fn open(&self) -> Option<Page> {
        let body = json!({ "amount": self.amount });
        let answer = self.device.ask(Method::POST, "/api/deposits", Some(&self.key), Some(body)).await;
        let page = answer.as_ref().and_then(|answer| Page::of(&answer.body));
        let reported = match answer {
            Some(Answer { status: 201, body, .. }) => {
                OrderAnswer::Given(body["data"]["orderId"].as_str().unwrap_or_default().to_owned())
            }
            // The player may be unblocked, and other reservations of a limit may be released.
            Some(Answer { status: 403 | 408 | 409, .. }) => OrderAnswer::Unknown,
            Some(Answer { status: 400..500, .. }) => OrderAnswer::Refused,
            None | Some(_) => OrderAnswer::Unknown,
        };
        let (user, key, amount) = (self.user, self.key.clone(), self.amount);
        self.device.world.lock().answers.given.push(GivenOrder {
            direction: Direction::Deposit,
            user,
            key,
            amount,
            reported,
        });
        page
    }

    async fn pay(&mut self, Page { order, payment: page }: Page) {
        let (world, who) = (self.device.world.clone(), self.device.who);
        let longest = self.dice.pick(&[500, self.pause_max_ms, 240_000]).unwrap_or(500);
        self.pause(longest).await;
        match self.dice.number(0..=19) {
            0..=10 => world.pay(who, page),
            11..=13 => world.fail_to_pay(who, page),
            14..=16 => {
                world.fail_to_pay(who, page);
                self.pause(20_000).await;
                world.pay(who, page);
            }
            // The page is opened and left.
            _ => {}
        }
        if self.dice.chance(4_000) {
            // Queries the provider several times while its callback is under way.
            let copies = self.dice.number(1..=3);
            let name = format!("hurry:{order}:{}", world.elapsed_ms());
            MadeUp::payment_check(&order).send(&world, &mut self.dice, &name, copies);
        }
    }

    async fn pause(&mut self, longest_ms: u64) {
        let pause: Duration = self.dice.milliseconds(0..=longest_ms);
        self.device.world.sleep(pause).await;
    }
}

/// A payment page.
#[derive(PartialEq, Eq)]
struct Page {
    order: String,
    payment: PaymentId,
}

impl Page {
    fn of(body: &Value) -> Option<Self> {
        let payment = payment_at(body["data"]["checkout"]["url"].as_str()?)?;
        Some(Self { order: body["data"]["orderId"].as_str()?.to_owned(), payment })
    }
}

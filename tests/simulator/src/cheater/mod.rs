//! A cheater with two accounts, who uses all they know against other players. Their gain must be within chance.
//!
//! - They refund losing bets and add to winning ones as soon as the outcome is visible (`onlooker.rs`).
//! - They make jobs pass over dust before their own stake, bet against themselves, repeat requests, reuse keys, and
//!   take names of rounds (this file).
//! - A cheater who [knows the seeds](crate::gain::Knows::Seeds) chooses idempotency keys until the draw suits them
//!   (`reader.rs`).
//!
//! Architecture invariant: cheaters know only the answers of routes and, if stated, the table's contents. In addition,
//! the world tells them when it is worth looking, as if they polled all the time.

mod onlooker;
mod reader;

use onlooker::Onlooker;
use reader::Reader;

use crate::answers::{BetAnswer, Order};
use crate::device::Device;
use crate::dice::Dice;
use crate::gain::{self, Gain, Knows};
use crate::player::{refund, send};
use evens_draws::Nonce;
use evens_exchange::{CommissionRate, Match, MatchId, MatchState};
use evens_idempotency::BetId;
use evens_ledger::{Amount, UserId};
use evens_simulated_table::Table;
use futures::future::join_all;
use jiff::Timestamp;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::task::JoinSet;

/// The initial balance of each account, in coins.
pub(crate) const GIVEN: i128 = 500;

/// The user ids of the accounts.
pub(crate) const ACCOUNTS: [u64; 2] = [801, 802];

/// The cheater's gain.
pub(crate) fn gain(table: &Table) -> Gain {
    let given = ACCOUNTS.map(|_| GIVEN * gain::UNITS).iter().sum();
    Gain::of(&ACCOUNTS, given, table)
}

/// The rounds as they last saw them in answers.
#[derive(Debug, Clone, Default)]
struct PublicAnswers(Arc<Mutex<BTreeMap<String, Value>>>);

impl PublicAnswers {
    fn round(&self, round: &str) -> Option<Value> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(round).cloned()
    }

    /// Stores the round and returns its previous state.
    fn keep(&self, round: &str, body: Value) -> Option<Value> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(round.to_owned(), body)
    }
}

/// An account of the cheater.
#[derive(Clone)]
pub(crate) struct Account {
    pub(crate) user: u64,
    pub(crate) device: Device,
}

impl Account {
    /// The acknowledged bets of this account, with their requests.
    fn bets(&self) -> Vec<(String, Order)> {
        let state = self.device.world.lock();
        let own = state.answers.orders.iter().filter(|(order, _)| order.user == self.user);
        let accepted = own.filter_map(|(order, reported)| match reported {
            BetAnswer::Accepted { bet, is_replay: false, .. } => Some((bet.clone(), order.clone())),
            BetAnswer::Accepted { .. } | BetAnswer::Refused(_) | BetAnswer::Unknown => None,
        });
        accepted.collect()
    }

    /// All requests of this account.
    fn orders(&self) -> Vec<Order> {
        let state = self.device.world.lock();
        let own = state.answers.orders.iter().filter(|(order, _)| order.user == self.user);
        own.map(|(order, _)| order.clone()).collect()
    }
}

/// The match of a bet on side A and one on side B, with the fields that its draw depends on.
fn as_drawn(a: (BetId, Option<Nonce>), b: (BetId, Option<Nonce>)) -> Option<Match> {
    let nobody = UserId::new(1).ok()?;
    Some(Match {
        id: MatchId::derive(a.0, b.0),
        round: "any".parse().ok()?,
        bet_a: a.0,
        bet_b: b.0,
        user_a: nobody,
        user_b: nobody,
        nonce_a: a.1,
        nonce_b: b.1,
        commission_a: CommissionRate::NONE,
        commission_b: CommissionRate::NONE,
        amount: Amount::ZERO,
        joined_at: Timestamp::UNIX_EPOCH,
        has_checked_players: true,
        state: MatchState::Joined,
    })
}

/// The cheater's own actions. An [`Onlooker`] uses what they observe.
pub(crate) struct Cheater {
    accounts: Vec<Account>,
    seen: PublicAnswers,
    dice: Dice,
    rounds: Vec<String>,
    /// The minimum stake.
    dust: String,
    keys: u64,
}

impl Cheater {
    pub(crate) fn new(accounts: Vec<Account>, rounds: Vec<String>, dice: Dice, stake_min: Amount) -> Self {
        let dust = if stake_min.is_zero() { "0.00000001".to_owned() } else { stake_min.to_string() };
        Self { accounts, seen: PublicAnswers::default(), dice, rounds, dust, keys: 0 }
    }

    /// Starts all activities for this knowledge as part of the crowd. The returned task runs until it is dropped.
    pub(crate) fn start(
        mut self,
        knows: Knows,
        crowd: &mut JoinSet<()>,
        (actions, pause_max_ms): (u64, u64),
    ) -> JoinSet<()> {
        let mut watching = JoinSet::new();
        match knows {
            Knows::Public => {
                watching.spawn(Onlooker::new(&self).watch());
                crowd.spawn(self.play(actions, pause_max_ms));
            }
            Knows::Seeds => {
                for account in &self.accounts {
                    let reader = Reader::new(account.clone(), self.dice.fork(), self.rounds.clone());
                    crowd.spawn(reader.play(actions, pause_max_ms));
                }
            }
        }
        watching
    }

    /// Performs random actions.
    async fn play(mut self, actions: u64, pause_max_ms: u64) {
        for _ in 0..actions {
            let pause = self.dice.milliseconds(0..=pause_max_ms);
            let Some(account) = self.dice.pick(&self.accounts) else { return };
            account.device.world.sleep(pause).await;
            match self.dice.number(0..=9) {
                0..=4 => self.lie_in_wait(&account).await,
                5 => self.take_both_sides().await,
                6..=7 => self.withdraw(&account).await,
                8 => self.repeat(&account).await,
                _ => self.squat(&account).await,
            }
        }
    }

    fn order(&mut self, account: &Account, round: &str, side: &'static str, stake: &str) -> Order {
        self.keys += 1;
        let key = format!("cheat-{}", self.keys);
        Order { user: account.user, key, round: round.to_owned(), side, stake: stake.to_owned() }
    }

    fn side(&mut self) -> &'static str {
        self.dice.pick(&["A", "B"]).unwrap_or("A")
    }

    /// Picks a round, preferably one with a single outcome. For other rounds, a public seed gives no advantage.
    fn round(&mut self) -> String {
        let is_one_game = |round: &String| self.seen.round(round).is_some_and(|seen| seen["draw"] != "match");
        let rather: Vec<String> = self.rounds.iter().filter(|round| is_one_game(round)).cloned().collect();
        let from = if rather.is_empty() { &self.rounds } else { &rather };
        self.dice.pick(from).unwrap_or_default()
    }

    /// Places a stake behind dust. A job for the other side takes long to reach it, and the round may close meanwhile.
    async fn lie_in_wait(&mut self, account: &Account) {
        const STAKES: [&str; 3] = ["10", "25", "70"];
        let (round, side, dust) = (self.round(), self.side(), self.dust.clone());
        let number = self.dice.number(1..=4);
        let dust: Vec<Order> = (0..number).map(|_| self.order(account, &round, side, &dust)).collect();
        join_all(dust.iter().map(|order| send(&account.device, order))).await;
        let stake = self.dice.pick(&STAKES).unwrap_or("10");
        let order = self.order(account, &round, side, stake);
        send(&account.device, &order).await;
    }

    /// Places a stake on each side. The losing one can be refunded once the outcome is known.
    async fn take_both_sides(&mut self) {
        let accounts = self.accounts.clone();
        let round = self.round();
        let orders: Vec<(Order, &Account)> = accounts
            .iter()
            .zip(["A", "B"])
            .map(|(account, side)| (self.order(account, &round, side, "25"), account))
            .collect();
        join_all(orders.iter().map(|(order, account)| send(&account.device, order))).await;
    }

    async fn withdraw(&mut self, account: &Account) {
        if let Some((bet, _)) = self.dice.pick(&account.bets()) {
            refund(&account.device, account.user, bet).await;
        }
    }

    /// Repeats an earlier request, and sends the other side with the same key.
    async fn repeat(&mut self, account: &Account) {
        let Some(order) = self.dice.pick(&account.orders()) else { return };
        let side = if order.side == "A" { "B" } else { "A" };
        let other = Order { side, ..order.clone() };
        let orders = if self.dice.chance(5_000) { [order, other] } else { [other, order] };
        join_all(orders.iter().map(|order| send(&account.device, order))).await;
    }

    /// Bets on a round that does not exist.
    async fn squat(&mut self, account: &Account) {
        let (name, side, dust) = (format!("r{}", self.rounds.len()), self.side(), self.dust.clone());
        let order = self.order(account, &name, side, &dust);
        send(&account.device, &order).await;
    }
}

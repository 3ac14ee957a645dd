//! [`Onlooker`]: reads rounds whenever one has changed, and uses new public information at once.

use super::{Account, Cheater, PublicAnswers, as_drawn};
use crate::answers::Order;
use crate::player::{refund, send};
use crate::violation::Violation;
use axum::http::Method;
use evens_draws::Seed;
use evens_exchange::{DrawRule, Match, draw_match, draw_round};
use futures::future::join_all;
use serde_json::Value;
use std::pin::pin;

/// The number of attempts without an answer.
const LOOKS: usize = 3;

/// The cheater's observer.
pub(super) struct Onlooker {
    accounts: Vec<Account>,
    seen: PublicAnswers,
    rounds: Vec<String>,
    keys: u64,
    /// The number of round steps at the last look, or `None` before the first look.
    looked: Option<u64>,
}

impl Onlooker {
    pub(super) fn new(cheater: &Cheater) -> Self {
        let Cheater { accounts, seen, rounds, .. } = cheater;
        Self { accounts: accounts.clone(), seen: seen.clone(), rounds: rounds.clone(), keys: 0, looked: None }
    }

    /// Watches rounds until the run ends.
    pub(super) async fn watch(mut self) {
        let Some(account) = self.accounts.first().cloned() else { return };
        loop {
            let moved = account.device.world.lock().rounds.moved();
            let mut moved = pin!(moved.notified());
            moved.as_mut().enable();
            let moves = Some(account.device.world.lock().rounds.moves());
            if moves == self.looked {
                moved.await;
            } else {
                self.looked = moves;
                self.look(&account).await;
            }
        }
    }

    async fn look(&mut self, account: &Account) {
        let rounds: Vec<String> = self.rounds.iter().filter(|round| !self.is_over(round)).cloned().collect();
        let looks = rounds.iter().map(|round| read_path(account, format!("/api/rounds/{round}")));
        let looked = join_all(looks).await;
        for (round, body) in rounds.iter().zip(looked) {
            if let Some(body) = body {
                self.use_round(account, round, body["data"].clone()).await;
            }
        }
    }

    /// Returns whether the round will reveal nothing more.
    fn is_over(&self, round: &str) -> bool {
        self.seen
            .round(round)
            .is_some_and(|seen| seen["winnerSide"].is_string() || seen["state"] == "CANCELLED")
    }

    /// Uses the new information about a round.
    async fn use_round(&mut self, account: &Account, round: &str, now: Value) {
        let before = self.seen.keep(round, now.clone()).unwrap_or_default();
        if before["seedHash"].is_string() && before["seedHash"] != now["seedHash"] {
            self.violated(format!("The seed hash of {round} has changed."));
        }
        let winner = self.winner(round, &now);
        if let Some(winner) = winner {
            self.turn(round, winner).await;
        } else if now["state"] == "CLOSED" && before["state"] != "CLOSED" && now["seed"].is_null() {
            // Bets on both sides, in case the round still accepts bets.
            join_all(["A", "B"].map(|side| self.order(round, side)).iter().map(place)).await;
        }
        if now["seed"].is_string() && before["seed"].is_null() {
            self.check_draws(account, round, &now).await;
        }
    }

    /// The winner of the whole round, if it can be known.
    fn winner(&self, round: &str, now: &Value) -> Option<&'static str> {
        let shown = ["A", "B"].into_iter().find(|side| now["winnerSide"] == *side);
        let seed: Option<Seed> = now["seed"].as_str().and_then(|seed| seed.parse().ok());
        if seed.as_ref().is_some_and(|seed| now["seedHash"] != seed.hash().to_string()) {
            self.violated(format!("The seed of {round} is not the one whose hash was public."));
        }
        let is_drawn = now["draw"] == "round" && now["state"] != "CANCELLED";
        let drawn = seed.zip(round.parse().ok()).filter(|_| is_drawn);
        let drawn = drawn.map(|(seed, round)| draw_round(&seed, &round).as_str());
        if shown.is_some() && drawn.is_some() && shown != drawn {
            self.violated(format!("{shown:?} won {round} instead of {drawn:?}."));
        }
        shown.or(drawn)
    }

    /// Refunds unmatched losing bets, and adds to the winning side.
    async fn turn(&mut self, round: &str, winner: &'static str) {
        let accounts = self.accounts.clone();
        let bets =
            accounts.iter().flat_map(|account| account.bets().into_iter().map(move |bet| (account, bet)));
        let (winning, losing): (Vec<_>, Vec<_>) = bets
            .filter(|(_, (_, order))| order.round == round)
            .partition(|(_, (_, order))| order.side == winner);
        let lost = losing.into_iter().map(|(account, (bet, _))| refund(&account.device, account.user, bet));
        join_all(lost).await;
        // Repeats a winning bet, and places another one.
        let again = winning.into_iter().map(|(account, (_, order))| (account.clone(), order)).take(1);
        let mut orders: Vec<(Account, Order)> = again.collect();
        orders.push(self.order(round, winner));
        join_all(orders.iter().map(place)).await;
    }

    fn order(&mut self, round: &str, side: &'static str) -> (Account, Order) {
        self.keys += 1;
        let account = self.accounts[usize::from(side == "B") % self.accounts.len()].clone();
        let key = format!("late-{}", self.keys);
        let order = Order { user: account.user, key, round: round.to_owned(), side, stake: "25".to_owned() };
        (account, order)
    }

    /// Recomputes each draw that has become public (M7).
    async fn check_draws(&mut self, account: &Account, round: &str, now: &Value) {
        let Some(page) = read_path(account, format!("/api/rounds/{round}/matches")).await else { return };
        let seed: Option<Seed> = now["seed"].as_str().and_then(|seed| seed.parse().ok());
        let rule = now["drawRule"].as_u64().and_then(|rule| DrawRule::of_number(u8::try_from(rule).ok()?));
        let Some((seed, rule)) = seed.zip(rule) else { return };
        let is_drawn = |found: &&Value| now["draw"] == "match" && found["winnerSide"].is_string();
        for found in page["data"].as_array().into_iter().flatten().filter(is_drawn) {
            let drawn = as_match(found).map(|found| draw_match(rule, &seed, &found).as_str());
            if drawn.is_none_or(|drawn| found["winnerSide"] != drawn) {
                self.violated(format!("{found} of {round} does not follow from its seed."));
            }
        }
    }

    fn violated(&self, sentence: String) {
        if let Some(account) = self.accounts.first() {
            account.device.world.violated(Violation::new("M7", sentence));
        }
    }
}

async fn place((account, order): &(Account, Order)) {
    send(&account.device, order).await;
}

async fn read_path(account: &Account, path: String) -> Option<Value> {
    for _ in 0..LOOKS {
        if let Some(answer) = account.device.ask(Method::GET, &path, None, None).await
            && (answer.status < 500 && answer.status != 429)
        {
            return (answer.status == 200).then_some(answer.body);
        }
    }
    None
}

/// A match from an answer. Returns `None` if its id does not follow from its bets.
fn as_match(found: &Value) -> Option<Match> {
    let text = |name: &str| found[name].as_str();
    let bet = |id, nonce| Some((text(id)?.parse().ok()?, text(nonce).and_then(|nonce| nonce.parse().ok())));
    let made = as_drawn(bet("betAId", "nonceA")?, bet("betBId", "nonceB")?)?;
    (found["matchId"] == made.id.to_string()).then_some(made)
}

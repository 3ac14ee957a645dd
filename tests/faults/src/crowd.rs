//! [`Crowd`]: players who bet continuously, and repeat each request until it is answered.

use evens_ledger::{Amount, UserId};
use evens_tests::{Answer, Client, Scenario};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::sleep;

/// The number of players, and the seed of their actions.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Size {
    pub(crate) players: u64,
    pub(crate) seed: u64,
}

/// Players who bet continuously.
#[derive(Debug)]
pub(crate) struct Crowd {
    address: watch::Sender<SocketAddr>,
    is_over: watch::Sender<bool>,
    players: JoinSet<Tally>,
    asked_again: Arc<AtomicU64>,
    funded: i128,
}

/// The results of a crowd.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// The accepted bets: id and stake.
    pub(crate) taken: BTreeMap<String, Amount>,
    /// The number of requests without an answer, or with an answer that asks for a retry.
    pub(crate) asked_again: u64,
    /// The number of requests that were repeated after an answer.
    pub(crate) repeated: u64,
    /// The sum of all wallets before the first bet, in units of the last decimal.
    pub(crate) funded: i128,
}

impl Crowd {
    const FIRST_PLAYER: u64 = 10_000;
    const MONEY: &'static str = "1000000";
    pub(crate) const ROUNDS: u64 = 4;

    /// The id of round `number`, which is less than [`Crowd::ROUNDS`].
    pub(crate) fn round(number: u64) -> String {
        format!("r{number}")
    }

    /// Funds the players and starts their betting.
    pub(crate) async fn start(scenario: &Scenario, size: Size) -> Self {
        let (address, _) = watch::channel(scenario.api());
        let (is_over, _) = watch::channel(false);
        let asked_again = Arc::new(AtomicU64::new(0));
        let mut crowd = Self { address, is_over, players: JoinSet::new(), asked_again, funded: 0 };
        let money: Amount = Self::MONEY.parse().expect("an amount");
        for number in 0..size.players {
            let client = scenario.funded(Self::FIRST_PLAYER + number, Self::MONEY).await;
            crowd.funded += money.units();
            let random = StdRng::seed_from_u64(size.seed.wrapping_add(number));
            let player = Player {
                client,
                random,
                address: crowd.address.subscribe(),
                is_over: crowd.is_over.subscribe(),
                asked_again: crowd.asked_again.clone(),
                tally: Tally::default(),
            };
            crowd.players.spawn(player.bet());
        }
        crowd
    }

    /// Updates the API address for the players.
    pub(crate) fn is_at(&self, api: SocketAddr) {
        self.address.send_replace(api);
    }

    /// The number of requests so far without an answer, or with an answer that asks for a retry.
    pub(crate) fn asked_again(&self) -> u64 {
        self.asked_again.load(Ordering::Relaxed)
    }

    /// Waits until every player has the answer to their last request. The API must be up.
    pub(crate) async fn end(mut self) -> Tally {
        self.is_over.send_replace(true);
        let mut sum = Tally { funded: self.funded, ..Tally::default() };
        while let Some(tally) = self.players.join_next().await {
            let tally = tally.expect("a player without failures");
            sum.taken.extend(tally.taken);
            sum.repeated += tally.repeated;
        }
        sum.asked_again = self.asked_again.load(Ordering::Relaxed);
        sum
    }
}

/// Returns whether the user belongs to a crowd.
pub(crate) fn is_player(user: UserId) -> bool {
    user.number() >= Crowd::FIRST_PLAYER && user.number() < Scenario::OPERATOR
}

struct Player {
    client: Client,
    random: StdRng,
    address: watch::Receiver<SocketAddr>,
    is_over: watch::Receiver<bool>,
    asked_again: Arc<AtomicU64>,
    tally: Tally,
}

struct Bet {
    key: String,
    round: String,
    side: &'static str,
    amount: Amount,
}

impl Player {
    /// The pause between attempts of a request.
    const PAUSE: Duration = Duration::from_millis(20);
    /// The pause between a player's bets. The messages of a killed process are invisible for a minute, so without
    /// pauses the backlog would grow too large.
    const REST: Duration = Duration::from_millis(150);

    async fn bet(mut self) -> Tally {
        for number in 0_u64.. {
            if *self.is_over.borrow() {
                break;
            }
            // Up to 20 coins, in hundredths.
            let units = self.random.random_range(1..=2_000) * 1_000_000;
            let bet = Bet {
                key: format!("{}-{number}", self.client.user),
                round: Crowd::round(self.random.random_range(0..Crowd::ROUNDS)),
                side: if self.random.random() { "A" } else { "B" },
                amount: Amount::from_units(units).expect("an amount"),
            };
            let id = self.place(&bet).await;
            if self.random.random_ratio(1, 10) {
                self.tally.repeated += 1;
                assert_eq!(self.place(&bet).await, id, "the repeat of {} is another bet", bet.key);
            }
            let before = self.tally.taken.insert(id, bet.amount);
            assert_eq!(before, None, "two keys of one player are one bet");
            sleep(Self::REST).await;
        }
        self.tally
    }

    /// Repeats the request until the bet is accepted, and returns its id.
    async fn place(&mut self, bet: &Bet) -> String {
        loop {
            let client = self.client.at(*self.address.borrow());
            let request = client.bet_request(&bet.round, bet.side, &bet.amount.to_string());
            let answer = client.send_if_alive(request.header("idempotency-key", bet.key.clone())).await;
            if let Some(answer) = answer.filter(is_final) {
                let body = answer.expect(202);
                return body["data"]["betId"].as_str().expect("the bet's id").to_owned();
            }
            self.asked_again.fetch_add(1, Ordering::Relaxed);
            sleep(Self::PAUSE).await;
        }
    }
}

/// Returns whether the answer is definite. Otherwise the request must be repeated.
fn is_final(answer: &Answer) -> bool {
    !matches!(answer.status(), 408 | 503)
}

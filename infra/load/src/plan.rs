//! [`Plan`]: the requests to send, and their times. The same plan sends the same bets.

use crate::Players;
use evens_exchange::{RoundId, Side, Stake};
use evens_ledger::Amount;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use std::time::Duration;

#[derive(Debug, Clone)]
pub struct Plan {
    /// The name of the run, which is a part of every idempotency key.
    pub name: String,
    pub players: Players,
    /// The rounds to bet on.
    pub rounds: Rounds,
    /// The distribution of players, sides and stakes.
    pub mix: Mix,
    /// The shares of bets and of other requests.
    pub shares: Shares,
    /// The times of requests.
    pub pace: Pace,
    /// The number of connections.
    pub connections: usize,
    /// The time from its due time for which an unanswered bet is sent again with the same key. Zero: it is sent once.
    pub insists_for: Duration,
}

/// The relative shares of requests by kind, spread evenly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shares {
    pub bets: u32,
    /// Reads of pages.
    pub reads: u32,
    /// Deposits, each of which is paid at once.
    pub deposits: u32,
    pub withdrawals: u32,
}

impl Shares {
    /// Only bets.
    pub const BETS: Self = Self { bets: 1, reads: 0, deposits: 0, withdrawals: 0 };

    /// The same shares of bets and reads without deposits and withdrawals, for a system without payments.
    #[must_use]
    pub fn without_payments(self) -> Self {
        Self { deposits: 0, withdrawals: 0, ..self }
    }

    /// The number of bets among the first `requests` requests.
    pub fn bets_of(self, requests: u64) -> u64 {
        part(requests, self.bets, self.all())
    }

    fn all(self) -> u64 {
        [self.bets, self.reads, self.deposits, self.withdrawals].map(u64::from).iter().sum()
    }

    /// The kind of the request with this number, counted from 0. Requests of one kind keep their order, so pairs of
    /// bets stay together.
    fn request(self, number: u64) -> Request {
        let (mut number, mut all) = (number, self.all());
        for (share, kind) in
            [(self.bets, Kind::Bet), (self.deposits, Kind::Deposit), (self.withdrawals, Kind::Withdrawal)]
        {
            let before = part(number, share, all);
            if part(number + 1, share, all) > before {
                return Request { kind, number: before };
            }
            // The remaining requests are renumbered.
            number -= before;
            all -= u64::from(share);
        }
        Request { kind: Kind::Read, number }
    }
}

/// The number of requests of a kind with this share, among the first `requests` ones.
fn part(requests: u64, share: u32, all: u64) -> u64 {
    // At most `requests`, so it fits.
    u64::try_from(u128::from(requests) * u128::from(share) / u128::from(all.max(1))).unwrap_or(requests)
}

/// A request: its kind, and its number among those of its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Request {
    pub(crate) kind: Kind,
    pub(crate) number: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Bet,
    Read,
    Deposit,
    Withdrawal,
}

/// The rounds of a plan, at least one.
#[derive(Debug, Clone)]
pub struct Rounds(Vec<RoundId>);

impl Rounds {
    /// Returns `None` for an empty list.
    pub fn of(rounds: Vec<RoundId>) -> Option<Self> {
        if rounds.is_empty() { None } else { Some(Self(rounds)) }
    }

    /// The round at this position, modulo the number of rounds.
    pub fn at(&self, place: usize) -> &RoundId {
        &self.0[place % self.0.len()]
    }

    fn count(&self) -> usize {
        self.0.len()
    }
}

/// The pace of requests.
#[derive(Debug, Clone, Copy)]
pub enum Pace {
    /// Each connection sends its next request after the previous answer, to measure the maximum throughput.
    Closed(Limit),
    /// A request is due every `interval` in any case, to measure the latency at that rate.
    Open {
        interval: Duration,
        /// The number of requests.
        requests: u64,
    },
}

/// The end of a closed loop.
#[derive(Debug, Clone, Copy)]
pub enum Limit {
    /// Ends after this number of requests.
    Requests(u64),
    /// Ends after a time. Answers during the warm-up are not measured.
    Time {
        warm_up: Duration,
        /// The time after the warm-up.
        measured: Duration,
    },
}

/// The distribution of players, sides and stakes.
#[derive(Debug, Clone, Copy)]
pub enum Mix {
    /// Bets 2k and 2k+1 are a pair: sides A and B, two players, one round, one stake. Every bet finds its opponent.
    Pairs {
        /// The stake of every bet.
        stake: Stake,
    },
    /// Player, round, side and stake are random for each bet. The excess of the larger side stays unmatched.
    Random {
        /// The system's minimum stake.
        stake_min: Amount,
        /// The largest stake, at least 0.01. Stakes are multiples of that.
        stake_max: Stake,
        /// The same seed gives the same bets.
        seed: u64,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Order<'a> {
    /// The index of its player.
    pub player: usize,
    pub round: &'a RoundId,
    pub side: Side,
    pub stake: Stake,
}

impl Plan {
    /// The bet with this number, counted from 0.
    pub fn order(&self, number: u64) -> Order<'_> {
        let players = self.players.count();
        match self.mix {
            Mix::Pairs { stake } => {
                let pair = usize::try_from(number / 2).unwrap_or(usize::MAX / 2);
                let side = if number.is_multiple_of(2) { Side::A } else { Side::B };
                // The second player is half the players away from the first, so that the two are the same only if there
                // is a single player.
                let offset = if side == Side::A { 0 } else { players / 2 };
                Order { player: (pair + offset) % players, round: self.rounds.at(pair), side, stake }
            }
            Mix::Random { stake_min, stake_max, seed } => {
                // Each bet has its own generator, because bets are requested in any order.
                let mut random = StdRng::seed_from_u64(seed.wrapping_add(number));
                Order {
                    player: random.random_range(0..players),
                    round: self.rounds.at(random.random_range(0..self.rounds.count())),
                    side: Side::ALL[random.random_range(0..2)],
                    stake: draw_stake(&mut random, stake_min, stake_max),
                }
            }
        }
    }

    /// The kind of the request with this number, counted from 0.
    pub(crate) fn request(&self, number: u64) -> Request {
        self.shares.request(number)
    }

    /// The number of requests, if the plan limits it.
    pub fn requests(&self) -> Option<u64> {
        match self.pace {
            Pace::Closed(Limit::Requests(requests)) | Pace::Open { requests, .. } => Some(requests),
            Pace::Closed(Limit::Time { .. }) => None,
        }
    }

    /// The time from the start at which the request with this number is due. `None` if it is due when a connection is
    /// free.
    pub(crate) fn due(&self, number: u64) -> Option<Duration> {
        match self.pace {
            Pace::Closed(_) => None,
            Pace::Open { interval, .. } => {
                let nanoseconds = interval.as_nanos() * u128::from(number);
                Some(Duration::from_nanos(u64::try_from(nanoseconds).unwrap_or(u64::MAX)))
            }
        }
    }
}

fn draw_stake(random: &mut StdRng, stake_min: Amount, stake_max: Stake) -> Stake {
    const HUNDREDTH_UNITS: i128 = 10_i128.pow(Amount::DECIMALS_MAX - 2);
    let (most, least) = (stake_max.amount().units(), stake_min.units() + HUNDREDTH_UNITS - 1);
    let (most, least) = ((most / HUNDREDTH_UNITS).max(1), least / HUNDREDTH_UNITS);
    let units = random.random_range(least.clamp(1, most)..=most) * HUNDREDTH_UNITS;
    // Above zero and at most the largest stake, so it is a valid stake.
    Amount::from_units(units).ok().and_then(|amount| Stake::parse(amount).ok()).unwrap_or(stake_max)
}

#[cfg(test)]
mod tests {
    use super::{Kind, Limit, Mix, Pace, Plan, Request, Rounds, Shares};
    use crate::{Player, Players};
    use evens_exchange::{Side, Stake};
    use evens_ledger::UserId;
    use std::time::Duration;

    fn plan(players: u64, mix: Mix, pace: Pace) -> Plan {
        let player = |number| Player::unproved(UserId::new(number).unwrap());
        let rounds = ["r0", "r1", "r2"].map(|id| id.parse().unwrap()).to_vec();
        Plan {
            name: "test".to_owned(),
            players: Players::of((1..=players).map(player).collect()).unwrap(),
            rounds: Rounds::of(rounds).unwrap(),
            mix,
            shares: Shares::BETS,
            pace,
            connections: 1,
            insists_for: Duration::ZERO,
        }
    }

    fn stake(amount: &str) -> Stake {
        Stake::parse(amount.parse().unwrap()).unwrap()
    }

    #[test]
    fn pairs_are_opposed_in_one_round() {
        let plan = plan(4, Mix::Pairs { stake: stake("10") }, Pace::Closed(Limit::Requests(100)));
        for pair in 0..50 {
            let (a, b) = (plan.order(2 * pair), plan.order(2 * pair + 1));
            assert_eq!((a.side, b.side), (Side::A, Side::B));
            assert_eq!((a.round, a.stake), (b.round, b.stake));
            assert_ne!(a.player, b.player);
        }
        assert_eq!(plan.order(6).round, plan.order(0).round, "three rounds, round and round");
    }

    #[test]
    fn random_bets_repeat_and_keep_the_limit() {
        for (stake_min, stake_max) in
            [("0", "37"), ("1", "37"), ("36.995", "37"), ("37", "37"), ("0", "0.01")]
        {
            let stake_min = stake_min.parse().unwrap();
            let mix = Mix::Random { stake_min, stake_max: stake(stake_max), seed: 7 };
            let plan = plan(3, mix, Pace::Closed(Limit::Requests(100)));
            for number in 0..200 {
                let order = plan.order(number);
                assert_eq!(order, plan.order(number));
                assert!(order.stake <= stake(stake_max) && order.player < 3);
                assert!(order.stake.amount() >= stake_min, "{:?}", order.stake);
            }
        }
    }

    #[test]
    fn open_loop_is_due_by_its_number() {
        let pace = Pace::Open { interval: Duration::from_millis(20), requests: 10 };
        let plan = plan(2, Mix::Pairs { stake: stake("1") }, pace);
        assert_eq!(plan.due(0), Some(Duration::ZERO));
        assert_eq!(plan.due(7), Some(Duration::from_millis(140)));
        assert_eq!(plan.requests(), Some(10));
    }

    #[test]
    fn each_kind_is_numbered_by_itself_and_spread_evenly() {
        let limit = Pace::Closed(Limit::Requests(1));
        let bets_and_reads = |bets, reads| Shares { bets, reads, ..Shares::BETS };
        let rows = [
            (Shares::BETS, "BBBBBBBB"),
            (bets_and_reads(0, 3), "RRRRRRRR"),
            (bets_and_reads(25, 75), "RRRBRRRB"),
            (bets_and_reads(60, 30), "RBBRBBRB"),
            (Shares { bets: 4, reads: 2, deposits: 1, withdrawals: 1 }, "RBRBWBDB"),
            (Shares { bets: 0, reads: 0, deposits: 3, withdrawals: 1 }, "WDDDWDDD"),
        ];
        for (shares, expected) in rows {
            let plan = Plan { shares, ..plan(2, Mix::Pairs { stake: stake("1") }, limit) };
            let requests: Vec<_> = (0..8).map(|number| plan.request(number)).collect();
            let (mut numbers, mut letters) = ([0_u64; 4], String::new());
            for Request { kind, number } in requests {
                let (place, letter) = match kind {
                    Kind::Bet => (0, 'B'),
                    Kind::Read => (1, 'R'),
                    Kind::Deposit => (2, 'D'),
                    Kind::Withdrawal => (3, 'W'),
                };
                assert_eq!(number, numbers[place], "{kind:?} of {shares:?}");
                numbers[place] += 1;
                letters.push(letter);
            }
            assert_eq!(letters, expected, "{shares:?}");
        }
    }

    #[test]
    fn a_mix_has_its_shares() {
        let light = Shares { reads: 1_050, bets: 375, deposits: 45, withdrawals: 30 };
        let kinds = [Kind::Bet, Kind::Read, Kind::Deposit, Kind::Withdrawal];
        let requests = (0..15_000).map(|number| light.request(number).kind);
        let requests: Vec<_> = requests.collect();
        let counted = kinds.map(|kind| requests.iter().filter(|request| **request == kind).count());
        assert_eq!(counted, [3_750, 10_500, 450, 300]);
    }
}

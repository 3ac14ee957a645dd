//! [`Filler`]: writes earlier bets in pairs, each placed and settled in its join by the store's own transactions.

use anyhow::{Context, bail};
use evens_draws::Seed;
use evens_exchange::{
    Draw, OpposedBets, PlaceBet, PlaceBetOutcome, Round, RoundId, RoundTerms, Side, Stake, UnmatchedBet, join,
};
use evens_idempotency::BetId;
use evens_ledger::{Amount, UserId};
use evens_runtime::{Clock, Entropy, Settings};
use evens_store::{FundOutcome, JoinOutcome, RoundWrite, Store};
use futures::future::try_join_all;
use indicatif::ProgressBar;

/// A round and its players.
pub(super) struct Filler<'a> {
    store: &'a Store,
    round: Round,
    seed: Seed,
    stake: Stake,
}

impl<'a> Filler<'a> {
    /// The number of pairs of players who bet concurrently. Each pair waits only for its own bets, so there are no
    /// conflicts.
    const AT_ONCE: u64 = 16;
    const FIRST_PLAYER: u64 = 1_000_000;
    /// The opponent of the player whose ledger is filled.
    const OPPONENT: u64 = 1_000_999;
    const MONEY: &'static str = "1000000000";

    pub(super) async fn open(store: &'a Store, id: RoundId) -> anyhow::Result<Self> {
        let seed = Entropy::system().seed()?;
        let terms = RoundTerms::endless(id, Draw::Match, Amount::ZERO);
        let round = Round::open(terms, &seed, Clock::system().now());
        match store.open_round(round.clone(), &seed).await? {
            RoundWrite::Written(round) => Ok(Self { store, round, seed, stake: Stake::parse("1".parse()?)? }),
            RoundWrite::Found(round) => bail!("the round is not new: {round:?}"),
        }
    }

    /// Writes this many bets, plus one if the number is odd.
    pub(super) async fn fill_round(&self, bets: u64) -> anyhow::Result<()> {
        let bar = crate::scenarios::progress_bar("filling the round", bets);
        let workers = (0..Self::AT_ONCE).map(|worker| self.work(worker, bets.div_ceil(2), &bar));
        try_join_all(workers).await?;
        bar.finish_and_clear();
        Ok(())
    }

    /// Writes one worker's share of the pairs.
    async fn work(&self, worker: u64, pairs: u64, bar: &ProgressBar) -> anyhow::Result<()> {
        let [a, b] = [0, 1].map(|side| UserId::new(Self::FIRST_PLAYER + 2 * worker + side));
        let players = [a?, b?];
        self.fund(players).await?;
        let mut pair = worker;
        while pair < pairs {
            self.play(players, pair).await?;
            bar.inc(2);
            pair += Self::AT_ONCE;
        }
        Ok(())
    }

    /// Writes bets of one player until their ledger has this many entries.
    pub(super) async fn fill_ledger(&self, user: UserId, entries: u64) -> anyhow::Result<()> {
        let bar = crate::scenarios::progress_bar("filling the ledger", entries);
        let players = [user, UserId::new(Self::OPPONENT)?];
        self.fund(players).await?;
        for pair in 0.. {
            let number = self.store.load_wallet(user).await?.version;
            bar.set_position(number);
            if number >= entries {
                break;
            }
            self.play(players, pair).await?;
        }
        bar.finish_and_clear();
        Ok(())
    }

    async fn fund(&self, players: [UserId; 2]) -> anyhow::Result<()> {
        let money: Amount = Self::MONEY.parse()?;
        for user in players {
            let order = format!("{}-{user}", self.round.id);
            match self.store.fund_wallet(user, money, &order, Clock::system().now()).await? {
                FundOutcome::Funded(_) | FundOutcome::FundedBefore => {}
                other => bail!("user {user} is not funded: {other:?}"),
            }
        }
        Ok(())
    }

    /// Writes two opposed bets up to their settlement.
    async fn play(&self, [a, b]: [UserId; 2], pair: u64) -> anyhow::Result<()> {
        let (one, other) = (self.place(a, Side::A, pair).await?, self.place(b, Side::B, pair).await?);
        let opposed = OpposedBets::of(&one, &other, self.round.stake_min)?;
        let plan = self.round.draw_with(join(&opposed, Clock::system().now()), &self.seed);
        match self.store.join_and_settle(&plan, Side::A, &self.round.draw, &[], Clock::system().now()).await?
        {
            JoinOutcome::Settled => Ok(()),
            // No other task uses these wallets, so there are no conflicts.
            other => bail!("a pair is not settled: {other:?}"),
        }
    }

    async fn place(&self, user: UserId, side: Side, pair: u64) -> anyhow::Result<UnmatchedBet> {
        let key = format!("{}-{pair}", self.round.id).parse().context("the key")?;
        let command = PlaceBet {
            bet: BetId::derive(user, &key),
            user,
            round: self.round.id.clone(),
            side,
            stake: self.stake,
            nonce: Entropy::system().nonce()?,
            by_staff: false,
            barred: None,
            session_started_at: Clock::system().now(),
            session_epoch: 0,
        };
        match self.store.place_bet(&command, Settings::local().betting, Clock::system().now()).await? {
            PlaceBetOutcome::Placed(placement) => Ok(placement.waiting),
            // Placed by an earlier attempt of this call, which timed out.
            PlaceBetOutcome::PlacedBefore(bet) => {
                self.store.load_waiting(&bet).await?.context("a new bet is not unmatched")
            }
            other => bail!("a bet is not placed: {other:?}"),
        }
    }
}

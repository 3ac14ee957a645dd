//! The books of house games: checks that the table's content keeps M1, M3, M6 and M7.

use crate::books::Books;
use evens_draws::Seed;
use evens_games::{DrawnSymbols, GameBet, GameBetRecord, Period, PeriodId, PeriodStateName, draw};
use evens_idempotency::BetId;
use evens_ledger::SystemAccount;
use evens_records::PeriodShard;
use std::collections::BTreeMap;

#[derive(Debug, Default, PartialEq)]
pub(crate) struct GameBooks {
    pub(crate) bets: BTreeMap<BetId, GameBet>,
    pub(crate) periods: BTreeMap<PeriodId, Period>,
    pub(crate) archived: BTreeMap<PeriodId, Period>,
    pub(crate) shards: Vec<PeriodShard>,
    pub(crate) seeds: BTreeMap<PeriodId, Seed>,
    pub(crate) results: BTreeMap<PeriodId, DrawnSymbols>,
}

impl GameBooks {
    /// Panics if an invariant is broken.
    pub(crate) fn check(&self, books: &Books) {
        self.check_records();
        for period in self.periods.values() {
            self.check_account(period, books);
            self.check_bets(period);
            let secret = &self.seeds[&period.id];
            assert_eq!(secret.hash(), period.seed_hash);
            assert!(period.result().is_none_or(|result| result.seed == *secret));
            assert_eq!(period.result().map(|result| &result.drawn), self.results.get(&period.id));
        }
        assert_eq!(self.seeds.len(), self.periods.len());
        for period in self.archived.values() {
            let result = period.result().expect("it is drawn");
            assert_eq!(draw(period.id, &result.seed, period.entropy).as_ref(), Some(&result.drawn));
            assert_eq!(result.seed.hash(), period.seed_hash);
            assert!(period.settled_without_bets() && !self.periods.contains_key(&period.id));
            assert!(self.bets.values().all(|bet| bet.period != period.id), "{} has bets", period.id);
        }
    }

    /// Every bet has one record, and every record a bet.
    fn check_records(&self) {
        let mut records: Vec<_> = self.shards.iter().flat_map(|shard| &shard.bets).copied().collect();
        records.sort_unstable_by_key(|record| record.bet);
        let bets: Vec<_> = self.bets.values().map(GameBetRecord::of).collect();
        assert_eq!(records, bets);
    }

    /// The balance of a period's account is what its bets left there.
    fn check_account(&self, period: &Period, books: &Books) {
        let bets = self.bets.values().filter(|bet| bet.period == period.id);
        let left = bets.map(|bet| bet.stake.amount().units() - bet.paid.map_or(0, |(paid, _)| paid.units()));
        let account = SystemAccount::Period(period.id.to_string());
        assert_eq!(books.account_units(&account), left.sum::<i128>(), "{}", period.id);
    }

    /// No bet is paid more than it is owed, and in a period that has ended every bet is paid.
    fn check_bets(&self, period: &Period) {
        let has_ended = matches!(period.state.name(), PeriodStateName::Settled | PeriodStateName::Refunded);
        for bet in self.bets.values().filter(|bet| bet.period == period.id) {
            let owed = period.owed_for(&[GameBetRecord::of(bet)]).pop().map(|owed| owed.amount);
            let paid = bet.paid.map(|(paid, _)| paid);
            assert!(paid == owed || (paid.is_none() && !has_ended), "{bet:?}: {owed:?} is owed");
        }
    }
}

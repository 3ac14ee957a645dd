//! [`Exposure`]: the most that a period can cost the house, given its bets.
//!
//! It is used to refuse bets and never to decide a result: no draw depends on it (M7).

use crate::{Game, GameBetRecord, GameStake, Period, Selection};
use evens_ledger::Amount;
use std::collections::BTreeMap;

/// The limit on the cost of a period to the house.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExposureRules {
    /// The most that one period may cost.
    pub period_max: Amount,
}

/// The stakes on each selection of a period.
#[derive(Debug, Clone)]
pub struct Exposure {
    game: &'static dyn Game,
    staked: BTreeMap<u16, i128>,
}

impl ExposureRules {
    /// Allows one period to cost 1 % of the bankroll, and all undrawn periods together 4 %. The 4 % are divided by the
    /// number of rooms and by the undrawn periods per room. So a bet is checked without reading other periods.
    pub fn of_bankroll(bankroll: Amount, rooms: usize) -> Self {
        let undrawn = rooms.saturating_mul(Period::UNDRAWN_MAX + 1);
        let undrawn = i128::try_from(undrawn).unwrap_or(i128::MAX).max(1);
        let units = (bankroll.units() / 100).min(bankroll.units() * 4 / 100 / undrawn);
        Self { period_max: Amount::from_units(units).unwrap_or_default() }
    }

    /// The exposure up to which bets are placed by recent data. Above it, one bet is placed after another.
    fn recent_max_units(self) -> i128 {
        self.period_max.units() / 2
    }

    /// The most that a bet placed by recent data may cost by itself.
    fn recent_bet_max_units(self) -> i128 {
        self.period_max.units() / 32
    }
}

impl Exposure {
    pub fn of<'records>(
        game: &'static dyn Game,
        records: impl IntoIterator<Item = &'records GameBetRecord>,
    ) -> Self {
        let mut exposure = Self { game, staked: BTreeMap::new() };
        for record in records {
            exposure.add(record.selection, record.stake);
        }
        exposure
    }

    #[must_use]
    pub fn of_same_game(&self) -> Self {
        Self { game: self.game, staked: BTreeMap::new() }
    }

    pub fn staked(&self) -> impl Iterator<Item = (Selection, Amount)> {
        self.staked.iter().filter_map(|(code, units)| {
            Some((Selection::of_code(self.game, *code)?, Amount::from_units(*units).ok()?))
        })
    }

    /// The most that the period can cost: the payouts of the worst draw, minus all stakes. Zero if the house cannot
    /// lose.
    ///
    /// It is exact if all lines of the game are in one group. Otherwise it is the sum over the worst draw of each
    /// group, which is never too low.
    pub fn worst_case(&self) -> Amount {
        Amount::from_units(self.worst_units().max(0)).unwrap_or_default()
    }

    /// Returns `true` if the bet would push the cost above the limit. A bet that lowers the cost is always allowed.
    pub fn is_over_with(&self, selection: Selection, stake: GameStake, rules: ExposureRules) -> bool {
        let mut with = self.clone();
        with.add(selection, stake);
        let (before, after) = (self.worst_units(), with.worst_units());
        after > rules.period_max.units() && after > before
    }

    /// Returns `true` if the bet must be placed by the exact exposure, one bet after another. Otherwise recent data is
    /// enough: the bet is small, and the exposure stays below half of the limit or does not rise.
    pub fn needs_exact_check(&self, selection: Selection, stake: GameStake, rules: ExposureRules) -> bool {
        let (mut alone, mut with) = (self.of_same_game(), self.clone());
        alone.add(selection, stake);
        with.add(selection, stake);
        let after = with.worst_units();
        let is_large = alone.worst_units() > rules.recent_bet_max_units();
        is_large || (after > rules.recent_max_units() && after > self.worst_units())
    }

    #[must_use]
    pub fn with(&self, records: &[GameBetRecord]) -> Self {
        let mut with = self.clone();
        for record in records {
            with.add(record.selection, record.stake);
        }
        with
    }

    /// Adds the bets that are counted in `more`.
    #[must_use]
    pub fn plus(&self, more: &Self) -> Self {
        let mut sum = self.clone();
        for (code, units) in &more.staked {
            *sum.staked.entry(*code).or_default() += units;
        }
        sum
    }

    /// Subtracts the bets that are counted in `part`.
    #[must_use]
    pub fn without(&self, part: &Self) -> Self {
        let mut without = self.clone();
        for (code, units) in &part.staked {
            *without.staked.entry(*code).or_default() -= units;
        }
        without.staked.retain(|_, units| *units > 0);
        without
    }

    pub fn add(&mut self, selection: Selection, stake: GameStake) {
        *self.staked.entry(selection.code()).or_default() += stake.amount().units();
    }

    fn worst_units(&self) -> i128 {
        // The payouts of each group for each outcome.
        let mut paid_by_group: BTreeMap<&str, Vec<i128>> = BTreeMap::new();
        for (selection, staked) in self.staked() {
            let prices = selection.telling_prices();
            let paid = paid_by_group.entry(selection.group()).or_insert_with(|| vec![0; prices.len()]);
            for (paid, price) in paid.iter_mut().zip(prices) {
                *paid += price.payout(staked).units();
            }
        }
        let worst_of_groups = paid_by_group.into_values().filter_map(|paid| paid.into_iter().max());
        worst_of_groups.sum::<i128>() - self.staked.values().sum::<i128>()
    }
}

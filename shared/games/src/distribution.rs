//! [`Distribution`]: the bets of a period by selection, for operators. No draw depends on it (M7).

use crate::{Exposure, Game, GameBetRecord, PeriodTotals, Selection};
use evens_ledger::{Amount, UserId};
use std::collections::{BTreeMap, BTreeSet};

/// The bets of a period by selection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Distribution {
    /// The sum of all bets.
    pub totals: PeriodTotals,
    /// The number of players with a bet.
    pub players: usize,
    /// The most that the period can cost the house.
    pub worst_case: Amount,
    /// The selections with bets, in the order of the game's table.
    pub selections: Vec<SelectionBets>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SelectionBets {
    pub selection: Selection,
    pub totals: PeriodTotals,
}

impl Distribution {
    /// Adds up the bets of a period of this game.
    pub fn of(game: &'static dyn Game, records: &[GameBetRecord]) -> Self {
        let players: BTreeSet<UserId> = records.iter().map(|record| record.user).collect();
        let mut by_code: BTreeMap<u16, PeriodTotals> = BTreeMap::new();
        let mut totals = PeriodTotals::default();
        for record in records {
            let of_selection = by_code.entry(record.selection.code()).or_default();
            *of_selection = of_selection.with(record);
            totals = totals.with(record);
        }
        let bets =
            |(code, totals)| Some(SelectionBets { selection: Selection::of_code(game, code)?, totals });
        Self {
            totals,
            players: players.len(),
            worst_case: Exposure::of(game, records).worst_case(),
            selections: by_code.into_iter().filter_map(bets).collect(),
        }
    }
}

impl PeriodTotals {
    fn with(self, record: &GameBetRecord) -> Self {
        Self { bets: self.bets + 1, staked: self.staked.saturating_add(record.stake.amount()) }
    }
}

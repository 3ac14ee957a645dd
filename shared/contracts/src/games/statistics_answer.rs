//! The answer about what a player's bets on games came to. What the old API answered stays, name by name.

use crate::{Decimal, Money};
use evens_games::{Multiplier, PlayStatistics, StatisticsPeriod};
use evens_ledger::Amount;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// `200` to `GET /api/users/in-house-games/stats`.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PlayStatisticsAnswer {
    /// What the player's bets came to.
    pub data: PlayStatisticsBody,
}

/// What a player's bets on games came to. A bet counts for the day on which it was placed; one that was given back is
/// none.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PlayStatisticsBody {
    /// Which days: `today`, `yesterday`, `this_week` or `this_month`.
    pub period: &'static str,
    /// How many bets.
    pub total_bets: u64,
    /// Their stakes.
    pub total_bet_amount: Money,
    /// What was paid for those that have won.
    pub total_win_amount: Money,
    /// How many have won.
    pub winning_bets: u64,
    /// How many have lost.
    pub losing_bets: u64,
    /// How many may still win.
    pub pending_bets: u64,
    /// What was paid less all stakes.
    pub net_profit: Money,
    /// Of those that have won or lost, how many have won, in per cent.
    #[schema(value_type = f64)]
    pub win_rate: Decimal,
    /// When they were added up: at most five minutes ago.
    pub as_of: String,
}

impl PlayStatisticsAnswer {
    /// What the bets of those days came to, as of that moment.
    pub fn new(period: StatisticsPeriod, statistics: &PlayStatistics, as_of: Timestamp) -> Self {
        let PlayStatistics { bets, winning, losing, staked, won } = *statistics;
        let win_rate = u32::try_from(statistics.win_rate()).unwrap_or_default();
        let data = PlayStatisticsBody {
            period: period.as_str(),
            total_bets: bets,
            total_bet_amount: staked.into(),
            total_win_amount: won.into(),
            winning_bets: winning,
            losing_bets: losing,
            pending_bets: statistics.pending(),
            net_profit: less(won, staked),
            win_rate: Decimal::from(Multiplier::hundredths(win_rate)),
            as_of: as_of.to_string(),
        };
        Self { data }
    }
}

fn less(won: Amount, staked: Amount) -> Money {
    match won.checked_sub(staked) {
        Some(profit) => profit.into(),
        None => Money::taken(staked.saturating_sub(won)),
    }
}

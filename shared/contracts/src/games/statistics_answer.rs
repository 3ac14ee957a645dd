//! The statistics of a player's bets on games. The old API's fields keep their names.

use crate::{Decimal, Money, Time};
use evens_games::{Multiplier, PlayStatistics, StatisticsPeriod};
use evens_ledger::Amount;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// `200` to `GET /api/users/in-house-games/stats`.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PlayStatisticsAnswer {
    /// The statistics.
    pub data: PlayStatisticsBody,
}

/// Statistics of a player's bets on games. A bet counts for the day on which it was placed, and a refunded bet does not
/// count.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PlayStatisticsBody {
    /// The days: `today`, `yesterday`, `this_week` or `this_month`.
    pub period: &'static str,
    /// Number of bets.
    pub total_bets: u64,
    /// The sum of the stakes.
    pub total_bet_amount: Money,
    /// The sum of the payouts.
    pub total_win_amount: Money,
    /// Number of winning bets.
    pub winning_bets: u64,
    /// Number of losing bets.
    pub losing_bets: u64,
    /// Number of pending bets.
    pub pending_bets: u64,
    /// The payouts less all stakes.
    pub net_profit: Money,
    /// The share of winning bets among those decided, in per cent.
    #[schema(value_type = f64)]
    pub win_rate: Decimal,
    /// Time of the statistics: at most five minutes ago.
    pub as_of: Time,
}

impl PlayStatisticsAnswer {
    /// The statistics of these days as of a time.
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
            as_of: as_of.into(),
        };
        Self { data }
    }
}

fn less(won: Amount, staked: Amount) -> Money {
    match won.checked_sub(staked) {
        Some(profit) => profit.into(),
        None => Money::debit(staked.saturating_sub(won)),
    }
}

//! The bets on a period, as operators see them.

use crate::Money;
use evens_games::{Distribution, ExposureRules, Lane, Period, SelectionBets};
use serde::Serialize;
use utoipa::ToSchema;

/// `200` to `GET …/period/{periodId}/distribution`.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DistributionAnswer {
    /// The bets on the period.
    pub data: DistributionBody,
}

/// The bets of all players on a period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DistributionBody {
    /// The game.
    pub game_type: &'static str,
    /// Length of its periods in seconds.
    pub duration: u32,
    /// The period.
    pub period_id: String,
    /// The state of the period.
    pub state: &'static str,
    /// Number of players with bets.
    pub players: usize,
    /// Number of bets.
    pub bets: u64,
    /// The sum of the stakes.
    pub bet_amount: Money,
    /// The largest possible loss of the house: the payouts of the worst draw, less all stakes.
    pub worst_case: Money,
    /// The maximum of that loss. A bet that could exceed it is refused.
    pub worst_case_max: Money,
    /// Unpaid lanes, out of sixteen, once the period is drawn or cancelled. If a lane stays here, its job is among the
    /// dead letters.
    pub open_lanes: Vec<u8>,
    /// The selections that have bets.
    pub selections: Vec<SelectionBetsBody>,
}

/// The bets on one selection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SelectionBetsBody {
    /// The type of bet.
    pub bet_type: &'static str,
    /// Its value.
    pub bet_value: &'static str,
    /// Number of bets.
    pub bets: u64,
    /// The sum of the stakes.
    pub bet_amount: Money,
}

impl DistributionAnswer {
    /// The bets of all players on a period, and its possible loss.
    pub fn new(period: &Period, distribution: &Distribution, rules: ExposureRules) -> Self {
        let Period { id, state, .. } = period;
        let Distribution { totals, players, worst_case, selections } = distribution;
        let data = DistributionBody {
            game_type: id.room.game().id(),
            duration: id.room.duration_s(),
            period_id: id.digits(),
            state: state.name().as_str(),
            players: *players,
            bets: totals.bets,
            bet_amount: totals.staked.into(),
            worst_case: (*worst_case).into(),
            worst_case_max: rules.period_max.into(),
            open_lanes: period.open_lanes().into_iter().map(Lane::number).collect(),
            selections: selections.iter().map(SelectionBetsBody::from).collect(),
        };
        Self { data }
    }
}

impl From<&SelectionBets> for SelectionBetsBody {
    fn from(SelectionBets { selection, totals }: &SelectionBets) -> Self {
        Self {
            bet_type: selection.bet_type(),
            bet_value: selection.bet_value(),
            bets: totals.bets,
            bet_amount: totals.staked.into(),
        }
    }
}

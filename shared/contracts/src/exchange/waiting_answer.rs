//! Answers to operators about rounds: those that are not finished, and the unmatched bets of one.

use crate::{Data, Money, RoundBody, Time};
use evens_exchange::UnmatchedBet;
use serde::Serialize;
use utoipa::ToSchema;

/// `200` to `GET /api/operator/rounds`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UnfinishedRoundListAnswer {
    /// The rounds that have ended, or should have, and still have work left; the earliest opened first, at most 100.
    pub data: Vec<RoundBody>,
    /// `true` if there are more.
    pub has_more: bool,
}

impl UnfinishedRoundListAnswer {
    /// A list of rounds.
    pub fn new(rounds: Vec<Data<RoundBody>>, has_more: bool) -> Self {
        Self { data: rounds.into_iter().map(|round| round.data).collect(), has_more }
    }
}

/// `200` to `GET /api/operator/rounds/{roundId}/waiting`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WaitingBetListAnswer {
    /// The bets of both sides that have an unmatched part, the oldest of each side first, at most 100 of each.
    pub data: Vec<WaitingBetBody>,
    /// `true` if there are more.
    pub has_more: bool,
}

/// A bet with an unmatched part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WaitingBetBody {
    /// The bet's id.
    pub bet_id: String,
    /// The player.
    pub user_id: u64,
    /// `A` or `B`.
    pub side: &'static str,
    /// The unmatched part of the stake.
    pub open: Money,
    /// Time of the bet (RFC 3339).
    pub placed_at: Time,
}

impl From<&UnmatchedBet> for WaitingBetBody {
    fn from(bet: &UnmatchedBet) -> Self {
        Self {
            bet_id: bet.bet.to_string(),
            user_id: bet.user.number(),
            side: bet.side.as_str(),
            open: bet.open.into(),
            placed_at: bet.placed_at.into(),
        }
    }
}

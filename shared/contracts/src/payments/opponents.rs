//! The opponents whom a player meets again and again, as staff see them.

use crate::Money;
use evens_ledger::UserId;
use evens_payments::{Meetings, Opponents};
use serde::Serialize;
use utoipa::ToSchema;

/// `200` to `GET /api/operator/users/{userId}/opponents`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OpponentListAnswer {
    /// The opponents, the largest stakes first.
    pub data: Vec<OpponentBody>,
}

/// A player against whom another player won more than three matches, among their newest 400 ledger entries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OpponentBody {
    /// The opponent.
    pub user_id: u64,
    /// The matches that the player won against the opponent.
    pub won: u32,
    /// The player's stakes in these matches.
    pub staked: Money,
}

impl From<&Opponents> for OpponentListAnswer {
    fn from(opponents: &Opponents) -> Self {
        let body = |(user, meetings): (UserId, Meetings)| OpponentBody {
            user_id: user.number(),
            won: meetings.won,
            staked: meetings.staked.into(),
        };
        Self { data: opponents.repeated().into_iter().map(body).collect() }
    }
}

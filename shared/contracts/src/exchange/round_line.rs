//! Rounds in lists of staff, without their totals.

use crate::{EndedRoundCursor, Time};
use evens_exchange::{Draw, Round, RoundPlace, RoundState};
use serde::Serialize;
use utoipa::ToSchema;

/// `200` to `GET /api/operator/rounds/ended`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EndedRoundListAnswer {
    /// The rounds, those that ended last first, 50 a page.
    pub data: Vec<RoundLineBody>,
    /// Start of the next page; null on the last page.
    pub next_cursor: Option<String>,
}

impl EndedRoundListAnswer {
    /// A page of rounds. The next page starts before `next`.
    pub fn new(rounds: &[Round], next: Option<RoundPlace>) -> Self {
        let next_cursor = next.map(|before| EndedRoundCursor { before }.to_string());
        Self { data: rounds.iter().map(RoundLineBody::from).collect(), next_cursor }
    }
}

/// A round in a list. `GET /api/rounds/{roundId}` adds its totals.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RoundLineBody {
    /// The round's id.
    pub round_id: String,
    /// `OPEN`, `CLOSED`, `RESULTED` or `CANCELLED`.
    pub state: &'static str,
    /// `match`, `round` or `oracle`.
    pub draw: &'static str,
    /// The name of the oracle; null if there is none.
    pub oracle: Option<String>,
    /// The side that won the whole round; null if there is no such result (yet).
    pub winner_side: Option<&'static str>,
    /// `true` if the seed is public.
    pub is_seed_public: bool,
    /// Time of the opening (RFC 3339).
    pub opened_at: Time,
    /// The closing deadline (RFC 3339); null if its first bet opened the round.
    pub closes_by: Option<Time>,
    /// Time of the closing or cancellation (RFC 3339); null while the round is open.
    pub closed_at: Option<Time>,
}

impl From<&Round> for RoundLineBody {
    fn from(round: &Round) -> Self {
        let winner = match &round.state {
            RoundState::Resulted { outcome, .. } => Some(outcome.winner.as_str()),
            RoundState::Open | RoundState::Closed { .. } | RoundState::Cancelled { .. } => None,
        };
        let oracle = match &round.draw {
            Draw::Oracle(oracle) => Some(oracle.name.clone()),
            Draw::Match | Draw::Round => None,
        };
        Self {
            round_id: round.id.to_string(),
            state: round.state.name().as_str(),
            draw: round.draw.as_str(),
            oracle,
            winner_side: winner,
            is_seed_public: round.state.seed().is_some(),
            opened_at: round.opened_at.into(),
            closes_by: round.deadlines.map(|deadlines| deadlines.closes_by.into()),
            closed_at: round.state.ended_at().map(Time::from),
        }
    }
}

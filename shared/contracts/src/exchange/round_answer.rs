//! Answers about rounds and their matches: what everybody may see, and can make each draw again from.

use crate::{MatchCursor, Money};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use evens_draws::{Nonce, Seed};
use evens_exchange::{Draw, Match, MatchId, Round, RoundState, RoundTotals, Side};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// `200` to `GET /api/rounds/{roundId}` and to the operator's steps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RoundAnswer {
    /// The round.
    pub data: RoundBody,
}

/// The oracle of a round.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OracleBody {
    /// The oracle's name.
    pub name: String,
    /// The Ed25519 key that its signature is checked with, in base64.
    pub public_key: String,
}

/// `200` to `GET /api/rounds/{roundId}/matches`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MatchListAnswer {
    /// The round's matches, in the order of their ids.
    pub data: Vec<MatchBody>,
    /// The start of the next page. Null on the last page.
    pub next_cursor: Option<String>,
}

/// The public data of a match: everything needed to recompute its draw, but no players.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MatchBody {
    /// The match's id.
    pub match_id: String,
    /// The bet on side A.
    pub bet_a_id: String,
    /// The bet on side B.
    pub bet_b_id: String,
    /// The nonce of the bet on side A. Null if the bet is from before nonces existed.
    pub nonce_a: Option<String>,
    /// The nonce of the bet on side B. Null if the bet is from before nonces existed.
    pub nonce_b: Option<String>,
    /// The stake of each side.
    pub amount: Money,
    /// `JOINED`, `DRAWN`, `SETTLED` or `VOID`.
    pub state: &'static str,
    /// The winning side. Null if nothing was drawn.
    pub winner_side: Option<&'static str>,
    /// The time of the match (RFC 3339).
    pub created_at: String,
    /// The time at which its outcome was fixed (RFC 3339). Null if nothing was drawn.
    pub drawn_at: Option<String>,
}

impl From<&Match> for MatchBody {
    fn from(found: &Match) -> Self {
        Self {
            match_id: found.id.to_string(),
            bet_a_id: found.bet_a.to_string(),
            bet_b_id: found.bet_b.to_string(),
            nonce_a: found.nonce_a.as_ref().map(Nonce::reveal),
            nonce_b: found.nonce_b.as_ref().map(Nonce::reveal),
            amount: found.amount.into(),
            state: found.state.as_str(),
            winner_side: found.state.outcome().map(|outcome| outcome.winner.as_str()),
            created_at: found.joined_at.to_string(),
            drawn_at: found.state.outcome().map(|outcome| outcome.drawn_at.to_string()),
        }
    }
}

/// `200` to `GET /api/bets/{betId}/matches`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BetMatchListAnswer {
    /// The bet's matches, newest first in each page. A page may be short or empty even if another one follows.
    pub data: Vec<BetMatchBody>,
    /// The start of the next page. Null only on the last page.
    pub next_cursor: Option<String>,
}

/// A match of a bet, without the opponent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BetMatchBody {
    /// The match's id, which ledger entries name.
    pub match_id: String,
    /// The amount of the bet in this match.
    pub amount: Money,
    /// `JOINED`, `DRAWN`, `SETTLED` or `VOID`.
    pub state: &'static str,
    /// The winning side. Null if nothing was drawn.
    pub winner_side: Option<&'static str>,
    /// The time of the match (RFC 3339).
    pub created_at: String,
    /// The time at which its outcome was fixed (RFC 3339). Null if nothing was drawn.
    pub drawn_at: Option<String>,
}

impl From<&Match> for BetMatchBody {
    fn from(found: &Match) -> Self {
        let MatchBody { match_id, amount, state, winner_side, created_at, drawn_at, .. } = found.into();
        Self { match_id, amount, state, winner_side, created_at, drawn_at }
    }
}

impl BetMatchListAnswer {
    /// A page of matches of a bet; the next one starts after `next`.
    pub fn new(matches: &[Match], next: Option<MatchId>) -> Self {
        let next_cursor = next.map(|after| MatchCursor { after }.to_string());
        Self { data: matches.iter().map(BetMatchBody::from).collect(), next_cursor }
    }
}

impl MatchListAnswer {
    /// A page of matches; the next one starts after `next`.
    pub fn new(matches: &[Match], next: Option<MatchId>) -> Self {
        let next_cursor = next.map(|after| MatchCursor { after }.to_string());
        Self { data: matches.iter().map(MatchBody::from).collect(), next_cursor }
    }
}

/// An amount on each side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SideAmounts {
    /// On side A.
    #[serde(rename = "A")]
    pub a: Money,
    /// On side B.
    #[serde(rename = "B")]
    pub b: Money,
}

/// A round.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RoundBody {
    /// The round's id.
    pub round_id: String,
    /// `OPEN`, `CLOSED`, `RESULTED` or `CANCELLED`.
    pub state: &'static str,
    /// `match`, `round` or `oracle`.
    pub draw: &'static str,
    /// The inputs to the draw of a match. 1: ids. 2: ids and the nonces of both bets.
    pub draw_rule: u8,
    /// The minimum stake, and the minimum amount of a match.
    pub stake_min: Money,
    /// The latest closing time (RFC 3339). Null if its first bet opened it.
    pub closes_by: Option<String>,
    /// The latest time for its result (RFC 3339). Null if its first bet opened it.
    pub result_by: Option<String>,
    /// The oracle, if the round has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oracle: Option<OracleBody>,
    /// The SHA-256 of the seed, public before the first bet.
    pub seed_hash: String,
    /// The seed. Null until a moment after the round closes, when nothing can be matched in it.
    pub seed: Option<String>,
    /// The winning side of the whole round. Null if there is none yet, or none at all.
    pub winner_side: Option<&'static str>,
    /// The oracle's signature of the result, in base64.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signature: Option<String>,
    /// The opening time (RFC 3339).
    pub opened_at: String,
    /// The time at which it closed or was cancelled (RFC 3339). Null while it is open.
    pub closed_at: Option<String>,
    /// The amount matched on each side, always equal.
    pub matched: SideAmounts,
    /// The unmatched amount on each side.
    pub waiting: SideAmounts,
    /// True if `matched` and `waiting` are complete. False while a large round is added up for the first time, or if a
    /// part cannot be read; the totals are then a minimum.
    pub totals_complete: bool,
    /// The time at which `matched` and `waiting` were added up (RFC 3339). Usually a moment ago; older in a round of
    /// many thousand matches, which are read in parts.
    pub totals_at: String,
}

impl RoundAnswer {
    /// The answer for a round with what it adds up to, as of `totals_at`.
    pub fn new(round: &Round, totals: &RoundTotals, totals_at: Timestamp) -> Self {
        let RoundTotals { matched, waiting_a, waiting_b, is_complete } = *totals;
        let outcome = match &round.state {
            RoundState::Resulted { outcome, .. } => Some(outcome),
            RoundState::Open | RoundState::Closed { .. } | RoundState::Cancelled { .. } => None,
        };
        let oracle = match &round.draw {
            Draw::Oracle(oracle) => Some(OracleBody {
                name: oracle.name.clone(),
                public_key: BASE64_STANDARD.encode(oracle.public_key),
            }),
            Draw::Match | Draw::Round => None,
        };
        let signature = outcome.and_then(|outcome| outcome.signature.as_deref());
        let data = RoundBody {
            round_id: round.id.to_string(),
            state: round.state.name().as_str(),
            draw: round.draw.as_str(),
            draw_rule: round.draw_rule.number(),
            stake_min: round.stake_min.into(),
            closes_by: round.deadlines.map(|deadlines| deadlines.closes_by.to_string()),
            result_by: round.deadlines.map(|deadlines| deadlines.result_by.to_string()),
            oracle,
            seed_hash: round.seed_hash.to_string(),
            seed: round.state.seed().map(Seed::reveal),
            winner_side: outcome.map(|outcome| Side::as_str(outcome.winner)),
            signature: signature.map(|bytes| BASE64_STANDARD.encode(bytes)),
            opened_at: round.opened_at.to_string(),
            closed_at: round.state.ended_at().map(|ended_at| ended_at.to_string()),
            matched: SideAmounts { a: matched.into(), b: matched.into() },
            waiting: SideAmounts { a: waiting_a.into(), b: waiting_b.into() },
            totals_complete: is_complete,
            totals_at: totals_at.to_string(),
        };
        Self { data }
    }
}

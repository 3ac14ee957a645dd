//! Answers about rounds and their matches. They are public, and contain all that is needed to recompute each draw.

use super::answer::commission_rate;
use crate::{Data, MatchCursor, Money, RoundCursor, Time};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use evens_draws::{Nonce, Seed};
use evens_exchange::{Draw, Match, MatchId, Round, RoundPlace, RoundState, RoundTotals, Side};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// `200` to `GET /api/rounds`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RoundListAnswer {
    /// The open rounds, the earliest closing first. A page may be short or empty although another page follows.
    pub data: Vec<RoundBody>,
    /// Start of the next page; null only on the last page.
    pub next_cursor: Option<String>,
}

impl RoundListAnswer {
    /// A page of rounds. The next page starts after `next`.
    pub fn new(rounds: Vec<Data<RoundBody>>, next: Option<RoundPlace>) -> Self {
        let data = rounds.into_iter().map(|round| round.data).collect();
        Self { data, next_cursor: next.map(|after| RoundCursor { after }.to_string()) }
    }
}

/// The oracle of a round's result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OracleBody {
    /// The oracle's name.
    pub name: String,
    /// The Ed25519 key that verifies its signature, in base64.
    pub public_key: String,
}

/// `200` to `GET /api/rounds/{roundId}/matches`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MatchListAnswer {
    /// The round's matches, sorted by id.
    pub data: Vec<MatchBody>,
    /// Start of the next page; null on the last page.
    pub next_cursor: Option<String>,
}

/// A match as the public sees it: the data of its draw, without its players.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MatchBody {
    /// The match's id.
    pub match_id: String,
    /// The bet on side A.
    pub bet_a_id: String,
    /// The bet on side B.
    pub bet_b_id: String,
    /// The nonce of the bet on side A; null for a bet from before nonces.
    pub nonce_a: Option<String>,
    /// The nonce of the bet on side B; null for a bet from before nonces.
    pub nonce_b: Option<String>,
    /// The amount on each side.
    pub amount: Money,
    /// `JOINED`, `DRAWN`, `SETTLED` or `VOID`.
    pub state: &'static str,
    /// The winning side; null if nothing was drawn.
    pub winner_side: Option<&'static str>,
    /// Time of the join (RFC 3339).
    pub created_at: Time,
    /// Time of the draw (RFC 3339); null if nothing was drawn.
    pub drawn_at: Option<Time>,
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
            created_at: found.joined_at.into(),
            drawn_at: found.state.outcome().map(|outcome| outcome.drawn_at.into()),
        }
    }
}

/// `200` to `GET /api/bets/{betId}/matches`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BetMatchListAnswer {
    /// The bet's matches, newest first in each page. A page may be short or empty although another page follows.
    pub data: Vec<BetMatchBody>,
    /// Start of the next page; null only on the last page.
    pub next_cursor: Option<String>,
}

/// A match of a bet as its player sees it at any time, without the opponent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BetMatchBody {
    /// The match's id, as in ledger entries.
    pub match_id: String,
    /// The matched amount.
    pub amount: Money,
    /// `JOINED`, `DRAWN`, `SETTLED` or `VOID`.
    pub state: &'static str,
    /// The winning side; null if nothing was drawn.
    pub winner_side: Option<&'static str>,
    /// Time of the join (RFC 3339).
    pub created_at: Time,
    /// Time of the draw (RFC 3339); null if nothing was drawn.
    pub drawn_at: Option<Time>,
}

impl From<&Match> for BetMatchBody {
    fn from(found: &Match) -> Self {
        let MatchBody { match_id, amount, state, winner_side, created_at, drawn_at, .. } = found.into();
        Self { match_id, amount, state, winner_side, created_at, drawn_at }
    }
}

impl BetMatchListAnswer {
    /// A page of a bet's matches. The next page starts after `next`.
    pub fn new(matches: &[Match], next: Option<MatchId>) -> Self {
        let next_cursor = next.map(|after| MatchCursor { after }.to_string());
        Self { data: matches.iter().map(BetMatchBody::from).collect(), next_cursor }
    }
}

impl MatchListAnswer {
    /// A page of matches. The next page starts after `next`.
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
    /// The inputs of a match's draw: 1, ids; 2, ids and the nonces of both bets.
    pub draw_rule: u8,
    /// The minimum stake, and the minimum matched amount.
    pub stake_min: Money,
    /// The commission rate on the net winnings of bets in the round; absent if it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commission_rate: Option<Money>,
    /// The closing deadline (RFC 3339); null if its first bet opened the round.
    pub closes_by: Option<Time>,
    /// The deadline for the result (RFC 3339); null if its first bet opened the round.
    pub result_by: Option<Time>,
    /// The oracle of the result, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oracle: Option<OracleBody>,
    /// The SHA-256 of the seed, public before the first bet.
    pub seed_hash: String,
    /// The seed. Null until the round has closed and nothing in it can be matched, which takes a moment.
    pub seed: Option<String>,
    /// The side that won the whole round; null if there is no such result (yet).
    pub winner_side: Option<&'static str>,
    /// The oracle's signature of the result, in base64.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signature: Option<String>,
    /// Time of the opening (RFC 3339).
    pub opened_at: Time,
    /// Time of the closing or cancellation (RFC 3339); null while the round is open.
    pub closed_at: Option<Time>,
    /// The matched amount on each side, which is always the same.
    pub matched: SideAmounts,
    /// The unmatched amount on each side.
    pub waiting: SideAmounts,
    /// `true` if `matched` and `waiting` are complete. False while a large round is added up for the first time, or if
    /// an item cannot be read; then the sums are minimums.
    pub totals_complete: bool,
    /// The time at which `matched` and `waiting` were added up (RFC 3339), usually a moment ago. For a round with many
    /// thousand matches it is longer ago, because they are read in parts.
    pub totals_at: Time,
}

impl Data<RoundBody> {
    /// The answer for a round with its totals as of `totals_at`.
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
            commission_rate: commission_rate(round.commission),
            closes_by: round.deadlines.map(|deadlines| deadlines.closes_by.into()),
            result_by: round.deadlines.map(|deadlines| deadlines.result_by.into()),
            oracle,
            seed_hash: round.seed_hash.to_string(),
            seed: round.state.seed().map(Seed::reveal),
            winner_side: outcome.map(|outcome| Side::as_str(outcome.winner)),
            signature: signature.map(|bytes| BASE64_STANDARD.encode(bytes)),
            opened_at: round.opened_at.into(),
            closed_at: round.state.ended_at().map(Time::from),
            matched: SideAmounts { a: matched.into(), b: matched.into() },
            waiting: SideAmounts { a: waiting_a.into(), b: waiting_b.into() },
            totals_complete: is_complete,
            totals_at: totals_at.into(),
        };
        Self { data }
    }
}

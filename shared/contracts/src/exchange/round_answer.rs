//! Answers about rounds and their matches: what everybody may see, and can make each draw again from.

use crate::{MatchCursor, Money, RoundCursor};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use evens_draws::{Nonce, Seed};
use evens_exchange::{Draw, Match, MatchId, Round, RoundPlace, RoundState, RoundTotals, Side};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// `200` to `GET /api/rounds/{roundId}` and to the operator's steps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RoundAnswer {
    /// The round.
    pub data: RoundBody,
}

/// `200` to `GET /api/rounds`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RoundListAnswer {
    /// The open rounds, the one that closes first in front. A page may be short though another one follows.
    pub data: Vec<RoundBody>,
    /// Where the next page starts; null on the last one.
    pub next_cursor: Option<String>,
}

impl RoundListAnswer {
    /// A page of rounds; the next one starts after `next`.
    pub fn new(rounds: Vec<RoundAnswer>, next: Option<RoundPlace>) -> Self {
        let data = rounds.into_iter().map(|round| round.data).collect();
        Self { data, next_cursor: next.map(|after| RoundCursor { after }.to_string()) }
    }
}

/// Who says the result of a round.
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
    /// Where the next page starts; null on the last one.
    pub next_cursor: Option<String>,
}

/// A match, as everybody may see it: what its draw can be made again from, and no player.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MatchBody {
    /// The match's id.
    pub match_id: String,
    /// The bet on side A.
    pub bet_a_id: String,
    /// The bet on side B.
    pub bet_b_id: String,
    /// The nonce of the bet on side A; null where it was placed before there were nonces.
    pub nonce_a: Option<String>,
    /// The nonce of the bet on side B; null where it was placed before there were nonces.
    pub nonce_b: Option<String>,
    /// What each side put in.
    pub amount: Money,
    /// `JOINED`, `DRAWN`, `SETTLED` or `VOID`.
    pub state: &'static str,
    /// The side that won; null where nothing was drawn.
    pub winner_side: Option<&'static str>,
    /// When it was joined (RFC 3339).
    pub created_at: String,
    /// When its outcome was fixed (RFC 3339); null where nothing was drawn.
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
    /// The bet's matches, newest first in each page. A page may be short, or empty, though another one follows.
    pub data: Vec<BetMatchBody>,
    /// Where the next page starts; null on the last one, and on no other.
    pub next_cursor: Option<String>,
}

/// A match of a bet, as its player may see it at any time: not against whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BetMatchBody {
    /// The match's id, which ledger entries name.
    pub match_id: String,
    /// What the bet put in.
    pub amount: Money,
    /// `JOINED`, `DRAWN`, `SETTLED` or `VOID`.
    pub state: &'static str,
    /// The side that won; null where nothing was drawn.
    pub winner_side: Option<&'static str>,
    /// When it was joined (RFC 3339).
    pub created_at: String,
    /// When its outcome was fixed (RFC 3339); null where nothing was drawn.
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
    /// What the draw of a match is made from: 1, ids; 2, ids and the nonces of both bets.
    pub draw_rule: u8,
    /// The least stake, and the least that is matched.
    pub stake_min: Money,
    /// When it closes at the latest (RFC 3339); null where its first bet opened it.
    pub closes_by: Option<String>,
    /// When it has its result at the latest (RFC 3339); null where its first bet opened it.
    pub result_by: Option<String>,
    /// Who says the result, if an oracle does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oracle: Option<OracleBody>,
    /// The SHA-256 of the seed, public before the first bet.
    pub seed_hash: String,
    /// The seed; null until the round has closed and nothing can be matched in it any more, a moment later.
    pub seed: Option<String>,
    /// The side that won the whole round; null where there is none (yet).
    pub winner_side: Option<&'static str>,
    /// The oracle's signature of the result, in base64.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signature: Option<String>,
    /// When it opened (RFC 3339).
    pub opened_at: String,
    /// When it closed or was cancelled (RFC 3339); null while it is open.
    pub closed_at: Option<String>,
    /// What is matched on each side: always the same amount.
    pub matched: SideAmounts,
    /// What waits for opponents on each side.
    pub waiting: SideAmounts,
    /// Whether `matched` and `waiting` are all there was. False where a large round is being added up for the first
    /// time, or something in it cannot be read: the round has that much at least.
    pub totals_complete: bool,
    /// As of when `matched` and `waiting` were added up (RFC 3339): mostly a moment ago; in a round of many thousand
    /// matches some time, as that many are read bit by bit.
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

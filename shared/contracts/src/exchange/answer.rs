//! Answers about bets. The old API's fields keep their names. Amounts are JSON numbers with their exact digits.

use crate::http::cursor::next_cursor;
use crate::{Data, Money, Time};
use evens_draws::Nonce;
use evens_exchange::{Bet, BetStatus, BetView, CommissionRate, MatchState, Void};
use evens_idempotency::BetId;
use evens_ledger::Entry;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// `202` to `POST /api/bets`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PlaceBetAnswer {
    /// The HTTP status again, for old clients.
    pub status: u16,
    /// The bet.
    pub data: PlacedBetBody,
}

/// A placed bet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlacedBetBody {
    /// The bet's id.
    pub bet_id: String,
    /// `PENDING`: the state on acceptance. `GET /api/bets/{betId}` returns the current state.
    pub status: &'static str,
    /// The balance after the stake was taken.
    pub balance: Money,
    /// The SHA-256 of the server's nonce for the bet, from which its matches are drawn. The nonce itself is published
    /// once no part of the bet is unmatched. Null for a bet from before nonces.
    pub nonce_hash: Option<String>,
    /// The commission rate on the winnings of this bet; absent if it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commission_rate: Option<Money>,
    /// A message for people.
    pub message: &'static str,
}

impl From<&Bet> for PlaceBetAnswer {
    fn from(bet: &Bet) -> Self {
        let data = PlacedBetBody {
            bet_id: bet.id.to_string(),
            status: BetStatus::Pending.as_str(),
            balance: bet.balance_after.into(),
            nonce_hash: nonce_hash(bet),
            commission_rate: commission_rate(bet.commission),
            message: "Bet placed, waiting for match",
        };
        Self { status: 202, data }
    }
}

/// The rate in an answer. Answers without a commission have no field for it.
pub(super) fn commission_rate(rate: CommissionRate) -> Option<Money> {
    Some(rate).filter(|rate| !rate.is_none()).map(|rate| rate.amount().into())
}

fn nonce_hash(bet: &Bet) -> Option<String> {
    bet.nonce.as_ref().map(|nonce| nonce.hash().to_string())
}

/// The current state of a bet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BetBody {
    /// The bet's id.
    pub bet_id: String,
    /// The player.
    pub user_id: u64,
    /// The bet's round.
    pub round_id: String,
    /// `A` or `B`.
    pub side: &'static str,
    /// The stake.
    pub amount: Money,
    /// `PENDING`, `MATCHED`, `SETTLED` or `REFUNDED`.
    pub status: &'static str,
    /// The unmatched part.
    pub open: Money,
    /// The part that is matched and not settled.
    pub matched: Money,
    /// The part whose matches are settled.
    pub settled: Money,
    /// The refunded part.
    pub refunded: Money,
    /// The winnings: twice each settled part that won.
    pub payout: Money,
    /// The commission rate on the winnings of this bet; absent if it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commission_rate: Option<Money>,
    /// The commission taken from the winnings so far, beside the payout; absent if the bet has no commission.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commission: Option<Money>,
    /// The SHA-256 of the bet's nonce; null for a bet from before nonces.
    pub nonce_hash: Option<String>,
    /// The bet's nonce; null while a part of the bet is unmatched.
    pub nonce: Option<String>,
    /// Time of placing (RFC 3339).
    pub created_at: Time,
    /// Time of the last change (RFC 3339).
    pub updated_at: Time,
}

impl From<&BetView> for BetBody {
    fn from(view: &BetView) -> Self {
        let BetView { bet, open } = view;
        Self {
            bet_id: bet.id.to_string(),
            user_id: bet.user.number(),
            round_id: bet.round.to_string(),
            side: bet.side.as_str(),
            amount: bet.stake.amount().into(),
            status: view.status().as_str(),
            open: (*open).into(),
            matched: view.matched().into(),
            settled: bet.settled.into(),
            refunded: bet.refunded.into(),
            payout: bet.paid.into(),
            commission_rate: commission_rate(bet.commission),
            commission: Some(bet.commission_paid.into()).filter(|_| !bet.commission.is_none()),
            nonce_hash: nonce_hash(bet),
            nonce: view.nonce_told().map(Nonce::reveal),
            created_at: bet.placed_at.into(),
            updated_at: bet.updated_at.into(),
        }
    }
}

/// `200` to `GET /api/bets`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BetListAnswer {
    /// The player's bets, newest first. A page may be short or empty although another page follows.
    pub data: Vec<BetBody>,
    /// Start of the next page; null only on the last page.
    pub next_cursor: Option<String>,
    /// This page and those before it contain all bets placed after this time (RFC 3339); null on the last page. A
    /// client that merges this list with another one shows nothing older.
    pub read_to: Option<Time>,
}

/// A refund.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RefundBody {
    /// The bet.
    pub bet_id: String,
    /// The refunded amount.
    pub refunded: Money,
    /// The balance afterwards.
    pub balance: Money,
}

impl Data<RefundBody> {
    /// The answer for the refund that this entry made.
    pub fn new(bet: BetId, entry: &Entry) -> Self {
        let (refunded, balance) = (entry.amount.into(), entry.balance_after.into());
        Self { data: RefundBody { bet_id: bet.to_string(), refunded, balance } }
    }
}

/// A match whose stakes were refunded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VoidBody {
    /// The match.
    pub match_id: String,
    /// Its round.
    pub round_id: String,
    /// `VOID`.
    pub status: &'static str,
    /// The refund of each of the two players.
    pub refunded: Money,
}

impl Data<VoidBody> {
    /// The answer for a void.
    pub fn new(void: &Void) -> Self {
        let found = &void.bet_match;
        let (match_id, round_id) = (found.id.to_string(), found.round.to_string());
        let (status, refunded) = (MatchState::Void.as_str(), found.amount.into());
        Self { data: VoidBody { match_id, round_id, status, refunded } }
    }
}

impl BetListAnswer {
    /// A page of bets, newest first. The next page starts before the entry number `next`, and contains bets placed up
    /// to `read_to`.
    pub fn new(bets: &[BetView], next: Option<u64>, read_to: Option<Timestamp>) -> Self {
        let next_cursor = next_cursor(next);
        let read_to = read_to.filter(|_| next_cursor.is_some()).map(Time::from);
        Self { data: bets.iter().map(BetBody::from).collect(), next_cursor, read_to }
    }
}

//! Frames that the server sends.

use super::VERSION;
use crate::games::result_event::GameResultEventBody;
use crate::{
    BetBody, DepositBody, DistributionBody, GameBetBody, HealthAnswer, JackpotBody, PeriodBody, Problem,
    QueueBody, RoundBody, SocketsBody, Time, TrafficBody, WalletBody, WithdrawalBody,
};
use evens_live::{ByeReason, EventId, Revision, Room};
use jiff::Timestamp;
use serde::{Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};
use std::sync::Arc;
use std::time::Duration;

/// The maximum size of the events in a frame: a frame of the gateway of AWS holds 32 KB.
pub const LIVE_FRAME_BYTES_MAX: usize = 27 * 1_024;

/// After so many seconds of silence a client sends `ping`.
pub const PING_SECONDS: u64 = 25;

/// A state as it is pushed: the body that `GET` gives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum EventData {
    /// As `GET /api/bets/{betId}`.
    Bet(BetBody),
    /// As `GET /api/wallet`.
    Wallet(WalletBody),
    /// As `GET /api/rounds/{roundId}`.
    Round(Box<RoundBody>),
    /// As `GET /api/games/my-bets/{betId}`.
    GameBet(Box<GameBetBody>),
    /// As `GET /api/deposits/{orderId}`.
    Deposit(DepositBody),
    /// As `GET /api/withdrawals/{orderId}`.
    Withdrawal(WithdrawalBody),
    /// As `GET …/last-result`, and what won.
    GameResult(Box<GameResultEventBody>),
    /// As `GET …/period/{periodId}`.
    Period(Box<PeriodBody>),
    /// As `GET /api/jackpots`.
    Jackpots(Vec<JackpotBody>),
    /// As `GET /health`.
    Health(HealthAnswer),
    /// As `GET /api/operator/metrics`.
    Metrics(Box<TrafficBody>),
    /// As `GET /api/operator/queues`.
    Queues(Vec<QueueBody>),
    /// As `GET /api/operator/sockets`.
    Sockets(Box<SocketsBody>),
    /// As `GET …/period/{periodId}/distribution`.
    Distribution(Box<DistributionBody>),
    /// The orders that wait for a cashier.
    Review(ReviewBody),
}

/// The orders that wait for a cashier, the longest waiting first. `GET /api/operator/withdrawals` and
/// `GET /api/operator/deposits` give the orders themselves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ReviewBody {
    /// Held withdrawals.
    pub withdrawals: Vec<WaitingOrderBody>,
    /// Unclaimed deposits.
    pub deposits: Vec<WaitingOrderBody>,
    /// `true` if there are more of either.
    pub has_more: bool,
}

/// An order that waits for a cashier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WaitingOrderBody {
    /// The order id.
    pub order_id: String,
    /// The number of approvals so far.
    pub approvals: usize,
}

/// An event, written once for all of its sockets.
#[derive(Debug, Clone)]
pub struct LiveEvent(Arc<RawValue>);

#[derive(Serialize)]
struct EventBody<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    id: String,
    revision: String,
    rooms: Vec<String>,
    at: Time,
    data: &'a EventData,
}

impl LiveEvent {
    /// The event about a state that was read at that time, for all of these rooms.
    pub fn new(id: &EventId, revision: Revision, rooms: &[Room], at: Timestamp, data: &EventData) -> Self {
        let body = EventBody {
            kind: id.kind(),
            id: id.to_string(),
            revision: revision.to_string(),
            rooms: rooms.iter().map(Room::to_string).collect(),
            at: at.into(),
            data,
        };
        // A body is made of strings and numbers, which always become JSON.
        Self(to_raw_value(&body).unwrap_or_else(|_| RawValue::NULL.to_owned()).into())
    }

    /// Its size in a frame.
    pub fn bytes(&self) -> usize {
        self.0.get().len()
    }
}

impl Serialize for LiveEvent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

/// The answer to a message that was carried out, and to `GET /api/live`.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SnapshotFrame {
    v: u8,
    #[serde(rename = "ref", skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
    ok: bool,
    server_time: Time,
    expires_at: Time,
    ping_seconds: u64,
    rooms: Vec<String>,
    events: Vec<LiveEvent>,
    more: bool,
}

impl SnapshotFrame {
    /// The answer to a message; `more` asks the client to send another `sync` with its new state.
    pub fn new(
        reference: Option<String>,
        (now, expires_at): (Timestamp, Timestamp),
        rooms: &[Room],
        events: Vec<LiveEvent>,
        more: bool,
    ) -> Self {
        Self {
            v: VERSION,
            reference,
            ok: true,
            server_time: now.into(),
            expires_at: expires_at.into(),
            ping_seconds: PING_SECONDS,
            rooms: rooms.iter().map(Room::to_string).collect(),
            events,
            more,
        }
    }
}

/// Events that are pushed.
#[derive(Debug, Clone, Serialize)]
pub struct EventFrame {
    v: u8,
    events: Vec<LiveEvent>,
    conflated: u64,
}

impl EventFrame {
    /// These events; `conflated` older states were left out since the last frame.
    pub fn new(events: Vec<LiveEvent>, conflated: u64) -> Self {
        Self { v: VERSION, events, conflated }
    }
}

/// The answer to a message that was refused.
#[derive(Debug, Clone, Serialize)]
pub struct ProblemFrame {
    v: u8,
    #[serde(rename = "ref", skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
    problem: LiveProblem,
}

#[derive(Debug, Clone, Serialize)]
struct LiveProblem {
    #[serde(rename = "type")]
    kind: String,
    title: &'static str,
    detail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'static str>,
}

impl ProblemFrame {
    /// The problem of a message.
    pub fn new(reference: Option<String>, problem: Problem) -> Self {
        let kind = format!("urn:evens:problem:{}", problem.kind.code());
        let Problem { detail, field, .. } = problem;
        let problem = LiveProblem { kind, title: problem.kind.title(), detail, field };
        Self { v: VERSION, reference, problem }
    }
}

/// The last frame of a connection.
#[derive(Debug, Clone, Serialize)]
pub struct ByeFrame {
    v: u8,
    bye: ByeBody,
}

#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct ByeBody {
    reason: &'static str,
    retry_after_ms: u128,
}

impl ByeFrame {
    /// The end for that reason; `retry_after` is how long the client should wait before it connects again.
    pub fn new(reason: ByeReason, retry_after: Duration) -> Self {
        let bye = ByeBody { reason: reason.as_str(), retry_after_ms: retry_after.as_millis() };
        Self { v: VERSION, bye }
    }
}

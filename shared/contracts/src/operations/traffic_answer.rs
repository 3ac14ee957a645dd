//! Answers to operators: the traffic that a process has counted.

use crate::Time;
use serde::Serialize;
use utoipa::ToSchema;

/// `200` to `GET /api/operator/metrics/minutes`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TrafficMinutesAnswer {
    /// The complete minutes of the last 24 hours, the earliest first.
    pub data: Vec<TrafficSpanBody>,
}

/// The traffic that one process has counted. It equals the counters of its metrics.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TrafficBody {
    /// Since the process began to count.
    pub total: TrafficSpanBody,
    /// The last minute; less if the process began to count later.
    pub last_minute: TrafficSpanBody,
}

/// The traffic between two moments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TrafficSpanBody {
    /// The first moment (RFC 3339).
    pub from: Time,
    /// The second moment (RFC 3339).
    pub to: Time,
    /// Accepted bets, those on house games included.
    pub bets: u64,
    /// Decided matches.
    pub matches: u64,
    /// Answered requests.
    pub requests: u64,
    /// Requests that were answered with a status of 500 or above.
    pub errors: u64,
    /// Half of the requests took at most this many microseconds. Estimated from a histogram; null without requests.
    pub p50_micros: Option<u64>,
    /// 95 % of the requests took at most this many microseconds. Estimated from a histogram; null without requests.
    pub p95_micros: Option<u64>,
    /// 99 % of the requests took at most this many microseconds. Estimated from a histogram; null without requests.
    pub p99_micros: Option<u64>,
    /// Money posted to wallets.
    pub money_moved: MoneyMovedBody,
}

/// Money posted to wallets, by type of the ledger entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MoneyMovedBody {
    /// Money that left wallets: stakes and withdrawals.
    pub debit: String,
    /// Money that came in: winnings and deposits.
    pub credit: String,
    /// Stakes that were returned.
    pub refund: String,
    /// Emergency payments by operators.
    pub payout: String,
}

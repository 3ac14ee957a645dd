//! Answers to whoever asks whether the system is well.

use serde::Serialize;
use utoipa::ToSchema;

/// `200` to `GET /health/live`: the process answers, regardless of its dependencies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LiveAnswer {
    /// Always true.
    pub alive: bool,
}

/// `200` or `503` to `GET /health/ready`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[expect(clippy::struct_excessive_bools, reason = "each is a field of the answer's body")]
pub struct ReadyAnswer {
    /// Check whether the process is ready for requests.
    pub ready: bool,
    /// True if the process is about to stop. It still answers but should get no new requests.
    pub draining: bool,
    /// True if the table answers.
    pub table: bool,
    /// True if the queues answer.
    pub queues: bool,
}

/// `200` or `503` to `GET /health`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[expect(clippy::struct_excessive_bools, reason = "each is a field of the answer's body")]
pub struct HealthAnswer {
    /// True if all parts answer.
    pub healthy: bool,
    /// True if the table answers.
    pub table: bool,
    /// True if the queues answer.
    pub queues: bool,
    /// True if the jackpot pools answer.
    pub jackpots: bool,
}

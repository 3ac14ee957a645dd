//! Answers of health checks.

use serde::Serialize;
use utoipa::ToSchema;

/// `200` to `GET /health/live`: the process answers, independent of other systems.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LiveAnswer {
    /// Always true.
    pub alive: bool,
}

/// `200` or `503` to `GET /health/ready`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[expect(clippy::struct_excessive_bools, reason = "each is a field of the answer's body")]
pub struct ReadyAnswer {
    /// `true` if requests should be sent here.
    pub ready: bool,
    /// `true` if the process is about to stop. It still answers, but should get no new requests.
    pub draining: bool,
    /// `true` if the table answers.
    pub table: bool,
    /// `true` if the queues answer.
    pub queues: bool,
}

/// `200` or `503` to `GET /health`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[expect(clippy::struct_excessive_bools, reason = "each is a field of the answer's body")]
pub struct HealthAnswer {
    /// `true` if all of them answer.
    pub healthy: bool,
    /// `true` if the table answers.
    pub table: bool,
    /// `true` if the queues answer.
    pub queues: bool,
    /// `true` if the pools of jackpots answer.
    pub jackpots: bool,
}

//! Answers to whoever asks whether the system is well.

use serde::Serialize;
use utoipa::ToSchema;

/// `200` to `GET /health/live`: the process answers, whatever it depends on.
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
    /// Whether the process is about to stop; then it still answers, and is asked nothing new.
    pub draining: bool,
    /// Whether the table answers.
    pub table: bool,
    /// Whether the queues answer.
    pub queues: bool,
}

/// `200` or `503` to `GET /health`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[expect(clippy::struct_excessive_bools, reason = "each is a field of the answer's body")]
pub struct HealthAnswer {
    /// Whether all of it answers.
    pub healthy: bool,
    /// Whether the table answers.
    pub table: bool,
    /// Whether the queues answer.
    pub queues: bool,
    /// Whether the pools of jackpots answer.
    pub jackpots: bool,
}

//! Frames that the server sends.

use super::VERSION;
use super::event::LiveEvent;
use crate::{Problem, Time};
use evens_live::{ByeReason, Room};
use jiff::Timestamp;
use serde::Serialize;
use std::time::Duration;
use utoipa::ToSchema;

/// The maximum size of the events in a frame: a frame of the gateway of AWS holds 32 KB.
pub const LIVE_FRAME_BYTES_MAX: usize = 27 * 1_024;

/// After so many seconds of silence a client sends `ping`.
pub const PING_SECONDS: u64 = 25;

/// The answer to a message that was carried out, and to `GET /api/live`.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SnapshotFrame {
    /// The version of the protocol.
    v: u8,
    /// The `ref` of the message; not there in the answer to `GET`.
    #[serde(rename = "ref", skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
    /// Always true.
    ok: bool,
    /// The time of the platform's clock.
    server_time: Time,
    /// The end of the token.
    expires_at: Time,
    /// A client of a socket sends `ping` after so many seconds of silence.
    ping_seconds: u64,
    /// The rooms that were asked for, and the user's own.
    rooms: Vec<String>,
    /// The states that are newer than the known ones.
    events: Vec<LiveEvent>,
    /// `true` if there are more; ask again with the revisions of these events.
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

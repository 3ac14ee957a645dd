//! The switches of the stage on the wire.

use crate::http::request::request;
use crate::payments::review::reason;
use crate::{Body, Problem, ProblemKind, Time};
use evens_payments::ActReason;
use evens_switches::{SwitchName, SwitchState, Switches};
use serde::Serialize;
use serde_json::json;
use std::str::FromStr;
use utoipa::ToSchema;

/// `POST /api/operator/switches/{switch}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetSwitchRequest {
    /// The new state.
    pub state: SwitchState,
    /// The reason.
    pub reason: ActReason,
}

/// A state in a body.
struct RequestedState(SwitchState);

/// The text is not a state of a switch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be \"on\" or \"off\"")]
struct UnknownState;

impl FromStr for RequestedState {
    type Err = UnknownState;

    fn from_str(text: &str) -> Result<Self, UnknownState> {
        text.parse().map(Self).map_err(|_| UnknownState)
    }
}

request! {
    SetSwitchRequest {
        state: required "state", Body::optional_string, json!({
            "type": "string", "enum": [SwitchState::On.as_str(), SwitchState::Off.as_str()],
        });
        reason: required "reason", Body::optional_string, reason();
    }
    => {
        let RequestedState(state) = state;
        Self { state, reason }
    }
}

/// The switch in a path. An unknown name is answered with 404.
pub fn parse_switch_name(text: &str) -> Result<SwitchName, Problem> {
    text.parse().map_err(|_| {
        let detail = "There is no switch with this name. GET /api/operator/switches lists the switches.";
        Problem::new(ProblemKind::NotFound, detail).about_field("switch")
    })
}

/// `200` to `GET /api/operator/switches`, and to a change of one of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SwitchListAnswer {
    /// Every switch.
    pub data: Vec<SwitchBody>,
}

/// A switch of the stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SwitchBody {
    /// `all`, `bets`, `deposits` or `withdrawals`.
    pub switch: &'static str,
    /// `on`, or `off`: requests are refused with `paused`.
    pub state: &'static str,
    /// When it got this state (RFC 3339); null if it was never set.
    pub since: Option<Time>,
    /// The actor who set it: a user's number, or `command-line`; null if it was never set.
    pub by: Option<String>,
    /// The reason; null if it was never set.
    pub reason: Option<String>,
}

impl From<&Switches> for SwitchListAnswer {
    fn from(switches: &Switches) -> Self {
        let body = |name: &SwitchName| {
            let set = switches.set.get(name);
            SwitchBody {
                switch: name.as_str(),
                state: switches.state(*name).as_str(),
                since: set.map(|switch| switch.since.into()),
                by: set.map(|switch| switch.by.to_string()),
                reason: set.map(|switch| switch.reason.clone()),
            }
        };
        Self { data: SwitchName::ALL.iter().map(body).collect() }
    }
}

//! `GET /api/live`, which no function serves.

use super::frame::SnapshotFrame;
use crate::http::route::{GET, Parameter, Route, RouteAnswer};
use serde_json::json;

/// The poll of the live channel. A box serves it, and no function does, so it is not in [`crate::ROUTES`].
pub const LIVE: Route = Route {
    path: "/api/live",
    answer: Some(RouteAnswer::of::<SnapshotFrame>()),
    in_query: &[
        Parameter {
            name: "rooms",
            description: "Rooms besides the user's own, separated by commas",
            schema: || json!({ "type": "string", "format": "rooms" }),
        },
        Parameter {
            name: "known",
            description: "The revisions that the client has, as the JSON object of a sync",
            schema: || json!({ "type": "string", "format": "known-revisions" }),
        },
    ],
    summary: "Read the states of rooms that are newer than the known ones; only on a box",
    ..GET
};

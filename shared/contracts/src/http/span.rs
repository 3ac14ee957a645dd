//! The query parameters `since` and `until` of lists that are sorted by time.

use crate::http::route::Parameter;
use serde_json::{Value, json};

/// The earliest time of a list.
pub(crate) const SINCE: Parameter =
    Parameter { name: "since", description: "The earliest time in the list (RFC 3339)", schema: time };

/// The time before which a list ends.
pub(crate) const UNTIL: Parameter =
    Parameter { name: "until", description: "The list has only times before this (RFC 3339)", schema: time };

fn time() -> Value {
    json!({ "type": "string", "format": "date-time" })
}

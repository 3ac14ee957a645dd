//! JSON Schema for requests of several domains.

use serde_json::{Value, json};

/// A whole number, or a string that holds one.
pub(crate) fn whole(minimum: u64, maximum: u64, pattern: &str) -> Value {
    json!([{ "type": "integer", "minimum": minimum, "maximum": maximum }, { "type": "string", "pattern": pattern }])
}

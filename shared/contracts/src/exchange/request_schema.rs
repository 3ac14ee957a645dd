//! JSON Schema of requests about bets and rounds, no looser than the parsers in `request.rs`. White space and other
//! notations that the parsers accept are not published.

use crate::http::route::RequestBody;
use crate::http::schema::whole;
use crate::{OpenRoundRequest, PlaceBetRequest, ResultRequest};
use serde_json::{Value, json};

impl RequestBody for PlaceBetRequest {
    const NAME: &'static str = "PlaceBetRequest";

    fn schema() -> Value {
        json!({
            "type": "object",
            "required": ["roundId", "amount", "side"],
            "properties": { "userId": user_id(), "roundId": round_id(), "amount": stake(), "side": side() },
        })
    }
}

impl RequestBody for OpenRoundRequest {
    const NAME: &'static str = "OpenRoundRequest";

    fn schema() -> Value {
        json!({
            "type": "object",
            "required": ["roundId"],
            "properties": {
                "roundId": round_id(),
                "draw": { "type": "string", "enum": ["match", "round", "oracle"], "default": "match" },
                "stakeMin": stake_min(),
                "commissionRate": commission_rate(),
                "closesBy": moment("closing-moment", "The time at which the round stops taking bets. Default: a \
                 day after it opens"),
                "resultBy": moment("result-moment", "The time by which the round has its result. Default: a day \
                 after closesBy"),
            },
            "if": { "required": ["draw"], "properties": { "draw": { "const": "oracle" } } },
            "then": { "required": ["oracle"], "properties": { "oracle": oracle() } },
        })
    }
}

impl RequestBody for ResultRequest {
    const NAME: &'static str = "ResultRequest";

    fn schema() -> Value {
        json!({
            "type": "object",
            "required": ["winner", "signature"],
            "properties": { "winner": side(), "signature": signature() },
        })
    }
}

/// A round, in a path and in a body. The ids `.` and `..` are excluded, because they have a meaning in a path.
pub(crate) fn round_id() -> Value {
    let pattern = r"^([A-Za-z0-9_-]|\.[A-Za-z0-9_-]|\.\.[A-Za-z0-9._-])[A-Za-z0-9._-]*$";
    json!({ "type": "string", "minLength": 1, "maxLength": 64, "pattern": pattern })
}

fn side() -> Value {
    json!({ "type": "string", "enum": ["A", "B"] })
}

fn user_id() -> Value {
    let description = "Must be the subject of the token";
    json!({ "oneOf": whole(1, i64::MAX as u64, "^[1-9][0-9]{0,17}$"), "description": description })
}

/// More than 0, at most 10^12, at most 8 decimals.
fn stake() -> Value {
    let number = json!({ "type": "number", "exclusiveMinimum": 0, "maximum": 1_000_000_000_000_u64, "multipleOf": 1e-8 });
    let pattern = r"^([1-9][0-9]{0,11}(\.[0-9]{1,8})?|0\.[0-9]{0,7}[1-9])$";
    json!({ "oneOf": [number, { "type": "string", "pattern": pattern }] })
}

/// If this is lower than the platform's minimum stake, the latter applies.
fn stake_min() -> Value {
    let number =
        json!({ "type": "number", "minimum": 0, "maximum": 1_000_000_000_000_u64, "multipleOf": 1e-8 });
    let pattern = r"^(0|[1-9][0-9]{0,11}(\.[0-9]{1,8})?|0\.[0-9]{0,7}[1-9])$";
    let description = "The minimum stake. The platform's minimum applies if this is absent or lower";
    json!({ "oneOf": [number, { "type": "string", "pattern": pattern }], "description": description })
}

/// 0 to 0.1, at most 4 decimals.
fn commission_rate() -> Value {
    let number = json!({ "type": "number", "minimum": 0, "maximum": 0.1, "multipleOf": 1e-4 });
    let pattern = r"^(0(\.0[0-9]{0,3})?|0\.10{0,3})$";
    let description = "The commission on the net winnings of each bet. Default: the platform's rate";
    json!({ "oneOf": [number, { "type": "string", "pattern": pattern }], "description": description })
}

/// A future time of RFC 3339. The result comes after the closing, and both are within a year.
fn moment(format: &str, description: &str) -> Value {
    json!({ "type": "string", "format": format, "description": description })
}

/// 32 bytes in base64 are 43 digits and a `=`. The last digit has two unused bits.
fn oracle() -> Value {
    json!({
        "type": "object",
        "required": ["name", "publicKey"],
        "properties": {
            "name": { "type": "string", "minLength": 1, "maxLength": 64, "pattern": r"^[^\u0000-\u001f\u007f-\u009f]*$" },
            "publicKey": { "type": "string", "pattern": "^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$" },
        },
    })
}

/// 64 bytes in base64.
fn signature() -> Value {
    json!({ "type": "string", "pattern": "^[A-Za-z0-9+/]{85}[AQgw]==$" })
}

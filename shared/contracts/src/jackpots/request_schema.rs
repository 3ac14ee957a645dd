//! What requests about jackpots may hold, as JSON Schema: no looser than the parsers in `request.rs`.

use crate::http::route::RequestBody;
use crate::{AwardRequest, ContributeRequest, DecisionRequest, UpdateJackpotRequest};
use evens_jackpots::{JackpotTerms, OperationId};
use serde_json::{Value, json};

impl RequestBody for ContributeRequest {
    const NAME: &'static str = "ContributeRequest";

    fn schema() -> Value {
        let one_of_them = ["minor", "major", "mega"].map(|group| json!({ "required": [group] }));
        json!({
            "type": "object",
            "required": ["opId"],
            "anyOf": one_of_them,
            "properties": { "opId": operation(), "minor": amount(), "major": amount(), "mega": amount() },
        })
    }
}

impl RequestBody for AwardRequest {
    const NAME: &'static str = "AwardRequest";

    fn schema() -> Value {
        let user = json!({ "type": "integer", "minimum": 1, "maximum": i64::MAX });
        let reason = &DecisionRequest::schema()["properties"]["reason"];
        json!({
            "type": "object",
            "required": ["opId", "userId", "reason"],
            "properties": { "opId": operation(), "userId": user, "amount": amount(), "reason": reason },
        })
    }
}

impl RequestBody for UpdateJackpotRequest {
    const NAME: &'static str = "UpdateJackpotRequest";

    fn schema() -> Value {
        let version = json!({ "type": "integer", "minimum": 0, "maximum": u64::MAX });
        // Each alone: what they may be together is in the documentation.
        let rate = |from: f64, to: f64| json!({ "type": "number", "minimum": from, "maximum": to, "multipleOf": 1e-6 });
        let start =
            json!({ "type": "number", "exclusiveMinimum": 0, "maximum": 10_000_000, "multipleOf": 1e-8 });
        let odds = json!({
            "type": "number", "minimum": 10_000_000, "maximum": JackpotTerms::ODDS_MAX, "multipleOf": 1e-8,
        });
        let must_hit_by = json!({
            "type": "number", "exclusiveMinimum": 10_000_000, "maximum": JackpotTerms::ODDS_MAX,
            "multipleOf": 1e-8,
        });
        json!({
            "type": "object",
            "required": ["expectedVersion", "startAmount", "rate", "reserveRate", "odds", "reason"],
            "properties": {
                "expectedVersion": version,
                "startAmount": start,
                "rate": rate(0.000_001, 0.003),
                "reserveRate": rate(0.0, 0.003_666),
                "odds": odds,
                "mustHitBy": must_hit_by,
                "reason": &DecisionRequest::schema()["properties"]["reason"],
            },
        })
    }
}

fn operation() -> Value {
    json!({ "type": "string", "pattern": format!("^[A-Za-z0-9._-]{{1,{}}}$", OperationId::LENGTH_MAX) })
}

/// More than nothing, at most 10^12, at most 8 decimals.
fn amount() -> Value {
    let number = json!({
        "type": "number", "exclusiveMinimum": 0, "maximum": 1_000_000_000_000_u64, "multipleOf": 1e-8,
    });
    let pattern = r"^([1-9][0-9]{0,11}(\.[0-9]{1,8})?|0\.[0-9]{0,7}[1-9])$";
    json!({ "oneOf": [number, { "type": "string", "pattern": pattern }] })
}

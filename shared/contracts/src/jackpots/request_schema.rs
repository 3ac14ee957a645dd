//! JSON Schema of requests about jackpots, no looser than the parsers in `request.rs`.

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
        let rate = |from: f64| json!({ "type": "number", "minimum": from, "maximum": 0.006_666, "multipleOf": 1e-6 });
        let amount = || {
            let odds_max = JackpotTerms::ODDS_MAX;
            json!({ "type": "number", "exclusiveMinimum": 0, "maximum": odds_max, "multipleOf": 1e-8 })
        };
        json!({
            "type": "object",
            "required": ["expectedVersion", "startAmount", "rate", "reserveRate", "odds", "reason"],
            "properties": {
                "expectedVersion": version,
                "startAmount": amount(),
                "rate": rate(0.000_001),
                "reserveRate": rate(0.0),
                "odds": amount(),
                "mustHitBy": amount(),
                "reason": &DecisionRequest::schema()["properties"]["reason"],
            },
            "allOf": [{ "anyOf": amounts_together() }, { "anyOf": rates_together() }],
        })
    }
}

/// Limits between amounts: a start is at most the odds, and less than the amount by which the pool must be won. A
/// schema cannot compare fields, so a power of ten must lie between them.
fn amounts_together() -> Vec<Value> {
    let around = |power: u32| {
        let between = 10_u64.pow(power);
        json!({
            "properties": {
                "startAmount": { "maximum": between },
                "odds": { "minimum": between },
                "mustHitBy": { "exclusiveMinimum": between },
            },
        })
    };
    (0..=JackpotTerms::ODDS_MAX.ilog10()).map(around).collect()
}

/// Limits between rates: three groups together take at most the fee of the games.
fn rates_together() -> Vec<Value> {
    let together = [
        (0.001, 0.005_666),
        (0.002, 0.004_666),
        (0.003, 0.003_666),
        (0.004, 0.002_666),
        (0.005, 0.001_666),
        (0.006, 0.000_666),
        (0.006_666, 0.0),
    ];
    let up_to = |(rate, reserve): (f64, f64)| json!({ "properties": { "rate": { "maximum": rate }, "reserveRate": { "maximum": reserve } } });
    together.map(up_to).into()
}

fn operation() -> Value {
    json!({ "type": "string", "pattern": format!("^[A-Za-z0-9._-]{{1,{}}}$", OperationId::LENGTH_MAX) })
}

/// More than zero, at most 10^12, at most 8 decimals.
fn amount() -> Value {
    let number = json!({
        "type": "number", "exclusiveMinimum": 0, "maximum": 1_000_000_000_000_u64, "multipleOf": 1e-8,
    });
    let pattern = r"^([1-9][0-9]{0,11}(\.[0-9]{1,8})?|0\.[0-9]{0,7}[1-9])$";
    json!({ "oneOf": [number, { "type": "string", "pattern": pattern }] })
}

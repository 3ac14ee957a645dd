//! JSON Schema of requests about house games, no looser than the parsers in `request.rs`. `GET /api/games` lists the
//! types and values of a game's bets.

use crate::http::route::RequestBody;
use crate::payments::review::reason_schema;
use crate::{CancelPeriodRequest, PlaceGameBetRequest};
use serde_json::{Value, json};

impl RequestBody for PlaceGameBetRequest {
    const NAME: &'static str = "PlaceGameBetRequest";

    fn schema() -> Value {
        let name = json!({ "type": "string", "pattern": "^[A-Za-z0-9_,]{1,32}$" });
        json!({
            "type": "object",
            "required": ["periodId", "betType", "betValue", "betAmount"],
            "properties": {
                "periodId": period_id(),
                "betType": name,
                "betValue": name,
                "betAmount": stake(),
                "purse": { "type": "string", "enum": ["BONUS_FIRST", "CASH"], "default": "BONUS_FIRST" },
            },
        })
    }
}

impl RequestBody for CancelPeriodRequest {
    const NAME: &'static str = "CancelPeriodRequest";

    fn schema() -> Value {
        json!({
            "type": "object",
            "required": ["periodId", "reason"],
            "properties": { "periodId": period_id(), "reason": reason_schema() },
        })
    }
}

fn period_id() -> Value {
    json!({ "type": "string", "pattern": "^[0-9]{17}$" })
}

/// More than 0, at most 10^10, at most 2 decimals. The limits of the room are narrower.
fn stake() -> Value {
    let number =
        json!({ "type": "number", "exclusiveMinimum": 0, "maximum": 10_000_000_000_u64, "multipleOf": 0.01 });
    let pattern = r"^([1-9][0-9]{0,9}(\.[0-9]{1,2})?|0\.[0-9]?[1-9])$";
    json!({ "oneOf": [number, { "type": "string", "pattern": pattern }] })
}

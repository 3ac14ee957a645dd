//! Requests about orders, parsed into types that cannot be wrong, and what they may hold, as JSON Schema.

use crate::route::RequestBody;
use crate::{Body, Problem, ProblemKind};
use evens_ledger::Amount;
use evens_payments::{Currency, Money, OrderId};
use serde_json::{Value, json};

/// `POST /api/deposits`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenDepositRequest {
    /// How much the player brings.
    pub money: Money,
}

impl OpenDepositRequest {
    /// Reads the body; the amount is one of the platform's currency.
    pub fn parse(bytes: &[u8], currency: Currency) -> Result<Self, Problem> {
        let body = Body::parse(bytes)?;
        let amount: Amount = body.number("amount")?;
        let money = Money::parse(amount, currency).map_err(|error| Problem::invalid("amount", error))?;
        Ok(Self { money })
    }
}

impl RequestBody for OpenDepositRequest {
    const NAME: &'static str = "OpenDepositRequest";

    /// More than nothing, at most 10^12, and no finer than most currencies are paid.
    fn schema() -> Value {
        let number = json!({
            "type": "number", "exclusiveMinimum": 0, "maximum": 1_000_000_000_000_u64, "multipleOf": 0.01,
        });
        let pattern = r"^([1-9][0-9]{0,11}(\.[0-9]{1,2})?|0\.(0[1-9]|[1-9][0-9]?))$";
        let amount = json!({ "oneOf": [number, { "type": "string", "pattern": pattern }] });
        json!({ "type": "object", "required": ["amount"], "properties": { "amount": amount } })
    }
}

/// An order in a path. What is no id is no order.
pub fn parse_order_id(text: &str) -> Result<OrderId, Problem> {
    text.parse().map_err(|_| {
        let detail = "There is no such order. GET /api/deposits lists those of yours.";
        Problem::new(ProblemKind::NotFound, detail).about_field("orderId")
    })
}

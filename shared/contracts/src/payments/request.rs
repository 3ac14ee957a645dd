//! Requests about orders, parsed into types that cannot be wrong, and what they may hold, as JSON Schema.

use crate::http::route::RequestBody;
use crate::{Body, Problem, ProblemKind};
use evens_ledger::Amount;
use evens_payments::{AccountNumber, Currency, Direction, Money, OrderId, PayeeId, WireStatus};
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

    fn schema() -> Value {
        json!({ "type": "object", "required": ["amount"], "properties": { "amount": amount() } })
    }
}

/// `POST /api/payees`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddPayeeRequest {
    /// The account that the player wants to be paid to.
    pub account: AccountNumber,
}

impl AddPayeeRequest {
    /// Reads the body.
    pub fn parse(bytes: &[u8]) -> Result<Self, Problem> {
        let body = Body::parse(bytes)?;
        Ok(Self { account: body.string("account")? })
    }
}

impl RequestBody for AddPayeeRequest {
    const NAME: &'static str = "AddPayeeRequest";

    fn schema() -> Value {
        let account = json!({ "type": "string", "minLength": 6, "maxLength": 64, "pattern": "^[!-~]*$" });
        json!({ "type": "object", "required": ["account"], "properties": { "account": account } })
    }
}

/// `POST /api/withdrawals`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WithdrawalRequest {
    /// How much the player takes home.
    pub money: Money,
    /// The payee.
    pub payee: PayeeId,
}

impl WithdrawalRequest {
    /// Reads the body; the amount is one of the platform's currency.
    pub fn parse(bytes: &[u8], currency: Currency) -> Result<Self, Problem> {
        let body = Body::parse(bytes)?;
        let amount: Amount = body.number("amount")?;
        let money = Money::parse(amount, currency).map_err(|error| Problem::invalid("amount", error))?;
        Ok(Self { money, payee: body.string("payeeId")? })
    }
}

impl RequestBody for WithdrawalRequest {
    const NAME: &'static str = "WithdrawalRequest";

    fn schema() -> Value {
        let payee = json!({ "type": "string", "minLength": 1, "maxLength": 64, "pattern": "^[!-~]*$" });
        json!({
            "type": "object",
            "required": ["amount", "payeeId"],
            "properties": { "amount": amount(), "payeeId": payee },
        })
    }
}

/// More than nothing, at most 10^12, and no finer than most currencies are paid.
pub(crate) fn amount() -> Value {
    let number = json!({
        "type": "number", "exclusiveMinimum": 0, "maximum": 1_000_000_000_000_u64, "multipleOf": 0.01,
    });
    let pattern = r"^([1-9][0-9]{0,11}(\.[0-9]{1,2})?|0\.(0[1-9]|[1-9][0-9]?))$";
    json!({ "oneOf": [number, { "type": "string", "pattern": pattern }] })
}

/// An order of that direction in a path. What is no id is no order.
pub fn parse_order_id(text: &str, direction: Direction) -> Result<OrderId, Problem> {
    text.parse().map_err(|_| unknown_order(direction))
}

/// Where orders stand that are listed; none for all of them.
///
/// # Errors
/// `422` for a word that no order is told in.
pub fn parse_order_status(text: Option<String>) -> Result<Option<WireStatus>, Problem> {
    let parse = |text: String| {
        let detail = "must be pending, processing, completed, failed or cancelled";
        text.parse().map_err(|_| Problem::invalid("status", detail))
    };
    text.map(parse).transpose()
}

/// What is answered where the token's user has no such order.
pub fn unknown_order(direction: Direction) -> Problem {
    let detail = match direction {
        Direction::Deposit => "You have no such deposit. GET /api/deposits lists yours.",
        Direction::Withdrawal => "You have no such withdrawal. GET /api/withdrawals lists yours.",
    };
    Problem::new(ProblemKind::NotFound, detail).about_field("orderId")
}

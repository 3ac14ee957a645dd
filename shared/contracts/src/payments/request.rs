//! Requests about orders, parsed into types that cannot be wrong, with their JSON Schema.

use crate::http::request::request;
use crate::{Body, Problem, ProblemKind};
use evens_ledger::Amount;
use evens_payments::{AccountNumber, Currency, Direction, Money, OrderId, PayeeId, WireStatus};
use serde_json::{Value, json};

/// `POST /api/deposits`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenDepositRequest {
    /// The amount of the deposit.
    pub money: Money,
}

request! {
    OpenDepositRequest(currency: Currency) {
        money: required "amount", |body, field| money(body, field, currency), amount();
    }
}

/// `POST /api/payees`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddPayeeRequest {
    /// The player's bank account.
    pub account: AccountNumber,
}

request! {
    AddPayeeRequest {
        account: required "account", Body::optional_string, json!({
            "type": "string", "minLength": 6, "maxLength": 64, "pattern": "^[!-~]*$",
        });
    }
}

/// `POST /api/withdrawals`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WithdrawalRequest {
    /// The amount of the withdrawal.
    pub money: Money,
    /// The payee.
    pub payee: PayeeId,
}

request! {
    WithdrawalRequest(currency: Currency) {
        money: required "amount", |body, field| money(body, field, currency), amount();
        payee: required "payeeId", Body::optional_string, json!({
            "type": "string", "minLength": 1, "maxLength": 64, "pattern": "^[!-~]*$",
        });
    }
}

/// An amount of the platform's currency.
pub(super) fn money(
    body: &Body<'_>,
    field: &'static str,
    currency: Currency,
) -> Result<Option<Money>, Problem> {
    let amount: Option<Amount> = body.optional_number(field)?;
    let money = amount.map(|amount| Money::parse(amount, currency)).transpose();
    money.map_err(|error| Problem::invalid(field, error))
}

/// More than zero, at most 10^12, with at most 2 decimals like most currencies.
pub(super) fn amount() -> Value {
    let number = json!({
        "type": "number", "exclusiveMinimum": 0, "maximum": 1_000_000_000_000_u64, "multipleOf": 0.01,
    });
    let pattern = r"^([1-9][0-9]{0,11}(\.[0-9]{1,2})?|0\.(0[1-9]|[1-9][0-9]?))$";
    json!({ "oneOf": [number, { "type": "string", "pattern": pattern }] })
}

/// The order of this direction in a path. An invalid id is answered like that of an unknown order.
pub fn parse_order_id(text: &str, direction: Direction) -> Result<OrderId, Problem> {
    text.parse().map_err(|_| unknown_order(direction))
}

/// The status by which a list of orders is filtered. `None` lists all.
///
/// # Errors
/// `422` for a word that is not a status.
pub fn parse_order_status(text: Option<String>) -> Result<Option<WireStatus>, Problem> {
    let parse = |text: String| {
        let detail = "must be pending, processing, completed, failed or cancelled";
        text.parse().map_err(|_| Problem::invalid("status", detail))
    };
    text.map(parse).transpose()
}

/// The problem of an order that the token's user does not have.
pub fn unknown_order(direction: Direction) -> Problem {
    let detail = match direction {
        Direction::Deposit => "You have no such deposit. GET /api/deposits lists yours.",
        Direction::Withdrawal => "You have no such withdrawal. GET /api/withdrawals lists yours.",
    };
    Problem::new(ProblemKind::NotFound, detail).about_field("orderId")
}

//! Requests about jackpots, parsed into types that cannot be wrong, with their JSON Schema. Fields are checked in the
//! order of their rows.

use crate::http::request::request;
use crate::payments::review::reason;
use crate::{Body, Problem, ProblemKind};
use evens_jackpots::{ByGroup, JackpotGroup, JackpotTerms, OperationId, Rate};
use evens_ledger::{Amount, UserId};
use evens_payments::ActReason;
use serde_json::{Value, json};

/// `POST /api/jackpots/contribute`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContributeRequest {
    /// The operation id, under which it is made once.
    pub operation: OperationId,
    /// The amount for each group; more than zero for at least one of them.
    pub amounts: ByGroup<Amount>,
}

/// `POST /api/jackpots/{group}/win`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwardRequest {
    /// The operation id, under which it is awarded once.
    pub operation: OperationId,
    /// The winner.
    pub user: UserId,
    /// The amount from the pool; `None` for all of it.
    pub amount: Option<Amount>,
    /// The reason.
    pub reason: ActReason,
}

/// `PATCH /api/jackpots/{group}/config`: all of the terms together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpdateJackpotRequest {
    /// The version that it replaces; 0 for a group that is not open yet.
    pub expected_version: u64,
    /// The new terms.
    pub terms: JackpotTerms,
    /// The reason.
    pub reason: ActReason,
}

request! {
    ContributeRequest {
        operation: required "opId", Body::optional_string, operation();
        minor: optional "minor", positive, amount();
        major: optional "major", positive, amount();
        mega: optional "mega", positive, amount();
    }
    rules json!({ "anyOf": [{ "required": ["minor"] }, { "required": ["major"] }, { "required": ["mega"] }] });
    => {
        if [minor, major, mega].iter().all(Option::is_none) {
            let detail = "is missing, as are major and mega. Give at least one of them";
            return Err(Problem::invalid("minor", detail));
        }
        let [minor, major, mega] = [minor, major, mega].map(Option::unwrap_or_default);
        Self { operation, amounts: ByGroup { minor, major, mega } }
    }
}

impl ContributeRequest {
    /// Refuses the request if a group would get more than `max`.
    pub fn at_most(self, max: Amount) -> Result<Self, Problem> {
        let too_much = self.amounts.iter().find(|(_, amount)| **amount > max).map(|(group, _)| group);
        match too_much {
            Some(group) => Err(Problem::invalid(group.as_str(), format!("must be at most {max}"))),
            None => Ok(self),
        }
    }
}

request! {
    AwardRequest {
        operation: required "opId", Body::optional_string, operation();
        user: required "userId", Body::optional_whole, json!({
            "type": "integer", "minimum": 1, "maximum": i64::MAX,
        });
        amount: optional "amount", positive, amount();
        reason: required "reason", Body::optional_string, reason();
    }
}

request! {
    UpdateJackpotRequest {
        expected_version: required "expectedVersion", Body::optional_whole, json!({
            "type": "integer", "minimum": 0, "maximum": u64::MAX,
        });
        start: required "startAmount", Body::optional_number, term();
        rate: required "rate", Body::optional_number::<Rate>, rate_from(0.000_001);
        reserve_rate: required "reserveRate", Body::optional_number::<Rate>, rate_from(0.0);
        odds: required "odds", Body::optional_number, term();
        must_hit_by: optional "mustHitBy", Body::optional_number, term();
        reason: required "reason", Body::optional_string, reason();
    }
    rules json!({ "allOf": [{ "anyOf": amounts_together() }, { "anyOf": rates_together() }] });
    => {
        let terms = JackpotTerms::new(start, rate, reserve_rate, odds, must_hit_by);
        let terms = terms.map_err(|error| Problem::invalid(error.field(), error))?;
        Self { expected_version, terms, reason }
    }
}

/// 10^12 in units of the last decimal, the maximum of contributions and wins.
const AMOUNT_UNITS_MAX: i128 = 1_000_000_000_000 * 100_000_000;

/// An optional amount above zero and up to the maximum.
fn positive(body: &Body<'_>, field: &'static str) -> Result<Option<Amount>, Problem> {
    let amount: Option<Amount> = body.optional_number(field)?;
    match amount {
        Some(amount) if amount.is_zero() => Err(Problem::invalid(field, "must be above 0")),
        Some(amount) if amount.units() > AMOUNT_UNITS_MAX => {
            Err(Problem::invalid(field, "must be at most 1000000000000"))
        }
        amount => Ok(amount),
    }
}

/// The group in a path. An unknown name is answered with 404.
pub fn parse_jackpot(text: &str) -> Result<JackpotGroup, Problem> {
    text.parse().map_err(|_| unknown_jackpot())
}

/// The problem of a group that does not exist, or is not open yet.
pub fn unknown_jackpot() -> Problem {
    Problem::new(
        ProblemKind::NotFound,
        "There is no jackpot with this name. GET /api/jackpots lists the \
                                         jackpots.",
    )
    .about_field("group")
}

fn term() -> Value {
    let maximum = JackpotTerms::ODDS_MAX;
    json!({ "type": "number", "exclusiveMinimum": 0, "maximum": maximum, "multipleOf": 1e-8 })
}

fn rate_from(minimum: f64) -> Value {
    json!({ "type": "number", "minimum": minimum, "maximum": 0.006_666, "multipleOf": 1e-6 })
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

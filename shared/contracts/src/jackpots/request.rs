//! Requests about jackpots, parsed into types that cannot be wrong. Fields are checked in the order of the struct.

use crate::{Body, Problem, ProblemKind};
use evens_jackpots::{ByGroup, JackpotGroup, JackpotTerms, OperationId, Rate};
use evens_ledger::{Amount, UserId};
use evens_payments::ActReason;

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

impl ContributeRequest {
    /// Parses the body, or returns the problem of the first invalid field.
    pub fn parse(bytes: &[u8]) -> Result<Self, Problem> {
        let body = Body::parse(bytes)?;
        let operation = body.string("opId")?;
        let (minor, major, mega) =
            (positive(&body, "minor")?, positive(&body, "major")?, positive(&body, "mega")?);
        if [minor, major, mega].iter().all(Option::is_none) {
            return Err(Problem::invalid(
                "minor",
                "is missing, as are major and mega. Give at least one of them",
            ));
        }
        let [minor, major, mega] = [minor, major, mega].map(Option::unwrap_or_default);
        Ok(Self { operation, amounts: ByGroup { minor, major, mega } })
    }

    /// Refuses the request if a group would get more than `max`.
    pub fn at_most(self, max: Amount) -> Result<Self, Problem> {
        let too_much = self.amounts.iter().find(|(_, amount)| **amount > max).map(|(group, _)| group);
        match too_much {
            Some(group) => Err(Problem::invalid(group.as_str(), format!("must be at most {max}"))),
            None => Ok(self),
        }
    }
}

impl AwardRequest {
    /// Parses the body, or returns the problem of the first invalid field.
    pub fn parse(bytes: &[u8]) -> Result<Self, Problem> {
        let body = Body::parse(bytes)?;
        Ok(Self {
            operation: body.string("opId")?,
            user: body.optional_whole("userId")?.ok_or_else(|| Problem::invalid("userId", "is missing"))?,
            amount: positive(&body, "amount")?,
            reason: body.string("reason")?,
        })
    }
}

impl UpdateJackpotRequest {
    /// Parses the body, or returns the problem of the first invalid field.
    pub fn parse(bytes: &[u8]) -> Result<Self, Problem> {
        let body = Body::parse(bytes)?;
        let missing = || Problem::invalid("expectedVersion", "is missing");
        let expected_version = body.optional_whole("expectedVersion")?.ok_or_else(missing)?;
        let start = body.number("startAmount")?;
        let rate: Rate = body.number("rate")?;
        let reserve_rate: Rate = body.number("reserveRate")?;
        let odds = body.number("odds")?;
        let must_hit_by = body.optional_number("mustHitBy")?;
        let reason = body.string("reason")?;
        let terms = JackpotTerms::new(start, rate, reserve_rate, odds, must_hit_by);
        let terms = terms.map_err(|error| Problem::invalid(error.field(), error))?;
        Ok(Self { expected_version, terms, reason })
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

//! What players set for themselves, on the wire: limits, exclusion, reality check.

use crate::http::route::RequestBody;
use crate::{Body, Money, Problem, ProblemKind};
use evens_ledger::{Amount, AmountError};
use evens_own_limits::{
    Barred, ExclusionMonths, LimitId, LimitKind, Period, PlayRefusal, RealityCheckInterval, WantedLimit,
};
use evens_payments::{Cashier, UsedLimit};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};
use std::str::FromStr;
use strum::VariantArray;
use utoipa::ToSchema;

/// `POST /api/limits`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SetLimitRequest {
    /// The limit.
    pub id: LimitId,
    /// The new limit. None removes the limit.
    pub limit: Option<Amount>,
}

impl SetLimitRequest {
    /// Reads the body.
    pub fn parse(bytes: &[u8]) -> Result<Self, Problem> {
        let body = Body::parse(bytes)?;
        let kind = body.string::<OneOf<LimitKind>>("kind")?.0;
        let period = body.string::<OneOf<Period>>("period")?.0;
        let OrNone(limit) = body.number::<OrNone<LimitAmount>>("limit")?;
        Ok(Self { id: LimitId { kind, period }, limit: limit.map(|limit| limit.0) })
    }
}

impl RequestBody for SetLimitRequest {
    const NAME: &'static str = "SetLimitRequest";

    fn schema() -> Value {
        let kinds = LimitKind::ALL.map(LimitKind::as_str);
        let periods: Vec<_> = Period::VARIANTS.iter().map(AsRef::as_ref).collect();
        let amount = json!({
            "type": "number", "minimum": 0, "maximum": 1_000_000_000_000_u64, "multipleOf": 0.01,
        });
        json!({
            "type": "object",
            "required": ["kind", "period", "limit"],
            "properties": {
                "kind": { "type": "string", "enum": kinds },
                "period": { "type": "string", "enum": periods },
                "limit": or_none(&amount),
            },
        })
    }
}

/// `POST /api/limits/reality-check`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SetRealityCheckRequest {
    /// The interval of the reality check. None turns it off.
    pub every: Option<RealityCheckInterval>,
}

impl SetRealityCheckRequest {
    /// Reads the body.
    pub fn parse(bytes: &[u8]) -> Result<Self, Problem> {
        let every = Body::parse(bytes)?.optional_whole::<OrNone<_>>("everyMinutes")?;
        Ok(Self { every: every.ok_or_else(|| Problem::invalid("everyMinutes", "is missing"))?.0 })
    }
}

impl RequestBody for SetRealityCheckRequest {
    const NAME: &'static str = "SetRealityCheckRequest";

    fn schema() -> Value {
        let (min, max) = (RealityCheckInterval::MINUTES_MIN, RealityCheckInterval::MINUTES_MAX);
        let minutes = or_none(&json!({ "type": "integer", "minimum": min, "maximum": max }));
        json!({ "type": "object", "required": ["everyMinutes"], "properties": { "everyMinutes": minutes } })
    }
}

/// `POST /api/exclusion`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExclusionRequest {
    /// The minimum length in months.
    pub months: ExclusionMonths,
}

impl ExclusionRequest {
    /// Reads the body.
    pub fn parse(bytes: &[u8]) -> Result<Self, Problem> {
        let months = Body::parse(bytes)?.optional_whole("months")?;
        Ok(Self { months: months.ok_or_else(|| Problem::invalid("months", "is missing"))? })
    }
}

impl RequestBody for ExclusionRequest {
    const NAME: &'static str = "ExclusionRequest";

    fn schema() -> Value {
        let months =
            json!({ "type": "integer", "minimum": ExclusionMonths::MIN, "maximum": ExclusionMonths::MAX });
        json!({ "type": "object", "required": ["months"], "properties": { "months": months } })
    }
}

/// A limit in a path. What is no id is no limit.
pub fn parse_limit_id(text: &str) -> Result<LimitId, Problem> {
    let detail = "There is no such limit. GET /api/limits lists them.";
    text.parse().map_err(|_| Problem::new(ProblemKind::NotFound, detail).about_field("limitId"))
}

/// A word of a list, and what is said of a text that is none.
pub(super) struct OneOf<T>(pub(super) T);

/// The text is none of the words of the list.
#[derive(Debug, thiserror::Error)]
#[error("is not one of the allowed values")]
pub(super) struct NoneOf;

impl<T: FromStr> FromStr for OneOf<T> {
    type Err = NoneOf;

    fn from_str(text: &str) -> Result<Self, NoneOf> {
        text.parse().map(Self).map_err(|_| NoneOf)
    }
}

/// A value, or the word `none`.
struct OrNone<T>(Option<T>);

impl<T: FromStr> FromStr for OrNone<T> {
    type Err = T::Err;

    fn from_str(text: &str) -> Result<Self, T::Err> {
        if text == NONE { Ok(Self(None)) } else { text.parse().map(Some).map(Self) }
    }
}

/// What says that there is no limit.
const NONE: &str = "none";

fn or_none(value: &Value) -> Value {
    json!({ "oneOf": [value, { "type": "string", "enum": [NONE] }] })
}

/// How high a limit may be: at most 10^12, and no finer than most currencies are paid.
struct LimitAmount(Amount);

/// Why an amount is no limit.
#[derive(Debug, thiserror::Error)]
enum LimitAmountError {
    #[error(transparent)]
    Amount(#[from] AmountError),
    #[error("must be at most 1000000000000")]
    TooLarge,
    #[error("must have at most 2 decimals")]
    TooFine,
}

impl FromStr for LimitAmount {
    type Err = LimitAmountError;

    fn from_str(text: &str) -> Result<Self, LimitAmountError> {
        const CENT: i128 = 10_i128.pow(Amount::DECIMALS_MAX - 2);
        let amount: Amount = text.parse()?;
        match amount.units() {
            units if units > 1_000_000_000_000 * 100 * CENT => Err(LimitAmountError::TooLarge),
            units if units % CENT != 0 => Err(LimitAmountError::TooFine),
            _ => Ok(Self(amount)),
        }
    }
}

/// `200` to `GET /api/limits`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LimitListAnswer {
    /// All limits that the player can set, and the reality check.
    pub data: LimitListBody,
}

/// A player's own limits, without self-exclusion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LimitListBody {
    /// All limits that the player can set.
    pub limits: Vec<LimitBody>,
    /// The reality check.
    pub reality_check: RealityCheckBody,
}

/// `200` to routes that change a limit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LimitAnswer {
    /// The limit.
    pub data: LimitBody,
}

/// A limit that a player can set for themselves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LimitBody {
    /// Its id, such as `deposits-day`.
    pub limit_id: String,
    /// `deposits`, `stakes` or `losses`.
    pub kind: &'static str,
    /// `day`, `week` or `month`, by the calendar of the platform.
    pub period: &'static str,
    /// The current limit. Null: no limit.
    pub limit: Option<Money>,
    /// The amount used in the current period. For losses: stakes less payouts.
    pub used: Money,
    /// The remaining amount. Null: no limit.
    pub left: Option<Money>,
    /// The higher limit that awaits the player's confirmation. Null if there is none.
    pub wanted: Option<WantedLimitBody>,
}

/// A higher limit that a player requested.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct WantedLimitBody {
    /// The requested limit. Null: no limit.
    pub limit: Option<Money>,
    /// The time from which the player can confirm it (RFC 3339).
    pub from: String,
    /// The time at which the request lapses (RFC 3339).
    pub until: String,
}

/// `200` to routes that change the reality check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RealityCheckAnswer {
    /// The reality check.
    pub data: RealityCheckBody,
}

/// The reality check of a player.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RealityCheckBody {
    /// The interval in minutes. Null: no reality check.
    pub every_minutes: Option<u16>,
    /// The start of play since the last acknowledged reality check (RFC 3339). Null: no reality check. A login does not
    /// change it once the reality check is due.
    pub playing_since: Option<String>,
    /// The time from which bets are refused until the player acknowledges the reality check (RFC 3339). Null: no
    /// reality check.
    pub due_at: Option<String>,
}

/// `200` to all routes of the self-exclusion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ExclusionAnswer {
    /// The player's self-exclusion.
    pub data: ExclusionBody,
}

/// The self-exclusion of a player.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExclusionBody {
    /// True if the player is excluded.
    pub is_excluded: bool,
    /// The start (RFC 3339). Null: not excluded.
    pub since: Option<String>,
    /// The time from which the player can request its end (RFC 3339). Null: not excluded.
    pub until: Option<String>,
    /// The time at which it ends (RFC 3339). Null if not excluded or if no end was requested.
    pub ends_at: Option<String>,
}

impl From<&UsedLimit> for LimitBody {
    fn from(used: &UsedLimit) -> Self {
        let UsedLimit { id, limit, used, left } = *used;
        let wanted = |wanted: WantedLimit| WantedLimitBody {
            limit: wanted.limit.map(Money::from),
            from: wanted.from.to_string(),
            until: wanted.until().to_string(),
        };
        Self {
            limit_id: id.to_string(),
            kind: id.kind.as_str(),
            period: id.period.into(),
            limit: limit.current.map(Money::from),
            used: used.into(),
            left: left.map(Money::from),
            wanted: limit.wanted.map(wanted),
        }
    }
}

impl RealityCheckBody {
    /// How often that player is reminded in a session that began then.
    pub fn new(cashier: &Cashier, session_started_at: Timestamp) -> Self {
        let Some(check) = cashier.reality_check else {
            return Self { every_minutes: None, playing_since: None, due_at: None };
        };
        let since = check.playing_since(session_started_at);
        Self {
            every_minutes: Some(check.every.minutes()),
            playing_since: Some(since.to_string()),
            due_at: Some(check.due_at(since).to_string()),
        }
    }
}

impl ExclusionBody {
    /// Whether that player is excluded now.
    pub fn new(cashier: &Cashier, now: Timestamp) -> Self {
        let exclusion = cashier.exclusion.filter(|exclusion| exclusion.is_in_force(now));
        Self {
            is_excluded: exclusion.is_some(),
            since: exclusion.map(|exclusion| exclusion.since.to_string()),
            until: exclusion.map(|exclusion| exclusion.until.to_string()),
            ends_at: exclusion.and_then(|exclusion| exclusion.ends_at).map(|at| at.to_string()),
        }
    }
}

/// A register of exclusions bars the player.
pub fn barred(barred: Barred) -> Problem {
    match barred {
        Barred::Unknown => {
            let detail = "The self-exclusion register does not answer, so bets and deposits are refused. Try \
                          again later. You can withdraw at any time.";
            Problem::new(ProblemKind::Unavailable, detail)
        }
        Barred::Excluded => {
            let detail = "You are in the self-exclusion register, so you cannot bet or deposit. You can \
                          withdraw at any time.";
            Problem::new(ProblemKind::Excluded, detail)
        }
    }
}

/// What the player has set for themselves does not let a stake pass.
pub fn held_back(refusal: &PlayRefusal, stake_field: &'static str) -> Problem {
    match refusal {
        PlayRefusal::Excluded { until } => {
            let detail = format!(
                "You have excluded yourself from play until at least {until}. You cannot bet \
                                  until then."
            );
            Problem::new(ProblemKind::Excluded, detail)
        }
        PlayRefusal::Held => {
            let detail = "Your account owes money or is under review. You cannot bet until that is settled. Ask \
                          support.";
            Problem::new(ProblemKind::AccountHeld, detail)
        }
        PlayRefusal::RealityCheckDue { since } => {
            let detail = format!(
                "You have been playing since {since}, and your reality check is due. To continue, acknowledge \
                 it: POST /api/limits/reality-check/acknowledge."
            );
            Problem::new(ProblemKind::RealityCheckDue, detail)
        }
        PlayRefusal::OverLimit { kind, period, limit, left } => {
            let detail = format!(
                "Your limit for {kind} is {limit} a {period}, and {left} of it is left. Lower \
                                  the stake."
            );
            Problem::new(ProblemKind::OverLimit, detail).about_field(stake_field)
        }
    }
}

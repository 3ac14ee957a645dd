//! Restrictions that players set for themselves, on the wire: limits, exclusion, reality check.

use crate::http::request::request;
use crate::{Body, Money, Problem, ProblemKind, Time, time_in_words};
use evens_ledger::{Amount, AmountError};
use evens_own_limits::{
    ExclusionMonths, LimitId, LimitKind, Period, PlayBarrier, PlayRefusal, RealityCheckInterval, WantedLimit,
};
use evens_payments::{PaymentsRecord, UsedLimit};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};
use std::str::FromStr;
use strum::VariantArray;
use utoipa::ToSchema;

/// `POST /api/limits`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SetLimitRequest {
    /// The limit's kind and period.
    pub id: LimitId,
    /// The amount; `None` removes the limit.
    pub limit: Option<Amount>,
}

request! {
    SetLimitRequest {
        kind: required "kind", one_of, json!({ "type": "string", "enum": LimitKind::ALL.map(LimitKind::as_str) });
        period: required "period", one_of, json!({ "type": "string", "enum": words(Period::VARIANTS) });
        limit: required "limit", Body::optional_number::<OrNone<LimitAmount>>, or_none(&json!({
            "type": "number", "minimum": 0, "maximum": 1_000_000_000_000_u64, "multipleOf": 0.01,
        }));
    }
    => Self { id: LimitId { kind, period }, limit: limit.0.map(|limit| limit.0) }
}

/// `POST /api/limits/reality-check`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SetRealityCheckRequest {
    /// The interval of reminders; `None` turns them off.
    pub every: Option<RealityCheckInterval>,
}

request! {
    SetRealityCheckRequest {
        every: required "everyMinutes", Body::optional_whole::<OrNone<_>>, or_none(&json!({
            "type": "integer",
            "minimum": RealityCheckInterval::MINUTES_MIN, "maximum": RealityCheckInterval::MINUTES_MAX,
        }));
    }
    => Self { every: every.0 }
}

/// `POST /api/exclusion`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExclusionRequest {
    /// The minimum duration.
    pub months: ExclusionMonths,
}

request! {
    ExclusionRequest {
        months: required "months", Body::optional_whole, json!({
            "type": "integer", "minimum": ExclusionMonths::MIN, "maximum": ExclusionMonths::MAX,
        });
    }
}

/// The limit in a path. An invalid id is answered like that of an unknown limit.
pub fn parse_limit_id(text: &str) -> Result<LimitId, Problem> {
    let detail = "There is no such limit. GET /api/limits lists them.";
    text.parse().map_err(|_| Problem::new(ProblemKind::NotFound, detail).about_field("limitId"))
}

/// A word of a list, with one error for all other texts.
struct OneOf<T>(T);

/// The text is not a word of the list.
#[derive(Debug, thiserror::Error)]
#[error("is not one of the allowed values")]
struct NoneOf;

impl<T: FromStr> FromStr for OneOf<T> {
    type Err = NoneOf;

    fn from_str(text: &str) -> Result<Self, NoneOf> {
        text.parse().map(Self).map_err(|_| NoneOf)
    }
}

/// Reads a word of a list.
pub(super) fn one_of<T: FromStr>(body: &Body<'_>, field: &'static str) -> Result<Option<T>, Problem> {
    let word = body.optional_string::<OneOf<T>>(field)?;
    Ok(word.map(|OneOf(word)| word))
}

/// The words of a list.
pub(super) fn words<T: AsRef<str>>(all: &[T]) -> Vec<&str> {
    all.iter().map(AsRef::as_ref).collect()
}

/// A value, or the word `none`.
struct OrNone<T>(Option<T>);

impl<T: FromStr> FromStr for OrNone<T> {
    type Err = T::Err;

    fn from_str(text: &str) -> Result<Self, T::Err> {
        if text == NONE { Ok(Self(None)) } else { text.parse().map(Some).map(Self) }
    }
}

/// The text for no limit.
const NONE: &str = "none";

fn or_none(value: &Value) -> Value {
    json!({ "oneOf": [value, { "type": "string", "enum": [NONE] }] })
}

/// The amount of a limit: at most 10^12, with at most 2 decimals like most currencies.
struct LimitAmount(Amount);

/// The amount cannot be a limit.
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

/// The restrictions that a player has set, except an exclusion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LimitListBody {
    /// Every limit that the player can set.
    pub limits: Vec<LimitBody>,
    /// The interval of reminders of the playing time.
    pub reality_check: RealityCheckBody,
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
    /// The amount of the limit; null if there is none.
    pub limit: Option<Money>,
    /// The amount used in the current period. For losses: stakes minus payouts.
    pub used: Money,
    /// Time since which `used` counts (RFC 3339); null if it counts the whole period. An earlier version of the program
    /// did not count the stakes before that time.
    pub counted_since: Option<Time>,
    /// The remaining amount; null without a limit.
    pub left: Option<Money>,
    /// A higher limit that the player must still confirm; null if there is none.
    pub wanted: Option<WantedLimitBody>,
}

/// A higher limit that a player requested.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct WantedLimitBody {
    /// The amount; null to remove the limit.
    pub limit: Option<Money>,
    /// Time from which the player can confirm it (RFC 3339).
    pub from: Time,
    /// Time at which the request expires (RFC 3339).
    pub until: Time,
}

/// The reminders of a player's playing time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RealityCheckBody {
    /// The interval in minutes; null without reminders.
    pub every_minutes: Option<u16>,
    /// Time since which the player has played without a reminder (RFC 3339); null without reminders. A login does not
    /// reset it while a reminder is due.
    pub playing_since: Option<Time>,
    /// Time from which bets are refused until the player confirms the reminder (RFC 3339); null without reminders.
    pub due_at: Option<Time>,
}

/// The state of a player's own exclusion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExclusionBody {
    /// `true` if the player is excluded.
    pub is_excluded: bool,
    /// Start of the exclusion (RFC 3339); null without one.
    pub since: Option<Time>,
    /// Time from which they can request its end (RFC 3339); null without one.
    pub until: Option<Time>,
    /// End of the exclusion (RFC 3339); null without one, or if its end was not requested.
    pub ends_at: Option<Time>,
}

/// A player's own limits and exclusion, as staff see them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PlayerLimitsBody {
    /// Every limit that the player can set.
    pub limits: Vec<LimitBody>,
    /// The exclusion.
    pub exclusion: ExclusionBody,
}

impl From<&UsedLimit> for LimitBody {
    fn from(used: &UsedLimit) -> Self {
        let UsedLimit { id, limit, used, counted_since, left } = *used;
        let wanted = |wanted: WantedLimit| WantedLimitBody {
            limit: wanted.limit.map(Money::from),
            from: wanted.from.into(),
            until: wanted.until().into(),
        };
        Self {
            limit_id: id.to_string(),
            kind: id.kind.as_str(),
            period: id.period.into(),
            limit: limit.current.map(Money::from),
            used: used.into(),
            counted_since: counted_since.map(Time::from),
            left: left.map(Money::from),
            wanted: limit.wanted.map(wanted),
        }
    }
}

impl RealityCheckBody {
    /// The reminders of a player in a session that began at this time.
    pub fn new(record: &PaymentsRecord, session_started_at: Timestamp) -> Self {
        let Some(check) = record.reality_check else {
            return Self { every_minutes: None, playing_since: None, due_at: None };
        };
        let since = check.playing_since(session_started_at);
        Self {
            every_minutes: Some(check.every.minutes()),
            playing_since: Some(since.into()),
            due_at: Some(check.due_at(since).into()),
        }
    }
}

impl ExclusionBody {
    /// The state of a player's exclusion now.
    pub fn new(record: &PaymentsRecord, now: Timestamp) -> Self {
        let exclusion = record.exclusion.filter(|exclusion| exclusion.is_in_force(now));
        Self {
            is_excluded: exclusion.is_some(),
            since: exclusion.map(|exclusion| exclusion.since.into()),
            until: exclusion.map(|exclusion| exclusion.until.into()),
            ends_at: exclusion.and_then(|exclusion| exclusion.ends_at).map(Time::from),
        }
    }
}

/// The problem of a player who is barred by an exclusion register.
pub fn barred(barred: PlayBarrier) -> Problem {
    match barred {
        PlayBarrier::Unknown => {
            let detail = "The self-exclusion register does not answer, so bets and deposits are refused. Try \
                          again later. You can withdraw at any time.";
            Problem::new(ProblemKind::Unavailable, detail)
        }
        PlayBarrier::Excluded => {
            let detail = "You are in the self-exclusion register, so you cannot bet or deposit. You can \
                          withdraw at any time.";
            Problem::new(ProblemKind::Excluded, detail)
        }
    }
}

/// The problem of a stake that the player's own restrictions refuse.
pub fn over_own_limits(refusal: &PlayRefusal, stake_field: &'static str) -> Problem {
    match refusal {
        PlayRefusal::Excluded { until } => {
            let until = time_in_words(*until);
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
            let since = time_in_words(*since);
            let detail = format!(
                "You have been playing since {since}. Confirm that you have seen this before you bet again."
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

//! The dead letters that an operator's request selects, with their JSON Schema. A body and a query have the same
//! fields.

use crate::http::whole::parse_whole;
use crate::payments::review::reason;
use crate::{Body, DeadLetterFilter, Job, Parameter, Problem, Queue, RequestBody};
use evens_payments::ActReason;
use jiff::Timestamp;
use serde_json::{Value, json};
use std::str::FromStr;

/// An action on a dead letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeadLetterAction {
    /// Send its job to its queue again, then delete it.
    Redrive,
    /// Delete it.
    Delete,
}

/// The text does not name an action on dead letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be \"redrive\" or \"delete\"")]
pub struct UnknownAction;

impl FromStr for DeadLetterAction {
    type Err = UnknownAction;

    fn from_str(text: &str) -> Result<Self, UnknownAction> {
        match text {
            "redrive" => Ok(Self::Redrive),
            "delete" => Ok(Self::Delete),
            _ => Err(UnknownAction),
        }
    }
}

/// A text of a filter: 1 to 256 characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilterText(pub String);

/// The text cannot be part of a filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must have 1 to {} characters", FilterText::LENGTH_MAX)]
pub struct FilterTextError;

impl FilterText {
    const LENGTH_MAX: usize = 256;
}

impl FromStr for FilterText {
    type Err = FilterTextError;

    fn from_str(text: &str) -> Result<Self, FilterTextError> {
        let fits = (1..=Self::LENGTH_MAX).contains(&text.chars().count());
        if fits { Ok(Self(text.to_owned())) } else { Err(FilterTextError) }
    }
}

/// A time of a filter (RFC 3339).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FilterTime(pub Timestamp);

/// The text is not a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a time such as 2026-11-20T08:00:00Z")]
pub struct FilterTimeError;

impl FromStr for FilterTime {
    type Err = FilterTimeError;

    fn from_str(text: &str) -> Result<Self, FilterTimeError> {
        text.parse().map(Self).map_err(|_| FilterTimeError)
    }
}

/// A maximum number of dead letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeadLetterLimit(usize);

/// The text is not such a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a number from 1 to {}", DeadLetterLimit::MAX.0)]
pub struct DeadLetterLimitError;

impl DeadLetterLimit {
    /// The maximum that one request reads or acts on.
    pub const MAX: Self = Self(1_000);
    /// The default of a list.
    pub const LISTED: Self = Self(50);

    /// The number.
    pub const fn get(self) -> usize {
        self.0
    }
}

impl FromStr for DeadLetterLimit {
    type Err = DeadLetterLimitError;

    fn from_str(text: &str) -> Result<Self, DeadLetterLimitError> {
        let number = parse_whole(text).filter(|number| (1..=Self::MAX.0).contains(number));
        number.map(Self).ok_or(DeadLetterLimitError)
    }
}

/// Acts on the selected dead letters, or only counts them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeadLetterMode {
    /// Return the outcomes without acting.
    DryRun,
    /// Act, for this reason.
    Act(ActReason),
}

/// `POST /api/operator/dead-letters`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLettersRequest {
    /// The action.
    pub action: DeadLetterAction,
    /// The dead letters to act on; not empty.
    pub filter: DeadLetterFilter,
    /// The maximum number to act on, the earliest failures first.
    pub limit: DeadLetterLimit,
    /// Whether it acts. A dry run needs no reason.
    pub mode: DeadLetterMode,
}

impl DeadLettersRequest {
    /// Parses the body, or returns the problem of the first invalid field. A body without a filter is refused, because
    /// it would select all dead letters.
    pub fn parse(bytes: &[u8]) -> Result<Self, Problem> {
        let body = Body::parse(bytes)?;
        let action = body.string("action")?;
        let filter = DeadLetterFilter {
            queue: body.optional_string("queue")?,
            job_type: body.optional_string("type")?,
            about: body.optional_string("about")?.map(|FilterText(text)| text),
            error: body.optional_string("error")?.map(|FilterText(text)| text),
            since: body.optional_string("since")?.map(|FilterTime(at)| at),
            until: body.optional_string("until")?.map(|FilterTime(at)| at),
        };
        if filter.is_empty() {
            let detail = "is missing. Give it, or type, about, error, since or until, to select dead letters";
            return Err(Problem::invalid("queue", detail));
        }
        let limit = body.optional_whole("limit")?.unwrap_or(DeadLetterLimit::MAX);
        let mode = match body.optional_flag("dryRun")? {
            Some(true) => DeadLetterMode::DryRun,
            Some(false) | None => DeadLetterMode::Act(body.string("reason")?),
        };
        Ok(Self { action, filter, limit, mode })
    }
}

impl RequestBody for DeadLettersRequest {
    const NAME: &'static str = "DeadLettersRequest";

    fn schema() -> Value {
        let mut properties = json!({
            "action": { "type": "string", "enum": ["redrive", "delete"] },
            "reason": reason(),
            "dryRun": { "type": "boolean", "default": false, "description": "Report the effect without applying it" },
        });
        for Parameter { name, description, schema } in WHICH_DEAD_LETTERS {
            properties[*name] = schema();
            properties[*name]["description"] = json!(description);
        }
        let which = ["queue", "type", "about", "error", "since", "until"];
        let any_of: Vec<_> = which.map(|name| json!({ "required": [name] })).to_vec();
        let dry_run = json!({ "required": ["dryRun"], "properties": { "dryRun": { "enum": [true] } } });
        let is_explained = json!({ "anyOf": [{ "required": ["reason"] }, dry_run] });
        json!({
            "type": "object",
            "required": ["action"],
            "allOf": [{ "anyOf": any_of }, is_explained],
            "properties": properties,
        })
    }
}

/// The parameters that select dead letters, in a query and in a body.
pub(super) const WHICH_DEAD_LETTERS: &[Parameter] = &[
    Parameter { name: "queue", description: "Dead letters of this queue", schema: queue },
    Parameter { name: "type", description: "Dead letters with a job of this type", schema: job_type },
    Parameter {
        name: "about",
        description: "Dead letters about the user, bet, match or round with this id",
        schema: short_text,
    },
    Parameter {
        name: "error",
        description: "Dead letters whose error contains this text",
        schema: short_text,
    },
    Parameter { name: "since", description: "Dead letters from this time on", schema: moment },
    Parameter { name: "until", description: "Dead letters before this time", schema: moment },
    Parameter {
        name: "limit",
        description: "The maximum number, oldest first",
        schema: || json!({ "type": "integer", "minimum": 1, "maximum": DeadLetterLimit::MAX.get() }),
    },
];

fn queue() -> Value {
    json!({ "type": "string", "enum": Queue::ALL.map(Queue::name) })
}

fn job_type() -> Value {
    json!({ "type": "string", "enum": Job::TYPES })
}

fn short_text() -> Value {
    json!({ "type": "string", "minLength": 1, "maxLength": 256 })
}

fn moment() -> Value {
    json!({ "type": "string", "format": "date-time" })
}

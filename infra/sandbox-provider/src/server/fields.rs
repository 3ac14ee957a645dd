//! [`Fields`]: parses a JSON request field by field, so that an error can name the field.

use super::problem::Problem;
use crate::core::{Amount, IdempotencyKey, ValueError};
use axum::http::{HeaderMap, StatusCode};
use serde_json::{Map, Value};

/// The fields that were not read yet.
pub(super) struct Fields(Map<String, Value>);

/// The length to which an unknown name is cut in an error.
const NAME_LENGTH_MAX: usize = 64;

impl Fields {
    /// Parses an object.
    pub(super) fn parse(body: &[u8]) -> Result<Self, Problem> {
        let not_json = |_| {
            let message = "the body is not a JSON object";
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "malformed-json", message)
        };
        serde_json::from_slice(body).map(Self).map_err(not_json)
    }

    /// A required text.
    pub(super) fn text<Parsed>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<Parsed, ValueError>,
    ) -> Result<Parsed, Problem> {
        self.optional_text(name, parse)?.ok_or_else(|| missing(name))
    }

    /// An optional text, which may be null.
    pub(super) fn optional_text<Parsed>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<Parsed, ValueError>,
    ) -> Result<Option<Parsed>, Problem> {
        match self.0.remove(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => parse(&text).map(Some).map_err(|error| Problem::value(name, error)),
            Some(_) => Err(Problem::field(name, format!("{name} must be a string"))),
        }
    }

    /// The field `amount` in minor units.
    pub(super) fn amount(&mut self) -> Result<Amount, Problem> {
        let units = self.0.remove("amount").ok_or_else(|| missing("amount"))?.as_u64();
        let amount = units.ok_or(ValueError::Amount).and_then(Amount::new);
        amount.map_err(|error| Problem::value("amount", error))
    }

    /// A whole number from 1 to `max`.
    pub(super) fn count(&mut self, name: &'static str, max: u32) -> Result<u32, Problem> {
        let number = self.0.remove(name).ok_or_else(|| missing(name))?.as_u64();
        let number = number.and_then(|number| u32::try_from(number).ok());
        let number = number.filter(|number| (1..=max).contains(number));
        number.ok_or_else(|| Problem::field(name, format!("{name} must be a whole number from 1 to {max}")))
    }

    /// Refuses unknown fields, because the caller expects them to have an effect.
    pub(super) fn end(self) -> Result<(), Problem> {
        match self.0.into_iter().next() {
            None => Ok(()),
            Some((name, _)) => {
                let name: String = name.chars().take(NAME_LENGTH_MAX).collect();
                Err(Problem::field(name, "unknown field"))
            }
        }
    }
}

/// The key in the header `Idempotency-Key`.
pub(super) fn idempotency_key(headers: &HeaderMap) -> Result<IdempotencyKey, Problem> {
    const NAME: &str = "Idempotency-Key";
    let mut values = headers.get_all(NAME).iter();
    match (values.next(), values.next()) {
        (None, _) => Err(missing(NAME)),
        (Some(_), Some(_)) => Err(Problem::field(NAME, "the field is repeated")),
        (Some(value), None) => {
            let key = value.to_str().map_err(|_| ValueError::IdempotencyKey).and_then(IdempotencyKey::parse);
            key.map_err(|error| Problem::value(NAME, error))
        }
    }
}

fn missing(name: &'static str) -> Problem {
    Problem::field(name, format!("{name} is missing"))
}

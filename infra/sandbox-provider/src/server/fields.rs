//! [`Fields`]: reads the JSON of a request, field by field, so that a problem can name the one that is wrong.

use super::problem::Problem;
use crate::core::{Amount, IdempotencyKey, ValueError};
use axum::http::{HeaderMap, StatusCode};
use serde_json::{Map, Value};

/// The fields that were not read yet.
pub(super) struct Fields(Map<String, Value>);

/// How much of a name that nobody knows is repeated.
const NAME_LENGTH_MAX: usize = 64;

impl Fields {
    /// Reads an object.
    pub(super) fn parse(body: &[u8]) -> Result<Self, Problem> {
        let not_json = |_| {
            let message = "the body is not a JSON object";
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "malformed-json", message)
        };
        serde_json::from_slice(body).map(Self).map_err(not_json)
    }

    /// A text that must be there.
    pub(super) fn text<Parsed>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<Parsed, ValueError>,
    ) -> Result<Parsed, Problem> {
        self.optional_text(name, parse)?.ok_or_else(|| missing(name))
    }

    /// A text that may be missing or null.
    pub(super) fn optional_text<Parsed>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<Parsed, ValueError>,
    ) -> Result<Option<Parsed>, Problem> {
        match self.0.remove(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => parse(&text).map(Some).map_err(|error| Problem::value(name, error)),
            Some(_) => Err(Problem::field(name, format!("{name} is not a text"))),
        }
    }

    /// `amount`, in minor units.
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
        number.ok_or_else(|| Problem::field(name, format!("{name} is a whole number from 1 to {max}")))
    }

    /// Nothing else may be there: it would be meant for somebody who knows it.
    pub(super) fn end(self) -> Result<(), Problem> {
        match self.0.into_iter().next() {
            None => Ok(()),
            Some((name, _)) => {
                let name: String = name.chars().take(NAME_LENGTH_MAX).collect();
                Err(Problem::field(name, "nobody knows this field"))
            }
        }
    }
}

/// The header that names a request.
pub(super) fn idempotency_key(headers: &HeaderMap) -> Result<IdempotencyKey, Problem> {
    const NAME: &str = "Idempotency-Key";
    let mut values = headers.get_all(NAME).iter();
    match (values.next(), values.next()) {
        (None, _) => Err(missing(NAME)),
        (Some(_), Some(_)) => Err(Problem::field(NAME, "there is more than one")),
        (Some(value), None) => {
            let key = value.to_str().map_err(|_| ValueError::IdempotencyKey).and_then(IdempotencyKey::parse);
            key.map_err(|error| Problem::value(NAME, error))
        }
    }
}

fn missing(name: &'static str) -> Problem {
    Problem::field(name, format!("{name} is missing"))
}

//! [`Body`]: a JSON object whose fields are read one by one, so that a problem can name the wrong one.

use super::names::name_given_twice;
use crate::{Problem, ProblemKind};
use evens_ledger::Amount;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::{Borrow, Cow};
use std::collections::{BTreeMap, HashMap};
use std::fmt::Display;
use std::str::FromStr;

/// Maximum number of characters of a repeated name that the problem shows.
const NAME_SHOWN_MAX: usize = 64;

/// A JSON object whose values are not read yet.
///
/// Null is no value: a field that is present and null is refused, even if it may be absent. A client that sends `null`
/// meant something, and it is unclear what.
pub struct Body<'a> {
    fields: HashMap<Name<'a>, &'a RawValue>,
}

/// A field's name: borrowed from the body, unless it is written with escapes.
#[derive(Debug, PartialEq, Eq, Hash, Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

impl Borrow<str> for Name<'_> {
    fn borrow(&self) -> &str {
        &self.0
    }
}

/// Never prints a value, which may be a password or a token.
impl std::fmt::Debug for Body<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Body({} fields)", self.fields.len())
    }
}

impl<'a> Body<'a> {
    /// Reads the object. Unknown fields are ignored. Neither the object nor one inside it may give a name twice,
    /// because a proxy before us might have read the other value.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Problem> {
        let malformed = |detail| Problem::new(ProblemKind::MalformedBody, detail);
        let fields = serde_json::from_slice(bytes).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            malformed(format!("The body is not a JSON object: see line {line}, column {column}."))
        })?;
        match name_given_twice(bytes) {
            None => Ok(Self { fields }),
            Some(name) => {
                let shown: String = name.chars().take(NAME_SHOWN_MAX).collect();
                Err(malformed(format!("The body gives the key \"{shown}\" more than once.")))
            }
        }
    }

    /// The field's text as JSON, or `None` if it is absent. In an inner object the last part of its name is used:
    /// `oracle.publicKey` is `publicKey` there.
    fn raw(&self, field: &'static str) -> Result<Option<&'a str>, Problem> {
        let name = field.rsplit('.').next().unwrap_or(field);
        match self.fields.get(name).map(|value| value.get()) {
            Some("null") => {
                Err(Problem::invalid(field, "is null. Give it a value, or omit it if it is optional"))
            }
            text => Ok(text),
        }
    }

    /// Reads a required field, a string that `T` parses.
    pub fn string<T: FromStr<Err: Display>>(&self, field: &'static str) -> Result<T, Problem> {
        self.optional_string(field)?.ok_or_else(|| Problem::invalid(field, "is missing"))
    }

    /// Reads an optional field, a string that `T` parses.
    pub fn optional_string<T: FromStr<Err: Display>>(
        &self,
        field: &'static str,
    ) -> Result<Option<T>, Problem> {
        let Some(raw) = self.raw(field)? else {
            return Ok(None);
        };
        let text: String =
            serde_json::from_str(raw).map_err(|_| Problem::invalid(field, "is not a string"))?;
        text.parse().map(Some).map_err(|error| Problem::invalid(field, error))
    }

    /// Reads a required field, a number or a string of plain digits that `T` parses. The text of a number is passed on
    /// unchanged.
    pub fn number<T: FromStr<Err: Display>>(&self, field: &'static str) -> Result<T, Problem> {
        self.optional_number(field)?.ok_or_else(|| Problem::invalid(field, "is missing"))
    }

    /// Reads an optional field, a number or a string of plain digits that `T` parses.
    pub fn optional_number<T: FromStr<Err: Display>>(
        &self,
        field: &'static str,
    ) -> Result<Option<T>, Problem> {
        let Some(raw) = self.raw(field)? else {
            return Ok(None);
        };
        let is_number = raw.starts_with(|first: char| first == '-' || first.is_ascii_digit());
        let text: String = match raw.starts_with('"') {
            true => plain(serde_json::from_str(raw).map_err(|_| Problem::invalid(field, "is not a number"))?)
                .ok_or_else(|| Problem::invalid(field, "must be a number in plain digits"))?,
            false if is_number => raw.to_owned(),
            false => return Err(Problem::invalid(field, "is not a number")),
        };
        text.parse().map(Some).map_err(|error| Problem::invalid(field, error))
    }

    /// Reads an optional field, a whole number or a string that holds one, that `T` parses. As in JSON Schema, a number
    /// is whole however it is written: `7.0` is `7`.
    pub fn optional_whole<T: FromStr<Err: Display>>(
        &self,
        field: &'static str,
    ) -> Result<Option<T>, Problem> {
        let whole =
            self.raw(field)?.filter(|raw| !raw.starts_with('"')).and_then(|raw| raw.parse::<Amount>().ok());
        match whole {
            Some(number) => {
                number.to_string().parse().map(Some).map_err(|error| Problem::invalid(field, error))
            }
            None => self.optional_number(field),
        }
    }

    /// Reads an optional field, `true` or `false`.
    pub fn optional_flag(&self, field: &'static str) -> Result<Option<bool>, Problem> {
        match self.raw(field)? {
            None => Ok(None),
            Some("true") => Ok(Some(true)),
            Some("false") => Ok(Some(false)),
            Some(_) => Err(Problem::invalid(field, "must be true or false")),
        }
    }

    /// Reads an optional field, a list of strings that `T` parses.
    pub fn optional_list<T: FromStr<Err: Display>>(
        &self,
        field: &'static str,
    ) -> Result<Option<Vec<T>>, Problem> {
        let Some(raw) = self.raw(field)? else {
            return Ok(None);
        };
        let texts: Vec<String> =
            serde_json::from_str(raw).map_err(|_| Problem::invalid(field, "is not a list of strings"))?;
        let parse = |text: String| text.parse().map_err(|error| Problem::invalid(field, error));
        texts.into_iter().map(parse).collect::<Result<_, _>>().map(Some)
    }

    /// Reads an optional field, an object with names that `K` parses and string values that `V` parses.
    pub fn optional_map<K: FromStr<Err: Display> + Ord, V: FromStr<Err: Display>>(
        &self,
        field: &'static str,
    ) -> Result<Option<BTreeMap<K, V>>, Problem> {
        let Some(raw) = self.raw(field)? else {
            return Ok(None);
        };
        let texts: BTreeMap<String, String> =
            serde_json::from_str(raw).map_err(|_| Problem::invalid(field, "is not an object of strings"))?;
        let parse = |(name, value): (String, String)| {
            let name = name.parse().map_err(|error| Problem::invalid(field, error))?;
            Ok((name, value.parse().map_err(|error| Problem::invalid(field, error))?))
        };
        texts.into_iter().map(parse).collect::<Result<_, _>>().map(Some)
    }

    /// Reads an optional field, an object.
    pub fn optional_object(&self, field: &'static str) -> Result<Option<Body<'a>>, Problem> {
        let Some(raw) = self.raw(field)? else {
            return Ok(None);
        };
        let fields = serde_json::from_str(raw).map_err(|_| Problem::invalid(field, "is not an object"))?;
        Ok(Some(Body { fields }))
    }
}

/// Returns `None` for a number in another notation than the published one: with an exponent, a plus sign or a leading
/// zero. A text that is no number is returned, so that its parser refuses it.
fn plain(text: String) -> Option<String> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    let digits = text.strip_prefix('-').unwrap_or(&text);
    let has_needless_zero = digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0.");
    let is_plain = !has_needless_zero && !text.contains(['+', 'e', 'E']);
    (is_plain || !is_number).then_some(text)
}

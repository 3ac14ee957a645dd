//! [`Body`]: a JSON object whose fields are read one by one, so that a problem can name the wrong one.

use super::names::name_given_twice;
use crate::{Problem, ProblemKind};
use evens_ledger::Amount;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::{Borrow, Cow};
use std::collections::HashMap;
use std::fmt::Display;
use std::str::FromStr;

/// How much of a name is told to whoever gave it twice.
const NAME_SHOWN_MAX: usize = 64;

/// A JSON object, its values not looked at yet.
///
/// Null is no value: a field that is there and null is refused, whether or not it may be left out. Who sends `null`
/// meant to say something, and nobody can tell what.
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

/// Never prints a value: it may be a password or a token.
impl std::fmt::Debug for Body<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Body({} fields)", self.fields.len())
    }
}

impl<'a> Body<'a> {
    /// Reads the object. Fields that nobody asks for are ignored; but no object in it, and not it itself, gives a name
    /// twice: whoever stands in front of us might have read the other value.
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

    /// The field's text as JSON; `None` where it is absent. In an inner object it is found by the last part of its
    /// name: `oracle.publicKey` is `publicKey` there.
    fn raw(&self, field: &'static str) -> Result<Option<&'a str>, Problem> {
        let name = field.rsplit('.').next().unwrap_or(field);
        match self.fields.get(name).map(|value| value.get()) {
            Some("null") => {
                Err(Problem::invalid(field, "is null. Give it a value, or omit it if it is optional"))
            }
            text => Ok(text),
        }
    }

    /// A field that must be there and be a string of a certain form.
    pub fn string<T: FromStr<Err: Display>>(&self, field: &'static str) -> Result<T, Problem> {
        self.optional_string(field)?.ok_or_else(|| Problem::invalid(field, "is missing"))
    }

    /// A field that, if there, must be a string of a certain form.
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

    /// A field that must be there, as a number or as a string, and of a certain form. The number's text is taken as
    /// it stands; a string holds plain digits.
    pub fn number<T: FromStr<Err: Display>>(&self, field: &'static str) -> Result<T, Problem> {
        self.optional_number(field)?.ok_or_else(|| Problem::invalid(field, "is missing"))
    }

    /// A field that, if there, must be a number, or a string that holds one in plain digits, of a certain form.
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

    /// A field that, if there, must be a whole number, or a string that holds one, of a certain form. As in JSON
    /// Schema, a number is whole however it is written: `7.0` is `7`.
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

    /// A field that, if there, must be true or false.
    pub fn optional_flag(&self, field: &'static str) -> Result<Option<bool>, Problem> {
        match self.raw(field)? {
            None => Ok(None),
            Some("true") => Ok(Some(true)),
            Some("false") => Ok(Some(false)),
            Some(_) => Err(Problem::invalid(field, "must be true or false")),
        }
    }

    /// A field that, if there, must be an object.
    pub fn optional_object(&self, field: &'static str) -> Result<Option<Body<'a>>, Problem> {
        let Some(raw) = self.raw(field)? else {
            return Ok(None);
        };
        let fields = serde_json::from_str(raw).map_err(|_| Problem::invalid(field, "is not an object"))?;
        Ok(Some(Body { fields }))
    }
}

/// The text, unless it holds a number written in another way than is published: with an exponent, with a sign or a zero
/// in front that it needs not. What is no number at all is for its reader to tell.
fn plain(text: String) -> Option<String> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    let digits = text.strip_prefix('-').unwrap_or(&text);
    let has_needless_zero = digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0.");
    let is_plain = !has_needless_zero && !text.contains(['+', 'e', 'E']);
    (is_plain || !is_number).then_some(text)
}

//! [`PhoneNumber`]: the phone number that identifies a player, in the one form that is stored and compared.

use crate::Country;
use icu_properties::props::{Dash, DefaultIgnorableCodePoint, GeneralCategory};
use icu_properties::{CodePointMapData, CodePointSetData};
use phonenumber::Mode;
use phonenumber::metadata::DATABASE;
use std::fmt;
use std::str::FromStr;

/// A phone number in E.164 format: `+`, the country code, the national number.
///
/// [`PhoneNumber::parse`] reads user input and checks against the numbering plans that such a number can exist.
/// [`FromStr`] reads stored numbers and checks only the format: plans change, and a stored number must still be
/// readable.
///
/// ```
/// use evens_players::{Country, PhoneNumber};
/// let number = PhoneNumber::parse("098765 43210", Country::INDIA)?;
/// assert_eq!(number.as_str(), "+919876543210");
/// assert_eq!(format!("{number:?}"), "+**********10"); // personal data stays out of logs
/// # Ok::<(), evens_players::PhoneNumberError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PhoneNumber(String);

/// The reason why a text is not a [`PhoneNumber`], in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PhoneNumberError {
    #[error("is longer than {} characters", PhoneNumber::TEXT_MAX)]
    TooLong,
    /// A letter, an extension, a digit of another script, or a plus sign that is not the first character.
    #[error(
        "has the character U+{:04X}; it may have the digits 0 to 9, a leading '+', spaces and \"-./()\"",
        u32::from(*.0)
    )]
    Character(char),
    /// The number is in no plan, or a stored value does not have the right format.
    #[error("is not a valid phone number such as +919876543210")]
    NotANumber,
}

impl PhoneNumber {
    /// Loads the numbering plans, which takes tens of milliseconds. Without this call the first parsed number loads
    /// them, while a client waits.
    pub fn load_plans() {
        DATABASE.by_id(Country::INDIA.id().as_ref());
    }

    /// In characters, for user input.
    pub const TEXT_MAX: usize = 32;

    /// Parses user input. A number without a country code belongs to `default_country`.
    ///
    /// The country code may follow a `+` or the international prefix (`00` in India). Different notations of a number
    /// give the same result. Invisible characters, which contacts and web pages put around a number, are dropped.
    /// Spaces and dashes of Unicode are taken as such. Extensions, letters, `tel:` and digits of other scripts are
    /// refused.
    pub fn parse(text: &str, default_country: Country) -> Result<Self, PhoneNumberError> {
        let text = plain(text);
        if text.chars().count() > Self::TEXT_MAX {
            return Err(PhoneNumberError::TooLong);
        }
        let typed = text.trim();
        let (is_international, typed) = match typed.strip_prefix('+') {
            Some(rest) => (true, rest),
            None => (false, typed),
        };
        let is_allowed = |c: char| c.is_ascii_digit() || matches!(c, ' ' | '-' | '.' | '/' | '(' | ')');
        if let Some(other) = typed.chars().find(|c| !is_allowed(*c)) {
            return Err(PhoneNumberError::Character(other));
        }
        let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
        match dialled_abroad(&digits, default_country) {
            _ if is_international => read_international(&digits),
            Some(abroad) => read_international(abroad),
            None => read_national(&digits, default_country),
        }
    }

    /// The number in E.164 format.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The other number that reaches the same line. An Argentine or Mexican mobile number has a digit after the country
    /// code when it is dialled from abroad, which many people omit.
    pub fn other_spelling(&self) -> Option<Self> {
        MOBILE_DIGITS.iter().find_map(|(country_code, digit)| {
            let national = self.digits().strip_prefix(country_code)?;
            match (national.len(), national.strip_prefix(*digit)) {
                (NATIONAL_DIGITS, None) => Some(Self(format!("+{country_code}{digit}{national}"))),
                (_, Some(rest)) if rest.len() == NATIONAL_DIGITS => {
                    Some(Self(format!("+{country_code}{rest}")))
                }
                _ => None,
            }
        })
    }

    /// The spelling that stands for the line, the same for all of its spellings.
    #[must_use]
    pub fn line(&self) -> Self {
        self.other_spelling().filter(|other| other.0.len() < self.0.len()).unwrap_or_else(|| self.clone())
    }

    pub(crate) fn digits(&self) -> &str {
        self.0.trim_start_matches('+')
    }
}

/// Country codes, with the digit that precedes a mobile number dialled from abroad.
const MOBILE_DIGITS: [(&str, &str); 2] = [("54", "9"), ("52", "1")];

/// The length of a number after the country code and the mobile digit, in the countries of [`MOBILE_DIGITS`].
const NATIONAL_DIGITS: usize = 10;

/// Drops invisible characters, and replaces spaces and dashes of Unicode by those of ASCII.
fn plain(text: &str) -> String {
    let (ignorable, dash) =
        (CodePointSetData::new::<DefaultIgnorableCodePoint>(), CodePointSetData::new::<Dash>());
    let category = CodePointMapData::<GeneralCategory>::new();
    let visible = text.chars().filter(|c| !ignorable.contains(*c));
    let plain = visible.map(|c| match c {
        c if dash.contains(c) => '-',
        c if category.get(c) == GeneralCategory::SpaceSeparator => ' ',
        c => c,
    });
    plain.collect()
}

/// The digits after the international prefix of `country`, if the number begins with that prefix.
fn dialled_abroad(digits: &str, country: Country) -> Option<&str> {
    let prefix = DATABASE.by_id(country.id().as_ref())?.international_prefix()?;
    let found = prefix.find(digits).filter(|found| found.start() == 0)?;
    digits.get(found.end()..)
}

/// Parses a country code and the rest by the plan of that country, not by that of the default country. For example, an
/// Italian number keeps its leading 0, which a plan with a national prefix would drop.
fn read_international(digits: &str) -> Result<PhoneNumber, PhoneNumberError> {
    read(None, &format!("+{digits}"))
}

/// Parses a national number: first as a whole, then after a prefix or after the country code without its `+`.
///
/// The library tries the country code first, which breaks Indian mobile numbers that begin with 91.
fn read_national(digits: &str, country: Country) -> Result<PhoneNumber, PhoneNumberError> {
    let plan = DATABASE.by_id(country.id().as_ref()).ok_or(PhoneNumberError::NotANumber)?;
    let whole = read_international(&format!("{}{digits}", plan.country_code()));
    whole.or_else(|_| read(Some(country), digits))
}

/// Parses a number and checks that parsing the result gives the same number, so that no prefix is left in it.
fn read(country: Option<Country>, text: &str) -> Result<PhoneNumber, PhoneNumberError> {
    let number = look_up(country, text).ok_or(PhoneNumberError::NotANumber)?;
    if look_up(None, &number).as_ref() == Some(&number) {
        number.parse()
    } else {
        Err(PhoneNumberError::NotANumber)
    }
}

/// The E.164 text of a number that is in a plan.
fn look_up(country: Option<Country>, text: &str) -> Option<String> {
    let number = phonenumber::parse(country.map(Country::id), text).ok()?;
    number.is_valid().then(|| number.format().mode(Mode::E164).to_string())
}

impl FromStr for PhoneNumber {
    type Err = PhoneNumberError;

    /// Reads a stored number: `+` and 7 to 15 digits, the first of which is not 0.
    fn from_str(text: &str) -> Result<Self, PhoneNumberError> {
        let digits = text.strip_prefix('+').ok_or(PhoneNumberError::NotANumber)?;
        let is_digits = digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0');
        if is_digits && (7..=15).contains(&digits.len()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(PhoneNumberError::NotANumber)
        }
    }
}

impl fmt::Display for PhoneNumber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl fmt::Debug for PhoneNumber {
    /// Masks all but the last two digits.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (masked, shown) = self.digits().split_at(self.digits().len().saturating_sub(2));
        write!(formatter, "+{}{shown}", "*".repeat(masked.len()))
    }
}

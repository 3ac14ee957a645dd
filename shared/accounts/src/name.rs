//! [`UserName`]: what a player wants to be called.

use std::fmt;
use std::str::FromStr;

/// A player's name as it is shown: 1 to 64 characters, none of which can disturb the text around it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct UserName(String);

/// The text is no name that could be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "is not 1 to {} characters without line breaks, control characters or marks of direction",
    UserName::LENGTH_MAX
)]
pub struct UserNameError;

impl UserName {
    /// The longest name, in characters.
    pub const LENGTH_MAX: usize = 64;

    /// The name's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Control characters, and those of no width that hide, reorder or break the text around them.
///
/// The two joiners (U+200C, U+200D) are allowed: names in Indian scripts need them.
fn disturbs(c: char) -> bool {
    let is_direction =
        matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let is_break = matches!(c, '\u{2028}' | '\u{2029}');
    let is_blank = matches!(c, '\u{200b}' | '\u{2060}' | '\u{feff}');
    c.is_control() || is_direction || is_break || is_blank
}

impl FromStr for UserName {
    type Err = UserNameError;

    /// White space around the name is dropped.
    fn from_str(text: &str) -> Result<Self, UserNameError> {
        let name = text.trim();
        let is_visible = name.chars().any(|c| !matches!(c, '\u{200c}' | '\u{200d}'));
        if is_visible && name.chars().count() <= Self::LENGTH_MAX && !name.chars().any(disturbs) {
            Ok(Self(name.to_owned()))
        } else {
            Err(UserNameError)
        }
    }
}

impl fmt::Display for UserName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl fmt::Debug for UserName {
    /// Personal data stays out of logs.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("UserName(..)")
    }
}

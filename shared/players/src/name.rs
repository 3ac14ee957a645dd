//! [`UserName`]: a player's display name.

use icu_normalizer::ComposingNormalizerBorrowed;
use icu_properties::props::{DefaultIgnorableCodePoint, GeneralCategory, GeneralCategoryGroup};
use icu_properties::{CodePointMapData, CodePointSetData};
use std::fmt;
use std::str::FromStr;

/// A player's display name: 1 to 64 characters. At least one is visible, and none can disturb the surrounding text.
///
/// [`UserName::parse`] reads user input. [`FromStr`] reads stored names and checks only the length: the rule may
/// change, and a stored name must still be readable.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct UserName(String);

/// The reason why a text is not a [`UserName`], in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UserNameError {
    /// Empty or too long.
    #[error("must have 1 to {} characters", UserName::LENGTH_MAX)]
    Length,
    /// A line break, a control character, a direction mark, a blank or an invisible filler.
    #[error("has the character U+{:04X}, which is invisible or changes the text around it", u32::from(*.0))]
    Character(char),
    /// Only marks and joiners, which are visible only on other characters.
    #[error("must have a letter, digit, punctuation mark or symbol")]
    Invisible,
}

impl UserName {
    /// In characters.
    pub const LENGTH_MAX: usize = 64;

    /// Parses user input. White space around the name is dropped.
    pub fn parse(text: &str) -> Result<Self, UserNameError> {
        let name: Self = text.trim().parse()?;
        check_legible(&name.0)?;
        Ok(name)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A name, or the beginning of one, as it is compared in searches: in lower case, with single spaces, and with each
/// character in its usual form, so that "ＡＳＨＡ" and "Asha" are the same.
pub fn search_key(name: &str) -> String {
    let usual = ComposingNormalizerBorrowed::new_nfkc().normalize(name).to_lowercase();
    usual.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The most marks on one character. A syllable of an Indian script, or an emoji with its variation, has fewer.
const MARKS_MAX: usize = 4;

/// Checks that a text has a visible character, and none that can disturb the surrounding text.
///
/// # Errors
/// [`UserNameError::Character`], then [`UserNameError::Invisible`]. The length is not checked.
pub fn check_legible(text: &str) -> Result<(), UserNameError> {
    if let Some(disturbing) = text.chars().find(|c| disturbs(*c)).or_else(|| piled_up(text)) {
        return Err(UserNameError::Character(disturbing));
    }
    if text.chars().any(can_be_seen) { Ok(()) } else { Err(UserNameError::Invisible) }
}

/// The first excessive character: a mark that would grow out of the line, or a second joiner in a row.
fn piled_up(text: &str) -> Option<char> {
    let (mut marks, mut joiners) = (0, 0);
    text.chars().find(|c| {
        marks = if is_any(*c, &[GeneralCategoryGroup::Mark]) { marks + 1 } else { 0 };
        joiners = if is_joiner(*c) { joiners + 1 } else { 0 };
        marks > MARKS_MAX || joiners > 1
    })
}

/// Returns `true` for characters that are invisible or break the layout:
///
/// - characters that Unicode shows as nothing, except the joiners (U+200C, U+200D), which names in Indian scripts need,
///   and the variation selectors (U+FE0E, U+FE0F);
/// - unassigned and control characters, and line separators;
/// - invisible characters among the symbols: the empty Braille pattern, the object replacement character, and the null
///   notehead.
pub fn disturbs(c: char) -> bool {
    if is_joiner(c) || matches!(c, '\u{fe0e}' | '\u{fe0f}') {
        return false;
    }
    let is_control = is_any(
        c,
        &[
            GeneralCategoryGroup::Other,
            GeneralCategoryGroup::LineSeparator,
            GeneralCategoryGroup::ParagraphSeparator,
        ],
    );
    is_control
        || CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c)
        || matches!(c, '\u{2800}' | '\u{fffc}' | '\u{1d159}')
}

/// A text from outside as it can be shown: each disturbing character is escaped, such as `\u{202e}`. Line breaks and
/// tabs stay.
pub fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if disturbs(c) && !matches!(c, '\n' | '\t') {
            shown.extend(c.escape_unicode());
        } else {
            shown.push(c);
        }
    }
    shown
}

/// Returns `true` for characters that join two others or keep them apart.
fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}')
}

/// Returns `true` for a character that is visible by itself, unlike a blank or a combining mark.
fn can_be_seen(c: char) -> bool {
    is_any(
        c,
        &[
            GeneralCategoryGroup::Letter,
            GeneralCategoryGroup::Number,
            GeneralCategoryGroup::Punctuation,
            GeneralCategoryGroup::Symbol,
        ],
    )
}

fn is_any(c: char, groups: &[GeneralCategoryGroup]) -> bool {
    let category = CodePointMapData::<GeneralCategory>::new().get(c);
    groups.iter().any(|group| group.contains(category))
}

impl FromStr for UserName {
    type Err = UserNameError;

    /// Reads a stored name.
    fn from_str(text: &str) -> Result<Self, UserNameError> {
        let fits = (1..=Self::LENGTH_MAX).contains(&text.chars().count());
        if fits { Ok(Self(text.to_owned())) } else { Err(UserNameError::Length) }
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

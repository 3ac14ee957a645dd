//! [`UserName`]: what a player wants to be called.

use icu_properties::props::{DefaultIgnorableCodePoint, GeneralCategory, GeneralCategoryGroup};
use icu_properties::{CodePointMapData, CodePointSetData};
use std::fmt;
use std::str::FromStr;

/// A player's name as it is shown: 1 to 64 characters, of which something can be seen, and none of which can disturb
/// the text around it.
///
/// [`UserName::parse`] reads what a person typed; [`FromStr`] reads what was stored and asks only for its length, as
/// the rule may change and a stored name must still read.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct UserName(String);

/// Why a text is not a [`UserName`], in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UserNameError {
    /// Nothing, or more than there is room for.
    #[error("has not 1 to {} characters", UserName::LENGTH_MAX)]
    Length,
    /// A line break, a control character, a mark of direction, a blank or a filler that nobody sees.
    #[error("has the character U+{:04X}, which cannot be seen, or disturbs the text around it", u32::from(*.0))]
    Character(char),
    /// Marks and joiners only, which are seen on other characters.
    #[error("has no letter, digit, punctuation or symbol")]
    Invisible,
}

impl UserName {
    /// The longest name, in characters.
    pub const LENGTH_MAX: usize = 64;

    /// The most marks on one character. A syllable of an Indian script, and an emoji with its form, has fewer.
    const MARKS_MAX: usize = 4;

    /// Reads a name as it was typed. White space around it is dropped.
    pub fn parse(text: &str) -> Result<Self, UserNameError> {
        let name: Self = text.trim().parse()?;
        if let Some(disturbing) = name.0.chars().find(|c| disturbs(*c)).or_else(|| name.piled_up()) {
            return Err(UserNameError::Character(disturbing));
        }
        if name.0.chars().any(can_be_seen) { Ok(name) } else { Err(UserNameError::Invisible) }
    }

    /// The first character that is one too many on the one before: marks that grow out of the line, joiners that join
    /// nothing.
    fn piled_up(&self) -> Option<char> {
        let (mut marks, mut joiners) = (0, 0);
        self.0.chars().find(|c| {
            marks = if is_any(*c, &[GeneralCategoryGroup::Mark]) { marks + 1 } else { 0 };
            joiners = if is_joiner(*c) { joiners + 1 } else { 0 };
            marks > Self::MARKS_MAX || joiners > 1
        })
    }

    /// The name's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What Unicode says to show as nothing, except the joiners (U+200C, U+200D), which names in Indian scripts need, and
/// the two that choose between the forms of a symbol (U+FE0E, U+FE0F); what is no character, controls the text or
/// breaks the line; and what Unicode counts among the symbols although nobody sees it: the pattern of Braille without
/// dots, the place of an object that is not there, the head of a note without a head.
fn disturbs(c: char) -> bool {
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

/// What joins two characters, or keeps them apart.
fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}')
}

/// A character that is there by itself, unlike a blank or a mark on another one.
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

    /// A stored name.
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

//! [`Violation`]: an invariant that did not hold in a run.

use std::fmt;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// `M1` to `M8`, or one of the following. `provider`: the books differ from the payment provider's records.
    /// `limit`: a bet exceeds the player's own limits. `live`: a page differs from the table. `hold`: a player with a
    /// debt or a held account placed a bet. `barred`: a bet of an excluded or blocked player was joined. `defect`: the
    /// code itself reported an error.
    pub rule: &'static str,
    /// A description in words.
    pub sentence: String,
}

impl Violation {
    pub(crate) fn new(rule: &'static str, sentence: impl Into<String>) -> Self {
        Self { rule, sentence: sentence.into() }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.rule, self.sentence)
    }
}

//! [`Violation`]: an invariant that did not hold in a run.

use std::fmt;

/// What did not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// `M1` to `M8`; `provider` where our books are not what the payment provider's are; `limit` where a bet passes
    /// what its player has set, and `hold` where one is placed by whoever owes or is held; or `defect` where the code
    /// said itself that something is wrong.
    pub rule: &'static str,
    /// In words.
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

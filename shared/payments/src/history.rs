//! [`History`]: the newest things that happened to an order, for cashiers and auditors.

use evens_ledger::Digest;
use jiff::Timestamp;

/// What happened to an order, oldest first. The newest [`History::LENGTH_MAX`] lines are kept, and the first one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct History(Vec<HistoryLine>);

/// One thing that happened to an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryLine {
    /// When, by our clock.
    pub at: Timestamp,
    /// When, by the provider's clock, where it said so.
    pub provider_at: Option<Timestamp>,
    /// What, in a word or two, and by whom where that was a cashier.
    pub cause: String,
    /// SHA-256 of the callback that said so, where it was one.
    pub callback: Option<Digest>,
}

impl HistoryLine {
    /// Something that we did or decided.
    pub fn own(cause: impl Into<String>, at: Timestamp) -> Self {
        Self { at, provider_at: None, cause: cause.into(), callback: None }
    }
}

impl History {
    /// How many lines are kept.
    pub const LENGTH_MAX: usize = 16;

    /// A history as it was stored.
    pub fn from_stored(lines: Vec<HistoryLine>) -> Self {
        Self(lines)
    }

    /// The lines, oldest first.
    pub fn lines(&self) -> &[HistoryLine] {
        &self.0
    }

    /// The history with one more line. Where that is too long, the second line is left out: how an order began is never
    /// forgotten.
    #[must_use]
    pub fn with(&self, line: HistoryLine) -> Self {
        let mut lines = self.0.clone();
        if lines.len() >= Self::LENGTH_MAX {
            lines.remove(1);
        }
        lines.push(line);
        Self(lines)
    }
}

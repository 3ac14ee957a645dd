//! [`History`]: the newest events of an order, for cashiers and auditors.

use crate::PaymentState;
use crate::orders::dispute_lines::read_line;
use evens_ledger::Digest;
use jiff::Timestamp;

/// The events of an order, oldest first. It keeps the newest [`History::LENGTH_MAX`] lines, and in addition the first
/// line and all lines about money that arrived or left.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct History(Vec<HistoryLine>);

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryLine {
    /// By our clock.
    pub at: Timestamp,
    /// By the provider's clock, if the provider states it.
    pub provider_at: Option<Timestamp>,
    /// One or two words about the event, and the cashier if there was one.
    pub cause: String,
    /// The SHA-256 of the callback that reported the event, if there was one.
    pub callback: Option<Digest>,
}

impl HistoryLine {
    /// A line about our own act or decision.
    pub fn own(cause: impl Into<String>, at: Timestamp) -> Self {
        Self { at, provider_at: None, cause: cause.into(), callback: None }
    }

    /// Returns `true` if the provider reports money that arrived, left or is disputed. Each such line is about another
    /// payment or payout, which cost money to make, so there are never many.
    fn tells_of_money(&self) -> bool {
        self.cause.split(' ').next() == Some(PaymentState::Paid.as_ref()) || read_line(&self.cause).is_some()
    }
}

impl History {
    /// The number of lines kept that are not about money.
    pub const LENGTH_MAX: usize = 16;

    pub fn from_stored(lines: Vec<HistoryLine>) -> Self {
        Self(lines)
    }

    pub fn lines(&self) -> &[HistoryLine] {
        &self.0
    }

    /// Adds a line. If there are too many, the oldest line that may be dropped is removed. The first line and lines
    /// about money and disputes are never dropped. Only they show why an extra payment is in suspense, that it was
    /// already taken back, or that it must stay there.
    #[must_use]
    pub fn with(&self, line: HistoryLine) -> Self {
        let mut lines = self.0.clone();
        let may_go = |(place, line): &(usize, &HistoryLine)| *place > 0 && !line.tells_of_money();
        if lines.iter().enumerate().filter(may_go).count() + 1 >= Self::LENGTH_MAX
            && let Some((oldest, _)) = lines.iter().enumerate().find(may_go)
        {
            lines.remove(oldest);
        }
        lines.push(line);
        Self(lines)
    }
}

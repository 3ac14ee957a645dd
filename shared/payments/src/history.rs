//! [`History`]: the newest things that happened to an order, for cashiers and auditors.

use crate::PaymentState;
use crate::dispute_lines::read_line;
use evens_ledger::Digest;
use jiff::Timestamp;

/// What happened to an order, oldest first. The newest [`History::LENGTH_MAX`] lines are kept, and beside them the
/// first one and all that tell of money that came or went.
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

    /// Whether a provider says in it that money came or went, or is disputed. Each is of another payment or payout,
    /// which somebody paid for, so there are never many.
    fn tells_of_money(&self) -> bool {
        self.cause.split(' ').next() == Some(PaymentState::Paid.as_ref()) || read_line(&self.cause).is_some()
    }
}

impl History {
    /// How many lines are kept that tell of no money.
    pub const LENGTH_MAX: usize = 16;

    /// A history as it was stored.
    pub fn from_stored(lines: Vec<HistoryLine>) -> Self {
        Self(lines)
    }

    /// The lines, oldest first.
    pub fn lines(&self) -> &[HistoryLine] {
        &self.0
    }

    /// The history with one more line. Where that is too long, the oldest line is left out that may be: how an order
    /// began is never forgotten, nor what was paid, nor what of that is disputed. Only such a line says why a payment
    /// beside the order's own is in suspense, that it was taken before, and that it must stay where it is.
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

//! Where the next page of a list of orders starts.

use crate::http::cursor::written_as;
use evens_payments::OrderPosition;

/// The next page holds what is older than the order at this position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderCursor {
    /// The position of the last order of the page before.
    pub before: OrderPosition,
}

/// The next page holds the orders whose turn to be looked at comes after that of this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WaitingCursor {
    /// Where the last order of the page before stands: when its turn comes.
    pub after: OrderPosition,
}

written_as!(OrderCursor, "before-order", before);
written_as!(WaitingCursor, "after-order", after);

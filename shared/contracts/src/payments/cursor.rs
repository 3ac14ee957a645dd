//! The start of the next page of a list of orders or reports.

use crate::http::cursor::written_as;
use evens_payments::{OrderPosition, ReportId};

/// The next page contains orders older than the one at this position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderCursor {
    /// The position of the last order of the previous page.
    pub before: OrderPosition,
}

/// The next page contains the orders whose next check is later than this position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WaitingCursor {
    /// The position of the last order of the previous page: the time of its next check, and its id.
    pub after: OrderPosition,
}

/// The next page contains the reports before this one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportCursor {
    /// The last report of the previous page.
    pub before: ReportId,
}

written_as!(OrderCursor, "before-order", before);
written_as!(WaitingCursor, "after-order", after);
written_as!(ReportCursor, "before-report", before);

//! The start of the next page of a list of results.

use crate::http::cursor::written_as;
use evens_games::PeriodId;

/// The next page contains results older than that of this period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PeriodCursor {
    /// The period of the last result of the previous page.
    pub before: PeriodId,
}

written_as!(PeriodCursor, "before-period", before);

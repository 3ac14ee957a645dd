//! Where the next page of a list of results starts.

use crate::http::cursor::written_as;
use evens_games::PeriodId;

/// The next page holds the results that are older than that of this period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PeriodCursor {
    /// The period of the last result of the page before.
    pub before: PeriodId,
}

written_as!(PeriodCursor, "before-period", before);

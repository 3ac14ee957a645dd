//! The start of the next page of a list of matches.

use crate::http::cursor::written_as;
use evens_exchange::MatchId;

/// The next page contains the matches after this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MatchCursor {
    /// The last match of the previous page.
    pub after: MatchId,
}

written_as!(MatchCursor, "after", after);

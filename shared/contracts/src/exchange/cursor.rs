//! Where the next page of a list of matches starts.

use crate::http::cursor::written_as;
use evens_exchange::MatchId;

/// The next page holds what follows this match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MatchCursor {
    /// The last match of the page before.
    pub after: MatchId,
}

written_as!(MatchCursor, "after", after);

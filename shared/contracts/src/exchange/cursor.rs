//! The start of the next page of a list of matches or rounds.

use crate::http::cursor::written_as;
use evens_exchange::{MatchId, RoundPlace};

/// The next page contains the matches after this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MatchCursor {
    /// The last match of the previous page.
    pub after: MatchId,
}

written_as!(MatchCursor, "after", after);

/// The next page contains the open rounds after this one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoundCursor {
    /// The last round of the previous page.
    pub after: RoundPlace,
}

/// The next page contains the rounds that ended before this one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndedRoundCursor {
    /// The last round of the previous page.
    pub before: RoundPlace,
}

written_as!(RoundCursor, "after-round", after);
written_as!(EndedRoundCursor, "before-round", before);

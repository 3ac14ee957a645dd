//! Answers to operators and auditors: the scheduled checks of the books.

use crate::Time;
use serde::Serialize;
use utoipa::ToSchema;

/// The last scheduled checks of the books. Small books are checked completely each hour; in large ones, recent
/// movements are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BooksBody {
    /// Time of the last check that ended (RFC 3339); null before the first one.
    pub checked_at: Option<Time>,
    /// Time at which the last check of all books began (RFC 3339); null before the first one.
    pub all_checked_at: Option<Time>,
    /// Number of violations that the last checks found.
    pub violations: u64,
}

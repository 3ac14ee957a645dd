//! [`RequestLines`]: which answered requests get a log line of their own.
//!
//! A request within the budget of its user or address has one. All others can be sent as often as a client likes, so
//! each kind of them gets one line a second, and a count.

use crate::LineLimit;
use axum::http::StatusCode;
use evens_contracts::{Access, Problem, ProblemKind, Route};

/// Marks the answer to an upgrade of a connection, which has no row in the table of routes.
#[derive(Debug, Clone, Copy)]
pub struct UpgradeAnswer;

/// A kind of requests that clients can send as often as they like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LineGroup {
    /// Upgrades of connections, whatever the answer.
    Upgrade,
    /// Refused without a valid token, path or signature.
    Refused,
    /// Refused because a budget is used up.
    OverBudget,
    /// Public, and in no budget.
    Unbudgeted,
}

/// The lines of requests that clients can send as often as they like. Clones share the counts.
#[derive(Debug, Clone, Default)]
pub(crate) struct RequestLines([LineLimit; 4]);

impl RequestLines {
    /// Returns `true` if a request gets a line of its own.
    pub(crate) fn admits(&self, group: Option<LineGroup>) -> bool {
        let Some(group) = group else { return true };
        let [upgrades, refused, over_budget, unbudgeted] = &self.0;
        match group {
            LineGroup::Upgrade => upgrades.admits(|count| {
                tracing::info!(count, "Answered {count} more upgrades of connections");
            }),
            LineGroup::Refused => refused.admits(|count| {
                tracing::info!(
                    count,
                    "Refused {count} more requests without a valid token, path or signature"
                );
            }),
            LineGroup::OverBudget => over_budget.admits(|count| {
                tracing::info!(count, "Refused {count} more requests beyond a budget");
            }),
            LineGroup::Unbudgeted => unbudgeted.admits(|count| {
                tracing::info!(count, "Answered {count} more requests that no budget counts");
            }),
        }
    }
}

impl LineGroup {
    /// The kind of an answered request, or `None` if a budget bounds the number of such requests.
    pub(crate) fn of(
        row: Option<&Route>,
        is_upgrade: bool,
        is_of_stranger: bool,
        status: StatusCode,
    ) -> Option<Self> {
        let is_unbudgeted = || row.is_some_and(|row| row.access == Access::Public && row.rate.is_none());
        if is_upgrade {
            Some(Self::Upgrade)
        } else if is_of_stranger {
            Some(Self::Refused)
        } else if status == StatusCode::TOO_MANY_REQUESTS {
            Some(Self::OverBudget)
        } else {
            is_unbudgeted().then_some(Self::Unbudgeted)
        }
    }
}

/// Returns `true` for a refusal that a client without a token or key can cause at will. Public routes have budgets of
/// their own, and so have upgrades and the polls of the live channel, which have no row either.
pub(crate) fn is_of_stranger(problem: &Problem, row: Option<&Route>) -> bool {
    match row.map(|row| row.access) {
        None => matches!(
            problem.kind,
            ProblemKind::NotFound | ProblemKind::MethodNotAllowed | ProblemKind::Unauthorized
        ),
        Some(Access::Public) => false,
        Some(Access::Provider) => matches!(
            problem.kind,
            ProblemKind::NotFound
                | ProblemKind::UnsupportedMediaType
                | ProblemKind::PayloadTooLarge
                | ProblemKind::WrongSignature
        ),
        Some(Access::Player | Access::Staff(_)) => problem.kind == ProblemKind::Unauthorized,
    }
}

#[cfg(test)]
mod tests {
    use super::{LineGroup, is_of_stranger};
    use axum::http::StatusCode;
    use evens_contracts::{Problem, ProblemKind, ROUTES, Route};

    fn row(path: &str) -> Option<&'static Route> {
        ROUTES.iter().find(|route| route.path == path)
    }

    #[test]
    fn requests_that_no_budget_bounds_share_a_line() {
        let document = row("/openapi.json");
        #[rustfmt::skip]
        let table = [
            // row               upgrade  stranger  status  group
            (None,               true,    false,    101,    Some(LineGroup::Upgrade)),
            (None,               true,    false,    429,    Some(LineGroup::Upgrade)),
            (None,               true,    false,    503,    Some(LineGroup::Upgrade)),
            (None,               false,   true,     404,    Some(LineGroup::Refused)),
            (row("/api/wallet"), false,   true,     401,    Some(LineGroup::Refused)),
            (row("/api/wallet"), false,   true,     429,    Some(LineGroup::Refused)),
            (row("/api/wallet"), false,   false,    429,    Some(LineGroup::OverBudget)),
            (document,           false,   false,    429,    Some(LineGroup::OverBudget)),
            (document,           false,   false,    200,    None),
            (row("/api/wallet"), false,   false,    200,    None),
            (row("/health"),     false,   false,    503,    Some(LineGroup::Unbudgeted)),
            (row("/health"),     false,   false,    200,    Some(LineGroup::Unbudgeted)),
        ];
        for (row, is_upgrade, is_of_stranger, status, expected) in table {
            let code = StatusCode::from_u16(status).unwrap();
            let found = LineGroup::of(row, is_upgrade, is_of_stranger, code);
            assert_eq!(found, expected, "{:?} {status}", row.map(|row| row.path));
        }
    }

    #[test]
    fn a_stranger_is_a_client_without_a_token_path_or_signature() {
        let callback = row("/api/payments/callback");
        #[rustfmt::skip]
        let table = [
            (None,               ProblemKind::NotFound,             true),
            (None,               ProblemKind::MethodNotAllowed,     true),
            (None,               ProblemKind::Unauthorized,         true),
            // The budgets of upgrades and of reads count these.
            (None,               ProblemKind::Forbidden,            false),
            (None,               ProblemKind::TooManyRequests,      false),
            (None,               ProblemKind::Unavailable,          false),
            (row("/api/wallet"), ProblemKind::Unauthorized,         true),
            (row("/api/wallet"), ProblemKind::TooManyRequests,      false),
            (row("/health"),     ProblemKind::Unavailable,          false),
            (callback,           ProblemKind::WrongSignature,       true),
            (callback,           ProblemKind::PayloadTooLarge,      true),
            (callback,           ProblemKind::UnsupportedMediaType, true),
            (callback,           ProblemKind::Invalid,              false),
        ];
        for (row, kind, expected) in table {
            let found = is_of_stranger(&Problem::new(kind, ""), row);
            assert_eq!(found, expected, "{:?} {kind:?}", row.map(|row| row.path));
        }
    }
}

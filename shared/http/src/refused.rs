//! [`RefusalCount`]: requests that were refused because they had no valid token, path or signature.
//!
//! They are counted in this process, by address, and never in the table: strangers must not cause writes. The answer
//! to a request with a valid token, path or signature does not depend on the count.

use crate::{ClientAddress, LineLimit};
use evens_contracts::{Access, Problem, ProblemKind, Rate, Route};
use evens_players::Budget;
use evens_runtime::Quota;
use jiff::Timestamp;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// The counts of this process. Clones share them.
#[derive(Debug, Clone, Default)]
pub(crate) struct RefusalCount {
    counts: Arc<Mutex<Counts>>,
    lines: LineLimit,
}

/// The requests of a window, by address.
#[derive(Debug, Default)]
struct Counts {
    window: i64,
    by_address: HashMap<String, u32>,
}

/// Returns `true` for a refusal that a client without a token or key can cause at will. Public routes have budgets of
/// their own.
pub(crate) fn is_of_stranger(problem: &Problem, row: Option<&Route>) -> bool {
    match row.map(|row| row.access) {
        None => true,
        Some(Access::Public) => false,
        Some(Access::Provider) => {
            matches!(problem.kind, ProblemKind::NotFound | ProblemKind::WrongSignature)
        }
        Some(Access::Player | Access::Staff(_)) => problem.kind == ProblemKind::Unauthorized,
    }
}

impl RefusalCount {
    /// Maximum number of addresses counted. Beyond it all counts start again.
    const ADDRESSES_MAX: usize = 50_000;

    /// Counts a refused request of an address. Returns the state of the address's budget.
    pub(crate) fn count(&self, budget: Budget, address: ClientAddress, now: Timestamp) -> Quota {
        let window = budget.window_at(now);
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.window != window.number || counts.by_address.len() >= Self::ADDRESSES_MAX {
            *counts = Counts { window: window.number, by_address: HashMap::new() };
        }
        let count = counts.by_address.entry(address.subject()).or_default();
        *count = count.saturating_add(1);
        Quota {
            name: Rate::Refused.rules().name,
            limit: budget.limit,
            window: budget.window,
            remaining: budget.limit.saturating_sub(*count),
            reset_after: window.ends_at.duration_since(now).unsigned_abs(),
            is_within: *count <= budget.limit,
        }
    }

    /// Returns `true` if a refused request gets a log line of its own.
    pub(crate) fn admits_line(&self) -> bool {
        self.lines.admits(|count| {
            tracing::info!(count, "Refused {count} more requests without a valid token, path or signature");
        })
    }
}

//! [`Rates`]: counts requests against their budgets.
//!
//! The counter of a budget, a subject and a window is an item of the table, shared by all processes. A process leases
//! several requests from it at once and uses them up before it writes again. An exhausted budget causes no further
//! writes until the window ends. So a budget is never exceeded, however many requests arrive concurrently in any number
//! of processes. Leased but unused requests are lost to the user when the window ends. A process therefore first leases
//! one request, then up to four times as many as it got in that window, limited by the budget's lease size.
//!
//! Architecture invariant: the state kept here is bounded. Losing it costs extra writes, and at most the leased
//! requests.

use crate::RateLimits;
use evens_contracts::Rate;
use evens_metrics::Metrics;
use evens_store::{Store, StoreError};
use jiff::Timestamp;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Counts requests against their budgets. Clones share the leases.
#[derive(Debug, Clone)]
pub struct Rates {
    limits: RateLimits,
    leases: Arc<Mutex<Leases>>,
    metrics: Metrics,
}

type Leases = HashMap<(Rate, String), Arc<tokio::sync::Mutex<Lease>>>;

/// The part of a budget that this process holds.
#[derive(Debug, Default)]
struct Lease {
    window: i64,
    /// Requests that can be admitted without a write.
    left: u32,
    /// Requests leased from the counter in this window, including the remaining ones.
    leased: u32,
    /// The last known value of the counter.
    counted: u64,
}

impl Lease {
    /// A lease may be this many times the number of requests that came to this process.
    const GROWTH: u32 = 4;

    /// Size limit of the next lease.
    fn next_max(&self) -> u32 {
        self.leased.saturating_mul(Self::GROWTH).max(1)
    }
}

/// The state of a budget after a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    pub name: &'static str,
    /// Requests per window.
    pub limit: u32,
    pub window: Duration,
    /// Requests left in this window.
    pub remaining: u32,
    /// Time until the window ends.
    pub reset_after: Duration,
    /// `true` if this request was admitted.
    pub is_within: bool,
}

impl Rates {
    /// Maximum number of leases kept. Beyond it, as in an attack from many addresses, all leases are dropped, which
    /// costs each subject another write.
    const LEASES_MAX: usize = 50_000;

    /// Creates the budgets unused. `metrics` counts the writes to the table.
    pub fn new(limits: RateLimits, metrics: Metrics) -> Self {
        Self { limits, leases: Arc::default(), metrics }
    }

    /// Takes a request from a subject's budget. Returns `None` if the rate is not counted.
    pub async fn take(
        &self,
        store: &Store,
        rate: Rate,
        subject: &str,
        now: Timestamp,
    ) -> Result<Option<Quota>, StoreError> {
        let Some(budget) = self.limits.budget(rate) else {
            return Ok(None);
        };
        let rules = rate.rules();
        let window = budget.window_at(now);
        let lease = self.lease(rate, subject);
        // Concurrent requests wait for this one's result instead of writing as well.
        let mut lease = lease.lock().await;
        if lease.window != window.number {
            *lease = Lease { window: window.number, ..Lease::default() };
        }
        let is_asked = lease.left == 0 && lease.counted < budget.limit.into();
        self.metrics.budget_looked_up(!is_asked);
        if is_asked {
            let wanted = rules.lease.min(budget.limit).min(lease.next_max());
            let counted =
                store.count_requests(rules.name, subject, window.number, window.ends_at, wanted).await?;
            let free = u64::from(budget.limit).saturating_sub(counted.saturating_sub(wanted.into()));
            lease.left = u32::try_from(free).unwrap_or(wanted).min(wanted);
            lease.leased = lease.leased.saturating_add(lease.left);
            lease.counted = counted;
        }
        let is_within = lease.left > 0;
        lease.left = lease.left.saturating_sub(1);
        let unleased = u64::from(budget.limit).saturating_sub(lease.counted);
        Ok(Some(Quota {
            name: rules.name,
            limit: budget.limit,
            window: budget.window,
            remaining: u32::try_from(unleased).unwrap_or(budget.limit).saturating_add(lease.left),
            reset_after: window.ends_at.duration_since(now).unsigned_abs(),
            is_within,
        }))
    }

    fn lease(&self, rate: Rate, subject: &str) -> Arc<tokio::sync::Mutex<Lease>> {
        let mut leases = self.leases.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (rate, subject.to_owned());
        if let Some(lease) = leases.get(&key) {
            return lease.clone();
        }
        if leases.len() >= Self::LEASES_MAX {
            leases.clear();
        }
        leases.entry(key).or_default().clone()
    }
}

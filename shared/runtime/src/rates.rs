//! [`Rates`]: takes requests out of their budgets.
//!
//! The counter of a budget, a subject and a window is an item of the table, so it is one for all processes. A process
//! takes several requests out of it at once, and uses them up before it asks again; of a budget that is used up it does
//! not ask again at all until the window ends. So a budget is never exceeded, however many requests come at once and
//! wherever. What a process has leased and not used when its window ends is lost to its user; so it takes one at first,
//! and then four times as many as came to it in that window, up to the budget's lease.
//!
//! Architecture invariant: what a process keeps here is bounded, and losing it costs writes, and at most the requests
//! that it had leased.

use crate::RateLimits;
use evens_contracts::Rate;
use evens_metrics::Metrics;
use evens_store::{Store, StoreError};
use jiff::Timestamp;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Takes requests out of their budgets. Clones share what was leased.
#[derive(Debug, Clone)]
pub struct Rates {
    limits: RateLimits,
    leases: Arc<Mutex<Leases>>,
    metrics: Metrics,
}

type Leases = HashMap<(Rate, String), Arc<tokio::sync::Mutex<Lease>>>;

/// What this process holds of a budget.
#[derive(Debug, Default)]
struct Lease {
    window: i64,
    /// Requests that may still be let through without asking.
    left: u32,
    /// Requests that were taken out of the counter in this window, those that are left among them.
    leased: u32,
    /// What the counter said last.
    counted: u64,
}

impl Lease {
    /// How many times as many requests as came to this process it may take out of the counter.
    const GROWTH: u32 = 4;

    /// How many requests may be taken out at once when none is left.
    fn next_max(&self) -> u32 {
        self.leased.saturating_mul(Self::GROWTH).max(1)
    }
}

/// How it stands with a budget after a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// The budget's name.
    pub name: &'static str,
    /// How many requests it is.
    pub limit: u32,
    /// In how long.
    pub window: Duration,
    /// How many are left.
    pub remaining: u32,
    /// When it is full again.
    pub reset_after: Duration,
    /// Whether this request was let through.
    pub is_within: bool,
}

impl Rates {
    /// How many leases are kept. When there are more, as in an attack from many addresses, all are given up: each
    /// subject then costs a write again.
    const LEASES_MAX: usize = 50_000;

    /// Budgets of that size, nothing taken yet; counts how often the table had to be asked.
    pub fn new(limits: RateLimits, metrics: Metrics) -> Self {
        Self { limits, leases: Arc::default(), metrics }
    }

    /// Takes a request out of a subject's budget; none where it is not counted.
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
        // Whoever comes meanwhile waits for this one's answer instead of asking too.
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

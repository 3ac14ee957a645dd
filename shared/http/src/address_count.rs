//! [`AddressCount`]: counts requests of strangers by address.
//!
//! They are counted in this process and never in the table: strangers must not cause writes.

use crate::admission::{QuotaSlot, exhausted};
use crate::{ClientAddress, Refusal};
use axum::http::Extensions;
use evens_contracts::Rate;
use evens_players::Budget;
use evens_runtime::{Context, Quota};
use jiff::Timestamp;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// The counts of a budget in this process. Clones share them.
#[derive(Debug, Clone)]
pub struct AddressCount {
    rate: Rate,
    counts: Arc<Mutex<Counts>>,
}

/// The requests of a window, by address.
#[derive(Debug, Default)]
struct Counts {
    window: i64,
    by_address: HashMap<String, u32>,
}

impl AddressCount {
    /// Maximum number of addresses counted. Beyond it all counts start again.
    const ADDRESSES_MAX: usize = 50_000;

    /// The budget `rate` of each address, unused.
    pub fn new(rate: Rate) -> Self {
        Self { rate, counts: Arc::default() }
    }

    /// Takes a request from the budget of its address, and stores the remaining quota for the headers of the answer.
    ///
    /// # Errors
    /// `429` if the budget is used up.
    pub fn take(
        &self,
        context: &Context,
        extensions: &Extensions,
        address: ClientAddress,
    ) -> Result<(), Refusal> {
        let Some(quota) = self.count(context, address) else { return Ok(()) };
        if let Some(slot) = extensions.get::<QuotaSlot>() {
            slot.set(quota);
        }
        if quota.is_within { Ok(()) } else { Err(Refusal(exhausted(&quota))) }
    }

    /// Counts a request of an address. Returns the state of its budget, or `None` if the rate is not counted.
    pub(crate) fn count(&self, context: &Context, address: ClientAddress) -> Option<Quota> {
        let budget = context.settings.rate_limits.budget(self.rate)?;
        Some(self.count_at(budget, address, context.clock.now()))
    }

    fn count_at(&self, budget: Budget, address: ClientAddress, now: Timestamp) -> Quota {
        let window = budget.window_at(now);
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.window != window.number || counts.by_address.len() >= Self::ADDRESSES_MAX {
            *counts = Counts { window: window.number, by_address: HashMap::new() };
        }
        let count = counts.by_address.entry(address.subject()).or_default();
        *count = count.saturating_add(1);
        Quota {
            name: self.rate.rules().name,
            limit: budget.limit,
            window: budget.window,
            remaining: budget.limit.saturating_sub(*count),
            reset_after: window.ends_at.duration_since(now).unsigned_abs(),
            is_within: *count <= budget.limit,
        }
    }
}

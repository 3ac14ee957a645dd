//! [`Measured`]: one operation, from its begin to what came of it, as the metrics tell it.

use evens_jackpots::{ByGroup, JackpotAction, JackpotGroup, JackpotSettings};
use evens_ledger::Amount;
use evens_metrics::JackpotOutcome;
use evens_runtime::Context;
use evens_store::{Retries, Store};
use tokio::time::Instant;

/// An operation that has begun.
#[derive(Debug)]
pub(crate) struct Measured<'a> {
    context: &'a Context,
    action: JackpotAction,
    group: &'static str,
    began: Instant,
}

impl<'a> Measured<'a> {
    /// Begins an operation of a group.
    pub(crate) fn begin(context: &'a Context, action: JackpotAction, group: JackpotGroup) -> Self {
        Self { context, action, group: group.as_str(), began: Instant::now() }
    }

    /// Begins a contribution, to one group or to several.
    pub(crate) fn begin_contribution(context: &'a Context, amounts: &ByGroup<Amount>) -> Self {
        let mut groups = amounts.iter().filter(|(_, amount)| !amount.is_zero()).map(|(group, _)| group);
        let group = match (groups.next(), groups.next()) {
            (Some(only), None) => only.as_str(),
            _ => "several",
        };
        Self { context, action: JackpotAction::Contribute, group, began: Instant::now() }
    }

    /// Tells what came of it.
    pub(crate) fn end(self, outcome: JackpotOutcome) {
        if self.context.settings.jackpots.is_measured {
            let took = self.began.elapsed();
            self.context.metrics.jackpot_done(self.action.as_str(), self.group, outcome, took);
        }
    }

    /// It met another operation.
    pub(crate) fn conflicted(&self) {
        if self.context.settings.jackpots.is_measured {
            self.context.metrics.jackpot_conflicted(self.action.as_str(), self.group);
        }
    }

    pub(crate) fn began(&self) -> Instant {
        self.began
    }
}

/// The table, as operations of jackpots ask it.
pub(crate) fn store(context: &Context) -> Store {
    let JackpotSettings { retries_max, retry_delay, lock_timeout, .. } = context.settings.jackpots;
    let retries = Retries { pause: retry_delay, attempts_max: Some(retries_max) };
    context.store.clone().retrying(retries).retry_for(lock_timeout)
}

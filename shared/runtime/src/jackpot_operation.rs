//! [`JackpotOperation`]: one jackpot operation from its start to its outcome, with retry policy, metrics and a log
//! line.

use crate::Context;
use crate::store_counts::StoreCounts;
use crate::telemetry::milliseconds;
use evens_jackpots::{JackpotAction, JackpotGroup, JackpotSettings};
use evens_ledger::Entry;
use evens_metrics::{JackpotOutcome, Metrics};
use evens_store::{ChangedItem, Observer, Operation, Retries, RetryCause, Store};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use tokio::time::Instant;
use tracing::{debug, info};

/// The metric label of a contribution to several groups.
const SEVERAL: &str = "several";

/// A running operation. If it is dropped without an outcome, for example after an error, it counts as failed.
#[derive(Debug)]
pub struct JackpotOperation<'a> {
    context: &'a Context,
    met: Arc<OperationStats>,
    began: Instant,
    is_told: bool,
}

/// Conflicts and retries at the table.
#[derive(Debug)]
struct OperationStats {
    action: JackpotAction,
    group: &'static str,
    id: String,
    counts: StoreCounts,
    /// `None` if operations are not counted.
    metrics: Option<Metrics>,
    attempts_failed: AtomicU32,
    retries: AtomicU32,
}

impl<'a> JackpotOperation<'a> {
    /// Begins an operation of a group.
    pub fn begin(context: &'a Context, action: JackpotAction, group: JackpotGroup, id: String) -> Self {
        Self::begin_of(context, action, group.as_str(), id)
    }

    /// Begins a contribution to one or several groups.
    pub fn begin_contribution(
        context: &'a Context,
        groups: impl IntoIterator<Item = JackpotGroup>,
        id: String,
    ) -> Self {
        let mut groups = groups.into_iter();
        let group = match (groups.next(), groups.next()) {
            (Some(only), None) => only.as_str(),
            _ => SEVERAL,
        };
        Self::begin_of(context, JackpotAction::Contribute, group, id)
    }

    fn begin_of(context: &'a Context, action: JackpotAction, group: &'static str, id: String) -> Self {
        let metrics = context.settings.jackpots.is_measured.then(|| context.metrics.clone());
        let counts = StoreCounts::new(context.metrics.clone(), context.changes.clone());
        let (attempts_failed, retries) = (AtomicU32::new(0), AtomicU32::new(0));
        let met = Arc::new(OperationStats { action, group, id, counts, metrics, attempts_failed, retries });
        Self { context, met, began: Instant::now(), is_told: false }
    }

    /// The table with the retry limit of this operation.
    pub fn store(&self) -> Store {
        self.asking(Some(self.context.settings.jackpots.retries_max.of(self.met.action)))
    }

    /// The table with retries until the deadline, however many conflicts occur. For workers that hold a jackpot and
    /// must finish.
    pub fn patient_store(&self) -> Store {
        self.asking(None)
    }

    fn asking(&self, attempts_max: Option<u32>) -> Store {
        let JackpotSettings { retry_delay, lock_timeout, .. } = self.context.settings.jackpots;
        let retries = Retries { pause: retry_delay, attempts_max };
        self.context.store.clone().retrying(retries).retry_for(lock_timeout).observed(self.met.clone())
    }

    /// Records a conflict: the jackpot was held, or changed since it was read.
    pub fn conflicted(&self) {
        self.met.conflicted();
    }

    pub fn began(&self) -> Instant {
        self.began
    }

    /// Records the outcome.
    pub fn end(mut self, outcome: JackpotOutcome) {
        self.tell(outcome);
    }

    /// Records the outcome of a failed job: handed over if it will be retried, else failed.
    pub fn end_failed(self, is_retryable: bool) {
        self.end(if is_retryable { JackpotOutcome::HandedOver } else { JackpotOutcome::Failed });
    }

    /// Ends without an outcome: there was nothing to do, or another process records it.
    pub fn leave(mut self) {
        self.is_told = true;
    }

    fn tell(&mut self, outcome: JackpotOutcome) {
        self.is_told = true;
        let OperationStats { group, id, .. } = &*self.met;
        let action = self.met.action.as_str();
        let (took, retries) = (self.began.elapsed(), self.met.retries.load(Ordering::Relaxed));
        if let Some(metrics) = &self.met.metrics {
            metrics.jackpot_done(action, group, outcome, took);
        }
        let (outcome, duration_ms) = (outcome.as_str(), milliseconds(took));
        // Debug level, because there are thousands of contributions per second, and each is in the books.
        if self.met.action == JackpotAction::Contribute {
            debug!(
                operation = action,
                "operation.id" = id,
                group,
                outcome,
                duration_ms,
                retries,
                "{action} {id}: {outcome}"
            );
        } else {
            info!(
                operation = action,
                "operation.id" = id,
                group,
                outcome,
                duration_ms,
                retries,
                "{action} {id}: {outcome}"
            );
        }
    }
}

impl Drop for JackpotOperation<'_> {
    fn drop(&mut self) {
        if !self.is_told {
            self.tell(JackpotOutcome::Failed);
        }
    }
}

impl OperationStats {
    fn conflicted(&self) {
        if let Some(metrics) = &self.metrics {
            metrics.jackpot_conflicted(self.action.as_str(), self.group);
        }
    }
}

impl Observer for OperationStats {
    fn failed(&self, operation: Operation, cause: RetryCause) {
        self.counts.failed(operation, cause);
        let attempt = 1 + self.attempts_failed.fetch_add(1, Ordering::Relaxed);
        if cause == RetryCause::Conflict {
            self.conflicted();
        }
        let (action, Self { group, id, .. }) = (self.action.as_str(), self);
        debug!(
            operation = action,
            "operation.id" = id,
            group,
            attempt,
            cause = ?cause,
            "Attempt {attempt} at {action} {id} failed: {cause:?}"
        );
    }

    fn retried(&self, operation: Operation, cause: RetryCause) {
        self.counts.retried(operation, cause);
        self.retries.fetch_add(1, Ordering::Relaxed);
        if let Some(metrics) = &self.metrics {
            metrics.jackpot_retried(self.action.as_str(), self.group);
        }
    }

    fn recovered(&self, operation: Operation) {
        self.counts.recovered(operation);
    }

    fn entered(&self, entry: &Entry) {
        self.counts.entered(entry);
    }

    fn drawn(&self, winner: &'static str) {
        self.counts.drawn(winner);
    }

    fn changed(&self, changed: ChangedItem) {
        self.counts.changed(changed);
    }
}

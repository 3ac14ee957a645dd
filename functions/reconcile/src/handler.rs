//! [`Reconciler`]: reconciles the newest final days of every provider.

use crate::reconcile_day;
use evens_payments::{Difference, DifferenceKind, ReconciliationReport, SignedAmount};
use evens_providers::{GuardedProvider, PaymentProvider, Payments};
use evens_reconciliation::{ReconcileFault, Statement};
use evens_runtime::telemetry::chain;
use evens_runtime::{Context, JobDone, JobError, LineAlarm, ScheduleHandler};
use futures::future::BoxFuture;
use jiff::civil::Date;
use jiff::{Span, Timestamp};

/// Number of days before the newest final one that a run checks for a missing report, to make up for missed runs.
const DAYS_BACK: i32 = 2;

/// Reconciles the days that are due. Clones share the providers' state.
#[derive(Debug, Clone)]
pub struct Reconciler {
    payments: Payments,
}

impl Reconciler {
    pub fn new(payments: Payments) -> Self {
        Self { payments }
    }

    /// A failure of one provider affects only its own days. The run still ends with the first failure, so that an alarm
    /// fires.
    async fn work(&self, context: &Context, now: Timestamp) -> Result<JobDone, JobError> {
        let mut failure = None;
        for provider in self.payments.providers() {
            if let Err(error) = self.reconcile_due(context, provider, now).await {
                let name = provider.name();
                tracing::warn!(
                    "provider.name" = %name,
                    error = chain(&error),
                    "Could not reconcile all days of {name}"
                );
                failure = failure.or(Some(JobError::retryable(error)));
            }
        }
        failure.map_or(Ok(JobDone("reconciled")), Err)
    }

    /// Reconciles the due days without a report, oldest first. After a failed day the provider is not called again:
    /// failed calls open the circuit breaker, which would block deposits and withdrawals.
    async fn reconcile_due(
        &self,
        context: &Context,
        provider: &GuardedProvider,
        now: Timestamp,
    ) -> Result<(), ReconcileFault> {
        let Some(newest) = provider.calendar().newest_final(now) else { return Ok(()) };
        for back in (0..=DAYS_BACK).rev() {
            let Ok(day) = newest.checked_sub(Span::new().days(back)) else { continue };
            if !context.store.has_report(provider.name(), day).await? {
                self.reconcile(context, provider, day, now).await?;
            }
        }
        Ok(())
    }

    async fn reconcile(
        &self,
        context: &Context,
        provider: &GuardedProvider,
        day: Date,
        now: Timestamp,
    ) -> Result<(), ReconcileFault> {
        let statement = Statement::fetch(provider, day, now).await?;
        let currency = self.payments.currency;
        reconcile_day(context, provider, currency, day, statement, |report| tell(context, report), now)
            .await?;
        Ok(())
    }
}

impl<'a> ScheduleHandler<'a> for Reconciler {
    type Run = BoxFuture<'a, Result<JobDone, JobError>>;

    fn run(&self, context: &'a Context, now: Timestamp) -> Self::Run {
        let reconciler = self.clone();
        Box::pin(async move { reconciler.work(context, now).await })
    }
}

/// Counts and logs the differences: a line per kind, and a line per difference in the report. The alarm matches the log
/// line of the paging kind, because a killed run sends no metrics.
fn tell(context: &Context, report: &ReconciliationReport) {
    for (kind, count) in &report.counts {
        context.metrics.differences((*kind).into(), *count);
        tell_kind(report, *kind, *count);
    }
    for difference in &report.differences {
        tell_difference(report, difference);
    }
    let (day, provider) = (report.id.day, &report.id.provider);
    let (lines, count) = (report.lines, report.count());
    tracing::info!(
        "provider.name" = %provider,
        %day,
        lines,
        count,
        "Reconciled {day} with {provider}: {lines} lines, {count} differences"
    );
}

fn tell_kind(report: &ReconciliationReport, kind: DifferenceKind, count: u64) {
    let (day, provider) = (report.id.day, &report.id.provider);
    let (alarm, kind_text) = (LineAlarm::DayDiffers.name(), kind.as_ref());
    if kind == DifferenceKind::MissingAtProvider {
        tracing::error!(
            alarm, "provider.name" = %provider, %day, kind = kind_text, count,
            "Difference on {day} with {provider}: {count} of kind {kind}"
        );
    } else {
        tracing::warn!(
            alarm, "provider.name" = %provider, %day, kind = kind_text, count,
            "Difference on {day} with {provider}: {count} of kind {kind}"
        );
    }
}

fn tell_difference(report: &ReconciliationReport, difference: &Difference) {
    let Difference { kind, subject, order, stated_units, booked_units } = difference;
    let (day, provider) = (report.id.day, &report.id.provider);
    let (stated, booked) = (SignedAmount(*stated_units), SignedAmount(*booked_units));
    let order = order.map(|order| order.to_string());
    let (alarm, kind) = (LineAlarm::DayDiffers.name(), kind.as_ref());
    if difference.kind == DifferenceKind::MissingAtProvider {
        tracing::error!(
            alarm, "provider.name" = %provider, %day, kind, subject, "order.id" = order, %stated, %booked,
            "Difference on {day} with {provider}, {kind}: {subject}, stated {stated}, booked {booked}"
        );
    } else {
        tracing::warn!(
            alarm, "provider.name" = %provider, %day, kind, subject, "order.id" = order, %stated, %booked,
            "Difference on {day} with {provider}, {kind}: {subject}, stated {stated}, booked {booked}"
        );
    }
}

//! [`reconcile_day`]: compares one day of one provider, and books fees and bank movements.

use evens_payments::{Currency, ReconciliationReport};
use evens_providers::GuardedProvider;
use evens_reconciliation::{DayResult, OpenedDay, ReconcileFault, Statement};
use evens_runtime::Context;
use jiff::Timestamp;
use jiff::civil::Date;

/// Compares a day with the provider's statement and reports the differences. Requests a look at each order whose state
/// differs.
///
/// A final day keeps its report. Fees and bank movements that only a fetched statement contains are booked. The same
/// statement finds the same report. `tell` is called before the report is stored, also for a stored one.
///
/// # Errors
/// [`ReconcileFault`], from [`ReconcileFault::Future`] on.
pub async fn reconcile_day(
    context: &Context,
    provider: &GuardedProvider,
    currency: Currency,
    day: Date,
    statement: Statement,
    tell: impl Fn(&ReconciliationReport),
    now: Timestamp,
) -> Result<DayResult, ReconcileFault> {
    let opened = OpenedDay::open(provider, currency, day, statement, now).await?;
    if let Some(report) = opened.earlier_report(context).await? {
        tell(&report);
        opened.ask_again(context, &report, now).await?;
        return Ok(DayResult { report, not_final_before: None });
    }
    let mut comparison = opened.read_books(context).await?;
    for transfer in comparison.unbooked_transfers(now) {
        let booked = context.store.book_transfer(&transfer).await?;
        comparison.note_booked(&booked);
    }
    comparison.finish(context, tell, now).await
}

//! [`reconcile_day`]: one day of one provider, compared.

use crate::{ReconcileFault, Statement};
use evens_contracts::CheckPaymentJob;
use evens_ledger::{ProviderName, Transfer};
use evens_payments::{
    BookedDay, BookedMovement, Currency, Difference, DifferenceKind, KnownOrder, OrderId, ProviderDay,
    Reconciled, ReconciliationReport, ReportId, StatementKind, StatementLine, book_bank_movement, book_fees,
    reconcile,
};
use evens_providers::{Guarded, PaymentProvider};
use evens_queues::Outgoing;
use evens_runtime::Context;
use evens_store::{PlayerOrder, StoreError};
use jiff::Timestamp;
use jiff::civil::Date;
use std::collections::BTreeSet;
use std::ops::Range;

/// How many days before the judged ones are looked at for what was booked late: as long as money may come for an order
/// that nobody waits for any more, with time to spare.
const LATE_DAYS_MAX: usize = 14;

/// What reconciling a day came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayFound {
    /// What differs.
    pub report: ReconciliationReport,
    /// From when on nothing new comes that belongs to the day, if that is still to come. Until then no report is kept.
    pub not_final_before: Option<Timestamp>,
}

/// Compares a day with what its provider states, and tells what was found. Asks for a look at each order that differs
/// in state.
///
/// A day that is final keeps its report, and what only its statement tells is booked, if it was fetched. The same
/// statement again finds the same report. Nobody looks at a day again that has one, so it is told of before it is kept:
/// a run that is killed in between is repeated, and tells it again.
///
/// # Errors
/// [`ReconcileFault`], from [`ReconcileFault::Future`] on.
pub async fn reconcile_day(
    context: &Context,
    provider: &Guarded,
    currency: Currency,
    day: Date,
    statement: Statement,
    tell: impl Fn(&ReconciliationReport),
    now: Timestamp,
) -> Result<DayFound, ReconcileFault> {
    let (calendar, name) = (provider.calendar(), provider.name());
    let future = || ReconcileFault::Future { day, today: calendar.day_of(now) };
    let judged = calendar.bounds(day).ok_or_else(future)?;
    let not_final_before = Some(calendar.final_from(day).ok_or_else(future)?).filter(|from| now < *from);
    let is_given = statement.fetched.is_none();
    let id = ReportId { day, provider: name.clone(), is_given, statement: statement.digest };
    if not_final_before.is_none()
        && let Some(report) = context.store.load_report(&id).await?
    {
        tell(&report);
        ask_about(context, differing_in_state(&report.differences), now).await?;
        return Ok(DayFound { report, not_final_before });
    }
    let is_final = not_final_before.is_none();
    let mut look = Look { name, day, judged, currency, is_final, statement };
    let mut booked = BookedDay::new(name, day, look.judged.clone(), &look.statement.lines);
    know_deposits(context, &look.statement.lines, &mut booked).await?;
    context.store.scan_provider_account(name, |movement| booked.add(movement)).await?;
    know_around(context, &look.statement.lines, &mut booked).await?;
    if is_final && look.statement.fetched.is_some() {
        book(context, &look, &mut booked, now).await?;
    }
    let mut reconciled = look.compare(context, &booked).await?;
    if let Some(earlier) = look.late_statement(context, provider, &reconciled.differences).await? {
        know_deposits(context, &earlier.lines, &mut booked).await?;
        look.statement.lines.splice(..0, earlier.lines);
        reconciled = look.compare(context, &booked).await?;
    }
    let of_state = differing_in_state(&reconciled.differences);
    let report = ReconciliationReport::new(id, reconciled, now);
    tell(&report);
    ask_about(context, of_state, now).await?;
    let report = if is_final { context.store.keep_report(&report).await? } else { report };
    Ok(DayFound { report, not_final_before })
}

/// A day that is looked at.
struct Look<'a> {
    name: &'a ProviderName,
    day: Date,
    judged: Range<Timestamp>,
    currency: Currency,
    is_final: bool,
    statement: Statement,
}

impl Look<'_> {
    /// The lines in the ledger's currency.
    fn lines(&self) -> impl Iterator<Item = &StatementLine> {
        self.statement.lines.iter().filter(|line| line.money.currency() == self.currency)
    }

    /// What only the statement tells of the day.
    fn transfers(&self, now: Timestamp) -> Vec<Transfer> {
        let fees = book_fees(self.name, self.day, &self.judged, self.lines(), now);
        let of_day = self.lines().filter(|line| self.judged.contains(&line.at));
        fees.into_iter().chain(of_day.filter_map(|line| book_bank_movement(self.name, line, now))).collect()
    }

    async fn compare(&self, context: &Context, booked: &BookedDay) -> Result<Reconciled, StoreError> {
        let lines = &self.statement.lines;
        let is_unbooked = |line: &&StatementLine| self.judged.contains(&line.at) && !booked.has_line(line);
        let unbooked = lines.iter().filter(is_unbooked);
        let unbooked: BTreeSet<OrderId> = unbooked.filter_map(|line| line.reference).collect();
        let unbooked: Vec<_> = unbooked.into_iter().collect();
        let orders = context.store.load_known_orders(&unbooked).await?;
        let orders: Vec<_> = orders.iter().map(known).collect();
        let (provider, currency, is_final) = (self.name, self.currency, self.is_final);
        let Range { start: from, end: to } = self.judged;
        let day = self.day;
        Ok(reconcile(&ProviderDay {
            provider,
            day,
            from,
            to,
            is_final,
            currency,
            lines,
            orders: &orders,
            booked,
        }))
    }

    /// What the provider stated on earlier days of what our ledger booked in this one: a callback was lost, and
    /// somebody asked later. The order says when that was by the provider's own clock; the statement of that day must
    /// have it. None where nothing is to be found there, or where the statement was given.
    async fn late_statement(
        &self,
        context: &Context,
        provider: &Guarded,
        differences: &[Difference],
    ) -> Result<Option<Statement>, ReconcileFault> {
        let Some(fetched) = &self.statement.fetched else { return Ok(None) };
        let missing = differences.iter().filter(|found| found.kind == DifferenceKind::MissingAtProvider);
        let missing: BTreeSet<OrderId> = missing.filter_map(|found| found.order).collect();
        let orders = context.store.load_known_orders(&missing.into_iter().collect::<Vec<_>>()).await?;
        let calendar = provider.calendar();
        let told = orders.iter().flat_map(told_at).map(|at| calendar.day_of(at));
        let earlier: BTreeSet<Date> = told.filter(|day| *day < self.day).collect();
        let newest = earlier.into_iter().rev().take(LATE_DAYS_MAX);
        let files: BTreeSet<Date> = newest.flat_map(|day| calendar.files(day)).collect();
        let files: BTreeSet<Date> = files.difference(fetched).copied().collect();
        if files.is_empty() {
            return Ok(None);
        }
        Statement::fetch_days(provider, files).await.map(Some)
    }
}

/// Books what only the statement tells, where that is not booked.
async fn book(
    context: &Context,
    look: &Look<'_>,
    booked: &mut BookedDay,
    now: Timestamp,
) -> Result<(), StoreError> {
    for transfer in look.transfers(now) {
        if !booked.has(&transfer.key) {
            let transfer = context.store.book_transfer(&transfer).await?;
            booked.add_all(BookedMovement::of_transfer(&transfer, look.name));
        }
    }
    Ok(())
}

/// Asks the deposits of lines that took something back which payment that was.
async fn know_deposits(
    context: &Context,
    lines: &[StatementLine],
    booked: &mut BookedDay,
) -> Result<(), StoreError> {
    let back = lines.iter().filter(|line| takes_back(line));
    let orders: BTreeSet<OrderId> = back.filter_map(|line| line.reference).collect();
    know(context, orders, booked).await
}

/// The same where our ledger seems not to have some of that: a line of a dispute may name no order, and is known by the
/// deposits of what left suspense around the day.
async fn know_around(
    context: &Context,
    lines: &[StatementLine],
    booked: &mut BookedDay,
) -> Result<(), StoreError> {
    let is_unknown = |line: &StatementLine| takes_back(line) && !booked.has_line(line);
    let orders = if lines.iter().any(is_unknown) { booked.left_suspense() } else { BTreeSet::new() };
    know(context, orders, booked).await
}

fn takes_back(line: &StatementLine) -> bool {
    matches!(line.kind, StatementKind::Refund | StatementKind::ChargeBack)
}

async fn know(
    context: &Context,
    orders: BTreeSet<OrderId>,
    booked: &mut BookedDay,
) -> Result<(), StoreError> {
    for order in context.store.load_known_orders(&orders.into_iter().collect::<Vec<_>>()).await? {
        if let PlayerOrder::Deposit(deposit) = order {
            booked.know(&deposit);
        }
    }
    Ok(())
}

fn known(order: &PlayerOrder) -> KnownOrder<'_> {
    match order {
        PlayerOrder::Deposit(order) => KnownOrder::Deposit(order),
        PlayerOrder::Withdrawal(order) => KnownOrder::Withdrawal(order),
    }
}

/// When something was told about an order, by its provider's clock.
fn told_at(order: &PlayerOrder) -> Vec<Timestamp> {
    let history = match order {
        PlayerOrder::Deposit(order) => &order.history,
        PlayerOrder::Withdrawal(order) => &order.history,
    };
    history.lines().iter().filter_map(|line| line.provider_at).collect()
}

fn differing_in_state(differences: &[Difference]) -> BTreeSet<OrderId> {
    let of_state = differences.iter().filter(|found| found.kind == DifferenceKind::State);
    of_state.filter_map(|found| found.order).collect()
}

/// Asks for a look at some orders. Whoever looks asks its provider, and does what their present record says.
async fn ask_about(
    context: &Context,
    orders: BTreeSet<OrderId>,
    now: Timestamp,
) -> Result<(), ReconcileFault> {
    // One number a minute, so that a run that is repeated asks once, and is heard although others asked before.
    let nudge = now.as_second().unsigned_abs() / 60;
    let jobs = orders.into_iter().map(|order_id| Outgoing::of(CheckPaymentJob { order_id }).nudged(nudge));
    let jobs: Vec<_> = jobs.collect();
    if !jobs.is_empty() {
        context.queues.send(jobs).await?;
    }
    Ok(())
}

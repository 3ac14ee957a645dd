//! [`reconcile_day`]: compares one day of one provider.

use crate::{ReconcileFault, Statement};
use evens_contracts::{CallbackJob, CheckPaymentJob};
use evens_ledger::{Amount, Transfer};
use evens_payments::{
    BookedDay, BookedMovement, Currency, DifferenceKind, Differences, DisputeReport, DisputeState,
    KnownOrder, OrderId, ProviderDay, ProviderEvent, Reconciled, Reconciliation, ReconciliationReport,
    ReportId, ReportSource, StatementKind, StatementLine, UndonePayouts, book_bank_movement, book_fees,
};
use evens_providers::{GuardedProvider, PaymentProvider};
use evens_queues::OutgoingJob;
use evens_runtime::Context;
use evens_store::{PlayerOrder, StoreError};
use jiff::Timestamp;
use jiff::civil::Date;
use std::collections::BTreeSet;
use std::ops::Range;

/// Number of earlier days whose statements are searched for payments that were booked late. Longer than money may still
/// arrive for an expired order.
const LATE_DAYS_MAX: usize = 14;

/// Number of orders loaded at a time.
const ORDERS_AT_ONCE: usize = 1000;

/// The result of reconciling a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayResult {
    pub report: ReconciliationReport,
    /// The day is not final before this time, and no report is kept until then. `None` if it is final.
    pub not_final_before: Option<Timestamp>,
}

/// Compares a day with the provider's statement and reports the differences. Requests a look at each order whose state
/// differs.
///
/// A final day keeps its report. Fees and bank movements that only a fetched statement contains are booked. The same
/// statement finds the same report. Alarms are raised before the report is stored, because a day with a report is not
/// checked again. A run that is killed in between is repeated and raises them again.
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
        let of_state = report.differences.iter().filter(|found| found.kind == DifferenceKind::State);
        ask_about(context, provider, &statement, of_state.filter_map(|found| found.order).collect(), now)
            .await?;
        return Ok(DayResult { report, not_final_before });
    }
    let is_final = not_final_before.is_none();
    let mut look = Look { provider, day, judged, currency, is_final, statement };
    let mut first = look.read_first()?;
    know(context, std::mem::take(&mut first.taken_back), &mut first.booked).await?;
    context.store.scan_provider_account(name, |movement| first.booked.add(movement)).await?;
    look.know_around(context, &mut first.booked).await?;
    if is_final && look.statement.fetched.is_some() {
        book(context, &look, &mut first, now).await?;
    }
    let mut reconciled = look.compare(context, &mut first).await?;
    if let Some(earlier) = look.late_statement(context, &reconciled.differences).await? {
        look.statement.put_before(earlier);
        look.read_returns(&mut first)?;
        know(context, std::mem::take(&mut first.taken_back), &mut first.booked).await?;
        reconciled = look.compare(context, &mut first).await?;
    }
    let of_state = reconciled.differences.of_state.clone();
    let report = ReconciliationReport::new(id, reconciled, now);
    tell(&report);
    ask_about(context, provider, &look.statement, of_state, now).await?;
    let report = if is_final { context.store.keep_report(&report).await? } else { report };
    Ok(DayResult { report, not_final_before })
}

/// A day being compared.
struct Look<'a> {
    provider: &'a GuardedProvider,
    day: Date,
    judged: Range<Timestamp>,
    currency: Currency,
    is_final: bool,
    statement: Statement,
}

/// Data collected from all lines before the first one is compared.
struct FirstReading {
    booked: BookedDay,
    undone: UndonePayouts,
    /// Fees charged on the day, in the ledger's currency.
    fees: Amount,
    /// Movements between provider and bank on the day, in the ledger's currency.
    bank: Vec<StatementLine>,
    /// Deposits with a refund or chargeback. The ledger may have it under the id of the payment.
    taken_back: BTreeSet<OrderId>,
}

impl Look<'_> {
    fn read_first(&self) -> Result<FirstReading, ReconcileFault> {
        let booked = BookedDay::new(self.provider.name(), self.day, self.judged.clone());
        let (undone, fees, bank) = (UndonePayouts::default(), Amount::ZERO, Vec::new());
        let mut first = FirstReading { booked, undone, fees, bank, taken_back: BTreeSet::new() };
        self.statement.each_line(self.provider, |line| {
            first.booked.want(line);
            if line.money.currency() == self.currency {
                first.fees = first.fees.saturating_add(line.charged_within(&self.judged));
                if self.judged.contains(&line.at) && line.kind.is_of_bank() {
                    first.bank.push(line.clone());
                }
            }
        })?;
        self.read_returns(&mut first)?;
        Ok(first)
    }

    /// Collects returned payouts, refunds and chargebacks.
    fn read_returns(&self, first: &mut FirstReading) -> Result<(), ReconcileFault> {
        self.statement.each_line(self.provider, |line| {
            first.undone.note_return(line);
            if takes_back(line) {
                first.taken_back.extend(line.reference);
            }
        })
    }

    /// Handles refunds and chargebacks that the ledger does not seem to have. A dispute line may name no order. It is
    /// then identified through the deposits whose payments left suspense around the day.
    async fn know_around(&self, context: &Context, booked: &mut BookedDay) -> Result<(), ReconcileFault> {
        let mut is_unknown = false;
        self.statement
            .each_line(self.provider, |line| is_unknown |= takes_back(line) && !booked.has_line(line))?;
        let orders = if is_unknown { booked.left_suspense() } else { BTreeSet::new() };
        Ok(know(context, orders, booked).await?)
    }

    async fn compare(
        &self,
        context: &Context,
        first: &mut FirstReading,
    ) -> Result<Reconciled, ReconcileFault> {
        let FirstReading { booked, undone, .. } = first;
        let mut unbooked = BTreeSet::new();
        self.statement.each_line(self.provider, |line| {
            undone.note_payout(line);
            if self.judged.contains(&line.at) && !booked.has_line(line) {
                unbooked.extend(line.reference);
            }
        })?;
        let orders = known_orders(context, &unbooked.into_iter().collect::<Vec<_>>()).await?;
        let Range { start: from, end: to } = self.judged;
        let mut reconciliation = Reconciliation::new(ProviderDay {
            provider: self.provider.name(),
            day: self.day,
            from,
            to,
            is_final: self.is_final,
            currency: self.currency,
            orders: &orders,
            undone,
            booked,
        });
        self.statement.each_line(self.provider, |line| reconciliation.take(line))?;
        Ok(reconciliation.finish())
    }

    /// The provider's earlier statements about payments that the ledger booked on this day, because a callback was lost
    /// and the provider was queried later. The order has the provider's own time, which selects the statement. `None`
    /// if there is nothing to search, or if the statement was given as a file.
    async fn late_statement(
        &self,
        context: &Context,
        differences: &Differences,
    ) -> Result<Option<Statement>, ReconcileFault> {
        let Some(fetched) = &self.statement.fetched else { return Ok(None) };
        let missing: Vec<OrderId> = differences.missing_at_provider.iter().copied().collect();
        let calendar = self.provider.calendar();
        let mut earlier = BTreeSet::new();
        for some in missing.chunks(ORDERS_AT_ONCE) {
            let orders = context.store.load_known_orders(some).await?;
            let reported = orders.iter().flat_map(told_at).map(|at| calendar.day_of(at));
            earlier.extend(reported.filter(|day| *day < self.day));
        }
        let newest = earlier.into_iter().rev().take(LATE_DAYS_MAX);
        let files: BTreeSet<Date> = newest.flat_map(|day| calendar.files(day)).collect();
        let files: BTreeSet<Date> = files.difference(fetched).copied().collect();
        if files.is_empty() {
            return Ok(None);
        }
        Statement::fetch_days(self.provider, files).await.map(Some)
    }
}

/// Books fees and bank movements that only the statement contains, unless they are booked already.
async fn book(
    context: &Context,
    look: &Look<'_>,
    first: &mut FirstReading,
    now: Timestamp,
) -> Result<(), StoreError> {
    let name = look.provider.name();
    let fees = book_fees(name, look.day, first.fees, now);
    let moved = first.bank.iter().filter_map(|line| book_bank_movement(name, line, now));
    let transfers: Vec<Transfer> = fees.into_iter().chain(moved).collect();
    for transfer in transfers {
        if !first.booked.has(&transfer.key) {
            let transfer = context.store.book_transfer(&transfer).await?;
            first.booked.add_all(BookedMovement::of_transfer(&transfer, name));
        }
    }
    Ok(())
}

fn takes_back(line: &StatementLine) -> bool {
    matches!(line.kind, StatementKind::Refund | StatementKind::ChargeBack)
}

/// Loads deposits and registers which of their payments left suspense, and how.
async fn know(
    context: &Context,
    orders: BTreeSet<OrderId>,
    booked: &mut BookedDay,
) -> Result<(), StoreError> {
    let orders: Vec<_> = orders.into_iter().collect();
    for some in orders.chunks(ORDERS_AT_ONCE) {
        for order in context.store.load_known_orders(some).await? {
            if let PlayerOrder::Deposit(deposit) = order {
                booked.know(&deposit);
            }
        }
    }
    Ok(())
}

/// The orders of those ids that exist. Only a summary is kept: a foreign file may name a million orders of hundreds of
/// bytes each.
async fn known_orders(context: &Context, ids: &[OrderId]) -> Result<Vec<KnownOrder>, StoreError> {
    let mut known = Vec::new();
    for some in ids.chunks(ORDERS_AT_ONCE) {
        known.extend(context.store.load_known_orders(some).await?.iter().map(|order| match order {
            PlayerOrder::Deposit(order) => KnownOrder::of_deposit(order),
            PlayerOrder::Withdrawal(order) => KnownOrder::of_withdrawal(order),
        }));
    }
    Ok(known)
}

/// The times of the reports about an order, by the provider's clock.
fn told_at(order: &PlayerOrder) -> Vec<Timestamp> {
    let history = match order {
        PlayerOrder::Deposit(order) => &order.history,
        PlayerOrder::Withdrawal(order) => &order.history,
    };
    history.lines().iter().filter_map(|line| line.provider_at).collect()
}

/// Requests a look at some orders, and at their disputes in the statement, because a dispute cannot be found by its
/// order. The job queries the provider and applies its current record.
async fn ask_about(
    context: &Context,
    provider: &GuardedProvider,
    statement: &Statement,
    orders: BTreeSet<OrderId>,
    now: Timestamp,
) -> Result<(), ReconcileFault> {
    if orders.is_empty() {
        return Ok(());
    }
    let mut disputes = Vec::new();
    statement.each_line(provider, |line| {
        let is_asked = line.reference.is_some_and(|order| orders.contains(&order));
        if let (StatementKind::ChargeBack, true, Some(id)) = (line.kind, is_asked, &line.dispute) {
            disputes.push(DisputeReport {
                provider: provider.name().clone(),
                id: id.clone(),
                reference: line.reference,
                state: DisputeState::Lost,
                source: ReportSource::Asked,
            });
        }
    })?;
    let reported = |(number, dispute)| {
        CallbackJob::new(provider.name().clone(), statement.digest, number, &ProviderEvent::Dispute(dispute))
    };
    let disputes: Vec<_> = (0..).zip(disputes).map(reported).map(OutgoingJob::of).collect();
    // A nudge that changes every minute: a repeated run sends the jobs once, but earlier jobs of other senders do not
    // suppress them.
    let nudge = now.as_second().unsigned_abs() / 60;
    let checks = orders.into_iter().map(|order_id| OutgoingJob::of(CheckPaymentJob { order_id }));
    context.queues.send(checks.chain(disputes).map(|job| job.nudged(nudge)).collect()).await?;
    Ok(())
}

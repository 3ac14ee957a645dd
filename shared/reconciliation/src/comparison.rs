//! [`OpenedDay`], then [`DayComparison`]: compares one day of one provider with the books.

use crate::{ReconcileFault, Statement};
use evens_contracts::{CallbackJob, CheckPaymentJob};
use evens_ledger::{Amount, Transfer};
use evens_payments::{
    BookedDay, BookedMovement, Currency, DifferenceKind, Differences, DisputeReport, DisputeState,
    KnownOrder, OrderId, ProviderDay, ProviderEvent, Reconciled, Reconciliation, ReconciliationReport,
    RecordOrders, ReportId, ReportSource, StatementKind, StatementLine, UndonePayouts, book_bank_movement,
    book_fees,
};
use evens_providers::{GuardedProvider, PaymentProvider};
use evens_queues::{OutgoingJob, minute};
use evens_runtime::Context;
use evens_store::{PlayerOrder, StoreError};
use jiff::Timestamp;
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};
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

/// A provider's day with its statement, before the books are read.
#[derive(Debug)]
pub struct OpenedDay<'a> {
    look: Look<'a>,
    id: ReportId,
    /// The day is not final before this time. `None` if it is final.
    not_final_before: Option<Timestamp>,
}

impl<'a> OpenedDay<'a> {
    /// Reads every line of the statement once, and learns the orders of lines that name another record instead.
    ///
    /// # Errors
    /// 1. [`ReconcileFault::Future`]
    /// 2. [`ReconcileFault::Unreadable`]
    pub async fn open(
        provider: &'a GuardedProvider,
        currency: Currency,
        day: Date,
        statement: Statement,
        now: Timestamp,
    ) -> Result<Self, ReconcileFault> {
        let (calendar, name) = (provider.calendar(), provider.name());
        let future = || ReconcileFault::Future { day, today: calendar.day_of(now) };
        let judged = calendar.bounds(day).ok_or_else(future)?;
        let not_final_before = Some(calendar.final_from(day).ok_or_else(future)?).filter(|from| now < *from);
        let is_given = statement.fetched.is_none();
        let id = ReportId { day, provider: name.clone(), is_given, statement: statement.digest };
        let (is_final, orders) = (not_final_before.is_none(), RecordOrders::default());
        let mut look = Look { provider, day, judged, currency, is_final, statement, orders };
        look.learn_orders().await?;
        Ok(Self { look, id, not_final_before })
    }

    /// The id of the report, which the day, the provider and the statement determine.
    pub fn report_id(&self) -> &ReportId {
        &self.id
    }

    /// The stored report of the same statement. A day that is not final has none.
    ///
    /// # Errors
    /// The table is unavailable, or the report cannot be read.
    pub async fn earlier_report(
        &self,
        context: &Context,
    ) -> Result<Option<ReconciliationReport>, StoreError> {
        if self.not_final_before.is_some() {
            return Ok(None);
        }
        context.store.load_report(&self.id).await
    }

    /// Requests another look at the orders that differ by a stored report.
    ///
    /// # Errors
    /// [`ReconcileFault::Unreadable`] and [`ReconcileFault::Queue`]
    pub async fn ask_again(
        &self,
        context: &Context,
        report: &ReconciliationReport,
        now: Timestamp,
    ) -> Result<(), ReconcileFault> {
        let of_state = report.differences.iter().filter(|found| found.kind == DifferenceKind::State);
        ask_about(context, &self.look, of_state.filter_map(|found| found.order).collect(), now).await
    }

    /// Reads the ledger and the orders that the comparison needs.
    ///
    /// # Errors
    /// [`ReconcileFault::Unreadable`] and [`ReconcileFault::Store`]
    pub async fn read_books(self, context: &Context) -> Result<DayComparison<'a>, ReconcileFault> {
        let Self { mut look, id, not_final_before } = self;
        let mut first = look.read_first()?;
        look.know(context, std::mem::take(&mut first.taken_back), &mut first.booked).await?;
        let name = look.provider.name();
        context.store.scan_provider_account(name, |movement| first.booked.add(movement)).await?;
        look.know_around(context, &mut first.booked).await?;
        Ok(DayComparison { look, first, id, not_final_before })
    }
}

/// A provider's day with its statement and the books.
#[derive(Debug)]
pub struct DayComparison<'a> {
    look: Look<'a>,
    first: FirstReading,
    id: ReportId,
    not_final_before: Option<Timestamp>,
}

impl DayComparison<'_> {
    /// Fees and bank movements that only the statement contains. Empty if the day is not final, or if the statement was
    /// given as a file, which may not hold all of them.
    pub fn unbooked_transfers(&self, now: Timestamp) -> Vec<Transfer> {
        let Self { look, first, .. } = self;
        if !look.is_final || look.statement.fetched.is_none() {
            return Vec::new();
        }
        let name = look.provider.name();
        let fees = book_fees(name, look.day, first.fees, now);
        let moved = first.bank.iter().filter_map(|line| book_bank_movement(name, line, now));
        fees.into_iter().chain(moved).filter(|transfer| !first.booked.has(&transfer.key)).collect()
    }

    /// Adds a transfer that was booked after the books were read.
    pub fn note_booked(&mut self, transfer: &Transfer) {
        let Self { look, first, .. } = self;
        if !first.booked.has(&transfer.key) {
            first.booked.add_all(BookedMovement::of_transfer(transfer, look.provider.name()));
        }
    }

    /// Compares, and requests a look at each order whose state differs. A final day keeps its report, and the same
    /// statement keeps its first one.
    ///
    /// `tell` is called before the report is stored, because a day with a report is not checked again. A run that is
    /// killed in between is repeated and calls it again.
    ///
    /// # Errors
    /// [`ReconcileFault`], from [`ReconcileFault::File`] on.
    pub async fn finish(
        self,
        context: &Context,
        tell: impl Fn(&ReconciliationReport),
        now: Timestamp,
    ) -> Result<DayResult, ReconcileFault> {
        let Self { mut look, mut first, id, not_final_before } = self;
        let mut reconciled = look.compare(context, &mut first).await?;
        if let Some(earlier) = look.late_statement(context, &reconciled.differences).await? {
            look.statement.put_before(earlier);
            look.learn_orders().await?;
            look.read_returns(&mut first)?;
            look.know(context, std::mem::take(&mut first.taken_back), &mut first.booked).await?;
            reconciled = look.compare(context, &mut first).await?;
        }
        let of_state = reconciled.differences.of_state.clone();
        let report = ReconciliationReport::new(id, reconciled, now);
        tell(&report);
        ask_about(context, &look, of_state, now).await?;
        let report = if look.is_final { context.store.keep_report(&report).await? } else { report };
        Ok(DayResult { report, not_final_before })
    }
}

/// A day being compared.
#[derive(Debug)]
pub(crate) struct Look<'a> {
    pub(crate) provider: &'a GuardedProvider,
    day: Date,
    judged: Range<Timestamp>,
    currency: Currency,
    is_final: bool,
    pub(crate) statement: Statement,
    /// The orders of lines that name another record instead.
    pub(crate) orders: RecordOrders,
}

/// Data collected from all lines before the first one is compared.
#[derive(Debug)]
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
    /// Calls `each` with every line, with its order as far as it is known.
    fn each_line(&self, mut each: impl FnMut(&StatementLine)) -> Result<(), ReconcileFault> {
        self.statement.each_line(self.provider, |line| each(&self.orders.complete(line)))
    }

    fn read_first(&self) -> Result<FirstReading, ReconcileFault> {
        let booked = BookedDay::new(self.provider.name(), self.day, self.judged.clone());
        let (undone, fees, bank) = (UndonePayouts::default(), Amount::ZERO, Vec::new());
        let mut first = FirstReading { booked, undone, fees, bank, taken_back: BTreeSet::new() };
        self.each_line(|line| {
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
        self.each_line(|line| {
            first.undone.note_return(line);
            if takes_back(line) {
                first.taken_back.extend(line.reference);
            }
        })
    }

    /// Handles refunds, chargebacks and returned payouts that the ledger does not seem to have. Such a line may name no
    /// order. It is then identified through the orders of which a movement was undone around the day.
    async fn know_around(&mut self, context: &Context, booked: &mut BookedDay) -> Result<(), ReconcileFault> {
        let mut is_unknown = self.orders.unknown().next().is_some();
        self.each_line(|line| is_unknown |= takes_back(line) && !booked.has_line(line))?;
        let orders = if is_unknown { booked.undone_around() } else { BTreeSet::new() };
        Ok(self.know(context, orders, booked).await?)
    }

    /// Loads orders and registers their records at the provider, and how payments of deposits left suspense.
    async fn know(
        &mut self,
        context: &Context,
        orders: BTreeSet<OrderId>,
        booked: &mut BookedDay,
    ) -> Result<(), StoreError> {
        let orders: Vec<_> = orders.into_iter().collect();
        for some in orders.chunks(ORDERS_AT_ONCE) {
            for order in context.store.load_known_orders(some).await? {
                match order {
                    PlayerOrder::Deposit(deposit) => {
                        booked.know(&deposit);
                        self.orders.know_deposit(&deposit);
                    }
                    PlayerOrder::Withdrawal(withdrawal) => self.orders.know_withdrawal(&withdrawal),
                }
            }
        }
        Ok(())
    }

    async fn compare(
        &self,
        context: &Context,
        first: &mut FirstReading,
    ) -> Result<Reconciled, ReconcileFault> {
        let FirstReading { booked, undone, .. } = first;
        let mut unbooked = BTreeSet::new();
        self.each_line(|line| {
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
        self.each_line(|line| reconciliation.take(line))?;
        Ok(reconciliation.finish())
    }

    /// The provider's earlier statements about orders that differ: the ledger booked a movement on this day that the
    /// provider made earlier, because a callback was lost, or a payout came back of which the ledger has nothing. The
    /// times in the order select the statements. `None` if there is nothing to search, or if the statement was given as
    /// a file.
    async fn late_statement(
        &self,
        context: &Context,
        differences: &Differences,
    ) -> Result<Option<Statement>, ReconcileFault> {
        let Some(fetched) = &self.statement.fetched else { return Ok(None) };
        let differing = differences.missing_at_provider.union(&differences.of_state);
        let differing: Vec<OrderId> = differing.copied().collect();
        let calendar = self.provider.calendar();
        let mut earlier = BTreeSet::new();
        for some in differing.chunks(ORDERS_AT_ONCE) {
            let orders = context.store.load_known_orders(some).await?;
            let reported = orders.iter().flat_map(moved_at).map(|at| calendar.day_of(at));
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

fn takes_back(line: &StatementLine) -> bool {
    matches!(line.kind, StatementKind::Refund | StatementKind::ChargeBack)
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

/// The times at which the provider may have moved an order's money: those of its reports, by its own clock, and the
/// time of our call. Not all reports have a time.
fn moved_at(order: &PlayerOrder) -> Vec<Timestamp> {
    let (history, called_at) = match order {
        PlayerOrder::Deposit(order) => (&order.history, Some(order.terms.created_at)),
        PlayerOrder::Withdrawal(order) => (&order.history, order.attempt.map(|attempt| attempt.key_since)),
    };
    history.lines().iter().filter_map(|line| line.provider_at).chain(called_at).collect()
}

/// Maximum number of disputes in a given file that the provider is asked about. A day has few, and a foreign file may
/// have any number.
const GIVEN_DISPUTES_MAX: usize = 100;

/// Requests a look at some orders, and at their disputes in the statement, because a dispute cannot be found by its
/// order. The job queries the provider and applies its current record.
async fn ask_about(
    context: &Context,
    look: &Look<'_>,
    orders: BTreeSet<OrderId>,
    now: Timestamp,
) -> Result<(), ReconcileFault> {
    if orders.is_empty() {
        return Ok(());
    }
    let Look { provider, statement, .. } = look;
    let asked_max = if statement.fetched.is_none() { GIVEN_DISPUTES_MAX } else { usize::MAX };
    let mut disputes = BTreeMap::new();
    look.each_line(|line| {
        let is_asked = line.reference.is_some_and(|order| orders.contains(&order));
        if let (StatementKind::ChargeBack, true, Some(id)) = (line.kind, is_asked, &line.dispute)
            && disputes.len() < asked_max
        {
            disputes.entry(id.clone()).or_insert(line.reference);
        }
    })?;
    let disputes = disputes.into_iter().map(|(id, reference)| DisputeReport {
        provider: provider.name().clone(),
        id,
        reference,
        state: DisputeState::Lost,
        source: ReportSource::Asked,
    });
    let reported = |(number, dispute)| {
        CallbackJob::new(provider.name().clone(), statement.digest, number, &ProviderEvent::Dispute(dispute))
    };
    let disputes: Vec<_> = (0..).zip(disputes).map(reported).map(OutgoingJob::of).collect();
    // A repeated run sends the jobs once, but earlier jobs of other senders do not suppress them.
    let nudge = minute(now);
    let checks = orders.into_iter().map(|order_id| OutgoingJob::of(CheckPaymentJob { order_id }));
    context.queues.send(checks.chain(disputes).map(|job| job.nudged(nudge)).collect()).await?;
    Ok(())
}

//! Consecutive days of a provider: each is compared once; late, missing and forged payments are told apart.

use crate::world::{World, at, day, name};
use evens_contracts::Queue;
use evens_doubles::embedded;
use evens_ledger::Digest;
use evens_payments::{DifferenceKind, ReconciliationReport};
use evens_providers::PaymentProvider as _;
use evens_reconcile::{Reconciler, reconcile_day};
use evens_reconciliation::{DayResult, ReconcileFault, Statement};
use evens_runtime::ScheduleHandler;
use futures::FutureExt as _;
use serde_json::json;
use std::io;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex};
use tracing_subscriber::fmt::MakeWriter;

/// The log output of a test's thread.
#[derive(Debug, Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Lines {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().expect("the lines")).into_owned()
    }
}

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("the lines").write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Lines {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

impl World {
    /// One scheduled run.
    async fn run(&self, now: &str) -> bool {
        Reconciler::new(self.payments.clone()).run(&self.context, at(now)).await.is_ok()
    }

    async fn reports(&self) -> Vec<ReconciliationReport> {
        self.context.store.list_reports(None, 50).await.expect("the reports")
    }

    /// The newest report: its day and its kinds of differences.
    async fn newest(&self) -> (String, Vec<DifferenceKind>) {
        let report = self.reports().await.remove(0);
        assert!(report.closing.is_explained(), "{:?}", report.closing);
        (report.id.day.to_string(), report.differences.iter().map(|found| found.kind).collect())
    }

    async fn compare(&self, on: &str, now: &str) -> Result<DayResult, ReconcileFault> {
        self.compare_and_tell(on, now, |_| {}).await
    }

    async fn compare_and_tell(
        &self,
        on: &str,
        now: &str,
        tell: impl Fn(&ReconciliationReport),
    ) -> Result<DayResult, ReconcileFault> {
        let provider = self.payments.provider(&name()).expect("the provider");
        let statement = Statement::fetch(provider, day(on), at(now)).await?;
        let currency = self.payments.currency;
        reconcile_day(&self.context, provider, currency, day(on), statement, tell, at(now)).await
    }

    fn asked(&self) -> usize {
        std::mem::take(&mut self.files.lock().expect("the files").asked).len()
    }
}

#[tokio::test]
async fn each_day_has_one_report_and_its_fees_and_settlements_are_booked() {
    let world = World::new().await;
    world.paid("one", "2026-11-02").await;
    world.states("2026-11-02", "settlement,set-1,,-9800");
    // The day of grace is not over.
    assert!(world.run("2026-11-03T23:59:59Z").await);
    assert!(world.reports().await.iter().all(|report| report.id.day < day("2026-11-02")));
    assert!(world.run("2026-11-04T00:00:00Z").await);
    assert_eq!(world.newest().await, ("2026-11-02".to_owned(), vec![]));
    let days: Vec<_> = world.reports().await.iter().map(|report| report.id.day.to_string()).collect();
    assert_eq!(days, ["2026-11-02", "2026-11-01", "2026-10-31", "2026-10-30"]);
    let booked = [("FEE:sandbox:2026-11-02", "2"), ("SETTLEMENT:set-1", "98")];
    let booked = booked.map(|(key, amount)| (key.to_owned(), amount.to_owned()));
    assert_eq!(world.transfers().await, booked);
    // A day with a report is not fetched again.
    assert_ne!(world.asked(), 0);
    assert!(world.run("2026-11-04T01:00:00Z").await);
    assert_eq!((world.asked(), world.reports().await.len()), (0, 4));
    // Bookings of one day do not belong to the days after it.
    assert!(world.run("2026-11-06T03:00:00Z").await);
    assert_eq!(world.newest().await, ("2026-11-04".to_owned(), vec![]));
}

/// A run makes up for earlier missed runs, within its range of days.
#[tokio::test]
async fn days_that_were_missed_are_made_up_for() {
    let world = World::new().await;
    world.files.lock().expect("the files").is_silent = true;
    assert!(!world.run("2026-11-04T03:00:00Z").await);
    assert_eq!((world.asked(), world.reports().await.len()), (1, 0), "one call that fails is enough");
    world.files.lock().expect("the files").is_silent = false;
    assert!(world.run("2026-11-05T03:00:00Z").await);
    assert_eq!(world.reports().await.len(), 3);
}

/// A payment made on one day and credited later, because its callback was lost, is not missing at the provider. An
/// order that merely claims so is.
#[tokio::test]
async fn a_late_credit_is_compared_on_the_day_of_its_payment() {
    let world = World::new().await;
    let lost = world.open("lost", "2026-11-02").await;
    let id = lost.terms.id;
    world.states("2026-11-02", &format!("payment,pay-{id},{id},10000"));
    world.states("2026-11-02", "settlement,set-1,,-10000");
    assert!(world.run("2026-11-04T03:00:00Z").await);
    assert_eq!(world.newest().await, ("2026-11-02".to_owned(), vec![DifferenceKind::State]));
    let asked = embedded::bodies(&world.sqs, "evens-local-payments.fifo").await;
    let asked: Vec<_> = asked.iter().map(|body| (&body["type"], &body["data"]["orderId"])).collect();
    assert_eq!(asked, [(&serde_json::json!("checkPayment"), &serde_json::json!(id.to_string()))]);

    world.credit(&lost, "2026-11-06", Some("2026-11-02")).await;
    assert!(world.run("2026-11-08T03:00:00Z").await);
    assert_eq!(world.newest().await, ("2026-11-06".to_owned(), vec![]));

    let forged = world.open("forged", "2026-11-09").await;
    world.credit(&forged, "2026-11-09", Some("2026-11-03")).await;
    assert!(world.run("2026-11-11T03:00:00Z").await);
    assert_eq!(world.newest().await, ("2026-11-09".to_owned(), vec![DifferenceKind::MissingAtProvider]));
    let report = world.reports().await.remove(0);
    assert_eq!(report.differences[0].order, Some(forged.terms.id));
}

/// A dispute cannot be found by its order, so the job must name the dispute.
#[tokio::test]
async fn a_dispute_whose_callback_was_lost_is_asked_about() {
    let world = World::new().await;
    let id = world.paid("disputed", "2026-11-02").await.terms.id;
    world.states("2026-11-02", &format!("dispute,pay-{id},{id},-10000"));
    assert!(world.run("2026-11-04T03:00:00Z").await);
    let report = world.reports().await.remove(0);
    let kinds: Vec<_> = report.differences.iter().map(|found| found.kind).collect();
    assert!(kinds.contains(&DifferenceKind::State), "{kinds:?}");
    let asked = embedded::bodies(&world.sqs, "evens-local-payments.fifo").await;
    let actual = asked.iter().find(|body| body["type"] == "callback").unwrap_or_else(|| panic!("{asked:?}"));
    let report = &actual["data"]["report"];
    assert_eq!(
        (&report["about"], &report["id"], &report["orderId"], &report["state"]),
        (&json!("dispute"), &json!(format!("pay-{id}")), &json!(id.to_string()), &json!("lost"))
    );
    assert!(asked.iter().any(|body| body["type"] == "checkPayment"), "{asked:?}");
}

/// A given file may be foreign or forged. A fetched one is not.
#[tokio::test]
async fn a_given_file_asks_about_a_hundred_disputes() {
    let world = World::new().await;
    let id = world.paid("disputed", "2026-11-02").await.terms.id;
    let disputes = (0..300).map(|number| format!("2026-11-02T10:00:00Z,dispute,dp-{number},{id},-1,INR\n"));
    let twice = "2026-11-02T10:00:00Z,dispute,dp-0,ID,-1,INR\n".replace("ID", &id.to_string());
    let file: String =
        ["at,kind,id,reference,amount,currency\n".to_owned(), twice].into_iter().chain(disputes).collect();
    let provider = world.payments.provider(&name()).expect("the provider");
    let now = at("2026-11-05T03:00:00Z");
    let statement = Statement::read(provider, day("2026-11-02"), [("x".to_owned(), file.as_bytes())], now);
    let (currency, statement) = (world.payments.currency, statement.expect("a statement"));
    let day = day("2026-11-02");
    reconcile_day(&world.context, provider, currency, day, statement, |_| {}, now).await.expect("compared");
    let depth = world.context.queues.depth(Queue::Payments).await.expect("a depth");
    assert_eq!(depth.waiting + depth.delayed, 101, "the order itself, and a hundred disputes");
}

/// The line names only the payment, whose own line is in a file of an earlier day. Our books know neither the dispute
/// nor anything else around the day, so the difference stays without an order.
#[tokio::test]
async fn a_dispute_that_names_only_its_payment_has_the_order_of_the_payment() {
    let world = World::new().await;
    let id = world.paid("disputed", "2026-11-02").await.terms.id;
    world.states("2026-11-03", &format!("dispute,pay-{id},,-10000"));
    world.states("2026-11-08", &format!("dispute,pay-{id},,-10000"));
    assert!(world.run("2026-11-05T03:00:00Z").await);
    let report = world.reports().await.remove(0);
    assert_eq!(report.differences[0].order, Some(id), "{report:?}");
    assert_eq!(world.newest().await.1, vec![DifferenceKind::State]);
    assert!(world.run("2026-11-10T03:00:00Z").await);
    assert_eq!(world.newest().await, ("2026-11-08".to_owned(), vec![DifferenceKind::UnknownReference]));
}

#[tokio::test]
async fn a_statement_that_changed_makes_another_report_and_no_other_fee() {
    let world = World::new().await;
    let order = world.paid("one", "2026-11-02").await;
    world.states("2026-11-02", "settlement,set-1,,-9800");
    let first = world.compare("2026-11-02", "2026-11-04T03:00:00Z").await.expect("compared");
    assert!(first.report.is_clean() && first.not_final_before.is_none(), "{first:?}");
    let again = world.compare("2026-11-02", "2026-11-05T03:00:00Z").await.expect("compared");
    assert_eq!(again, first, "the same statement finds the same report");
    world.states("2026-11-02", &format!("payment-fee,pay-{0},{0},-100", order.terms.id));
    let changed = world.compare("2026-11-02", "2026-11-05T03:00:00Z").await.expect("compared");
    let kinds: Vec<_> = changed.report.differences.iter().map(|found| found.kind).collect();
    assert_eq!(kinds, [DifferenceKind::UnbookedFee]);
    assert_eq!(world.reports().await.len(), 2);
    assert_eq!(world.transfers().await[0], ("FEE:sandbox:2026-11-02".to_owned(), "2".to_owned()));
}

#[tokio::test]
async fn a_day_that_is_not_final_keeps_no_report_and_books_nothing() {
    let world = World::new().await;
    world.paid("one", "2026-11-02").await;
    let found = world.compare("2026-11-02", "2026-11-03T03:00:00Z").await.expect("compared");
    assert!(found.report.is_clean(), "{found:?}");
    assert_eq!(found.not_final_before, Some(at("2026-11-04T00:00:00Z")));
    assert_eq!((world.reports().await.len(), world.transfers().await.len()), (0, 0));
    let future = world.compare("2026-11-04", "2026-11-03T03:00:00Z").await;
    assert!(matches!(future, Err(ReconcileFault::Future { .. })), "{future:?}");
    world.states("2026-11-03", "gift,x,,1");
    let unreadable = world.compare("2026-11-02", "2026-11-03T03:00:00Z").await;
    assert!(
        matches!(&unreadable, Err(ReconcileFault::Unreadable { file, .. }) if file == "2026-11-03"),
        "{unreadable:?}"
    );
}

/// More money went out on a day than came in, so our bank covered it. The neighbouring days still compare.
#[tokio::test]
async fn money_from_our_bank_is_booked_as_what_went_there_is() {
    let world = World::new().await;
    world.paid("one", "2026-11-02").await;
    world.states("2026-11-02", "settlement,set-1,,5000");
    assert!(world.run("2026-11-04T03:00:00Z").await);
    assert_eq!(world.newest().await, ("2026-11-02".to_owned(), vec![]));
    let booked = [("FEE:sandbox:2026-11-02", "2"), ("FUNDING:set-1", "50")];
    assert_eq!(world.transfers().await, booked.map(|(key, amount)| (key.to_owned(), amount.to_owned())));
    assert!(world.run("2026-11-05T03:00:00Z").await);
    assert_eq!(world.newest().await, ("2026-11-03".to_owned(), vec![]));
}

/// The alarm is raised before the report is stored, because no later run checks that day.
#[tokio::test]
async fn a_run_that_is_killed_when_it_has_told_tells_again() {
    evens_doubles::listen_everywhere();
    let world = World::new().await;
    let forged = world.open("forged", "2026-11-02").await;
    world.credit(&forged, "2026-11-02", None).await;
    let now = "2026-11-04T03:00:00Z";
    let killed = world.compare_and_tell("2026-11-02", now, |_| panic!("killed"));
    assert!(AssertUnwindSafe(killed).catch_unwind().await.is_err());
    assert_eq!(world.reports().await, [], "a report that was not sent is not stored");

    let lines = Lines::default();
    let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(lines.clone()).finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    assert!(world.run(now).await);
    assert_eq!(world.newest().await, ("2026-11-02".to_owned(), vec![DifferenceKind::MissingAtProvider]));
    let actual = lines.text();
    // The alarm matches the beginning of this sentence and the kind.
    let sentence = "Difference on 2026-11-02 with sandbox: 1 of kind missing-at-provider";
    let found = actual.lines().find(|line| line.contains(sentence)).unwrap_or_else(|| panic!("{actual}"));
    assert!(found.contains("ERROR") && found.contains("kind=\"missing-at-provider\""), "{found}");
}

/// A given file may be forged, so nothing is booked from it.
#[tokio::test]
async fn from_a_file_nothing_is_booked() {
    let world = World::new().await;
    world.paid("one", "2026-11-02").await;
    let provider = world.payments.provider(&name()).expect("the provider");
    let (mut file, mut next) = (Vec::new(), Vec::new());
    provider.fetch_statement(day("2026-11-02"), &mut file).await.expect("a file");
    let now = at("2026-11-04T03:00:00Z");
    provider.fetch_statement(day("2026-11-03"), &mut next).await.expect("a file");
    let whole = [file.as_slice(), &next].concat();
    let files = [("a file".to_owned(), file.as_slice()), ("the next".to_owned(), &next)];
    let statement = Statement::read(provider, day("2026-11-02"), files, now);
    let statement = statement.expect("a statement");
    let (context, currency) = (&world.context, world.payments.currency);
    let found = reconcile_day(context, provider, currency, day("2026-11-02"), statement, |_| {}, now).await;
    let report = found.expect("compared").report;
    assert_eq!(report.id.statement, Digest::of(&whole), "the files, one behind the other");
    let kinds: Vec<_> = report.counts.into_keys().collect();
    assert_eq!(kinds, [DifferenceKind::UnbookedFee, DifferenceKind::Unsettled]);
    assert_eq!(world.transfers().await, []);
    let has_report = context.store.has_report(&name(), day("2026-11-02")).await.expect("the table");
    assert!(!has_report, "the day is still to be fetched");
}

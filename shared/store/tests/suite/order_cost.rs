//! The cost of orders in write units, as the embedded engine reports it: printed, and bounded.

use crate::engine::Engine;
use crate::order_scenario::{
    changed, claimed, credited, give_payee, opened, payment, payout_reported, planned, report, requested,
};
use crate::scenario::{amount, fund, second, user};
use evens_own_limits::{LimitId, LimitKind, Period};
use evens_payments::{PaymentState, PayoutState, cancel_withdrawal, note_provider_id};
use evens_store::{CapacityMeter, OrderOutcome};
use std::fmt::Debug;

/// A wallet writes a ledger page at one movement of four, for two units.
const PAGE_SHARE: f64 = 2.0 / 4.0;

/// Maximum cost of a credit, with its share of a page.
const CREDIT_MAX: f64 = 7.5;

/// Maximum cost of a withdrawal from request to payment, with its share of a page.
const WITHDRAWAL_MAX: f64 = 21.5;

struct Bill {
    meter: CapacityMeter,
    lines: Vec<String>,
}

impl Bill {
    /// The write units since the previous line.
    fn line(&mut self, step: &str, write_units_max: f64) -> f64 {
        let write_units = self.meter.take().write_units;
        self.lines.push(format!("{step:34} {write_units:11}"));
        assert!(write_units <= write_units_max, "{step} costs {write_units} write units");
        write_units
    }
}

fn expect_changed<Order: Debug, Refusal: Debug>(outcome: OrderOutcome<Order, Refusal>) {
    planned(outcome);
}

#[tokio::test]
async fn orders_cost_what_they_should() {
    let engine = Engine::embedded().await;
    let meter = CapacityMeter::default();
    let store = engine.store.clone().metered(meter.clone());
    let mut bill = Bill { meter, lines: Vec::new() };
    fund(&store, 1, "1000").await;
    // The first deposit makes a bonus due, which puts the record into the index.
    credited(&store, 1, "before", "100", 0).await;
    give_payee(&store, 1).await;
    bill.meter.take();

    let deposit = opened(&store, 1, "paid", "100", 10).await;
    bill.line("open a deposit", 7.0);
    let id = "pay-1".parse().expect("an id");
    changed(&store, &deposit, 11, |seen, now| note_provider_id(seen.order, &id, now).ok_or("known")).await;
    bill.line("note what the provider calls it", 1.0);
    expect_changed(report(&store, &payment(&deposit, "pay-1"), 12).await);
    let credit = bill.line("credit a deposit", 7.0);
    assert!(credit + PAGE_SHARE <= CREDIT_MAX, "a credit costs {credit}, and its share of a page");
    let failing = opened(&store, 1, "failing", "100", 20).await;
    bill.meter.take();
    let mut failed = payment(&failing, "pay-2");
    failed.state = PaymentState::Failed;
    expect_changed(report(&store, &failed, 21).await);
    bill.line("a deposit fails", 5.0);

    let withdrawal = requested(&store, 1, "sent", "10", 30).await;
    let mut of_withdrawal = bill.line("request a withdrawal", 9.0);
    claimed(&store, &withdrawal, 31).await;
    of_withdrawal += bill.line("claim an attempt", 1.0);
    expect_changed(payout_reported(&store, &withdrawal, PayoutState::Processing, 32).await);
    of_withdrawal += bill.line("note that the provider has it", 1.0);
    expect_changed(payout_reported(&store, &withdrawal, PayoutState::Paid, 33).await);
    of_withdrawal += bill.line("a withdrawal is paid", 10.0);
    assert!(
        of_withdrawal + PAGE_SHARE <= WITHDRAWAL_MAX,
        "a withdrawal costs {of_withdrawal}, and its share of a page"
    );
    let taken_back = requested(&store, 1, "taken back", "10", 40).await;
    bill.meter.take();
    let now = second(41);
    let cancelled = store.change_withdrawal(taken_back.terms.id, now, |seen| {
        cancel_withdrawal(seen.order, seen.record, seen.wallet, now)
    });
    expect_changed(cancelled.await.expect("a change"));
    bill.line("give a withdrawal back", 9.0);

    let limit = LimitId { kind: LimitKind::Deposits, period: Period::Day };
    let set = store
        .change_limits(user(1), now, |record| Ok::<_, ()>(record.ask_limit(limit, Some(amount("500")), now)));
    set.await.expect("a change").expect("a limit");
    bill.line("set a limit of deposits", 4.0);
    println!("{:34} write units\n{}", "step", bill.lines.join("\n"));
}

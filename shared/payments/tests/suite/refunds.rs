//! A provider's reports about a refund: made once, or failed and requested again under a new key.

use crate::common::world::World;
use crate::common::{act, deposit_of, deposit_rules, minute, payment, provider, rows, rupees, source, user};
use evens_ledger::{Wallet, WalletOwner};
use evens_payments::{
    DepositOrder, OpenDepositInput, PaymentRefund, PaymentReturn, PaymentState, ReceivedPayment,
    RefundReport, RefundReportRefusal, SettleDepositInput, note_refund, open_deposit, refund_deposit,
    settle_deposit,
};

/// A deposit of 100 that was credited.
fn credited() -> World {
    let mut world = World::new("0");
    let input = OpenDepositInput { existing: None, owner: WalletOwner::default(), record: &world.record };
    let plan = open_deposit(&deposit_of("key", "100"), input, &deposit_rules(), minute(0)).expect("opened");
    assert!(world.write(plan));
    let order = &world.deposits[0];
    let paid = payment(order.terms.id, "pay-1", order.terms.money, PaymentState::Paid, "asked");
    let input = SettleDepositInput { order, record: &world.record, wallet: &world.wallet, is_blocked: false };
    let plan = settle_deposit(&paid, input, &deposit_rules(), minute(1)).expect("credited");
    assert!(world.write(plan));
    world
}

/// The same, refunded by a cashier.
fn refunded() -> DepositOrder {
    let mut world = credited();
    let World { record, wallet, deposits, .. } = &world;
    let plan =
        refund_deposit(&deposits[0], record, wallet, &act(1, minute(2)), minute(2)).expect("it is there");
    assert!(world.write(plan));
    world.deposits.remove(0)
}

/// Each row is the row above with one fault repaired. `made` says whether the provider has already made the refund.
const REPORTS: &str = "
    made  amount  state       from      result
    yes   99      failed      callback  NothingNew
    no    99      failed      callback  OtherRefund
    no    100     failed      callback  AskProvider
    no    100     returned    callback  AskProvider
    no    100     processing  asked     NothingNew
    no    100     failed      asked     attempt-2
    no    100     returned    asked     attempt-2
    no    100     paid        callback  made
    no    100     paid        asked     made
";

#[test]
fn reports_of_refunds_do_what_they_may() {
    for [made, amount, state, from, result] in rows::<5>(REPORTS) {
        let mut order = refunded();
        if made == "yes" {
            order.refund.as_mut().expect("it goes back").made = Some("refund-0".parse().expect("an id"));
        }
        let report = RefundReport {
            provider: provider("sandbox"),
            id: "refund-1".parse().expect("an id"),
            reference: order.terms.id,
            money: rupees(amount),
            state: state.parse().expect("a state"),
            source: source(from),
        };
        let said = match note_refund(&order, None, &report, minute(3)) {
            Err(RefundReportRefusal::NothingNew) => "NothingNew".to_owned(),
            Err(RefundReportRefusal::OtherRefund) => "OtherRefund".to_owned(),
            Err(RefundReportRefusal::AskProvider) => "AskProvider".to_owned(),
            Ok(plan) => {
                assert_eq!((plan.order.state, &plan.record, &plan.posted), (order.state, &None, &None));
                let refund = plan.order.refund.expect("it goes back");
                refund.made.map_or(format!("attempt-{}", refund.attempt), |id| {
                    assert_eq!(id, report.id);
                    "made".to_owned()
                })
            }
        };
        assert_eq!(said, result, "{made} {amount} {state} {from}");
    }
}

#[test]
#[should_panic(expected = "the records of the order's player")]
fn a_deposit_is_refunded_from_no_other_players_wallet() {
    let World { record, deposits, .. } = credited();
    let _ = refund_deposit(&deposits[0], &record, &Wallet::empty(user(43)), &act(1, minute(2)), minute(2));
}

#[test]
fn a_refund_report_without_a_refund_changes_nothing() {
    let world = credited();
    let order = &world.deposits[0];
    assert_eq!(order.pending_refund(), None);
    let report = RefundReport {
        provider: provider("sandbox"),
        id: "refund-1".parse().expect("an id"),
        reference: order.terms.id,
        money: order.terms.money,
        state: "paid".parse().expect("a state"),
        source: source("asked"),
    };
    assert_eq!(note_refund(order, None, &report, minute(3)), Err(RefundReportRefusal::NothingNew));
}

/// With two payments of the same amount, a repeated report about one of them is not a report about the other.
#[test]
fn a_refund_that_is_told_again_is_not_that_of_another_payment() {
    let mut order = refunded();
    let back = |id: &str, made: Option<&str>| PaymentReturn {
        payment: ReceivedPayment {
            id: id.parse().expect("an id"),
            ..order.payment.clone().expect("its own")
        },
        refund: PaymentRefund {
            made: made.map(|made| made.parse().expect("an id")),
            ..order.refund.clone().expect("it goes back")
        },
    };
    order.returns = vec![back("pay-2", Some("refund-2"))];
    let report = |id: &str| RefundReport {
        provider: provider("sandbox"),
        id: id.parse().expect("an id"),
        reference: order.terms.id,
        money: order.terms.money,
        state: "paid".parse().expect("a state"),
        source: source("callback"),
    };
    assert_eq!(
        note_refund(&order, None, &report("refund-2"), minute(3)),
        Err(RefundReportRefusal::NothingNew)
    );
    assert!(note_refund(&order, None, &report("refund-1"), minute(3)).is_ok());

    // While both are being sent back, a callback does not say which one it is about, but the answer to a query does.
    order.returns = vec![back("pay-2", None)];
    let actual = note_refund(&order, None, &report("refund-2"), minute(3));
    assert_eq!(actual, Err(RefundReportRefusal::AskProvider));
    let asked = "pay-2".parse().expect("an id");
    let plan = note_refund(&order, Some(&asked), &report("refund-2"), minute(3)).expect("it is made");
    let after = plan.order;
    let made = (after.refund.expect("it goes back").made, after.returns[0].refund.made.clone());
    assert_eq!(made, (None, Some("refund-2".parse().expect("an id"))));
}

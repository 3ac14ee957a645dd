//! Injected faults.

use crate::common::{Provider, body, second};
use evens_sandbox_provider::core::{CallFault, Delivery, Operation};

#[test]
fn a_fault_of_a_call_happens_so_many_times_to_that_call() {
    let mut provider = Provider::new();
    provider.fault("send-payout", "lose-answer", 2);
    provider.fault("send-payout", "500", 1);
    let mut take = |operation| provider.core.take_call_fault(operation);
    assert_eq!(take(Operation::FindPayouts), None);
    assert_eq!(take(Operation::SendPayout), Some(CallFault::LoseAnswer));
    assert_eq!(take(Operation::SendPayout), Some(CallFault::LoseAnswer));
    assert_eq!(take(Operation::SendPayout), Some(CallFault::ServerError));
    assert_eq!(take(Operation::SendPayout), None);
    assert_eq!(provider.core.pending_faults(), []);
}

#[test]
fn a_fault_that_happens_at_no_time_is_none() {
    let mut provider = Provider::new();
    provider.fault("send-payout", "hang", 0);
    assert_eq!(provider.core.take_call_fault(Operation::SendPayout), None);
}

type Test = fn(&Delivery) -> bool;

/// Each fault spoils one attempt, and the next one is correct.
#[test]
fn a_fault_of_a_callback_spoils_one_attempt() {
    let table: [(&str, Test); 6] = [
        ("wrong-signature", |delivery| !delivery.is_signed_right),
        ("old-time", |delivery| delivery.seconds == second(-3600).as_second()),
        ("wrong-amount", |delivery| body(delivery)["data"]["amount"] == 1001),
        ("wrong-currency", |delivery| body(delivery)["data"]["currency"] == "XTS"),
        ("foreign-reference", |delivery| body(delivery)["data"]["reference"] == "foreign-reference"),
        ("garbage", |delivery| serde_json::from_str::<serde_json::Value>(&delivery.body).is_err()),
    ];
    for (fault, is_spoiled) in table {
        for on in ["callback", "payment.succeeded"] {
            let mut provider = Provider::new();
            provider.fault("payout.failed", fault, 1);
            provider.fault(on, fault, 1);
            provider.paid();
            let spoiled = provider.sent();
            assert!(is_spoiled(&spoiled[0]), "{fault}: {spoiled:?}");
            provider.core.note_delivery(spoiled[0].callback, false, second(0));
            let right = provider.at(1).sent();
            assert!(!is_spoiled(&right[0]) && right[0].is_signed_right, "{fault}: {right:?}");
            assert_eq!(right[0].seconds, second(1).as_second());
            assert_eq!(provider.core.pending_faults().len(), 1, "that of another type");
        }
    }
}

#[test]
fn a_duplicate_is_sent_twice_under_one_id() {
    let mut provider = Provider::new();
    provider.fault("callback", "duplicate", 1);
    provider.paid();
    let sent = provider.sent();
    assert_eq!(sent.len(), 2);
    assert_eq!(sent[0], sent[1]);
    provider.core.note_delivery(sent[0].callback, true, second(0));
    provider.core.note_delivery(sent[1].callback, true, second(0));
    assert_eq!(provider.core.next_deadline(), None);
}

#[test]
fn a_delayed_callback_comes_later() {
    let mut provider = Provider::new();
    provider.fault("callback", "delay", 1);
    provider.paid();
    assert_eq!(provider.sent(), []);
    assert_eq!(provider.core.next_deadline(), Some(second(5)));
    assert_eq!(provider.at(5).taken(), ["payment.succeeded"]);
}

#[test]
fn a_callback_that_failed_before_its_effect_never_comes() {
    let mut provider = Provider::new();
    provider.fault("callback", "fail-before-effect", 1);
    provider.paid();
    assert_eq!(provider.sent(), []);
    assert_eq!(provider.core.next_deadline(), None);
}

#[test]
fn a_callback_out_of_order_comes_after_the_next_or_after_a_while() {
    let mut provider = Provider::new();
    provider.fault("callback", "reorder", 2);
    let [first, second_id] = [provider.paid(), provider.paid()].map(|id| id.to_string());
    let about = |sent: &[Delivery]| -> Vec<String> {
        sent.iter().map(|delivery| body(delivery)["data"]["id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(provider.sent(), [], "both are held back");
    let third = provider.paid().to_string();
    let sent = provider.sent();
    assert_eq!(about(&sent), [third]);
    provider.core.note_delivery(sent[0].callback, true, second(0));
    let sent = provider.sent();
    assert_eq!(about(&sent), [first, second_id]);

    let mut alone = Provider::new();
    alone.fault("callback", "reorder", 1);
    alone.paid();
    assert_eq!(alone.sent(), []);
    assert_eq!(alone.at(4).taken(), Vec::<String>::new());
    assert_eq!(alone.at(5).taken(), ["payment.succeeded"]);
}

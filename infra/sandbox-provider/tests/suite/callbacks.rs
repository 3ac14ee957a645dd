//! Callbacks: their contents and due times.

use crate::common::{Provider, body, payment_of, payout_of, second};
use serde_json::json;

#[test]
fn a_callback_says_what_happened() {
    let mut provider = Provider::new();
    let id = provider.open("a", &payment_of(1000)).unwrap().id;
    assert_eq!(provider.sent(), []);
    provider.core.pay(id, second(2)).unwrap();
    let sent = provider.at(2).sent();
    let expected = json!({
        "type": "payment.succeeded",
        "data": {
            "id": id.to_string(),
            "reference": "order-1",
            "amount": 1000,
            "currency": "INR",
            "status": "succeeded",
            "at": "2026-03-01T00:00:02Z",
        },
    });
    assert_eq!(sent.iter().map(body).collect::<Vec<_>>(), [expected]);
    assert_eq!(sent[0].id, format!("{id}-payment-succeeded"));
    assert_eq!(sent[0].seconds, second(2).as_second());
    assert!(sent[0].is_signed_right);
}

/// The receiver refuses at once: the pauses double up to the longest.
#[test]
fn a_refused_callback_is_sent_again_after_doubling_pauses() {
    let mut provider = Provider::new();
    provider.paid();
    let mut pauses = Vec::new();
    let mut last = provider.now;
    for _ in 0..9 {
        let due = provider.core.next_deadline().unwrap();
        pauses.push((due - last).get_seconds());
        provider.now = due;
        let sent = provider.sent();
        assert_eq!(sent.len(), 1);
        provider.core.note_delivery(sent[0].callback, false, due);
        last = due;
    }
    assert_eq!(pauses, [0, 1, 2, 4, 8, 16, 32, 60, 60]);
    let callback = provider.core.pending_callbacks().next().unwrap();
    assert_eq!((callback.attempts, callback.due), (9, last + jiff::SignedDuration::from_secs(60)));
}

/// The sender was killed, so the result of its attempt is never reported.
#[test]
fn an_unreported_callback_is_sent_again() {
    let mut provider = Provider::new();
    provider.paid();
    let first = provider.sent();
    assert_eq!(provider.at(4).sent(), [], "it may be under way");
    let again = provider.at(5).sent();
    assert_eq!((&again[0].id, &again[0].body), (&first[0].id, &first[0].body));
    assert_eq!(again[0].seconds, first[0].seconds + 5, "the time is that of the attempt");
}

#[test]
fn an_accepted_callback_is_not_sent_again() {
    let mut provider = Provider::new();
    provider.paid();
    let sent = provider.sent();
    provider.core.note_delivery(sent[0].callback, true, second(0));
    // A late result of another attempt.
    provider.core.note_delivery(sent[0].callback, false, second(1));
    assert_eq!(provider.at(1000).sent(), []);
    assert_eq!(provider.core.next_deadline(), None);
}

#[test]
fn no_more_are_sent_than_can_be() {
    let mut provider = Provider::new();
    let paid: Vec<_> = (0..3).map(|_| provider.paid().to_string()).collect();
    let ids = |provider: &mut Provider, limit| -> Vec<String> {
        let sent = provider.core.take_due_callbacks(limit, second(0));
        sent.iter().map(|delivery| body(delivery)["data"]["id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(ids(&mut provider, 2), paid[..2]);
    assert_eq!(ids(&mut provider, 2), paid[2..]);
}

#[test]
fn every_type_is_told_once() {
    let mut provider = Provider::new();
    provider.fault("payment", "dispute", 1);
    let payment = provider.open("a", &payment_of(1000)).unwrap().id;
    provider.core.fail(payment, second(0)).unwrap();
    provider.core.pay(payment, second(0)).unwrap();
    provider.fault("refund", "fail", 1);
    for key in ["r", "s"] {
        provider.refund(key, payment, 1).unwrap();
    }
    for account in ["1", "fail", "reverse"] {
        provider.payout(account, &payout_of(5, account)).unwrap();
    }
    let mut actual = provider.at(60).taken();
    actual.sort();
    let expected = [
        "payment.disputed",
        "payment.failed",
        "payment.succeeded",
        "payout.failed",
        "payout.processed",
        "payout.reversed",
        "refund.failed",
        "refund.processed",
    ];
    assert_eq!(actual, expected);
}

//! Payouts: their progress over time, and one payout per key.

use crate::common::{Provider, payout_of, reference, second};
use evens_sandbox_provider::core::{Core, MovementKind, PayoutStatus, Refusal};

/// The states at seconds 0, 1, 3 and 13, the movements, and the callbacks.
#[test]
fn the_account_of_a_payout_determines_its_states() {
    use PayoutStatus::{Failed, Processed, Processing, Queued, Reversed};
    let (processed, reversed) = ("payout.processed", "payout.reversed");
    let (left, fee, back) = (("payout", -500), ("payout-fee", -7), ("payout-reversal", 500));
    #[rustfmt::skip]
    let table = [
        ("123456789", [Queued, Processing, Processed, Processed], vec![left, fee],       vec![processed]),
        ("fail-1",    [Queued, Processing, Failed,    Failed],    vec![],                vec!["payout.failed"]),
        ("reverse-1", [Queued, Processing, Reversed,  Reversed],  vec![],                vec![reversed]),
        ("return-1",  [Queued, Processing, Processed, Reversed],  vec![left, fee, back], vec![processed, reversed]),
    ];
    for (account, states, moved, actual) in table {
        let mut provider = Provider::new();
        let id = provider.payout("k", &payout_of(500, account)).unwrap().id;
        for (seconds, state) in [0, 1, 3, 13].into_iter().zip(states) {
            assert_eq!(provider.at(seconds).core.payout(id).unwrap().status, state, "{account} at {seconds}");
        }
        assert_eq!(provider.moved(), moved, "{account}");
        assert_eq!(provider.taken(), actual, "{account}");
        assert_eq!(provider.core.next_deadline(), None, "{account}");
    }
}

#[test]
fn a_long_time_does_what_many_short_ones_do() {
    let (mut steps, mut leap) = (Provider::new(), Provider::new());
    for provider in [&mut steps, &mut leap] {
        provider.payout("k", &payout_of(500, "return-1")).unwrap();
        provider.payout("l", &payout_of(600, "123456789")).unwrap();
    }
    for seconds in 0..=60 {
        steps.at(seconds);
    }
    leap.at(60);
    assert_eq!(steps.core.movements(), leap.core.movements());
    assert_eq!(leap.core.movements()[0].at, second(3), "when it was due, not when somebody looked");
}

/// Each row is the row above with one fault repaired.
#[test]
fn one_key_sends_one_payout() {
    #[rustfmt::skip]
    let table = [
        ("k", 501, "123456789", 99,  Err(Refusal::KeyUsedForAnotherRequest), 1),
        ("k", 500, "987654321", 99,  Err(Refusal::KeyUsedForAnotherRequest), 1),
        ("k", 500, "123456789", 99,  Ok(true),                               1),
        ("k", 501, "123456789", 100, Ok(false),                              2),
        ("l", 500, "123456789", 0,   Ok(false),                              2),
    ];
    for (key, units, account, seconds, expected, count) in table {
        let mut provider = Provider::new();
        let first = provider.payout("k", &payout_of(500, "123456789")).unwrap();
        let answer = provider.at(seconds).payout(key, &payout_of(units, account));
        assert_eq!(answer.map(|payout| payout == first), expected, "{key} {units} {account} {seconds}");
        assert_eq!(provider.core.payouts_of(&reference("order-2")).count(), count);
    }
}

#[test]
fn a_forgotten_key_sends_another_payout() {
    let mut provider = Provider::new();
    provider.fault("send-payout", "forget-key", 1);
    let request = payout_of(500, "123456789");
    let ids: Vec<_> = (0..3).map(|_| provider.payout("k", &request).unwrap().id).collect();
    assert_ne!(ids[0], ids[1], "the first repeat finds no key");
    assert_eq!(ids[1], ids[2], "the fault has happened");
    assert_eq!(provider.core.pending_faults(), []);
}

#[test]
fn a_processed_payout_may_be_reversed() {
    let mut provider = Provider::new();
    provider.fault("payout", "reverse-after-processed", 1);
    let id = provider.payout("k", &payout_of(500, "123456789")).unwrap().id;
    assert_eq!(provider.at(3).core.payout(id).unwrap().status, PayoutStatus::Processed);
    assert_eq!(provider.at(8).core.payout(id).unwrap().status, PayoutStatus::Reversed);
}

#[test]
fn a_failed_payout_may_be_processed_after_all() {
    let mut provider = Provider::new();
    provider.fault("payout", "success-after-failure", 1);
    let ids = ["k", "l"].map(|key| provider.payout(key, &payout_of(500, "fail-123")).unwrap().id);
    let statuses = |provider: &Provider| ids.map(|id| provider.core.payout(id).unwrap().status);
    assert_eq!(statuses(provider.at(3)), [PayoutStatus::Failed; 2]);
    assert_eq!(statuses(provider.at(8)), [PayoutStatus::Processed, PayoutStatus::Failed]);
    assert_eq!(
        provider.core.movements().iter().filter(|moved| moved.kind == MovementKind::Payout).count(),
        1
    );
}

#[test]
fn time_does_not_run_backwards() {
    let mut provider = Provider::new();
    provider.at(50);
    provider.now = second(10);
    assert_eq!(provider.payout("k", &payout_of(500, "1")).unwrap().accepted_at, second(50));
}

#[test]
fn a_restart_forgets_nothing() {
    let mut provider = Provider::new();
    let first = provider.payout("k", &payout_of(500, "return-1")).unwrap();
    provider.paid();
    provider.fault("callback", "delay", 2);
    provider.sent();
    let text = serde_json::to_string(provider.core.books()).unwrap();
    let books = serde_json::from_str(&text).unwrap();
    provider.core = Core::restore(*provider.core.settings(), books);
    assert_eq!(serde_json::to_string(provider.core.books()).unwrap(), text);
    assert_eq!(provider.payout("k", &payout_of(500, "return-1")), Ok(first));
    assert_eq!(provider.at(13).moved().len(), 5);
    assert_eq!(provider.taken(), ["payment.succeeded", "payout.reversed"]);
    assert_eq!(provider.at(60).taken(), ["payout.processed"], "the second delay");
}

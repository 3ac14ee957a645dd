//! Keys never change: another key would repeat a call that was carried out. The expected values were computed without
//! our code.

use crate::common::order_id;
use evens_payments::{Direction, PayoutKey, ProviderId};
use evens_providers::{KeyedCall, idempotency_key};

#[test]
fn golden_keys() {
    let [deposit, withdrawal] = [Direction::Deposit, Direction::Withdrawal].map(order_id);
    let [one, other]: [ProviderId; 2] = ["pay_1", "pay_2"].map(|id| id.parse().unwrap());
    #[rustfmt::skip]
    let table = [
        (KeyedCall::OpenPayment,    deposit,    1, "ac5ae2ad-f06b-8011-8562-af3b7affb649"),
        (KeyedCall::OpenPayment,    deposit,    2, "53ea918f-4449-891b-9abb-50d73645e6f0"),
        (KeyedCall::OpenPayment,    withdrawal, 1, "c7c72d3e-1436-8a57-a996-a9148a401bc1"),
        (KeyedCall::Refund(&one),   deposit,    1, "bec1959b-12c8-8406-9810-bdcd87e8a872"),
        (KeyedCall::Refund(&other), deposit,    1, "8908a694-c25c-8838-8583-6f5f53789cd9"),
        (KeyedCall::Refund(&one),   deposit,    2, "78b7350e-6125-81b1-87db-1e04252e2e74"),
        (KeyedCall::SendPayout,     withdrawal, 1, "0d5e0f58-c142-8343-82e3-b6d0d6ca8b78"),
        (KeyedCall::SendPayout,     withdrawal, 2, "aab59c59-091d-8a0f-ad77-23a351877f3f"),
    ];
    let keys = table.map(|(call, order, attempt, _)| idempotency_key(call, order, attempt));
    assert_eq!(keys, table.map(|(.., expected)| expected));
}

#[test]
fn a_payout_has_the_key_that_was_decided_about() {
    let order = order_id(Direction::Withdrawal);
    let key = idempotency_key(KeyedCall::SendPayout, order, 3);
    assert_eq!(key, PayoutKey::derive(order, 3).to_string());
}

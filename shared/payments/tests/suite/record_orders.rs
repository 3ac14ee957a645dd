//! Lines of a statement that name another record of the provider instead of our order.

use crate::common::{provider, rupees};
use crate::reconcile::{booked, deposit, kinds, line, reconciled_with, withdrawal};
use evens_payments::{DepositOrder, ReceivedPayment, WithdrawalOrder};

/// A line that names no order but another record: the record's own line says which order it is, or our order does.
#[test]
fn a_line_may_name_another_record_instead_of_its_order() {
    let payment = ReceivedPayment {
        provider: provider("sandbox"),
        id: "p2".parse().expect("an id"),
        money: rupees("100"),
        unclaimed: None,
    };
    let deposit = DepositOrder { payment: Some(payment), ..deposit("REFUNDED") };
    let withdrawal = |state| WithdrawalOrder {
        provider_id: Some("o2".parse().expect("an id")),
        failed_payouts: vec!["o3".parse().expect("an id")],
        ..withdrawal(state)
    };
    #[rustfmt::skip]
    let table = [
        // stated, booked, withdrawal, differences
        ("payout:o1:100 payout-return:o1:100:by-o1", "PAYOUT:-100 PAYOUT-REV:100", "RETURNED", ""),
        ("payout-return:o1:100:by-o1 payout:o1:100", "PAYOUT:-100 PAYOUT-REV:100", "RETURNED", ""),
        ("payout:o1:100:early payout-return:o1:100:by-o1", "PAYOUT:-100:early PAYOUT-REV:100", "RETURNED", ""),
        ("payout-return:o2:100:by-o2", "PAYOUT-REV:100", "RETURNED", ""),
        ("payout-return:o2:100:by-o2", "", "COMPLETED", "state"),
        ("payout:o1:100 payout-return:o1:100:by-o1", "", "FAILED", ""),
        ("payout:o3:100:early payout-return:o3:100:by-o3", "", "FAILED", ""),
        ("payout-return:o9:100:by-o9", "PAYOUT-REV:100", "RETURNED", "unknown-reference missing-at-provider"),
        ("payment:p1:100:early refund:r1:100:by-p1", "DEPOSIT:100:early DEPOSIT-REFUND:-100", "_", ""),
        ("refund:r1:100:by-p2", "DEPOSIT-REFUND:-100", "_", ""),
        ("charge-back:c1:100:by-p2", "", "_", "state"),
        ("charge-back:c1:100:by-p9", "", "_", "unknown-reference"),
        ("charge-back:c1:100:by-p9", "CHARGEBACK:-100:dispute-1", "_", ""),
    ];
    for (lines, movements, state, expected) in table {
        let lines: Vec<_> = lines.split_whitespace().map(line).collect();
        let movements: Vec<_> = movements.split_whitespace().map(booked).collect();
        let found = reconciled_with(&deposit, &withdrawal(state), &lines, &movements, true);
        assert_eq!(kinds(&found.differences.first), expected, "{lines:?}");
        assert!(found.closing.is_explained(), "{:?}", found.closing);
    }
}

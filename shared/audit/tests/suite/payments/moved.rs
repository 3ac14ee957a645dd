//! Findings of the check of the newest entries in money in and out.

use super::{Case, case, key};
use crate::common::amount;
use crate::common::moved::check_moved;
use evens_ledger::{EntryKey, EntryKind, EntryPurpose, SystemAccount};
use evens_payments::DepositState;

#[test]
fn orders_and_disputes_are_compared_with_their_movements() {
    type Corruption = (&'static str, fn(&mut Case), &'static str);
    #[rustfmt::skip]
    let table: [Corruption; 6] = [
        ("nothing", |_| {}, ""),
        ("a dispute gives instead of taking", |case| {
            let key = EntryKey::new(EntryPurpose::Chargeback, &[&"dispute-1"]);
            case.entry(&key).kind = EntryKind::Credit;
            case.story.chain_again(4);
        }, "M3"),
        ("a dispute is paid to another account", |case| {
            let key = EntryKey::new(EntryPurpose::Chargeback, &[&"dispute-1"]);
            case.entry(&key).account = SystemAccount::House;
            case.story.chain_again(4);
        }, "M3"),
        ("a deposit that was not credited", |case| case.deposit(case.credited).state = DepositState::Pending, "M3"),
        ("another amount is in suspense", |case| {
            let claimed = case.deposit(case.claimed).payment.as_ref().expect("paid").id.clone();
            case.transfer(&EntryKey::new(EntryPurpose::Suspense, &[&claimed])).amount = amount("900");
        }, "M3"),
        ("another amount is paid out", |case| case.transfer(&key("PAYOUT", case.paid)).amount = amount("900"), "M3"),
    ];
    for (name, corrupt, expected) in table {
        let mut case = case();
        corrupt(&mut case);
        let report = check_moved(&case.story.items(), usize::MAX);
        let mut names: Vec<_> = report.violations().iter().map(|found| found.invariant.name()).collect();
        names.dedup();
        assert_eq!(names.join(" "), expected, "{name}: {:?}", report.violations());
    }
}

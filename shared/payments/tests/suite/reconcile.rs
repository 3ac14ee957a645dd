//! A provider's day against our books: every kind of difference, and cases without one.

use crate::common::{amount, deposit_of, minute, money, order_id, provider, rupees, withdrawal_of};
use evens_ledger::{Digest, EntryKey};
use evens_payments::{
    BookedDay, BookedMovement, Currency, DepositOrder, DepositState, Difference, DifferenceKind, Differences,
    Direction, History, HistoryLine, KnownOrder, OrderTerms, PaymentRefund, PaymentReturn, ProviderDay,
    ReceivedPayment, Reconciled, Reconciliation, ReconciliationReport, RecordOrders, ReportId, SignedAmount,
    StatementKind, StatementLine, UnclaimedCause, UndonePayouts, WithdrawalOrder, WithdrawalState,
};
use jiff::Timestamp;
use jiff::civil::Date;
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::iter;
use strum::VariantArray;

pub(crate) const DAY: i64 = 24 * 60;
pub(crate) const RUPEE: i128 = 100_000_000;

pub(crate) fn day() -> Date {
    "2026-11-02".parse().expect("a day")
}

pub(crate) fn deposit(state: &str) -> DepositOrder {
    let asked = deposit_of("in", "100");
    let terms = OrderTerms {
        id: asked.order,
        user: asked.user,
        money: asked.money,
        provider: asked.provider.clone(),
        fingerprint: asked.fingerprint(),
        created_at: minute(0),
    };
    DepositOrder {
        terms,
        state: state.parse().unwrap_or(DepositState::Completed),
        provider_id: None,
        payment: None,
        refund: None,
        claims: Vec::new(),
        returns: Vec::new(),
        agreements: Vec::new(),
        pay_until: minute(30),
        history: History::default(),
    }
}

pub(crate) fn withdrawal(state: &str) -> WithdrawalOrder {
    let asked = withdrawal_of("out", "100");
    WithdrawalOrder {
        terms: OrderTerms { id: asked.order, fingerprint: asked.fingerprint(), ..deposit("COMPLETED").terms },
        payee: asked.payee,
        state: state.parse().unwrap_or(WithdrawalState::Completed),
        provider_id: None,
        hold_reasons: Vec::new(),
        approvals: Vec::new(),
        resolution: None,
        attempt: None,
        failed_payouts: Vec::new(),
        is_paid_after_return: false,
        paid_twice: Vec::new(),
        owed_back: Vec::new(),
        history: History::default(),
    }
}

/// A line `kind:id:amount` about the order in, the order out (`of-payout` for other kinds, too), or an unknown order. A
/// payment is settled unless it says otherwise. Its fee is charged with it, on this day, or later. With `by-p1`, the
/// line names no order but the record p1.
pub(crate) fn line(text: &str) -> StatementLine {
    let parts: Vec<&str> = text.split(':').collect();
    let kind: StatementKind = parts[0].parse().expect("a kind");
    let direction = match kind {
        StatementKind::Payout | StatementKind::PayoutReturn => ("out", Direction::Withdrawal),
        _ if parts.contains(&"of-payout") => ("out", Direction::Withdrawal),
        _ => ("in", Direction::Deposit),
    };
    let key = if parts.contains(&"foreign") { "foreign" } else { direction.0 };
    let currency = if parts.contains(&"euro") { Currency::EUR } else { Currency::INR };
    let record = parts.iter().find_map(|part| part.strip_prefix("by-"));
    let settled = (!parts.contains(&"unsettled")).then(|| "settlement-1".parse().expect("an id"));
    StatementLine {
        id: parts[1].parse().expect("an id"),
        kind,
        reference: record.is_none().then(|| order_id(direction.1, key)),
        record: record.map(|id| id.parse().expect("an id")),
        dispute: (kind == StatementKind::ChargeBack).then(|| "dispute-1".parse().expect("an id")),
        money: money(parts[2], currency),
        fee: amount(if parts.iter().any(|part| part.starts_with("fee")) { "2" } else { "0" }),
        charged_at: match parts.iter().find(|part| part.starts_with("fee-")) {
            Some(&"fee-of-day") => minute(60),
            Some(_) => minute(DAY + 1),
            None => time_of(&parts),
        },
        settlement: settled,
        at: time_of(&parts),
    }
}

/// An hour after the day began, a minute before it began, or a minute after it was over.
fn time_of(parts: &[&str]) -> Timestamp {
    minute(match parts {
        _ if parts.contains(&"early") => -1,
        _ if parts.contains(&"late") => DAY + 1,
        _ => 60,
    })
}

/// A movement `purpose:units`, under the key of the order in or out, or of the provider's id.
pub(crate) fn booked(text: &str) -> BookedMovement {
    let parts: Vec<&str> = text.split(':').collect();
    let (purpose, rupees): (_, i128) = (parts[0], parts[1].parse().expect("a number"));
    let of = parts[2..].iter().filter(|part| !["early", "late"].contains(part)).copied().collect::<Vec<_>>();
    let order = match purpose {
        "PAYOUT" | "PAYOUT-REV" | "PAID-AFTER-RETURN" | "PAID-TWICE" | "OWED-BACK" => {
            order_id(Direction::Withdrawal, "out")
        }
        _ => order_id(Direction::Deposit, "in"),
    };
    let of = match purpose {
        "PAID-TWICE" | "OWED-BACK" => format!("{order}:{}", of.join(":")),
        _ if of.is_empty() => order.to_string(),
        _ => of.join(":"),
    };
    let (key, order) = (EntryKey::from_stored(format!("{purpose}:{of}")), Some(order));
    BookedMovement { key, order, units: rupees * RUPEE, at: time_of(&parts) }
}

fn reconciled(
    lines: &[StatementLine],
    movements: &[BookedMovement],
    (deposit_state, withdrawal_state): (&str, &str),
    is_final: bool,
) -> Reconciled {
    reconciled_with(&deposit(deposit_state), &withdrawal(withdrawal_state), lines, movements, is_final)
}

pub(crate) fn reconciled_with(
    deposit: &DepositOrder,
    withdrawal: &WithdrawalOrder,
    lines: &[StatementLine],
    movements: &[BookedMovement],
    is_final: bool,
) -> Reconciled {
    let (provider, day) = (provider("sandbox"), day());
    let mut orders = RecordOrders::default();
    for line in lines {
        orders.want(line);
    }
    for line in lines {
        orders.note(line);
    }
    orders.know_deposit(deposit);
    orders.know_withdrawal(withdrawal);
    let lines: Vec<_> = lines.iter().map(|line| orders.complete(line).into_owned()).collect();
    let mut booked = BookedDay::new(&provider, day, minute(0)..minute(DAY));
    let mut undone = UndonePayouts::default();
    for line in &lines {
        booked.want(line);
        undone.note_return(line);
    }
    booked.know(deposit);
    for movement in movements {
        booked.add(movement.clone());
    }
    for line in &lines {
        undone.note_payout(line);
    }
    let orders = [KnownOrder::of_deposit(deposit), KnownOrder::of_withdrawal(withdrawal)];
    let mut reconciliation = Reconciliation::new(ProviderDay {
        provider: &provider,
        day,
        from: minute(0),
        to: minute(DAY),
        is_final,
        currency: Currency::INR,
        orders: &orders,
        undone: &undone,
        booked: &booked,
    });
    for line in &lines {
        reconciliation.take(line);
    }
    reconciliation.finish()
}

fn differences(lines: &str, movements: &str, deposit_state: &str, withdrawal_state: &str) -> Vec<Difference> {
    let lines: Vec<_> = lines.split_whitespace().map(line).collect();
    let movements: Vec<_> = movements.split_whitespace().map(booked).collect();
    let found = reconciled(&lines, &movements, (deposit_state, withdrawal_state), true);
    assert!(found.closing.is_explained(), "{:?}", found.closing);
    let Differences { first, of_state, missing_at_provider, .. } = found.differences;
    let orders_of = |kind| -> BTreeSet<_> {
        first.iter().filter(|difference| difference.kind == kind).filter_map(|found| found.order).collect()
    };
    assert_eq!(of_state, orders_of(DifferenceKind::State));
    assert_eq!(missing_at_provider, orders_of(DifferenceKind::MissingAtProvider));
    first
}

pub(crate) fn kinds(differences: &[Difference]) -> String {
    differences.iter().map(|difference| difference.kind.as_ref()).collect::<Vec<_>>().join(" ")
}

#[test]
fn each_difference_has_its_kind() {
    #[rustfmt::skip]
    let table = [
        // stated, booked, deposit and withdrawal (completed unless it says otherwise), differences
        ("", "", "_", "_", ""),
        ("payment:p1:100", "DEPOSIT:100", "_", "_", ""),
        ("payment:p1:100:foreign", "", "_", "_", "unknown-reference"),
        ("payment:p1:100:foreign", "SUSPENSE:100:p1", "_", "_", ""),
        ("payment:p1:100 payment:p2:100", "DEPOSIT:100", "_", "_", "twice"),
        ("payment:p1:100 payment:p2:100", "DEPOSIT:100 SUSPENSE:100:p2", "_", "_", ""),
        ("payment:p2:100 payment:p1:100", "DEPOSIT:100 SUSPENSE:100:p2", "_", "_", ""),
        ("payment:p1:100:euro", "", "UNCLAIMED", "_", "currency"),
        ("payment:p1:99", "DEPOSIT:100", "_", "_", "amount"),
        ("payment:p1:100", "", "PENDING", "_", "state"),
        ("payment:p1:100", "", "EXPIRED", "_", "state"),
        ("payment:p1:100", "", "_", "_", "missing-in-ledger"),
        ("payment:p1:100:early", "", "_", "_", ""),
        ("", "DEPOSIT:100", "_", "_", "missing-at-provider"),
        ("payment:p1:100:early", "DEPOSIT:100", "_", "_", ""),
        ("payment:p1:100:unsettled", "DEPOSIT:100", "_", "_", "unsettled"),
        ("payment:p1:100:fee", "DEPOSIT:100", "_", "_", "unbooked-fee"),
        ("payment:p1:100:fee", "DEPOSIT:100 FEE:-2:sandbox:2026-11-02", "_", "_", ""),
        ("payment:p1:100:fee", "DEPOSIT:100 FEE:-1:sandbox:2026-11-02", "_", "_", "unbooked-fee"),
        ("", "FEE:-1:sandbox:2026-11-01", "_", "_", ""),
        // A payment is settled later, and its fee is charged then. The fee belongs to the day on which it was charged.
        ("payment:p1:100:fee-later", "DEPOSIT:100", "_", "_", ""),
        ("payment:p1:100:fee-later", "DEPOSIT:100 FEE:-2:sandbox:2026-11-02", "_", "_", "unbooked-fee"),
        ("payment:p1:100:early:fee-of-day", "DEPOSIT:100:early", "_", "_", "unbooked-fee"),
        ("payment:p1:100:early:fee-of-day", "DEPOSIT:100:early FEE:-2:sandbox:2026-11-02", "_", "_", ""),
        ("refund:r1:100", "DEPOSIT-REFUND:-100", "REFUNDED", "_", ""),
        ("refund:r1:100", "", "_", "_", "state"),
        ("refund:r1:100", "", "REFUNDED", "_", "missing-in-ledger"),
        ("refund:r1:100", "", "RETURNED", "_", "missing-in-ledger"),
        ("charge-back:c1:100", "", "_", "_", "state"),
        ("charge-back:c1:100", "", "CHARGED_BACK", "_", "missing-in-ledger"),
        ("charge-back:c1:100", "CHARGEBACK:-30:dispute-1 CHARGEBACK-OWED:-70:dispute-1", "CHARGED_BACK", "_", ""),
        ("charge-back:c1:100", "CHARGEBACK:-30:dispute-1", "CHARGED_BACK", "_", "amount"),
        ("payout:o1:100", "PAYOUT:-100", "_", "_", ""),
        ("payout:o1:100", "", "_", "_", "missing-in-ledger"),
        ("payout:o1:100", "", "_", "RETURNED", "missing-in-ledger"),
        ("payout:o1:100", "PAID-AFTER-RETURN:-100", "_", "FAILED", ""),
        ("payout:o1:100 payout:o2:100", "PAYOUT:-100", "_", "COMPLETED", "twice"),
        ("payout:o1:100 payout:o2:100", "PAYOUT:-100 PAID-TWICE:-100:o2", "_", "COMPLETED", ""),
        ("payout:o2:100 payout:o1:100", "PAYOUT:-100 PAID-TWICE:-100:o2", "_", "COMPLETED", ""),
        ("payout-return:o2:100", "OWED-BACK:100:o2", "_", "COMPLETED", ""),
        ("payout:o1:100", "", "_", "FAILED", "state"),
        ("payout:o1:100 payout:o2:100", "PAYOUT:-100", "_", "_", "twice"),
        ("payout:o1:100 payout-return:o1:100", "PAYOUT:-100 PAYOUT-REV:100", "_", "RETURNED", ""),
        ("payout-return:o1:100", "", "_", "RETURNED", "missing-in-ledger"),
        ("payout-return:o1:100", "", "_", "COMPLETED", "state"),
        // Both lines together are no movement, but one alone is.
        ("payout:o1:100 payout-return:o1:100", "", "_", "FAILED", ""),
        ("payout-return:o1:100", "", "_", "FAILED", "state"),
        ("payout:o1:100 payout-return:o1:100 other-out:o1:100:of-payout", "", "_", "FAILED", "unplaced"),
        ("payout:o1:100 payout-return:o1:100", "PAYOUT:-100", "_", "_", "state"),
        ("settlement:s1:100", "SETTLEMENT:-100:s1", "_", "_", ""),
        ("settlement:s1:100", "", "_", "_", "missing-in-ledger"),
        ("", "SETTLEMENT:-100:s0", "_", "_", ""),
        ("funding:f1:100", "FUNDING:100:f1", "_", "_", ""),
        ("funding:f1:100", "", "_", "_", "missing-in-ledger"),
        ("funding:f1:100", "FUNDING:99:f1", "_", "_", "amount"),
        ("", "FUNDING:100:f0", "_", "_", ""),
        // An unknown movement is reported, and the rest is compared all the same.
        ("other-in:a1:100 payment:p1:100", "DEPOSIT:100", "_", "_", "unplaced"),
        ("other-out:a1:100 payment:p1:100 payment:p2:100", "DEPOSIT:100", "_", "_", "unplaced twice"),
        ("other-out:a1:100:euro", "", "_", "_", "unplaced"),
        ("other-out:a1:100:early", "", "_", "_", ""),
        // A payout came back and another one was paid, but according to our order none was paid.
        ("payout:o1:100 payout-return:o1:100 payout:o2:100", "", "_", "FAILED", "state"),
        // Movements that are late on one side.
        ("payment:p1:100", "DEPOSIT:100:late", "_", "_", ""),
        ("payment:p1:100:late", "DEPOSIT:100", "_", "_", ""),
        ("payment:p1:100:early payment:p2:100", "DEPOSIT:100:early", "_", "_", "twice"),
        // A fee in another currency is not in our ledger.
        ("payment:p1:100:euro:fee", "SUSPENSE:0:p1", "_", "_", "currency"),
    ];
    let mut seen = std::collections::BTreeSet::new();
    for (lines, movements, deposit, withdrawal, expected) in table {
        let differences = differences(lines, movements, deposit, withdrawal);
        assert_eq!(kinds(&differences), expected, "{lines} / {movements}");
        seen.extend(differences.into_iter().map(|difference| difference.kind));
    }
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), DifferenceKind::VARIANTS, "every kind has a row");
}

#[test]
fn a_difference_says_what_it_is_about() {
    let found = differences("payment:p1:99", "DEPOSIT:100", "COMPLETED", "COMPLETED");
    let expected = Difference {
        kind: DifferenceKind::Amount,
        subject: "p1".to_owned(),
        order: Some(order_id(Direction::Deposit, "in")),
        stated_units: 9_900_000_000,
        booked_units: 10_000_000_000,
    };
    assert_eq!(found, [expected]);
}

#[test]
fn units_are_shown_as_an_amount_with_its_sign() {
    #[rustfmt::skip]
    let table = [
        (0,               "0"),
        (1,               "0.00000001"),
        (-1,              "-0.00000001"),
        (RUPEE,           "1"),
        (-150_000_000,    "-1.5"),
        (10_010_000_000,  "100.1"),
        (-10_000_000_000, "-100"),
    ];
    for (units, expected) in table {
        assert_eq!(SignedAmount(units).to_string(), expected);
    }
}

/// Before a day is final, missing fees and settlements are not reported. Other differences are.
#[test]
fn a_day_that_is_not_final_waits_for_fees_and_settlements() {
    let table = [
        ("payment:p1:100:unsettled", "DEPOSIT:100", ""),
        ("payment:p1:100:fee", "DEPOSIT:100", ""),
        ("payment:p1:100:fee", "DEPOSIT:100 FEE:-1:sandbox:2026-11-02", "unbooked-fee"),
        ("settlement:s1:100", "", ""),
        ("settlement:s1:100", "SETTLEMENT:-99:s1", "amount"),
        ("funding:f1:100", "", ""),
        ("payment:p1:99:fee:unsettled", "DEPOSIT:100", "amount"),
        ("", "DEPOSIT:100", "missing-at-provider"),
    ];
    for (lines, movements, expected) in table {
        let lines: Vec<_> = lines.split_whitespace().map(line).collect();
        let movements: Vec<_> = movements.split_whitespace().map(booked).collect();
        let found = reconciled(&lines, &movements, ("COMPLETED", "COMPLETED"), false);
        assert_eq!(kinds(&found.differences.first), expected, "{lines:?}");
        assert!(found.closing.is_explained(), "{:?}", found.closing);
    }
}

/// Payments out of suspense have the payment's id in our ledger, and the id of the refund or dispute at the provider.
#[test]
fn movements_out_of_suspense_are_found_by_their_deposit() {
    let of = |id: &str| ReceivedPayment {
        provider: provider("sandbox"),
        id: id.parse().expect("an id"),
        money: rupees("100"),
        unclaimed: Some(UnclaimedCause::OtherAmount),
    };
    let made = |id: &str| PaymentRefund { since: minute(0), attempt: 1, made: id.parse().ok() };
    let taken = HistoryLine::own("money-taken-back p3 dispute-1", minute(0));
    let deposit = DepositOrder {
        payment: Some(of("p1")),
        refund: Some(made("r1")),
        returns: vec![PaymentReturn { payment: of("p2"), refund: made("r2") }],
        history: History::from_stored(vec![taken]),
        ..deposit("RETURNED")
    };
    let table = [
        ("refund:r1:100", "SUSPENSE-OUT:-100:p1", ""),
        ("refund:r2:100 refund:r1:100", "SUSPENSE-OUT:-100:p1 SUSPENSE-OUT:-100:p2", ""),
        ("refund:r2:100", "SUSPENSE-OUT:-100:p2:early", ""),
        ("refund:r1:99", "SUSPENSE-OUT:-100:p1", "amount"),
        ("refund:r1:100 refund:r1:100", "SUSPENSE-OUT:-100:p1", "twice"),
        ("refund:r3:100", "SUSPENSE-OUT:-100:p1", "missing-in-ledger missing-at-provider"),
        ("charge-back:c1:100", "SUSPENSE-OUT:-100:p3", ""),
        ("charge-back:c1:100", "", "missing-in-ledger"),
    ];
    for (lines, movements, expected) in table {
        let lines: Vec<_> = lines.split_whitespace().map(line).collect();
        let movements: Vec<_> = movements.split_whitespace().map(booked).collect();
        let found = reconciled_with(&deposit, &withdrawal("COMPLETED"), &lines, &movements, true);
        assert_eq!(kinds(&found.differences.first), expected, "{lines:?}");
        assert!(found.closing.is_explained(), "{:?}", found.closing);
    }
}

/// The balance of the ledger is the stated one, apart from the listed differences.
#[test]
fn the_closing_says_what_both_sides_have() {
    let lines: Vec<_> = "payment:p1:100:fee payment:p2:100 payout:o1:100 payment:p3:5:early:foreign"
        .split_whitespace()
        .map(line)
        .collect();
    let movements = "DEPOSIT:100 PAYOUT:-100:late DEPOSIT:7:credited-for-nothing SUSPENSE:20:p0:early";
    let movements: Vec<_> = movements.split_whitespace().map(booked).collect();
    let found = reconciled(&lines, &movements, ("COMPLETED", "COMPLETED"), true);
    assert_eq!(kinds(&found.differences.first), "twice missing-at-provider unbooked-fee");
    let closing = found.closing;
    let rupees = [
        closing.opening_units,
        closing.stated_units,
        closing.booked_units,
        closing.open_units,
        closing.on_the_way_units,
    ];
    assert_eq!(rupees.map(|units| units / RUPEE), [20, 118, 127, 91, -100]);
    assert!(closing.is_explained());
    assert_eq!(found.lines, 3);
}

/// A selection of the possible lines and movements, in the notation of this file.
fn some_of(words: &'static [&'static str]) -> impl Strategy<Value = Vec<&'static str>> {
    prop::collection::vec(prop::sample::select(words), 0..8)
}

proptest! {
    #[test]
    fn the_closing_is_always_explained(
        lines in some_of(&[
            "payment:p1:100", "payment:p1:100:fee", "payment:p2:99:early", "payment:p3:100:euro:fee",
            "payment:p4:100:late:fee", "payment:p6:100:fee-later", "payment:p7:100:early:fee-of-day", "payment:p5:3:foreign", "refund:r1:100", "refund:p2:5:late",
            "charge-back:c1:100", "payout:o1:100", "payout-return:o1:100", "payout:o2:100:early",
            "payout-return:o2:100", "payout-return:o3:7:late", "settlement:s1:100", "settlement:s2:9:late",
            "funding:f1:100", "funding:f2:7:late", "other-in:a1:5", "other-out:a2:9:late",
        ]),
        movements in some_of(&[
            "DEPOSIT:100", "DEPOSIT:100:late", "SUSPENSE:99:p2", "SUSPENSE-OUT:-5:p2", "DEPOSIT-REFUND:-100:early",
            "CHARGEBACK:-30:dispute-1", "CHARGEBACK-OWED:-70:dispute-1:late", "PAYOUT:-100", "PAYOUT-REV:100:late",
            "PAID-AFTER-RETURN:-100:early", "SETTLEMENT:-100:s1", "SETTLEMENT:-1:s9", "FUNDING:100:f1", "FUNDING:7:f2", "FEE:-2:sandbox:2026-11-02",
            "FEE:-2:sandbox:2026-11-02:late", "FEE:-4:sandbox:2026-11-01", "DEPOSIT:7:nothing",
        ]),
        deposit in prop::sample::select(vec!["COMPLETED", "PENDING", "CHARGED_BACK"]),
        withdrawal in prop::sample::select(vec!["COMPLETED", "FAILED", "RETURNED"]),
        is_final: bool,
    ) {
        let lines: Vec<_> = lines.into_iter().map(line).collect();
        // A key moves money once.
        let mut movements: Vec<_> = movements.into_iter().map(booked).collect();
        movements.sort_by(|one, other| one.key.cmp(&other.key));
        movements.dedup_by(|one, other| one.key == other.key);
        let closing = reconciled(&lines, &movements, (deposit, withdrawal), is_final).closing;
        prop_assert!(closing.is_explained(), "{closing:?}");
    }
}

#[test]
fn a_report_counts_all_differences_and_keeps_the_first() {
    let statement = Digest::of(b"a statement");
    let id = ReportId { day: day(), provider: provider("sandbox"), is_given: false, statement };
    let given = ReportId { is_given: true, ..id.clone() };
    assert!(given.to_string().starts_with("2026-11-02:sandbox.file:"), "{given}");
    assert_eq!((id.to_string().parse(), given.to_string().parse()), (Ok(id.clone()), Ok(given)));
    for wrong in ["", "2026-11-02:sandbox", "2026-11-2:sandbox:aa", "2026-11-02:sandbox:aa:b"] {
        assert!(wrong.parse::<ReportId>().is_err(), "{wrong}");
    }
    let clean = reconciled(&[], &[], ("COMPLETED", "COMPLETED"), true);
    assert!(ReconciliationReport::new(id.clone(), clean, minute(DAY)).is_clean());
    let mut found = reconciled(&[line("payment:p1:1:foreign")], &[], ("COMPLETED", "COMPLETED"), true);
    let one = found.differences.first[0].clone();
    for stored in [Difference { order: None, ..one.clone() }, one.clone()] {
        assert_eq!(stored.to_string().parse(), Ok(stored));
    }
    assert!("state".parse::<Difference>().is_err());
    found.differences = iter::repeat_n(one, Differences::KEPT_MAX + 1).collect();
    let report = ReconciliationReport::new(id, found, minute(DAY));
    assert_eq!((report.count(), report.differences.len(), report.is_clean()), (501, 500, false));
    assert_eq!(report.counts.into_iter().collect::<Vec<_>>(), [(DifferenceKind::UnknownReference, 501)]);
}

/// The file with the first payout is no longer fetched. A movement is booked up to a day before its line.
#[test]
fn a_second_payout_some_days_later_is_found() {
    for (before, expected) in [(DAY, ""), (DAY + 1, "twice"), (2 * DAY, "twice")] {
        let earlier = BookedMovement { at: minute(60 - before), ..booked("PAYOUT:-40") };
        let found = reconciled(&[line("payout:o2:40")], &[earlier], ("COMPLETED", "COMPLETED"), true);
        assert!(found.closing.is_explained(), "{:?}", found.closing);
        assert_eq!(kinds(&found.differences.first), expected, "{before}");
    }
}

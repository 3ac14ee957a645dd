//! The ledger's side of a provider's day, and the kinds of movements that an order accounts for.

use crate::common::{amount, deposit_of, minute, provider, rupees};
use crate::reconcile::{DAY, RUPEE, booked, day, deposit, kinds, line, reconciled_with, withdrawal};
use evens_ledger::{Amount, Entry, EntryKey, EntryPurpose, SystemAccount, Transfer, Wallet};
use evens_payments::{
    BookedDay, BookedMovement, ClosingBalances, DepositOrder, History, HistoryLine, PaymentRefund,
    PaymentReturn, ReceivedPayment, StatementLine, UnclaimedCause, WithdrawalOrder, book_bank_movement,
    book_fees, is_booked_by_statement,
};
use std::collections::BTreeSet;

fn empty_day() -> BookedDay {
    BookedDay::new(&provider("sandbox"), day(), minute(0)..minute(DAY))
}

/// The day begins at minute 0. Movements on it are kept, and those out of suspense for three days around it. Everything
/// before it is in the opening balance.
#[test]
fn a_day_keeps_what_it_may_need() {
    #[rustfmt::skip]
    let table = [
        // movement           minute       opening  kept   of an order that was undone around the day
        ("DEPOSIT:100",       -1,          100,     false, false),
        ("DEPOSIT:100",       0,           0,       true,  false),
        ("DEPOSIT:100",       DAY - 1,     0,       true,  false),
        ("DEPOSIT:100",       DAY,         0,       false, false),
        ("SUSPENSE-OUT:-5:p", -3 * DAY - 1, -5,     false, false),
        ("SUSPENSE-OUT:-5:p", -3 * DAY,    -5,      true,  true),
        ("SUSPENSE-OUT:-5:p", 0,           0,       true,  true),
        ("SUSPENSE-OUT:-5:p", 4 * DAY - 1, 0,       true,  true),
        ("SUSPENSE-OUT:-5:p", 4 * DAY,     0,       false, false),
        ("DEPOSIT-REFUND:-5", 4 * DAY - 1, 0,       true,  true),
        ("PAYOUT-REV:5",      -3 * DAY,    5,       true,  true),
        ("OWED-BACK:5:o2",    4 * DAY - 1, 0,       true,  true),
        ("PAYOUT:-5",         4 * DAY - 1, 0,       false, false),
    ];
    for (text, at, opening, is_kept, is_undone) in table {
        let movement = BookedMovement { at: minute(at), ..booked(text) };
        let mut day = empty_day();
        day.add_all([movement.clone()]);
        assert_eq!((day.opening_units(), day.has(&movement.key)), (opening * RUPEE, is_kept), "{text} {at}");
        let undone: BTreeSet<_> = movement.order.filter(|_| is_undone).into_iter().collect();
        assert_eq!(day.undone_around(), undone, "{text} {at}");
    }
}

#[test]
fn a_line_is_booked_under_one_of_its_keys() {
    let mut day = empty_day();
    day.add(booked("DEPOSIT:100"));
    assert!(day.has_line(&line("payment:p1:100")) && !day.has_line(&line("payment:p1:100:foreign")));
    assert!(!day.has_line(&line("refund:r1:100")));
}

#[test]
fn balances_are_explained_to_the_last_unit() {
    let right = ClosingBalances {
        opening_units: 5,
        stated_units: 118,
        booked_units: 127,
        open_units: 91,
        on_the_way_units: -100,
    };
    assert!(right.is_explained());
    for wrong in [
        ClosingBalances { stated_units: 119, ..right },
        ClosingBalances { booked_units: 126, ..right },
        ClosingBalances { open_units: -91, ..right },
        ClosingBalances { on_the_way_units: 100, ..right },
    ] {
        assert!(!wrong.is_explained(), "{wrong:?}");
    }
}

/// One side has the movement on this day, the other on another day.
#[test]
fn a_movement_in_transit_is_no_difference_and_explains_the_balances() {
    #[rustfmt::skip]
    let table = [
        // stated                                         booked                                           in transit
        ("payout:o2:100:early payout-return:o2:100",      "",                                              100),
        ("payout:o2:100 payout-return:o2:100:late",       "",                                              -100),
        ("payment:p1:100:fee",                            "DEPOSIT:100 FEE:-2:sandbox:2026-11-02:late",    -2),
    ];
    for (lines, movements, expected) in table {
        let lines: Vec<_> = lines.split_whitespace().map(line).collect();
        let movements: Vec<_> = movements.split_whitespace().map(booked).collect();
        let found = reconciled_with(&deposit("COMPLETED"), &withdrawal("FAILED"), &lines, &movements, true);
        assert_eq!((kinds(&found.differences.first).as_str(), found.closing.is_explained()), ("", true));
        assert_eq!(found.closing.on_the_way_units, expected * RUPEE, "{lines:?}");
    }
}

/// A movement that the provider states and our ledger lacks: it happened according to the order, or it did not.
#[test]
fn an_order_says_what_happened() {
    let id = |text: &str| text.parse().expect("an id");
    let back = PaymentReturn {
        payment: ReceivedPayment {
            provider: provider("sandbox"),
            id: id("p2"),
            money: rupees("100"),
            unclaimed: Some(UnclaimedCause::SecondPayment),
        },
        refund: PaymentRefund { since: minute(0), attempt: 1, made: None },
    };
    let taken = vec![HistoryLine::own("money-taken-back p3 dispute-9", minute(0))];
    let (credited, failed) = (deposit("COMPLETED"), withdrawal("FAILED"));
    let returning = DepositOrder { returns: vec![back], ..credited.clone() };
    let disputed = DepositOrder { history: History::from_stored(taken), ..credited.clone() };
    let paid_later = WithdrawalOrder { is_paid_after_return: true, ..failed.clone() };
    let paid_twice = WithdrawalOrder { paid_twice: vec![id("o9")], ..failed.clone() };
    let owed_back = WithdrawalOrder { owed_back: vec![id("o9")], ..paid_later.clone() };
    let (none, has) = ("state", "missing-in-ledger");
    #[rustfmt::skip]
    let table = [
        ("refund:r1:100",        &credited,  &failed,     none),
        ("refund:r1:100",        &returning, &failed,     has),
        ("charge-back:c1:100",   &credited,  &failed,     none),
        ("charge-back:c1:100",   &disputed,  &failed,     has),
        ("payout:o1:100",        &credited,  &failed,     none),
        ("payout:o1:100",        &credited,  &paid_later, has),
        ("payout:o1:100",        &credited,  &paid_twice, has),
        ("payout-return:o1:100", &credited,  &paid_later, none),
        ("payout-return:o1:100", &credited,  &owed_back,  has),
    ];
    for (text, deposit, withdrawal, expected) in table {
        let found = reconciled_with(deposit, withdrawal, &[line(text)], &[], true);
        assert_eq!(kinds(&found.differences.first), expected, "{text}");
    }
}

#[test]
fn facts_that_only_a_statement_has_are_booked_on_the_providers_account() {
    let name = provider("sandbox");
    let account = SystemAccount::PaymentProvider(Some(name.clone()));
    let day = "2026-11-02".parse().expect("a day");
    let lines = [
        line("payment:p1:100:fee"),
        line("payment:p2:100:fee"),
        line("settlement:s1:196"),
        line("funding:f1:50"),
        line("payment:p3:100:fee-later"),
    ];
    let judged = minute(0)..minute(DAY);
    let charged = |lines: &[StatementLine]| {
        let fees = lines.iter().map(|line| line.charged_within(&judged));
        fees.fold(Amount::ZERO, Amount::saturating_add)
    };
    let fees = book_fees(&name, day, charged(&lines), minute(DAY)).expect("two fees");
    assert_eq!((fees.key.to_string(), fees.amount), ("FEE:sandbox:2026-11-02".to_owned(), amount("4")));
    assert_eq!((&fees.from, &fees.to), (&SystemAccount::ProviderFees(name.clone()), &account));
    assert_eq!(book_fees(&name, day, charged(&lines[2..]), minute(DAY)), None);
    let settled = book_bank_movement(&name, &lines[2], minute(DAY)).expect("a settlement");
    assert_eq!((settled.key.to_string(), settled.amount), ("SETTLEMENT:s1".to_owned(), amount("196")));
    assert_eq!((&settled.from, &settled.to), (&SystemAccount::Bank, &account));
    let funded = book_bank_movement(&name, &lines[3], minute(DAY)).expect("a funding");
    assert_eq!((funded.key.to_string(), funded.amount), ("FUNDING:f1".to_owned(), amount("50")));
    assert_eq!((&funded.from, &funded.to), (&account, &SystemAccount::Bank));
    assert_eq!(book_bank_movement(&name, &lines[0], minute(DAY)), None);
    let units = |transfer: &Transfer| BookedMovement::of_transfer(transfer, &name).map(|booked| booked.units);
    assert_eq!((units(&fees), units(&settled)), (Some(-400_000_000), Some(-19_600_000_000)));
    assert_eq!(units(&funded), Some(5_000_000_000));
    assert_eq!(BookedMovement::of_transfer(&fees, &provider("other")), None);
    assert!([&fees, &settled, &funded].into_iter().all(is_booked_by_statement));
    let of_other = SystemAccount::PaymentProvider(Some(provider("other")));
    for wrong in [
        Transfer { reference: "2026-11-03".to_owned(), ..fees.clone() },
        Transfer { to: of_other, ..fees.clone() },
        Transfer { from: SystemAccount::House, ..fees },
        Transfer { from: account.clone(), to: SystemAccount::Bank, ..settled.clone() },
        Transfer { key: EntryKey::new(EntryPurpose::Settlement, &[&"s2"]), ..settled },
    ] {
        assert!(!is_booked_by_statement(&wrong), "{wrong:?}");
    }
}

#[test]
fn an_entry_is_on_the_account_of_its_provider() {
    let wallet = Wallet::empty(deposit_of("in", "100").user);
    let posting = evens_ledger::Posting {
        key: EntryKey::new(EntryPurpose::Deposit, &[&"in"]),
        amount: rupees("100").amount(),
        account: SystemAccount::PaymentProvider(Some(provider("sandbox"))),
        reference: "in".to_owned(),
    };
    let (_, entry): (Wallet, Entry) =
        wallet.credit(evens_ledger::Incoming::Credit, posting, minute(1)).expect("it fits");
    let booked = BookedMovement::of_entry(&entry, &provider("sandbox")).expect("its account");
    assert_eq!((booked.key, booked.units, booked.at), (entry.key.clone(), 100 * RUPEE, minute(1)));
    assert_eq!(BookedMovement::of_entry(&entry, &provider("other")), None);
}

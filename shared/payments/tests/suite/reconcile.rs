//! A provider's day against our books: every kind of difference, and what is none.

use crate::common::{amount, deposit_of, minute, money, order_id, provider, rupees, withdrawal_of};
use evens_ledger::{Entry, EntryKey, SystemAccount, Transfer, Wallet};
use evens_payments::{
    BookedMovement, Closing, Currency, DepositOrder, DepositState, Difference, DifferenceKind, Direction,
    History, KnownOrder, OrderTerms, ProviderDay, StatementKind, StatementLine, WithdrawalOrder,
    WithdrawalState, book_fees, book_settlement, reconcile,
};

const DAY: i64 = 24 * 60;

fn deposit(state: &str) -> DepositOrder {
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
        pay_until: minute(30),
        history: History::default(),
    }
}

fn withdrawal(state: &str) -> WithdrawalOrder {
    let asked = withdrawal_of("out", "100");
    WithdrawalOrder {
        terms: OrderTerms { id: asked.order, fingerprint: asked.fingerprint(), ..deposit("COMPLETED").terms },
        payee: asked.payee,
        state: state.parse().unwrap_or(WithdrawalState::Completed),
        provider_id: None,
        hold_reasons: Vec::new(),
        approvals: Vec::new(),
        attempt: None,
        failed_payouts: Vec::new(),
        is_paid_after_return: false,
        history: History::default(),
    }
}

/// A line `kind:id:amount`, about the order in, out, or one that is not ours; a payment is settled unless it says so.
fn line(text: &str) -> StatementLine {
    let parts: Vec<&str> = text.split(':').collect();
    let kind: StatementKind = parts[0].parse().expect("a kind");
    let direction = match kind {
        StatementKind::Payout | StatementKind::PayoutReturn => ("out", Direction::Withdrawal),
        _ => ("in", Direction::Deposit),
    };
    let key = if parts.contains(&"foreign") { "foreign" } else { direction.0 };
    let currency = if parts.contains(&"euro") { Currency::EUR } else { Currency::INR };
    let settled = (!parts.contains(&"unsettled")).then(|| "settlement-1".parse().expect("an id"));
    StatementLine {
        id: parts[1].parse().expect("an id"),
        kind,
        reference: Some(order_id(direction.1, key)),
        dispute: (kind == StatementKind::ChargeBack).then(|| "dispute-1".parse().expect("an id")),
        money: money(parts[2], currency),
        fee: amount(if parts.contains(&"fee") { "2" } else { "0" }),
        settlement: settled,
        at: minute(if parts.contains(&"early") { -1 } else { 60 }),
    }
}

/// A movement `purpose:units`, under the key of the order in or out, or of what the provider calls it.
fn booked(text: &str) -> BookedMovement {
    let (purpose, rest) = text.split_once(':').expect("a purpose");
    let (units, of) = rest.split_once(':').unwrap_or((rest, ""));
    let order = match purpose {
        "PAYOUT" | "PAYOUT-REV" | "PAID-AFTER-RETURN" => order_id(Direction::Withdrawal, "out").to_string(),
        _ => order_id(Direction::Deposit, "in").to_string(),
    };
    let key = EntryKey::new(purpose, &[&if of.is_empty() { order.as_str() } else { of }]);
    let rupees: i128 = units.parse().expect("a number");
    BookedMovement { key, units: rupees * 100_000_000, at: minute(60) }
}

fn differences(lines: &str, movements: &str, deposit_state: &str, withdrawal_state: &str) -> Vec<Difference> {
    let lines: Vec<_> = lines.split_whitespace().map(line).collect();
    let movements: Vec<_> = movements.split_whitespace().map(booked).collect();
    let (deposit, withdrawal) = (deposit(deposit_state), withdrawal(withdrawal_state));
    reconcile(&ProviderDay {
        provider: &provider("sandbox"),
        day: "2026-11-02".parse().expect("a day"),
        judged: minute(0)..minute(DAY),
        currency: Currency::INR,
        lines: &lines,
        orders: &[KnownOrder::Deposit(&deposit), KnownOrder::Withdrawal(&withdrawal)],
        movements: &movements,
    })
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
        ("refund:r1:100", "DEPOSIT-REFUND:-100", "REFUNDED", "_", ""),
        ("refund:r1:100", "", "_", "_", "state"),
        ("charge-back:c1:100", "CHARGEBACK:-30:dispute-1 CHARGEBACK-OWED:-70:dispute-1", "CHARGED_BACK", "_", ""),
        ("charge-back:c1:100", "CHARGEBACK:-30:dispute-1", "CHARGED_BACK", "_", "amount"),
        ("payout:o1:100", "PAYOUT:-100", "_", "_", ""),
        ("payout:o1:100", "PAID-AFTER-RETURN:-100", "_", "FAILED", ""),
        ("payout:o1:100", "", "_", "FAILED", "state"),
        ("payout:o1:100 payout:o2:100", "PAYOUT:-100", "_", "_", "twice"),
        ("payout:o1:100 payout-return:o1:100", "PAYOUT:-100 PAYOUT-REV:100", "_", "RETURNED", ""),
        ("payout:o1:100 payout-return:o1:100", "", "_", "FAILED", ""),
        ("payout:o1:100 payout-return:o1:100", "PAYOUT:-100", "_", "_", "state"),
        ("settlement:s1:100", "SETTLEMENT:-100:s1", "_", "_", ""),
        ("settlement:s1:100", "", "_", "_", "missing-in-ledger"),
    ];
    let mut seen = std::collections::BTreeSet::new();
    for (lines, movements, deposit, withdrawal, expected) in table {
        let differences = differences(lines, movements, deposit, withdrawal);
        let kinds: Vec<&str> = differences.iter().map(|difference| difference.kind.as_str()).collect();
        assert_eq!(kinds.join(" "), expected, "{lines} / {movements}");
        seen.extend(differences.into_iter().map(|difference| difference.kind));
    }
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), DifferenceKind::ALL, "every kind has a row");
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

/// The balance of the ledger is the one stated, but for what is listed.
#[test]
fn the_closing_is_explained_to_the_last_unit() {
    let rupee = 100_000_000;
    let lines = "payment:p1:100:fee payment:p2:100 payout:o1:100";
    let open = differences(
        lines,
        "DEPOSIT:100 PAYOUT:-100 DEPOSIT:7:credited-for-nothing",
        "COMPLETED",
        "COMPLETED",
    );
    let kinds: Vec<&str> = open.iter().map(|difference| difference.kind.as_str()).collect();
    assert_eq!(kinds, ["twice", "missing-at-provider", "unbooked-fee"]);
    let closing = Closing::of(98 * rupee, 7 * rupee, &open);
    assert_eq!((closing.open_units, closing.is_explained()), (91 * rupee, true));
    assert!(!Closing::of(98 * rupee + 1, 7 * rupee, &open).is_explained());
}

#[test]
fn fees_and_settlements_are_booked_on_the_providers_account() {
    let name = provider("sandbox");
    let account = SystemAccount::PaymentProvider(Some(name.clone()));
    let day = "2026-11-02".parse().expect("a day");
    let lines = [line("payment:p1:100:fee"), line("payment:p2:100:fee"), line("settlement:s1:196")];
    let fees = book_fees(&name, day, &lines, minute(DAY)).expect("two fees");
    assert_eq!((fees.key.to_string(), fees.amount), ("FEE:sandbox:2026-11-02".to_owned(), amount("4")));
    assert_eq!((&fees.from, &fees.to), (&SystemAccount::ProviderFees(name.clone()), &account));
    assert_eq!(book_fees(&name, day, &lines[2..], minute(DAY)), None);
    let settled = book_settlement(&name, &lines[2], minute(DAY)).expect("a settlement");
    assert_eq!((settled.key.to_string(), settled.amount), ("SETTLEMENT:s1".to_owned(), amount("196")));
    assert_eq!((&settled.from, &settled.to), (&SystemAccount::Bank, &account));
    assert_eq!(book_settlement(&name, &lines[0], minute(DAY)), None);
    let units = |transfer: &Transfer| BookedMovement::of_transfer(transfer, &name).map(|booked| booked.units);
    assert_eq!((units(&fees), units(&settled)), (Some(-400_000_000), Some(-19_600_000_000)));
    assert_eq!(BookedMovement::of_transfer(&fees, &provider("other")), None);
}

#[test]
fn an_entry_is_on_the_account_of_its_provider() {
    let wallet = Wallet::empty(deposit_of("in", "100").user);
    let posting = evens_ledger::Posting {
        key: EntryKey::new("DEPOSIT", &[&"in"]),
        amount: rupees("100").amount(),
        account: SystemAccount::PaymentProvider(Some(provider("sandbox"))),
        reference: "in".to_owned(),
    };
    let (_, entry): (Wallet, Entry) =
        wallet.credit(evens_ledger::Incoming::Credit, posting, minute(1)).expect("it fits");
    let booked = BookedMovement::of_entry(&entry, &provider("sandbox")).expect("its account");
    assert_eq!((booked.key, booked.units, booked.at), (entry.key.clone(), 10_000_000_000, minute(1)));
    assert_eq!(BookedMovement::of_entry(&entry, &provider("other")), None);
}

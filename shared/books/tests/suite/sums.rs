//! Sums: what one account gives, another receives, in any order of the records.

use crate::common::{at, empty, posting, transfer};
use evens_books::{FORMAT, FileSeal, Manifest, Summary};
use evens_ledger::{Amount, Digest, Entry, Incoming, SystemAccount, Transfer};
use evens_records::Record;
use proptest::prelude::*;
use std::collections::BTreeMap;

fn funded(coins: &str) -> Entry {
    let funding = posting("f", SystemAccount::House, coins);
    empty().credit(Incoming::Credit, funding, at(0)).expect("it fits").1
}

fn summed(records: &[Record]) -> Summary {
    let mut summary = Summary::default();
    for record in records {
        summary.add(record);
    }
    summary
}

#[test]
fn each_side_of_each_kind_of_movement_is_summed() {
    let (richer, credit) =
        empty().credit(Incoming::Credit, posting("f", SystemAccount::House, "500"), at(0)).expect("it fits");
    let (_, debit) =
        richer.debit(posting("w", SystemAccount::Withdrawals, "100.50"), at(1)).expect("covered");
    let (_, bonus) =
        richer.credit_bonus(posting("b", SystemAccount::BonusPool, "0.00000001"), at(2)).expect("fits");
    let provider = SystemAccount::PaymentProvider(Some("sandbox".parse().expect("a name")));
    let payout = transfer(SystemAccount::Withdrawals, provider, "60");
    let records = [
        Record::Entry(credit),
        Record::Entry(debit),
        Record::Entry(bonus),
        Record::Transfer(payout),
        Record::Aside,
    ];
    let summary = summed(&records);
    let rows: Vec<_> = summary.trial_balance().collect();
    #[rustfmt::skip]
    let expected = [
        ["bonus-pool",               "0",          "0.00000001", "-0.00000001"],
        ["house",                    "0",          "500",        "-500"],
        ["payment-provider:sandbox", "60",         "0",          "60"],
        ["wallets:bonus",            "0.00000001", "0",          "0.00000001"],
        ["wallets:cash",             "500",        "100.5",      "399.5"],
        ["withdrawals",              "100.5",      "60",         "40.5"],
    ];
    assert_eq!(rows, expected);
    let balances: BTreeMap<_, _> =
        expected.iter().map(|row| (row[0].to_owned(), row[3].to_owned())).collect();
    assert_eq!(summary.balances(), balances);
}

/// Larger than one amount can be.
#[test]
fn sums_may_be_larger_than_any_amount() {
    let most = "99999999999999999999.99999999";
    let summary = summed(&[Record::Entry(funded(most)), Record::Entry(funded(most))]);
    assert_eq!(summary.balances()["house"], "-199999999999999999999.99999998");
}

#[test]
fn a_manifest_says_what_was_written() {
    let files = BTreeMap::from([("audit.csv".to_owned(), FileSeal::new(Digest::of(b"x"), 1))]);
    let manifest = Manifest::new("evens-local".to_owned(), (at(0), at(1)), 2, &summed(&[]), files);
    let said = serde_json::to_value(&manifest).expect("JSON");
    let zeros = "0".repeat(64);
    let expected = serde_json::json!({
        "format": "evens-books/5", "table": "evens-local", "offenders": 2, "accounts": {},
        "readFrom": "2026-11-23T10:00:00.5Z", "readUntil": "2026-11-23T10:00:01.5Z",
        "auditHead": { "number": "0", "hash": zeros },
        "files": { "audit.csv": { "sha256": Digest::of(b"x").to_string(), "lines": 1 } },
    });
    assert_eq!((said, FORMAT), (expected, "evens-books/5"));
}

fn accounts() -> impl Strategy<Value = SystemAccount> {
    let stakes = |round: &str| SystemAccount::Stakes(round.to_owned());
    prop::sample::select(vec![SystemAccount::House, SystemAccount::Bank, stakes("a"), stakes("b")])
}

fn records() -> impl Strategy<Value = Record> {
    let units = 1..=10_i128.pow(28) - 1;
    (accounts(), accounts(), units, 0..3).prop_map(|(from, to, units, kind)| {
        let amount = Amount::from_units(units).expect("an amount");
        let entry = Entry { account: from.clone(), amount, ..funded("1") };
        match kind {
            0 => Record::Transfer(Transfer { amount, ..transfer(from, to, "1") }),
            1 => Record::Entry(Entry { kind: evens_ledger::EntryKind::Debit, ..entry }),
            _ => Record::Entry(entry),
        }
    })
}

/// A decimal number in units of the last decimal.
fn units(sum: &str) -> i128 {
    let (sign, size) = sum.strip_prefix('-').map_or((1, sum), |size| (-1, size));
    let (whole, decimals) = size.split_once('.').unwrap_or((size, ""));
    sign * format!("{whole}{decimals:0<8}").parse::<i128>().expect("a number")
}

proptest! {
    #[test]
    fn all_balances_come_to_nothing(mut records in prop::collection::vec(records(), 0..20)) {
        let summary = summed(&records);
        let mut totals = [0, 0, 0];
        for [_, sums @ ..] in summary.trial_balance() {
            let sums = sums.map(|sum| units(&sum));
            prop_assert_eq!(sums[0] - sums[1], sums[2]);
            totals = [totals[0] + sums[0], totals[1] + sums[1], totals[2] + sums[2]];
        }
        prop_assert_eq!((totals[0], totals[2]), (totals[1], 0));
        records.reverse();
        prop_assert_eq!(summed(&records), summary);
    }
}

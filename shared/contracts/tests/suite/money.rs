//! Money in JSON: it is written with exact digits, read from numbers and strings, and never passes through a
//! floating-point number.

use crate::common::amount;
use evens_contracts::Money;
use evens_ledger::Amount;
use proptest::prelude::*;

fn read(json: &str) -> Option<Money> {
    serde_json::from_str(json).ok()
}

fn write(money: Money) -> String {
    serde_json::to_string(&money).expect("always JSON")
}

#[test]
fn money_is_written_with_its_exact_digits() {
    #[rustfmt::skip]
    let table = [
        ("0",                              "0",                              "0"),
        ("399.50",                         "399.5",                          "-399.5"),
        ("100",                            "100",                            "-100"),
        ("0.1",                            "0.1",                            "-0.1"),
        ("0.00000001",                     "0.00000001",                     "-0.00000001"),
        ("9007199254740993",               "9007199254740993",               "-9007199254740993"), // 2^53 + 1
        ("99999999999999999999.99999999",  "99999999999999999999.99999999",  "-99999999999999999999.99999999"),
    ];
    for (text, given, taken) in table {
        assert_eq!(write(amount(text).into()), given);
        assert_eq!(write(Money::debit(amount(text))), taken);
    }
}

#[test]
fn money_is_read_from_numbers_and_strings() {
    let (given, taken) = (|text| Some(Money::from(amount(text))), |text| Some(Money::debit(amount(text))));
    #[rustfmt::skip]
    let table = [
        ("399.5",                                given("399.5")),
        ("\"399.50\"",                           given("399.5")),
        (" 399.5 ",                              given("399.5")),
        ("1e-8",                                 given("0.00000001")),
        ("99999999999999999999.99999999",        given("99999999999999999999.99999999")),
        ("\"99999999999999999999.99999999\"",    given("99999999999999999999.99999999")),
        ("\"\\u0033\"",                          given("3")),
        ("-5",                                   taken("5")),
        ("\"-5\"",                               taken("5")),
        ("0",                                    given("0")),
        ("-0",                                   given("0")),
        ("-0.0",                                 given("0")),
        ("\"-0\"",                               given("0")),
    ];
    for (json, expected) in table {
        assert_eq!(read(json), expected, "{json}");
    }
}

#[test]
fn an_invalid_amount_is_refused() {
    let table = [
        "",
        "null",
        "true",
        "[5]",
        "{}",
        "NaN",
        "\"\"",
        "\"NaN\"",
        "\"--5\"",
        "\"-\"",
        "\"+5\"",
        "\"\\\"5\\\"\"",
        "\" 5\"",
        "\"5\"5",
        "1e400",
        "0.123456789",
        "100000000000000000000",
    ];
    for json in table {
        assert_eq!(read(json), None, "{json}");
    }
}

#[test]
fn money_of_nothing_has_no_sign() {
    assert_eq!(Money::debit(Amount::ZERO), Money::from(Amount::ZERO));
    assert_eq!(write(read("-0").unwrap()), "0");
}

proptest! {
    #[test]
    fn money_comes_back_from_its_json(units in 0..10_i128.pow(28), is_taken in any::<bool>()) {
        let amount = Amount::from_units(units).expect("within the limits");
        let money = if is_taken { Money::debit(amount) } else { amount.into() };
        prop_assert_eq!(read(&write(money)), Some(money));
        prop_assert_eq!(read(&format!("\"{}\"", write(money))), Some(money));
        prop_assert_eq!(money.amount(), amount);
    }
}

//! Amounts: which texts are read, which are refused and why, and arithmetic at the limits.

use crate::common::amount;
use evens_ledger::{Amount, AmountError};
use proptest::prelude::*;
use rust_decimal::Decimal;

const LARGEST: &str = "99999999999999999999.99999999";

#[test]
fn reads_decimal_numbers_exactly_and_writes_them_plainly() {
    #[rustfmt::skip]
    let table = [
        ("0",                                  "0"),
        ("-0",                                 "0"),
        ("-0.000",                             "0"),
        ("0e99999999999999999999",             "0"),
        ("-0e-99999999999999999999",           "0"),
        ("1",                                  "1"),
        ("100.50",                             "100.5"),
        ("399.5",                              "399.5"),
        ("0.1",                                "0.1"),
        ("0.00000001",                         "0.00000001"),
        ("0.000000010",                        "0.00000001"),
        ("007",                                "7"),
        ("000000000000000000000000000000.5",   "0.5"),
        ("1000",                               "1000"),
        ("1e3",                                "1000"),
        ("1E3",                                "1000"),
        ("1e+3",                               "1000"),
        ("1.5e3",                              "1500"),
        ("1.50e1",                             "15"),
        ("1e-8",                               "0.00000001"),
        ("100e-8",                             "0.000001"),
        ("1000e-9",                            "0.000001"),
        ("1e-008",                             "0.00000001"),
        ("1e19",                               "10000000000000000000"),
        ("0.00000000000000000001e20",          "1"),
        ("1000000000000000000000000000000e-30", "1"),
        ("9999999999999999999999999999e-8",    LARGEST),
        ("99999999999999999999",               "99999999999999999999"),
        (LARGEST,                              LARGEST),
        ("99999999999999999999.99999999000000000000000000000000000000000000000000000000000000", LARGEST),
    ];
    for (text, written) in table {
        assert_eq!(text.parse().map(|amount: Amount| amount.to_string()), Ok(written.to_owned()), "{text}");
    }
}

#[test]
fn refuses_what_it_cannot_hold_and_says_why() {
    use AmountError::{Negative, NotANumber, TooLarge, TooManyDecimals};
    #[rustfmt::skip]
    let table = [
        // Not numbers, or not written as JSON writes them.
        ("",                                    NotANumber),
        (" ",                                   NotANumber),
        (" 1",                                  NotANumber),
        ("1 ",                                  NotANumber),
        ("1\n",                                 NotANumber),
        ("1\0",                                 NotANumber),
        (".",                                   NotANumber),
        ("-",                                   NotANumber),
        ("-.",                                  NotANumber),
        ("1.",                                  NotANumber),
        (".5",                                  NotANumber),
        ("+5",                                  NotANumber),
        ("--5",                                 NotANumber),
        ("-+5",                                 NotANumber),
        ("1-",                                  NotANumber),
        ("1.2.3",                               NotANumber),
        ("1,5",                                 NotANumber),
        ("1_000",                               NotANumber),
        ("1'000",                               NotANumber),
        ("0x10",                                NotANumber),
        ("1e",                                  NotANumber),
        ("e5",                                  NotANumber),
        ("1e+",                                 NotANumber),
        ("1e--5",                               NotANumber),
        ("1e5e5",                               NotANumber),
        ("1e1.5",                               NotANumber),
        ("1.e5",                                NotANumber),
        ("NaN",                                 NotANumber),
        ("nan",                                 NotANumber),
        ("inf",                                 NotANumber),
        ("Infinity",                            NotANumber),
        ("-Infinity",                           NotANumber),
        ("null",                                NotANumber),
        ("true",                                NotANumber),
        ("\"5\"",                               NotANumber),
        ("٣",                                   NotANumber), // an Arabic-Indic digit
        ("\u{ff15}",                            NotANumber), // a full-width digit
        ("−5",                                  NotANumber), // a minus sign that is not a hyphen
        ("5\u{200b}",                           NotANumber), // a zero-width space
        ("½",                                   NotANumber),
        // Below zero, even if something else is wrong too.
        ("-1",                                  Negative),
        ("-5.5",                                Negative),
        ("-0.00000001",                         Negative),
        ("-0.000000001",                        Negative),
        ("-0.00000000000000000000000000000001", Negative),
        ("-99999999999999999999999999999999",   Negative),
        ("-1e400",                              Negative),
        ("-1e-400",                             Negative),
        // Not exact with eight decimals, even if too large as well.
        ("0.000000001",                         TooManyDecimals),
        ("1.123456789",                         TooManyDecimals),
        ("0.00000000000000000000000000000001",  TooManyDecimals),
        ("999999999999999999999.123456789",     TooManyDecimals),
        ("1e-9",                                TooManyDecimals),
        ("1.5e-8",                              TooManyDecimals),
        ("1e-400",                              TooManyDecimals),
        ("1e-99999999999999999999",             TooManyDecimals),
        // More than twenty digits before the point.
        ("100000000000000000000",               TooLarge),
        ("999999999999999999999.99999999",      TooLarge),
        ("9999999999999999999999999999",        TooLarge),
        ("79228162514264337593543950336",       TooLarge), // 2^96, the limit of the decimal library
        ("340282366920938463463374607431768211456", TooLarge), // 2^128
        ("1e20",                                TooLarge),
        ("1e400",                               TooLarge),
        ("1e2147483648",                        TooLarge),
        ("1e9223372036854775807",               TooLarge),
        ("1e99999999999999999999",              TooLarge),
    ];
    for (text, fault) in table {
        assert_eq!(text.parse::<Amount>(), Err(fault), "{text:?}");
    }
}

#[test]
fn a_long_text_is_read_like_a_short_one() {
    let nines = "9".repeat(10_000);
    let zeros = "0".repeat(10_000);
    assert_eq!(nines.parse::<Amount>(), Err(AmountError::TooLarge));
    assert_eq!(format!("0.{nines}").parse::<Amount>(), Err(AmountError::TooManyDecimals));
    assert_eq!("x".repeat(10_000).parse::<Amount>(), Err(AmountError::NotANumber));
    assert_eq!(format!("{zeros}7.5{zeros}").parse(), Ok(amount("7.5")));
    assert_eq!(format!("1{zeros}e-10000").parse(), Ok(amount("1")));
    assert_eq!(format!("1e-{nines}").parse::<Amount>(), Err(AmountError::TooManyDecimals));
}

#[test]
fn units_are_within_the_limits() {
    let largest = 10_i128.pow(28) - 1;
    #[rustfmt::skip]
    let table = [
        (i128::MIN,   Err(AmountError::Negative)),
        (-1,          Err(AmountError::Negative)),
        (0,           Ok("0")),
        (1,           Ok("0.00000001")),
        (150_000_000, Ok("1.5")),
        (largest,     Ok(LARGEST)),
        (largest + 1, Err(AmountError::TooLarge)),
        (i128::MAX,   Err(AmountError::TooLarge)),
    ];
    for (units, expected) in table {
        assert_eq!(Amount::from_units(units), expected.map(amount), "{units}");
    }
}

#[test]
fn sums_and_differences_stay_within_the_limits() {
    const ONE_LESS: &str = "99999999999999999999.99999998";
    const TWO_LESS: &str = "99999999999999999999.99999997";
    const THREE_LESS: &str = "99999999999999999999.99999996";
    #[rustfmt::skip]
    let table = [
        // one        other         sum                 difference          sum or the larger  difference or zero
        ("0",         "0",          Some("0"),          Some("0"),          "0",               "0"),
        ("500",       "100.50",     Some("600.5"),      Some("399.5"),      "600.5",           "399.5"),
        ("0.1",       "0.2",        Some("0.3"),        None,               "0.3",             "0"),
        ("1",         "0.00000001", Some("1.00000001"), Some("0.99999999"), "1.00000001",      "0.99999999"),
        ("0",         "0.00000001", Some("0.00000001"), None,               "0.00000001",      "0"),
        (LARGEST,     "0",          Some(LARGEST),      Some(LARGEST),      LARGEST,           LARGEST),
        (LARGEST,     LARGEST,      None,               Some("0"),          LARGEST,           "0"),
        (LARGEST,     "0.00000001", None,               Some(ONE_LESS),     LARGEST,           ONE_LESS),
        ("0.00000001", LARGEST,     None,               None,               LARGEST,           "0"),
        (ONE_LESS,    "0.00000001", Some(LARGEST),      Some(TWO_LESS),     LARGEST,           TWO_LESS),
        (ONE_LESS,    "0.00000002", None,               Some(THREE_LESS),   ONE_LESS,          THREE_LESS),
    ];
    for (one, other, sum, difference, saturating_sum, saturating_difference) in table {
        let (left, right) = (amount(one), amount(other));
        assert_eq!(left.checked_add(right), sum.map(amount), "{one} + {other}");
        assert_eq!(left.checked_sub(right), difference.map(amount), "{one} - {other}");
        assert_eq!(left.saturating_add(right), amount(saturating_sum), "{one} + {other}, or the larger");
        assert_eq!(left.saturating_sub(right), amount(saturating_difference), "{one} - {other}, or zero");
    }
}

#[test]
fn only_nothing_is_zero() {
    for (text, zero) in [("0", true), ("0.00000000", true), ("0.00000001", false), (LARGEST, false)] {
        assert_eq!(amount(text).is_zero(), zero, "{text}");
    }
}

#[test]
fn equal_amounts_are_equal_however_they_are_written() {
    use std::collections::HashSet;
    let written = ["100.5", "100.50", "1.005e2", "00100.500000000", "1005e-1"].map(amount);
    assert_eq!(HashSet::from(written).len(), 1);
    assert!(amount("9.9") < amount("10"), "amounts are ordered by value, not by text");
}

fn any_amount() -> impl Strategy<Value = Amount> {
    let units = prop_oneof![
        0..=1_000_i128,
        0..10_i128.pow(12),
        0..10_i128.pow(28),
        (10_i128.pow(28) - 1_000)..10_i128.pow(28),
    ];
    units.prop_map(|units| Amount::from_units(units).expect("within the limits"))
}

proptest! {
    #[test]
    fn an_amount_comes_back_from_its_text_and_its_units(amount in any_amount()) {
        prop_assert_eq!(amount.to_string().parse(), Ok(amount));
        prop_assert_eq!(Amount::from_units(amount.units()), Ok(amount));
    }

    #[test]
    fn an_amount_comes_back_from_any_way_to_write_it(amount in any_amount(), zeros in 1..40_usize) {
        let units = amount.units().to_string();
        let more = "0".repeat(zeros);
        let exponent = i64::try_from(zeros + units.len()).expect("small") - 8;
        for text in [
            format!("{more}{units}.{more}e-8"),
            format!("{units}{more}e-{}", zeros + 8),
            format!("0.{more}{units}E{exponent}"),
        ] {
            prop_assert_eq!(text.parse(), Ok(amount), "{}", text);
        }
    }

    #[test]
    fn an_added_amount_can_be_subtracted_again(one in any_amount(), other in any_amount()) {
        match one.checked_add(other) {
            Some(sum) => {
                prop_assert_eq!(sum.units(), one.units() + other.units());
                prop_assert_eq!(sum.checked_sub(other), Some(one));
                prop_assert_eq!(other.checked_add(one), Some(sum));
            }
            None => prop_assert!(one.units() + other.units() >= 10_i128.pow(28)),
        }
    }

    #[test]
    fn the_order_is_that_of_the_units(one in any_amount(), other in any_amount()) {
        prop_assert_eq!(one.cmp(&other), one.units().cmp(&other.units()));
    }

    #[test]
    fn the_decimal_library_reads_the_same(text in "[-+]?[0-9]{0,6}[.]?[0-9]{0,6}([eE][-+]?[0-9]{0,2})?") {
        let second_opinion = Decimal::from_scientific(&text).or_else(|_| Decimal::from_str_exact(&text));
        if let (Ok(amount), Ok(second_opinion)) = (text.parse::<Amount>(), second_opinion) {
            prop_assert_eq!(Decimal::from_str_exact(&amount.to_string()), Ok(second_opinion), "{}", text);
        }
    }

    #[test]
    fn no_text_makes_it_panic(text in any::<String>()) {
        let _ = text.parse::<Amount>();
    }
}

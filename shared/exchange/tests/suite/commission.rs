//! Rates of commission.

use crate::common::amount;
use evens_exchange::{CommissionRate, CommissionRateError};
use evens_ledger::AmountError;

#[test]
fn a_rate_is_at_most_a_tenth_and_has_at_most_four_decimals() {
    #[rustfmt::skip]
    let table = [
        ("0",         Ok("0")),
        ("0.0001",    Ok("0.0001")),
        ("0.0250",    Ok("0.025")),
        ("2.5e-2",    Ok("0.025")),
        ("0.1",       Ok("0.1")),
        ("0.10000",   Ok("0.1")),
        ("0.00001",   Err(CommissionRateError::TooManyDecimals)),
        ("0.1001",    Err(CommissionRateError::TooHigh)),
        ("0.10001",   Err(CommissionRateError::TooHigh)),
        ("1",         Err(CommissionRateError::TooHigh)),
        ("1e19",      Err(CommissionRateError::TooHigh)),
        ("-0.01",     Err(CommissionRateError::NotAnAmount(AmountError::Negative))),
        ("5%",        Err(CommissionRateError::NotAnAmount(AmountError::NotANumber))),
    ];
    for (text, expected) in table {
        let found = text.parse::<CommissionRate>();
        assert_eq!(found.map(|rate| rate.to_string()), expected.map(str::to_owned), "{text}");
    }
}

#[test]
fn a_stored_rate_is_read_back() {
    for text in ["0", "0.0001", "0.025", "0.1"] {
        let rate: CommissionRate = text.parse().expect("a rate");
        assert_eq!((rate.amount(), rate.is_none()), (amount(text), text == "0"));
        assert_eq!(CommissionRate::parse(rate.amount()), Ok(rate));
    }
}

//! What terms may be.

use crate::common::amount;
use evens_games::{GAMES, Selection};
use evens_jackpots::{JackpotGroup, JackpotTerms, Rate, TermsError};

#[test]
fn terms_that_do_not_fit_together_are_refused_in_order() {
    #[rustfmt::skip]
    let table = [
        // start,  rate,       reserve,    odds,           must hit by,    refused
        ("0",      "0",        "0.006",    "0",            Some("0"),      Some(TermsError::Start)),
        ("1000",   "0",        "0.006",    "0",            Some("0"),      Some(TermsError::Rate)),
        ("1000",   "0.003",    "0.006",    "0",            Some("0"),      Some(TermsError::RatesTogether)),
        ("1000",   "0.003",    "0.003666", "999.99999999", Some("0"),      Some(TermsError::Odds)),
        ("1000",   "0.003",    "0.003666", "100000000000.00000001", Some("0"), Some(TermsError::Odds)),
        ("1000",   "0.003",    "0.003666", "1000",         Some("1000"),   Some(TermsError::MustHitBy)),
        ("1000",   "0.003",    "0.003666", "1000",         Some("1000.00000001"), None),
        ("1000",   "0.003",    "0.003666", "1000",         Some("100000000000.00000001"), Some(TermsError::MustHitBy)),
        ("1000",   "0.003",    "0",        "100000000000", None,           None),
    ];
    for (start, rate, reserve, odds, by, refused) in table {
        let made = JackpotTerms::new(
            amount(start),
            rate.parse().unwrap(),
            reserve.parse().unwrap(),
            amount(odds),
            by.map(amount),
        );
        assert_eq!(made.err(), refused, "{start} {rate} {reserve} {odds} {by:?}");
    }
}

#[test]
fn rates_are_millionths() {
    #[rustfmt::skip]
    let table = [
        ("0.003",      Some("0.003")),
        ("0.000001",   Some("0.000001")),
        ("0.0000001",  None),
        ("0.006666",   Some("0.006666")),
        ("0.006667",   None),
        ("0",          Some("0")),
        ("-0.001",     None),
        ("1e-3",       Some("0.001")),
        ("a tenth",    None),
    ];
    for (text, read) in table {
        assert_eq!(text.parse::<Rate>().ok().map(|rate| rate.to_string()).as_deref(), read, "{text}");
    }
}

#[test]
fn a_rate_of_an_amount_is_rounded_down_at_the_last_decimal() {
    #[rustfmt::skip]
    let table = [
        ("0.003",    "100",                         "0.3"),
        ("0.000001", "0.00999999",                  "0"),
        ("0.000001", "0.01",                        "0.00000001"),
        ("0.006666", "99999999999999999999.99999999", "666599999999999999.99999999"),
    ];
    for (rate, of, is) in table {
        assert_eq!(rate.parse::<Rate>().unwrap().of(amount(of)), amount(is), "{rate} of {of}");
    }
}

#[test]
fn a_coin_brings_its_rate_and_its_part_of_what_is_there() {
    #[rustfmt::skip]
    let table = [
        // start, rate,       odds,           must hit by,   held,    in millionths
        // The terms of the documentation: on average 1000 of each million that is staked, beside the rate.
        ("1000",  "0.003",    "1000000",      None,          "0",     Some(4_000)),
        ("1000",  "0.003",    "1000000",      None,          "3666",  Some(6_666)),
        ("1000",  "0.003",    "1000000",      None,          "3666.00000001", Some(6_667)),
        ("1000",  "0.003",    "1000",         None,          "0",     Some(1_003_000)),
        ("0.00000001", "0.000001", "100000000000", None,     "0",     Some(2)),
        // A limit brings all that is there to whoever stakes what is missing.
        ("1000",  "0.003",    "100000000000", Some("2000"),  "0",     Some(6_001)),
        ("1000",  "0.003",    "100000000000", Some("4000"),  "2000",  Some(6_001)),
        ("1000",  "0.003",    "1000000",      Some("2000"),  "0",     Some(7_000)),
        ("1000",  "0.003",    "1000000",      Some("4000"),  "0",     Some(5_000)),
        ("1000",  "0.003",    "1000000",      Some("1001"),  "0",     Some(3_004_000)),
        ("1000",  "0.003",    "1000000",      Some("2000"),  "2000",  None),
        ("1000",  "0.003",    "1000000",      Some("2000"),  "2001",  None),
    ];
    for (start, rate, odds, by, held, millionths) in table {
        let rates = [rate, "0.000001"].map(|rate| rate.parse().unwrap());
        let (start, by) = (amount(start), by.map(amount));
        let terms = JackpotTerms::new(start, rates[0], rates[1], amount(odds), by).unwrap();
        assert_eq!(terms.returns_at_most(amount(held)), millionths, "{terms:?} {held}");
        let is_within = millionths.is_some_and(|millionths| millionths <= 6_666);
        assert_eq!(terms.cost_no_more_than_the_fee(amount(held)), is_within, "{terms:?} {held}");
    }
}

/// Else one operator could set terms by which somebody bets for nothing, and goes on until they have won.
#[test]
fn by_terms_that_one_may_set_nobody_expects_more_than_a_coin_of_a_coin() {
    let of_game = |game: &&'static dyn evens_games::Game| Selection::returns_to_player(*game);
    let highest = GAMES.iter().flat_map(of_game).max().unwrap();
    let groups = u64::try_from(JackpotGroup::ALL.len()).unwrap();
    // Of the games in hundredths of a hundredth, of the jackpots in millionths.
    assert!(highest * 100 + groups * u64::from(Rate::MAX.millionths()) <= 1_000_000, "{highest}");
}

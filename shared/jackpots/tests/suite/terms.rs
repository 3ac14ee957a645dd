//! Consistent and inconsistent terms.

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
fn a_refusal_of_terms_names_its_field() {
    let fields = [
        TermsError::Start,
        TermsError::Rate,
        TermsError::RatesTogether,
        TermsError::Odds,
        TermsError::MustHitBy,
    ]
    .map(TermsError::field);
    assert_eq!(fields, ["startAmount", "rate", "reserveRate", "odds", "mustHitBy"]);
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

/// The return of a game plus the contributions to three jackpots do not exceed the stake.
#[test]
fn the_rates_of_all_groups_are_within_the_fee_of_every_game() {
    let of_game = |game: &&'static dyn evens_games::Game| Selection::returns_to_player(*game);
    let highest = GAMES.iter().flat_map(of_game).max().unwrap();
    let groups = u64::try_from(JackpotGroup::ALL.len()).unwrap();
    // Returns of games are in hundredths of a percent, rates of jackpots in millionths.
    assert!(highest * 100 + groups * u64::from(Rate::MAX.millionths()) <= 1_000_000, "{highest}");
}

/// Three groups that return 0.006666 of a stake each give back the fee of the games.
#[test]
fn terms_state_the_most_that_winners_get_back() {
    #[rustfmt::skip]
    let table = [
        // start,  rate,       odds,           must hit by,        returned,      too much
        ("1000",   "0.003",    "1000000",      None,               "0.004",       false),
        ("20000",  "0.002",    "20000000",     None,               "0.003",       false),
        ("1000",   "0.003",    "272777",       None,               "0.006666",    false),
        ("1000",   "0.003",    "272776",       None,               "0.00666602",  true),
        ("1000",   "0.003",    "1000",         None,               "1.003",       true),
        ("1",      "0.006666", "100000000000", None,               "0.00666601",  true),
        ("1000",   "0.003",    "100000000000", Some("1001"),       "3.00300001",  true),
        ("1000",   "0.003",    "1000000",      Some("2200"),       "0.0065",      false),
    ];
    for (start, rate, odds, by, returned, is_too_much) in table {
        let (rate, reserve) = (rate.parse().unwrap(), "0".parse().unwrap());
        let terms = JackpotTerms::new(amount(start), rate, reserve, amount(odds), by.map(amount)).unwrap();
        assert_eq!(terms.return_max().to_string(), returned, "{start} {odds} {by:?}");
        assert_eq!(terms.returns_too_much(), is_too_much, "{start} {odds} {by:?}");
    }
}

//! Places of open rounds in their list: the order of the list, and the text that a client sends back for the next page.

use crate::common::{ROUND, deadlines, round, round_id, second};
use evens_exchange::{Deadlines, Round, RoundPlace};
use jiff::Timestamp;

/// The place of an open round with this id that closes by this second.
fn place(id: &str, closes_by: i64) -> RoundPlace {
    RoundPlace::new(second(closes_by).as_millisecond(), round_id(id)).expect("a time")
}

#[test]
fn only_an_open_round_with_a_latest_time_to_close_is_in_the_list() {
    #[rustfmt::skip]
    let table = [
        // state       deadlines          place
        ("open",       None,              None),
        ("open",       Some(deadlines()), Some(place(ROUND, 100))),
        ("closing",    Some(deadlines()), None),
        ("closed",     Some(deadlines()), None),
        ("resulted",   Some(deadlines()), None),
        ("cancelling", Some(deadlines()), None),
        ("cancelled",  Some(deadlines()), None),
    ];
    for (state, deadlines, expected) in table {
        let round = Round { deadlines, ..round("round", state) };
        assert_eq!(RoundPlace::of(&round), expected, "{state}");
    }
}

#[test]
fn the_round_that_closes_first_comes_first() {
    let places = [place("r-9", 99), place("r-1", 100), place("r-2", 100), place("r-0", 101)];
    assert!(places.is_sorted());
}

#[test]
fn a_place_comes_back_from_its_text() {
    let found = place(ROUND, 100);
    assert_eq!(found.to_string(), "1704067300000-round-2024-01-01");
    assert_eq!(found.to_string().parse(), Ok(found.clone()));
    assert_eq!((found.id(), found.at()), (&round_id(ROUND), second(100)));
    for text in ["", "-", "1704067300000", "1704067300000-", "soon-r-1", "9223372036854775807-r-1", "1-r 1"] {
        assert!(text.parse::<RoundPlace>().is_err(), "{text:?}");
    }
}

#[test]
fn a_place_has_whole_milliseconds() {
    let closes_by: Timestamp = "2024-01-01T00:01:40.0019Z".parse().expect("a time");
    let exact = Round { deadlines: Some(Deadlines { closes_by, ..deadlines() }), ..round("round", "open") };
    let found = RoundPlace::of(&exact).expect("it is open");
    assert_eq!(found.at().to_string(), "2024-01-01T00:01:40.001Z");
}

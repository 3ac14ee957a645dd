//! Times in answers.

use evens_contracts::{HashedTime, Time, time_in_words};
use jiff::Timestamp;
use serde_json::json;

#[test]
fn a_time_has_three_decimals_and_a_hashed_one_its_own_text() {
    #[rustfmt::skip]
    let table = [
        // time                            in an answer                where a hash covers it
        ("2026-03-01T12:00:00Z",           "2026-03-01T12:00:00.000Z", "2026-03-01T12:00:00Z"),
        ("2026-03-01T12:00:00.1Z",         "2026-03-01T12:00:00.100Z", "2026-03-01T12:00:00.1Z"),
        ("2026-03-01T12:00:00.12Z",        "2026-03-01T12:00:00.120Z", "2026-03-01T12:00:00.12Z"),
        ("2026-03-01T12:00:00.123Z",       "2026-03-01T12:00:00.123Z", "2026-03-01T12:00:00.123Z"),
        ("2026-03-01T12:00:00.123999999Z", "2026-03-01T12:00:00.123Z", "2026-03-01T12:00:00.123999999Z"),
    ];
    for (text, answered, hashed) in table {
        let at: Timestamp = text.parse().unwrap();
        assert_eq!(json!([Time::from(at), HashedTime::from(at)]), json!([answered, hashed]));
    }
}

#[test]
fn a_text_for_people_has_a_plain_time() {
    let at: Timestamp = "2026-03-01T12:00:09.999Z".parse().unwrap();
    assert_eq!(time_in_words(at).to_string(), "2026-03-01 12:00:09 UTC");
}

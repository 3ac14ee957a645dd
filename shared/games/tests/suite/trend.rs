//! Trends: the record of a selection among the newest results.

use crate::common::{drawn, selection};
use evens_games::Trend;

#[test]
fn a_trend_is_counted_from_the_newest_result_on() {
    #[rustfmt::skip]
    let table = [
        // newest first; wins, missing, missing on average, longest run
        ("",           [0, 0, 0, 0]),
        ("1234",       [0, 4, 4, 0]),
        ("7",          [1, 0, 0, 1]),
        ("1772777123", [5, 1, 1, 3]),
        ("7111111117", [2, 0, 3, 1]),
    ];
    let seven = selection("wingo", "NUMBER:7");
    for (numbers, expected) in table {
        let newest_first: Vec<_> = numbers.chars().map(|digit| drawn("wingo", &digit.to_string())).collect();
        let Trend { wins, missing, missing_average, run_longest } = Trend::of(seven, &newest_first);
        assert_eq!([wins, missing, missing_average, run_longest], expected, "{numbers}");
    }
}

//! The operator's view of the bets of a period.

use crate::common::{amount, game, record, selection};
use evens_games::{Distribution, Exposure, PeriodTotals, SelectionBets};

#[test]
fn bets_are_added_up_by_selection_in_the_order_of_the_table() {
    let records = [
        record(1, "a", "SIZE:big", "10", "0"),
        record(2, "a", "NUMBER:7", "1.5", "1"),
        record(1, "b", "SIZE:big", "5", "0"),
    ];
    let found = Distribution::of(game("wingo"), &records);
    let totals = |bets, staked: &str| PeriodTotals { bets, staked: amount(staked) };
    let on = |on, totals| SelectionBets { selection: selection("wingo", on), totals };
    assert_eq!((found.totals, found.players), (totals(3, "17.5"), 2));
    assert_eq!(found.selections, [on("NUMBER:7", totals(1, "2.5")), on("SIZE:big", totals(2, "15"))]);
    assert_eq!(found.worst_case, Exposure::of(game("wingo"), &records).worst_case());
}

#[test]
fn a_period_without_bets_has_none() {
    let found = Distribution::of(game("5d"), &[]);
    assert_eq!((found.totals, found.players), (PeriodTotals::default(), 0));
    assert_eq!((found.selections, found.worst_case), (Vec::new(), amount("0")));
}

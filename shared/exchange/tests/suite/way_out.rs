//! Voiding of matches by operators: each row is the row above with one fault repaired.

use crate::common::{bet_match, outcome, round, second};
use evens_exchange::{MatchState, Round, Side, VoidRefusal, refuse_void};

#[test]
fn only_what_should_have_ended_is_voided() {
    let (joined, drawn) = (MatchState::Joined, MatchState::Drawn(outcome(Side::A)));
    let (settled, void) = (MatchState::Settled(outcome(Side::A)), MatchState::Void);
    // The match was made at second 1. The rounds end at second 10 and have their result at second 20.
    let until = |seconds| Some(VoidRefusal::MayStillEnd { until: second(seconds) });
    let table: [(MatchState, Option<Round>, i64, Option<VoidRefusal>); 15] = [
        (settled, Some(round("match", "open")), 601, Some(VoidRefusal::Ended(settled))),
        (void, Some(round("match", "open")), 601, Some(VoidRefusal::Ended(void))),
        (joined, Some(round("round", "open")), 9_999, Some(VoidRefusal::WaitsForRound)),
        (joined, Some(round("oracle", "closed")), 9_999, Some(VoidRefusal::WaitsForRound)),
        (joined, Some(round("match", "open")), 600, until(601)),
        (joined, Some(round("match", "open")), 601, None),
        (drawn, Some(round("match", "closed")), 600, until(601)),
        (drawn, Some(round("match", "closed")), 601, None),
        (joined, Some(round("match", "cancelled")), 609, until(610)),
        (joined, Some(round("match", "cancelled")), 610, None),
        (joined, Some(round("round", "resulted")), 619, until(620)),
        (joined, Some(round("round", "resulted")), 620, None),
        (joined, Some(round("oracle", "cancelling")), 610, None),
        (joined, None, 600, until(601)),
        (joined, None, 601, None),
    ];
    for (number, (state, round, now, expected)) in table.into_iter().enumerate() {
        let found = bet_match("10", state);
        assert_eq!(refuse_void(&found, round.as_ref(), second(now)), expected, "row {number}");
    }
}

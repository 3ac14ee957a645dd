//! Matching: which bets may be joined, and how much of them (M5).

#![cfg(test)]

mod common;

use common::{amount, or_usual, round_id, rows, second, user, waiting};
use evens_exchange::{Join, Match, MatchId, MatchState, NotOpposed, OpposedBets, Side, WaitingBet, join};

macro_rules! walk {
    ($($variant:ident)*) => {
        /// Every variant, in the order of the checks.
        const FAULTS: &[&str] = &[$(stringify!($variant)),*];

        fn name(fault: NotOpposed) -> &'static str {
            match fault {
                $(NotOpposed::$variant => stringify!($variant),)*
            }
        }
    };
}

walk!(OtherRound SameSide SameUser NothingOpen);

/// The bet beside the usual one, which is player 1's of 10 on side A. Each row is the row above with one fault
/// repaired. `_` is the usual value: the same round, side B, player 2, 10 open.
const TABLE: &str = "
    round    side  player  open  outcome
    another  A     1       0     OtherRound
    _        A     1       0     SameSide
    _        B     1       0     SameUser
    _        B     2       0     NothingOpen
    _        _     _       1     Opposed
    _        _     _       _     Opposed
    another  _     _       _     OtherRound
    _        A     _       _     SameSide
    _        _     1       _     SameUser
";

fn beside([round, side, player, open, _]: [&str; 5]) -> WaitingBet {
    let side = or_usual(side, "B").parse().expect("a side");
    WaitingBet {
        round: round_id(or_usual(round, common::ROUND)),
        user: user(or_usual(player, "2").parse().expect("a number")),
        ..waiting(side, or_usual(open, "10"))
    }
}

#[test]
fn bets_are_opposed_in_one_round_on_two_sides_of_two_players() {
    let usual = waiting(Side::A, "10");
    for row in rows(TABLE) {
        let other = beside(row);
        for (one, other) in [(&usual, &other), (&other, &usual)] {
            let outcome = OpposedBets::of(one, other).map_or_else(name, |_| "Opposed");
            assert_eq!(outcome, row[4], "{row:?}");
        }
    }
}

#[test]
fn every_fault_has_a_row_and_first_appears_in_its_place() {
    let mut seen: Vec<&str> = rows::<5>(TABLE).iter().map(|row| row[4]).collect();
    seen.truncate(FAULTS.len());
    assert_eq!(seen, FAULTS);
}

#[test]
fn a_bet_of_which_nothing_waits_is_not_joined_from_either_side() {
    let empty_a = OpposedBets::of(&waiting(Side::A, "0"), &waiting(Side::B, "10"));
    let empty_b = OpposedBets::of(&waiting(Side::A, "10"), &waiting(Side::B, "0"));
    assert_eq!((empty_a, empty_b), (Err(NotOpposed::NothingOpen), Err(NotOpposed::NothingOpen)));
}

#[test]
fn the_smaller_bet_is_used_up() {
    #[rustfmt::skip]
    let table = [
        // open on A       open on B      matched        rest of A        rest of B
        ("10",             "10",          "10",          "0",             "0"),
        ("10",             "4",           "4",           "6",             "0"),
        ("4",              "10",          "4",           "0",             "6"),
        ("100.5",          "0.00000001",  "0.00000001",  "100.49999999",  "0"),
        ("0.00000001",     "1e12",        "0.00000001",  "0",             "999999999999.99999999"),
        ("1e12",           "1e12",        "1e12",        "0",             "0"),
    ];
    for (open_a, open_b, matched, rest_a, rest_b) in table {
        let pair = OpposedBets::of(&waiting(Side::A, open_a), &waiting(Side::B, open_b)).unwrap();
        let Join { bet_match, a, b } = join(&pair, second(1));
        let written = [bet_match.amount, a.1, b.1];
        assert_eq!(written, [matched, rest_a, rest_b].map(amount), "{open_a} against {open_b}");
    }
}

#[test]
fn a_join_is_written_whole_and_does_not_depend_on_who_came_first() {
    let (on_a, on_b) = (waiting(Side::A, "10"), waiting(Side::B, "4"));
    let bet_match = Match {
        id: MatchId::derive(on_a.bet, on_b.bet),
        round: on_a.round.clone(),
        bet_a: on_a.bet,
        bet_b: on_b.bet,
        user_a: user(1),
        user_b: user(2),
        amount: amount("4"),
        joined_at: second(1),
        state: MatchState::Joined,
    };
    assert_eq!((bet_match.bet(Side::A), bet_match.user(Side::A)), (on_a.bet, user(1)));
    assert_eq!((bet_match.bet(Side::B), bet_match.user(Side::B)), (on_b.bet, user(2)));
    let expected = Join { bet_match, a: (on_a.clone(), amount("6")), b: (on_b.clone(), amount("0")) };
    let joined = |one, other| join(&OpposedBets::of(one, other).expect("opposed"), second(1));
    assert_eq!(joined(&on_a, &on_b), expected);
    assert_eq!(joined(&on_b, &on_a), expected);
}

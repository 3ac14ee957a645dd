//! Matching: which bets may be matched, and for which amount (M5).

use crate::common::{amount, nonce, or_usual, round_id, rows, second, user, waiting};
use evens_exchange::{
    CommissionRate, Join, Match, MatchId, MatchState, NotOpposed, OpposedBets, PlayerState, Side,
    UnmatchedBet, join,
};
use evens_ledger::Amount;
use evens_own_limits::Exclusion;

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

walk!(OtherRound SameSide SameUser TooLittleOpen);

/// The second bet; the first is player 1's usual bet of 10. Each row is the row above with one fault repaired. `least`
/// is the minimum that can be matched. `_` is the usual value: the same round, side B, player 2, 10 unmatched, a
/// minimum of 1.
const TABLE: &str = "
    round    side  player  open        least        outcome
    another  A     1       0           1            OtherRound
    _        A     1       0           1            SameSide
    _        B     1       0           1            SameUser
    _        B     2       0           1            TooLittleOpen
    _        B     2       0.99999999  1            TooLittleOpen
    _        B     2       1           1            Opposed
    _        _     _       _           _            Opposed
    _        _     _       0           0            TooLittleOpen
    _        _     _       0.00000001  0            Opposed
    _        _     _       0.00000001  0.00000001   Opposed
    _        _     _       20          10           Opposed
    _        _     _       20          10.00000001  TooLittleOpen
    another  _     _       _           _            OtherRound
    _        A     _       _           _            SameSide
    _        _     1       _           _            SameUser
";

fn beside([round, side, player, open, ..]: [&str; 6]) -> UnmatchedBet {
    let side = or_usual(side, "B").parse().expect("a side");
    UnmatchedBet {
        round: round_id(or_usual(round, crate::common::ROUND)),
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
            let least = amount(or_usual(row[4], "1"));
            let outcome = OpposedBets::of(one, other, least).map_or_else(name, |_| "Opposed");
            assert_eq!(outcome, row[5], "{row:?}");
        }
    }
}

#[test]
fn every_fault_has_a_row_and_first_appears_in_its_place() {
    let mut seen: Vec<&str> = rows::<6>(TABLE).iter().map(|row| row[5]).collect();
    seen.truncate(FAULTS.len());
    assert_eq!(seen, FAULTS);
}

#[test]
fn a_bet_of_which_too_little_waits_is_not_joined_from_either_side() {
    for (open_a, open_b) in [("0", "10"), ("10", "0"), ("0.5", "10"), ("10", "0.5"), ("0.5", "0.5")] {
        let pair = OpposedBets::of(&waiting(Side::A, open_a), &waiting(Side::B, open_b), amount("1"));
        assert_eq!(pair, Err(NotOpposed::TooLittleOpen), "{open_a} against {open_b}");
    }
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
        let pair =
            OpposedBets::of(&waiting(Side::A, open_a), &waiting(Side::B, open_b), Amount::ZERO).unwrap();
        let Join { bet_match, a, b } = join(&pair, second(1));
        let written = [bet_match.amount, a.1, b.1];
        assert_eq!(written, [matched, rest_a, rest_b].map(amount), "{open_a} against {open_b}");
    }
}

#[test]
fn a_join_is_written_whole_and_does_not_depend_on_who_came_first() {
    let on_a = UnmatchedBet { commission: "0.05".parse().unwrap(), ..waiting(Side::A, "10") };
    let on_b = waiting(Side::B, "4");
    let bet_match = Match {
        id: MatchId::derive(on_a.bet, on_b.bet),
        round: on_a.round.clone(),
        bet_a: on_a.bet,
        bet_b: on_b.bet,
        user_a: user(1),
        user_b: user(2),
        nonce_a: Some(nonce(Side::A)),
        nonce_b: Some(nonce(Side::B)),
        commission_a: on_a.commission,
        commission_b: CommissionRate::NONE,
        amount: amount("4"),
        joined_at: second(1),
        has_checked_players: true,
        state: MatchState::Joined,
    };
    assert_eq!((bet_match.bet(Side::A), bet_match.user(Side::A)), (on_a.bet, user(1)));
    assert_eq!((bet_match.bet(Side::B), bet_match.user(Side::B)), (on_b.bet, user(2)));
    let expected = Join { bet_match, a: (on_a.clone(), amount("6")), b: (on_b.clone(), amount("0")) };
    let joined = |one, other| join(&OpposedBets::of(one, other, amount("4")).expect("opposed"), second(1));
    assert_eq!(joined(&on_a, &on_b), expected);
    assert_eq!(joined(&on_b, &on_a), expected);
}

/// A round opened before nonces existed goes on, with bets that have a nonce and bets that have none.
#[test]
fn each_side_of_a_match_has_the_nonce_of_its_bet_or_none() {
    let (on_a, on_b) = (waiting(Side::A, "10"), waiting(Side::B, "10"));
    let old_b = UnmatchedBet { nonce: None, ..on_b };
    let joined = join(&OpposedBets::of(&old_b, &on_a, amount("1")).expect("opposed"), second(1)).bet_match;
    assert_eq!((joined.nonce_a, joined.nonce_b), (on_a.nonce, None));
}

/// The bets are joined at second 1. An exclusion that ended earlier has no effect.
#[test]
fn bets_of_an_excluded_or_blocked_player_are_not_joined() {
    let excluded = |since, ends_at: Option<i64>| PlayerState {
        exclusion: Some(Exclusion { since: second(since), until: second(0), ends_at: ends_at.map(second) }),
        ..PlayerState::default()
    };
    let (free, blocked) =
        (PlayerState::default(), PlayerState { is_blocked: true, ..PlayerState::default() });
    let (ended, ends, out) = (excluded(-9, Some(1)), excluded(-9, Some(2)), excluded(0, None));
    #[rustfmt::skip]
    let table = [
        // on A    on B     taker A finds   taker B finds
        (free,     free,    None,           None),
        (ended,    ended,   None,           None),
        (blocked,  free,    Some(Side::A),  Some(Side::A)),
        (free,     ends,    Some(Side::B),  Some(Side::B)),
        (out,      ended,   Some(Side::A),  Some(Side::A)),
        (out,      blocked, Some(Side::A),  Some(Side::B)),
    ];
    let pair =
        OpposedBets::of(&waiting(Side::A, "1"), &waiting(Side::B, "1"), Amount::ZERO).expect("opposed");
    let join = join(&pair, second(1));
    for (on_a, on_b, of_a, of_b) in table {
        let of = |side| if side == Side::A { on_a } else { on_b };
        let found = [Side::A, Side::B].map(|taker| join.barred_side(taker, of));
        assert_eq!(found, [of_a, of_b], "{on_a:?} against {on_b:?}");
    }
}

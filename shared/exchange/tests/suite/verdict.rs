//! Verdicts on matches by the state of their round: when a match is drawn, by which rule, and when it is voided.

use crate::common::{
    amount, bet_id, bet_match, or_usual, other_seed, outcome, round, rows, second, seed, waiting,
};
use evens_exchange::{
    DrawRule, Join, Match, MatchState, MatchVerdict, OpposedBets, Round, Side, draw_match, join,
};

/// The verdict on a match. Drawn and settled matches were won by B; the seed draws A for a joined match.
const VERDICTS_TABLE: &str = "
    match    draw    state       seed   verdict
    settled  match   cancelled   _      B
    settled  round   resulted    _      B
    settled  match   open        wrong  B
    void     match   open        _      void
    void     round   resulted    _      void
    void     round   cancelled   _      void
    drawn    match   cancelled   _      B
    drawn    round   cancelled   _      B
    drawn    match   open        _      B
    drawn    match   closing     _      B
    drawn    match   closed      wrong  B
    drawn    match   cancelling  _      B
    drawn    round   resulted    _      B
    joined   match   cancelled   _      void
    joined   round   cancelled   _      void
    joined   oracle  cancelled   _      void
    joined   match   cancelling  _      void
    joined   round   cancelling  _      void
    joined   oracle  cancelling  _      void
    joined   match   open        _      A
    joined   match   closing     _      A
    joined   match   closed      _      A
    joined   match   open        wrong  wrong-seed
    joined   round   open        _      wait
    joined   round   closing     _      wait
    joined   round   resulted    _      A
    joined   round   resulted-B  _      B
    joined   oracle  open        _      wait
    joined   oracle  closing     _      wait
    joined   oracle  closed      _      wait
    joined   oracle  resulted    _      A
    joined   oracle  resulted-B  _      B
";

#[test]
fn a_match_ends_as_its_round_says() {
    for row in rows(VERDICTS_TABLE) {
        let [state, draw_name, round_state, which, expected] = row;
        let state = match state {
            "joined" => MatchState::Joined,
            "drawn" => MatchState::Drawn(outcome(Side::B)),
            "settled" => MatchState::Settled(outcome(Side::B)),
            _ => MatchState::Void,
        };
        let seed = if or_usual(which, "right") == "wrong" { other_seed() } else { seed() };
        let verdict = match round(draw_name, round_state).verdict(&bet_match("5", state), &seed) {
            MatchVerdict::Winner(side) => side.as_str(),
            MatchVerdict::Void => "void",
            MatchVerdict::Wait => "wait",
            MatchVerdict::WrongSeed => "wrong-seed",
        };
        assert_eq!(verdict, expected, "{row:?}");
    }
}

/// Public winners of a joined match. If the round has a result, it is B.
const PUBLIC_TABLE: &str = "
    draw    state       winner
    match   open        nobody
    match   closing     nobody
    match   closed      A
    match   cancelled   nobody
    round   open        nobody
    round   closing     nobody
    round   resulted-B  B
    round   cancelled   nobody
    oracle  closed      nobody
    oracle  resulted-B  B
";

#[test]
fn a_winner_is_public_once_it_can_be_computed() {
    for row in rows(PUBLIC_TABLE) {
        let [draw_name, round_state, expected] = row;
        let winner = round(draw_name, round_state).public_winner(&bet_match("5", MatchState::Joined));
        assert_eq!(winner.map_or("nobody", Side::as_str), expected, "{row:?}");
    }
}

#[test]
fn the_seed_draws_side_a_for_the_tables_match() {
    assert_eq!(draw_match(DrawRule::Nonces, &seed(), &bet_match("5", MatchState::Joined)), Side::A);
}

/// A round opened with the old rule ends with it, even if its bets have nonces.
#[test]
fn a_match_is_drawn_by_the_rule_of_its_round() {
    let joined = bet_match("5", MatchState::Joined);
    for rule in DrawRule::ALL {
        let by_rule = Round { draw_rule: rule, ..round("match", "open") };
        let matches = ["key-1", "key-2", "key-3", "key-4", "key-5", "key-6"]
            .map(|key| Match { bet_a: bet_id(1, key), ..joined.clone() });
        for found in matches {
            let expected = MatchVerdict::Winner(draw_match(rule, &seed(), &found));
            assert_eq!(by_rule.verdict(&found, &seed()), expected, "{rule:?}");
        }
    }
}

/// The matches that are drawn when they are made, and the side that wins.
const DRAWN_WITH_TABLE: &str = "
    draw    state       seed   drawn
    match   open        _      A
    match   closing     _      A
    match   closed      _      A
    match   cancelling  _      no
    match   cancelled   _      no
    match   open        wrong  no
    round   open        _      no
    round   closing     _      no
    round   resulted-B  _      no
    oracle  resulted-B  _      no
";

#[test]
fn a_match_is_drawn_with_its_join_where_it_is_its_own_game() {
    for row in rows(DRAWN_WITH_TABLE) {
        let [draw_name, round_state, which, expected] = row;
        let (on_a, on_b) = (waiting(Side::A, "5"), waiting(Side::B, "5"));
        let pair = OpposedBets::of(&on_a, &on_b, amount("1")).expect("opposed");
        let plan = join(&pair, second(7));
        let seed = if or_usual(which, "right") == "wrong" { other_seed() } else { seed() };
        let drawn = round(draw_name, round_state).draw_with(plan.clone(), &seed);
        let outcome = drawn.bet_match.state.outcome();
        assert_eq!(outcome.map_or("no", |outcome| outcome.winner.as_str()), expected, "{row:?}");
        assert!(outcome.is_none_or(|outcome| outcome.drawn_at == second(7)), "{row:?}");
        let as_joined = Match { state: MatchState::Joined, ..drawn.bet_match };
        assert_eq!(Join { bet_match: as_joined, ..drawn }, plan, "nothing else changes: {row:?}");
    }
}

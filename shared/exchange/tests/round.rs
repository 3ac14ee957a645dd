//! Rounds: each step in each state of each draw, oracles' signatures, and what becomes of matches.

#![cfg(test)]

mod common;

use common::{
    ROUND, bet_match, draw, open_round, or_usual, other_seed, outcome, round_id, rows, second, seed,
    signed_a, signed_a_for_the_next_round, signed_b, waiting,
};
use evens_exchange::{
    Join, Match, MatchState, MatchVerdict, OpposedBets, OracleKey, Round, RoundOutcome, RoundState,
    RoundStep, Side, SignedResult, draw_match, join,
};

/// The round with that draw in that state; where it has a result, side A won, or the side named behind the state.
fn round(draw_name: &str, state: &str) -> Round {
    let (closed_at, seed) = (second(10), seed());
    let resulted = |winner| {
        let outcome = RoundOutcome { winner, fixed_at: second(20), signature: None };
        RoundState::Resulted { closed_at, seed: seed.clone(), outcome }
    };
    let state = match state {
        "open" => RoundState::Open,
        "closed" => RoundState::Closed { closed_at, seed },
        "cancelled" => RoundState::Cancelled { cancelled_at: closed_at, seed },
        "resulted" => resulted(Side::A),
        "resulted-B" => resulted(Side::B),
        _ => panic!("no state is called {state}"),
    };
    Round { state, ..open_round(draw(draw_name)) }
}

macro_rules! walk {
    ($($variant:ident)*) => {
        /// Every variant, in the order of the checks.
        const STEPS: &[&str] = &[$(stringify!($variant)),*];

        fn name(step: &RoundStep) -> &'static str {
            match step {
                $(RoundStep::$variant { .. } => stringify!($variant),)*
            }
        }
    };
}

walk!(WrongSeed NoOracle BadSignature NotPossible ResultedOtherwise MadeBefore Made);

/// Every step in every state of every draw. Rows that differ only in the draw stand together.
const STEPS_TABLE: &str = "
    step    draw    state      seed   outcome      state-after
    close   match   open       _      Made         CLOSED
    close   round   open       _      Made         RESULTED
    close   oracle  open       _      Made         CLOSED
    close   match   closed     _      MadeBefore   -
    close   round   closed     _      MadeBefore   -
    close   oracle  closed     _      MadeBefore   -
    close   match   resulted   _      MadeBefore   -
    close   round   resulted   _      MadeBefore   -
    close   oracle  resulted   _      MadeBefore   -
    close   match   cancelled  wrong  WrongSeed    -
    close   match   cancelled  _      NotPossible  -
    close   round   cancelled  _      NotPossible  -
    close   oracle  cancelled  _      NotPossible  -
    close   match   open       wrong  WrongSeed    -
    close   round   open       wrong  WrongSeed    -
    close   oracle  open       wrong  WrongSeed    -
    cancel  match   open       _      Made         CANCELLED
    cancel  round   open       _      Made         CANCELLED
    cancel  oracle  open       _      Made         CANCELLED
    cancel  match   closed     _      Made         CANCELLED
    cancel  round   closed     _      Made         CANCELLED
    cancel  oracle  closed     _      Made         CANCELLED
    cancel  match   resulted   wrong  WrongSeed    -
    cancel  match   resulted   _      NotPossible  -
    cancel  round   resulted   _      NotPossible  -
    cancel  oracle  resulted   _      NotPossible  -
    cancel  match   cancelled  _      MadeBefore   -
    cancel  round   cancelled  _      MadeBefore   -
    cancel  oracle  cancelled  _      MadeBefore   -
    cancel  match   open       wrong  WrongSeed    -
";

/// An oracle's word for side A. Each row is the row above with one fault repaired.
const RESULTS_TABLE: &str = "
    draw    signature  state       outcome
    match   forged     cancelled   NoOracle
    round   forged     cancelled   NoOracle
    oracle  forged     cancelled   BadSignature
    oracle  good       cancelled   NotPossible
    oracle  good       open        NotPossible
    oracle  good       resulted-B  ResultedOtherwise
    oracle  good       resulted    MadeBefore
    oracle  good       closed      Made
    oracle  forged     closed      BadSignature
    match   good       closed      NoOracle
    round   good       resulted    NoOracle
";

#[test]
fn steps_are_possible_where_the_table_says_so() {
    for row in rows(STEPS_TABLE) {
        let [step, draw_name, state, which, expected, state_after] = row;
        let before = round(draw_name, state);
        let seed = if which == "wrong" { other_seed() } else { seed() };
        let made = match step {
            "close" => before.close(&seed, second(30)),
            _ => before.cancel(&seed, second(30)),
        };
        assert_eq!(name(&made), expected, "{row:?}");
        match made {
            RoundStep::Made(after) => {
                assert_eq!(after.state.name().as_str(), state_after, "{row:?}");
                assert_eq!(after.state.seed(), Some(&common::seed()), "the seed is published: {row:?}");
                assert_eq!(
                    Round { state: before.state.clone(), ..*after },
                    before,
                    "nothing else changes: {row:?}"
                );
            }
            RoundStep::NotPossible { state } => assert_eq!(state, before.state.name(), "{row:?}"),
            _ => {}
        }
    }
}

#[test]
fn results_are_taken_in_the_order_of_the_checks() {
    for row in rows(RESULTS_TABLE) {
        let [draw_name, signature, state, expected] = row;
        let mut said = signed_a();
        if signature == "forged" {
            said.signature[0] ^= 1;
        }
        assert_eq!(name(&round(draw_name, state).take_result(said, second(30))), expected, "{row:?}");
    }
}

#[test]
fn every_step_has_a_row_and_results_come_in_the_order_of_the_checks() {
    let mut results: Vec<&str> = rows::<4>(RESULTS_TABLE).iter().map(|row| row[3]).collect();
    results.truncate(8);
    results.dedup();
    assert_eq!(results, STEPS[1..], "a wrong seed is checked first, and an oracle brings none");
    assert!(rows::<6>(STEPS_TABLE).iter().any(|row| row[4] == STEPS[0]));
}

#[test]
fn a_round_is_opened_with_the_hash_of_its_seed_only() {
    let opened = open_round(draw("match"));
    let expected = Round {
        id: round_id(ROUND),
        draw: draw("match"),
        seed_hash: seed().hash(),
        opened_at: second(0),
        state: RoundState::Open,
    };
    assert_eq!(opened, expected);
    assert_eq!(opened.state.seed(), None);
    assert!(!format!("{opened:?}").contains(&seed().reveal()));
}

#[test]
fn a_round_that_is_drawn_once_gets_its_outcome_when_it_closes() {
    let RoundStep::Made(after) = round("round", "open").close(&seed(), second(30)) else {
        panic!("an open round can be closed");
    };
    // tests/draw.rs has the golden draw of this round: side B.
    let outcome = RoundOutcome { winner: Side::B, fixed_at: second(30), signature: None };
    assert_eq!(after.state, RoundState::Resulted { closed_at: second(30), seed: seed(), outcome });
}

#[test]
fn an_oracles_word_is_kept_with_its_signature() {
    for (said, winner) in [(signed_a(), Side::A), (signed_b(), Side::B)] {
        let signature = Some(said.signature.clone());
        let RoundStep::Made(after) = round("oracle", "closed").take_result(said, second(30)) else {
            panic!("a closed round takes its oracle's word");
        };
        let outcome = RoundOutcome { winner, fixed_at: second(30), signature };
        assert_eq!(after.state, RoundState::Resulted { closed_at: second(10), seed: seed(), outcome });
    }
}

#[test]
fn an_oracle_signs_three_lines() {
    assert_eq!(SignedResult::message(&round_id(ROUND), Side::A), "evens-result\nround-2024-01-01\nA");
}

/// The signatures are Ed25519 ones of the private key whose bytes are 0 to 31:
///
/// ```sh
/// printf 302e020100300506032b657004220420000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f |
///     xxd -r -p | openssl pkey -inform DER -out key.pem
/// printf 'evens-result\nround-2024-01-01\nA' >message
/// openssl pkeyutl -sign -rawin -inkey key.pem -in message | xxd -p
/// openssl pkey -in key.pem -pubout -outform DER | tail -c 32 | xxd -p # the public key
/// ```
#[test]
fn only_the_rounds_oracle_signs_its_result() {
    let oracle = OracleKey { name: "referee".to_owned(), public_key: common::ORACLE };
    let mut other_key = oracle.clone();
    other_key.public_key[0] ^= 1;
    let with_signature = |signature: Vec<u8>| SignedResult { signature, ..signed_a() };
    let mut bit_changed = signed_a().signature;
    bit_changed[63] ^= 1;
    let good = signed_a().signature;
    #[rustfmt::skip]
    let table = [
        ("side A",               &oracle,    signed_a(),                                        true),
        ("side B",               &oracle,    signed_b(),                                        true),
        ("A signed, B said",     &oracle,    SignedResult { winner: Side::B, ..signed_a() },    false),
        ("another round",        &oracle,    signed_a_for_the_next_round(),                     false),
        ("another key",          &other_key, signed_a(),                                        false),
        ("a bit changed",        &oracle,    with_signature(bit_changed),                       false),
        ("nothing",              &oracle,    with_signature(Vec::new()),                        false),
        ("zeros",                &oracle,    with_signature(vec![0; 64]),                       false),
        ("too short",            &oracle,    with_signature(good[..63].to_vec()),               false),
        ("too long",             &oracle,    with_signature([good.as_slice(), &[0]].concat()),  false),
    ];
    for (what, oracle, said, expected) in table {
        assert_eq!(said.is_signed_by(oracle, &round_id(ROUND)), expected, "{what}");
    }
}

/// What becomes of a match. The drawn and settled ones were won by B; the seed draws A for a joined one.
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
    drawn    match   closed      wrong  B
    drawn    round   resulted    _      B
    joined   match   cancelled   _      void
    joined   round   cancelled   _      void
    joined   oracle  cancelled   _      void
    joined   match   open        _      A
    joined   match   closed      _      A
    joined   match   open        wrong  wrong-seed
    joined   round   open        _      wait
    joined   round   resulted    _      A
    joined   round   resulted-B  _      B
    joined   oracle  open        _      wait
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

#[test]
fn the_seed_draws_side_a_for_the_tables_match() {
    assert_eq!(draw_match(&seed(), &bet_match("5", MatchState::Joined)), Side::A);
}

/// Which matches are drawn when they are joined, and by which side they are won then.
const DRAWN_WITH_TABLE: &str = "
    draw    state       seed   drawn
    match   open        _      A
    match   closed      _      A
    match   cancelled   _      no
    match   open        wrong  no
    round   open        _      no
    round   resulted-B  _      no
    oracle  resulted-B  _      no
";

#[test]
fn a_match_is_drawn_with_its_join_where_it_is_its_own_game() {
    for row in rows(DRAWN_WITH_TABLE) {
        let [draw_name, round_state, which, expected] = row;
        let pair = OpposedBets::of(&waiting(Side::A, "5"), &waiting(Side::B, "5")).expect("opposed");
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

#[test]
fn only_open_rounds_take_bets() {
    let takes = ["open", "closed", "resulted", "cancelled"].map(|state| round("match", state).takes_bets());
    assert_eq!(takes, [true, false, false, false]);
}

//! Rounds: each step in each state for each draw, deadlines, and signatures of oracles.

use crate::common::{
    ROUND, amount, deadlines, draw, open_round, other_seed, round, round_id, round_state, rows, second, seed,
    signed_a, signed_a_for_the_next_round, signed_b, user,
};
use evens_exchange::{
    Deadlines, DrawRule, OracleKey, Round, RoundOutcome, RoundState, RoundStep, RoundTerms, Side,
    SignedResult,
};
use std::collections::BTreeSet;

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

walk!(WrongSeed NoOracle BadSignature NotPossible StillClosing ResultedOtherwise MadeBefore Made);

const DRAWS: [&str; 3] = ["match", "round", "oracle"];
const STATES: [&str; 6] = ["open", "closing", "closed", "resulted", "cancelling", "cancelled"];

fn draws(cell: &str) -> Vec<&str> {
    if cell == "each" { DRAWS.to_vec() } else { vec![cell] }
}

/// Every step that needs no oracle, in every state for each draw. Only publishing needs the seed. Closing and
/// cancelling publish nothing, so the seed is still secret in `closing` and `cancelling`.
const STEPS_TABLE: &str = "
    step     draw    state       seed   outcome      state-after
    close    each    open        -      Made         closing
    close    each    closing     -      MadeBefore   -
    close    each    closed      -      MadeBefore   -
    close    each    resulted    -      MadeBefore   -
    close    each    cancelling  -      NotPossible  -
    close    each    cancelled   -      NotPossible  -
    publish  each    open        wrong  WrongSeed    -
    publish  each    open        _      NotPossible  -
    publish  each    closing     wrong  WrongSeed    -
    publish  match   closing     _      Made         closed
    publish  round   closing     _      Made         resulted-B
    publish  oracle  closing     _      Made         closed
    publish  each    closed      wrong  WrongSeed    -
    publish  each    closed      _      MadeBefore   -
    publish  each    resulted    wrong  WrongSeed    -
    publish  each    resulted    _      MadeBefore   -
    publish  each    cancelling  wrong  WrongSeed    -
    publish  each    cancelling  _      Made         cancelled
    publish  each    cancelled   wrong  WrongSeed    -
    publish  each    cancelled   _      MadeBefore   -
    cancel   each    open        -      Made         cancelling
    cancel   each    closing     -      Made         cancelling
    cancel   each    closed      -      Made         cancelled
    cancel   each    resulted    -      NotPossible  -
    cancel   each    cancelling  -      MadeBefore   -
    cancel   each    cancelled   -      MadeBefore   -
";

/// An oracle's result for side A. Each row is the row above with one fault repaired.
const RESULTS_TABLE: &str = "
    draw    signature  state       outcome
    match   forged     cancelled   NoOracle
    round   forged     cancelled   NoOracle
    oracle  forged     cancelled   BadSignature
    oracle  good       cancelled   NotPossible
    oracle  good       cancelling  NotPossible
    oracle  good       open        NotPossible
    oracle  good       closing     StillClosing
    oracle  good       resulted-B  ResultedOtherwise
    oracle  good       resulted    MadeBefore
    oracle  good       closed      Made
    oracle  forged     closing     BadSignature
    oracle  forged     closed      BadSignature
    oracle  forged     resulted    BadSignature
    oracle  forged     open        BadSignature
    match   good       closed      NoOracle
    round   good       resulted    NoOracle
    match   good       open        NoOracle
";

/// Compares the whole round after a step. Only its state and `published_at` may change.
fn assert_made(before: &Round, made: &RoundStep, after: RoundState, published_at: Option<i64>, what: &str) {
    let after = Round { state: after, published_at: published_at.map(second), ..before.clone() };
    assert_eq!(*made, RoundStep::Made(Box::new(after)), "{what}");
}

#[test]
fn steps_are_possible_where_the_table_says_so() {
    for row in rows(STEPS_TABLE) {
        let [step, draw_cell, state, which, expected, state_after] = row;
        for draw_name in draws(draw_cell) {
            let before = round(draw_name, state);
            let seed = if which == "wrong" { other_seed() } else { seed() };
            let (made, ended_at) = match step {
                "close" => (before.close(second(30)), second(30)),
                "publish" => (before.publish(&seed, second(30)), second(10)),
                _ => (before.cancel(second(30)), second(30)),
            };
            let what = format!("{draw_name} in {row:?}");
            assert_eq!(name(&made), expected, "{what}");
            match &made {
                RoundStep::Made(_) => {
                    let published_at = (step == "publish").then_some(30);
                    let after = round_state(state_after, ended_at, second(30));
                    assert_made(&before, &made, after, published_at, &what);
                }
                RoundStep::NotPossible { state } => assert_eq!(*state, before.state.name(), "{what}"),
                _ => {}
            }
        }
    }
}

#[test]
fn each_step_has_a_row_for_each_state_of_each_draw() {
    let mut seen = BTreeSet::new();
    for [step, draw_cell, state, which, ..] in rows::<6>(STEPS_TABLE) {
        seen.extend(draws(draw_cell).into_iter().map(|draw_name| (step, draw_name, state, which)));
    }
    let mut expected = BTreeSet::new();
    for draw_name in DRAWS {
        for state in STATES {
            for (step, which) in [("close", "-"), ("publish", "wrong"), ("publish", "_"), ("cancel", "-")] {
                expected.insert((step, draw_name, state, which));
            }
        }
    }
    assert_eq!(seen, expected);
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
fn every_outcome_has_a_row_and_results_come_in_the_order_of_the_checks() {
    let mut results: Vec<&str> = rows::<4>(RESULTS_TABLE).iter().map(|row| row[3]).collect();
    let mut first = std::collections::HashSet::new();
    results.retain(|outcome| first.insert(*outcome));
    assert_eq!(results, STEPS[1..], "a wrong seed is checked first, and an oracle brings none");
    assert!(rows::<6>(STEPS_TABLE).iter().any(|row| row[4] == STEPS[0]));
}

#[test]
fn a_round_is_opened_with_the_hash_of_its_seed_only() {
    let terms = RoundTerms {
        id: round_id(ROUND),
        draw: draw("match"),
        opened_by: Some(user(9)),
        stake_min: amount("5"),
        commission: "0.05".parse().expect("a rate"),
        deadlines: Some(deadlines()),
    };
    let opened = Round::open(terms, &seed(), second(0));
    let expected = Round {
        id: round_id(ROUND),
        draw: draw("match"),
        draw_rule: DrawRule::Nonces,
        seed_hash: seed().hash(),
        opened_at: second(0),
        opened_by: Some(user(9)),
        stake_min: amount("5"),
        commission: "0.05".parse().expect("a rate"),
        deadlines: Some(deadlines()),
        published_at: None,
        state: RoundState::Open,
    };
    assert_eq!(opened, expected);
    assert_eq!(opened.state.seed(), None);
    assert!(!format!("{opened:?}").contains(&seed().reveal()));
}

/// The seed and the end that belong to each state.
#[test]
fn a_seed_is_public_where_nothing_is_left_to_be_published() {
    #[rustfmt::skip]
    let table = [
        ("open",       "OPEN",      false, None),
        ("closing",    "CLOSED",    false, Some(second(10))),
        ("closed",     "CLOSED",    true,  Some(second(10))),
        ("resulted",   "RESULTED",  true,  Some(second(10))),
        ("cancelling", "CANCELLED", false, Some(second(10))),
        ("cancelled",  "CANCELLED", true,  Some(second(10))),
    ];
    assert_eq!(table.map(|row| row.0), STATES);
    for (state, name, is_public, ended_at) in table {
        let state = round("match", state).state;
        let said = (state.name().as_str(), state.seed().cloned(), state.ended_at());
        assert_eq!(said, (name, Some(seed()).filter(|_| is_public), ended_at));
    }
}

/// The same two steps for every kind of round: there is no outcome before the second step.
#[test]
fn a_round_that_is_drawn_once_gets_its_outcome_with_its_seed() {
    let RoundStep::Made(closing) = round("round", "open").close(second(30)) else {
        panic!("an open round can be closed");
    };
    assert_eq!(closing.state, RoundState::Closed { closed_at: second(30), seed: None });
    // The golden draw of this round in tests/draw.rs is side B.
    let outcome = RoundOutcome { winner: Side::B, fixed_at: second(40), signature: None };
    let resulted = RoundState::Resulted { closed_at: second(30), seed: seed(), outcome };
    assert_made(&closing, &closing.publish(&seed(), second(40)), resulted, Some(40), "published");
}

#[test]
fn an_oracles_word_is_kept_with_its_signature() {
    for (said, winner) in [(signed_a(), Side::A), (signed_b(), Side::B)] {
        let outcome = RoundOutcome { winner, fixed_at: second(30), signature: Some(said.signature.clone()) };
        let before = round("oracle", "closed");
        let resulted = RoundState::Resulted { closed_at: second(10), seed: seed(), outcome };
        assert_made(&before, &before.take_result(said, second(30)), resulted, None, winner.as_str());
    }
}

/// A round that closes by second 100 and has its result by second 200. If matches are drawn one by one, nothing waits
/// for a result once the seed is public.
const DEADLINES_TABLE: &str = "
    draw    state       second  takes-bets  past-closing  overdue
    each    open        -1      yes         no            no
    each    open        99      yes         no            no
    each    open        100     no          yes           no
    each    open        199     no          yes           no
    each    open        200     no          yes           yes
    each    closing     99      no          no            no
    each    closing     199     no          yes           no
    each    closing     200     no          yes           yes
    match   closed      200     no          yes           no
    round   closed      200     no          yes           yes
    oracle  closed      199     no          yes           no
    oracle  closed      200     no          yes           yes
    oracle  closed      9999    no          yes           yes
    each    resulted    200     no          yes           no
    each    cancelling  200     no          yes           no
    each    cancelled   200     no          yes           no
";

fn yes(is_so: bool) -> &'static str {
    if is_so { "yes" } else { "no" }
}

#[test]
fn a_round_has_a_latest_moment_to_close_and_one_for_its_result() {
    for row in rows(DEADLINES_TABLE) {
        let [draw_cell, state, at, takes_bets, past_closing, overdue] = row;
        let at = second(at.parse().expect("a number"));
        for draw_name in draws(draw_cell) {
            let round = Round { deadlines: Some(deadlines()), ..round(draw_name, state) };
            let said = [round.takes_bets(at), round.is_past_closing(at), round.is_overdue(at)].map(yes);
            assert_eq!(said, [takes_bets, past_closing, overdue], "{draw_name} in {row:?}");
        }
    }
}

#[test]
fn every_state_of_every_draw_has_a_row_of_deadlines() {
    let mut seen = BTreeSet::new();
    for [draw_cell, state, ..] in rows::<6>(DEADLINES_TABLE) {
        seen.extend(draws(draw_cell).into_iter().map(|draw_name| (draw_name, state)));
    }
    assert_eq!(seen.len(), DRAWS.len() * STATES.len());
}

#[test]
fn a_round_without_latest_times_waits_for_its_operator() {
    for at in [second(0), second(9_999), jiff::Timestamp::MAX] {
        for draw_name in DRAWS {
            let said = STATES.map(|state| round(draw_name, state)).map(|round| {
                assert!(!round.is_past_closing(at) && !round.is_overdue(at), "{round:?}");
                round.takes_bets(at)
            });
            assert_eq!(said, [true, false, false, false, false, false], "{draw_name} at {at}");
        }
    }
}

/// A round that closes and has its result at once is never open, and no result is pending.
#[test]
fn deadlines_count_from_their_own_moment() {
    let at_once = Deadlines { closes_by: second(0), result_by: second(0) };
    let round = Round { deadlines: Some(at_once), ..open_round(draw("oracle")) };
    assert!(!round.takes_bets(second(0)) && round.is_overdue(second(0)));
}

#[test]
fn draws_are_called_by_their_names() {
    assert_eq!(DRAWS.map(|name| draw(name).as_str()), DRAWS);
}

#[test]
fn an_oracle_signs_three_lines() {
    assert_eq!(SignedResult::message(&round_id(ROUND), Side::A), "evens-result\nround-2024-01-01\nA");
}

/// The signatures are made with the Ed25519 private key whose bytes are 0 to 31:
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
    let oracle = OracleKey { name: "referee".to_owned(), public_key: crate::common::ORACLE };
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

#[test]
fn only_an_open_round_closes_sooner() {
    let times = Deadlines { closes_by: second(60), result_by: second(90) };
    let open = Round { deadlines: Some(times), ..round("match", "open") };
    let sooner = open.close_sooner(second(59)).unwrap();
    assert_eq!(
        sooner,
        Round { deadlines: Some(Deadlines { closes_by: second(59), ..times }), ..open.clone() }
    );
    assert_eq!([60, 61].map(|at| open.close_sooner(second(at))), [None, None]);
    assert_eq!(Round { deadlines: None, ..open.clone() }.close_sooner(second(59)), None);
    for state in &STATES[1..] {
        let ended = Round { deadlines: Some(times), ..round("match", state) };
        assert_eq!(ended.close_sooner(second(59)), None, "{state}");
    }
}

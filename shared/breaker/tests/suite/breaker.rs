//! The states of a breaker as tables of events, and invariants for any sequence of events.

use evens_breaker::{
    Breaker, CALL_TIMEOUT, CALLS_MIN, CircuitOpen, FAILURES_MAX, OPENED_FOR, Outcome, REOPENED_FOR,
    SharedBreaker, State, TRIAL_LIMIT, Ticket,
};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use std::collections::HashMap;
use std::time::Duration;

/// This many milliseconds after a fixed point in time.
fn at(milliseconds: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_millis(1_700_000_000_000 + milliseconds)
}

/// Runs a table. A row consists of a time in seconds, an event and its result. Tickets are named by letters.
///
/// | event | result |
/// |---|---|
/// | `ask x` | the state afterwards if the ticket `x` was given; else `no 1.5`, with the seconds to wait |
/// | `ok x`, `fail x` | the state after the ticket was returned |
/// | `lose x` | the state after the ticket was dropped |
/// | `pass n`, `miss n` | the state after n consecutive successes or failures |
fn check(table: &str) {
    let mut breaker = Breaker::new();
    let mut tickets: HashMap<String, Ticket> = HashMap::new();
    for row in table.lines().map(str::trim).filter(|row| !row.is_empty()) {
        let (time, rest) = row.split_once(' ').expect("a time");
        let (event, expected) = rest.split_once("->").expect("an arrow");
        let (verb, object) = event.trim().split_once(' ').expect("an object");
        let now = at(milliseconds(time));
        let mut refused = None;
        match verb {
            "ask" => {
                let (state, refuses_trials) = (breaker.state(), breaker.refuses_trials(now));
                match breaker.admit(now) {
                    Ok(ticket) => drop(tickets.insert(object.to_owned(), ticket)),
                    Err(open) => refused = Some(open),
                }
                assert_eq!(refuses_trials, state == State::Open && refused.is_some(), "{row}");
            }
            "ok" | "fail" => {
                let ticket = tickets.remove(object).expect("a ticket");
                let outcome = if verb == "ok" { Outcome::Success } else { Outcome::Failure };
                let before = breaker.state();
                let led_to = breaker.record(ticket, outcome, now);
                let after = breaker.state();
                assert_eq!(led_to, (before != after).then_some(after), "what {row:?} is said to lead to");
            }
            "lose" => drop(tickets.remove(object).expect("a ticket")),
            "pass" | "miss" => {
                let outcome = if verb == "pass" { Outcome::Success } else { Outcome::Failure };
                for _ in 0..object.parse().expect("a number") {
                    let ticket = breaker.admit(now).expect("a ticket");
                    breaker.record(ticket, outcome, now);
                }
            }
            _ => panic!("no event is called {verb:?}"),
        }
        let found = match refused {
            Some(CircuitOpen { retry_after }) => format!("no {}", seconds(retry_after)),
            None => name(breaker.state()).to_owned(),
        };
        assert_eq!(found, expected.trim(), "{row}");
    }
}

fn name(state: State) -> &'static str {
    match state {
        State::Closed => "closed",
        State::Open => "open",
        State::HalfOpen => "half-open",
    }
}

/// `1.5` is 1500.
fn milliseconds(seconds: &str) -> i64 {
    let (whole, rest) = seconds.split_once('.').unwrap_or((seconds, ""));
    format!("{whole}{rest:0<3}").parse().expect("seconds")
}

/// 1500 ms are `1.5`.
fn seconds(duration: Duration) -> String {
    let text = format!("{}.{:03}", duration.as_secs(), duration.subsec_millis());
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[test]
fn five_failures_in_a_row_open_it() {
    check(
        "
        0    miss 4   -> closed
        1    pass 1   -> closed
        2    miss 4   -> closed
        3    ask a    -> closed
        4    fail a   -> open
        4    ask b    -> no 30
        5.5  ask b    -> no 28.5
    ",
    );
}

#[test]
fn half_of_ten_calls_open_it() {
    check(
        "
        0    miss 4   -> closed
        0    pass 5   -> closed
        0    miss 1   -> open
    ",
    );
    // Nine calls are too few for a failure rate.
    check(
        "
        0    miss 4   -> closed
        0    pass 1   -> closed
        0    miss 4   -> closed
        0    miss 1   -> open
    ",
    );
    // A successful call never opens the breaker.
    check(
        "
        0    miss 4   -> closed
        0    pass 1   -> closed
        0    miss 4   -> closed
        0    pass 1   -> closed
    ",
    );
}

#[test]
fn calls_beyond_the_newest_twenty_are_forgotten() {
    // 8 of 20 failed. Then the earlier successes are forgotten, until 10 of 20 have failed.
    check(
        "
        0    pass 12  -> closed
        0    miss 4   -> closed
        0    pass 1   -> closed
        0    miss 4   -> closed
        0    pass 1   -> closed
        0    miss 1   -> closed
        0    miss 1   -> open
    ",
    );
    // Failures are forgotten too.
    check(
        "
        0    miss 4   -> closed
        0    pass 16  -> closed
        0    miss 4   -> closed
        0    pass 1   -> closed
        0    miss 4   -> closed
    ",
    );
}

#[test]
fn one_trial_after_thirty_seconds_and_then_after_sixty() {
    check(
        "
        0       miss 5  -> open
        29.999  ask a   -> no 0.001
        30      ask a   -> half-open
        30      ask b   -> no 4
        31      ask b   -> no 3
        32      fail a  -> open
        32      ask b   -> no 60
        91.999  ask b   -> no 0.001
        92      ask b   -> half-open
        92      ask c   -> no 4
        93      ok b    -> closed
        93      ask c   -> closed
        93      ask d   -> closed
    ",
    );
}

#[test]
fn failures_before_a_success_in_half_open_are_forgotten() {
    check(
        "
        0   pass 5   -> closed
        0   miss 5   -> open
        30  ask a    -> half-open
        30  ok a     -> closed
        30  miss 4   -> closed
        30  miss 1   -> open
        30  ask a    -> no 30
    ",
    );
}

#[test]
fn a_trial_that_is_lost_does_not_lock_it_for_ever() {
    check(
        "
        0       miss 5  -> open
        30      ask a   -> half-open
        30      lose a  -> half-open
        33.999  ask b   -> no 0.001
        34      ask b   -> half-open
        34      ask c   -> no 4
        35      ok b    -> closed
    ",
    );
}

#[test]
fn a_trial_says_how_it_ended_until_it_is_replaced() {
    check(
        "
        0   miss 5  -> open
        30  ask a   -> half-open
        90  ok a    -> closed
    ",
    );
    check(
        "
        0   miss 5  -> open
        30  ask a   -> half-open
        40  ask b   -> half-open
        41  ok a    -> half-open
        42  fail b  -> open
        42  ask c   -> no 60
    ",
    );
}

#[test]
fn a_call_from_an_earlier_state_counts_for_nothing() {
    check(
        "
        0   ask a   -> closed
        0   ask b   -> closed
        0   ask c   -> closed
        0   miss 5  -> open
        1   ok a    -> open
        30  ask t   -> half-open
        30  fail b  -> half-open
        31  ok t    -> closed
        31  miss 4  -> closed
        31  fail c  -> closed
        31  miss 1  -> open
    ",
    );
}

#[test]
fn a_clock_that_is_put_back_makes_no_wait_longer_than_it_can_be() {
    check(
        "
        3600  miss 5  -> open
        0     ask a   -> no 60
        60    ask a   -> half-open
        10    ask b   -> no 4
        14    ask b   -> half-open
    ",
    );
}

#[test]
fn it_bears_the_end_of_time() {
    let mut breaker = Breaker::new();
    for _ in 0..FAILURES_MAX {
        let ticket = breaker.admit(Timestamp::MAX).unwrap();
        breaker.record(ticket, Outcome::Failure, Timestamp::MAX);
    }
    assert_eq!(breaker.state(), State::Open);
    assert!(breaker.admit(Timestamp::MAX).is_ok());
}

#[test]
fn the_numbers_and_the_text_are_those_of_the_requirement() {
    assert_eq!((CALL_TIMEOUT, FAILURES_MAX, CALLS_MIN), (Duration::from_secs(3), 5, 10));
    assert_eq!((OPENED_FOR, REOPENED_FOR), (Duration::from_secs(30), Duration::from_mins(1)));
    assert_eq!(CircuitOpen { retry_after: OPENED_FOR }.to_string(), "Circuit breaker is open");
}

#[test]
fn of_many_threads_one_gets_the_trial() {
    let breaker = SharedBreaker::new();
    for _ in 0..FAILURES_MAX {
        let ticket = breaker.admit(at(0)).unwrap();
        breaker.record(ticket, Outcome::Failure, at(0));
    }
    let trials: Vec<Ticket> = std::thread::scope(|scope| {
        let asking: Vec<_> = (0..8).map(|_| scope.spawn(|| breaker.admit(at(30_000)))).collect();
        asking.into_iter().filter_map(|asked| asked.join().unwrap().ok()).collect()
    });
    assert_eq!((trials.len(), breaker.state()), (1, State::HalfOpen));
    for trial in trials {
        assert_eq!(breaker.record(trial, Outcome::Success, at(31_000)), Some(State::Closed));
    }
}

/// An event of a breaker, after this many milliseconds.
#[derive(Debug, Clone)]
enum Event {
    Ask,
    /// An outstanding ticket is returned.
    Record(prop::sample::Index, Outcome),
    /// An outstanding ticket is never returned.
    Lose(prop::sample::Index),
}

fn events() -> impl Strategy<Value = Vec<(i64, Event)>> {
    let outcome = prop_oneof![2 => Just(Outcome::Failure), 1 => Just(Outcome::Success)];
    let event = prop_oneof![
        4 => Just(Event::Ask),
        4 => (any::<prop::sample::Index>(), outcome).prop_map(|(which, outcome)| Event::Record(which, outcome)),
        1 => any::<prop::sample::Index>().prop_map(Event::Lose),
    ];
    let pause = prop_oneof![8 => 0_i64..2_000, 2 => 2_000_i64..10_000, 1 => 25_000_i64..70_000];
    prop::collection::vec((pause, event), 1..200)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_breakers_invariants_hold_for_any_events(events in events()) {
        let mut breaker = Breaker::new();
        let mut now = 0;
        // Outstanding tickets, with the time at which each was given, and whether it is a trial.
        let mut tickets: Vec<(i64, bool, Ticket)> = Vec::new();
        // The start of the current trial, and the last opening with its duration.
        let mut trial: Option<i64> = None;
        let mut opened: Option<(i64, Duration)> = None;
        for (pause, event) in events {
            now += pause;
            let before = breaker.state();
            match event {
                Event::Ask => match breaker.admit(at(now)) {
                    Ok(ticket) => {
                        if let Some((since, lasts)) = opened.take() {
                            let lasted = Duration::from_millis((now - since).unsigned_abs());
                            prop_assert!(lasted >= lasts, "open for {lasted:?} only");
                        }
                        if let Some(since) = trial {
                            let lasted = Duration::from_millis((now - since).unsigned_abs());
                            prop_assert!(lasted >= TRIAL_LIMIT, "a second trial after {lasted:?}");
                        }
                        let is_trial = before != State::Closed;
                        prop_assert_eq!(breaker.state() == State::HalfOpen, is_trial);
                        trial = is_trial.then_some(now);
                        tickets.push((now, is_trial, ticket));
                    }
                    Err(CircuitOpen { retry_after }) => {
                        prop_assert_ne!(before, State::Closed);
                        prop_assert!(!retry_after.is_zero());
                        // A caller that returns at that time is admitted, if no other caller has come.
                        let then = at(now) + SignedDuration::try_from(retry_after).unwrap();
                        let limit = trial.map(|since| (since, TRIAL_LIMIT)).or(opened);
                        let (since, lasts) = limit.expect("it is open or tries");
                        prop_assert_eq!(then, at(since) + SignedDuration::try_from(lasts).unwrap());
                    }
                },
                Event::Record(which, outcome) if !tickets.is_empty() => {
                    let (given, is_trial, ticket) = tickets.swap_remove(which.index(tickets.len()));
                    let counts = is_trial && before == State::HalfOpen && trial == Some(given);
                    let led_to = breaker.record(ticket, outcome, at(now));
                    let after = breaker.state();
                    prop_assert_eq!(led_to, (before != after).then_some(after));
                    match before {
                        State::HalfOpen if counts => {
                            let expected =
                                if outcome == Outcome::Success { State::Closed } else { State::Open };
                            prop_assert_eq!(after, expected);
                            trial = None;
                            opened = (after == State::Open).then_some((now, REOPENED_FOR));
                        }
                        State::Closed if after == State::Open => {
                            prop_assert_eq!(outcome, Outcome::Failure);
                            opened = Some((now, OPENED_FOR));
                        }
                        before => prop_assert_eq!(after, before),
                    }
                }
                Event::Lose(which) if !tickets.is_empty() => {
                    drop(tickets.swap_remove(which.index(tickets.len())));
                }
                Event::Record(..) | Event::Lose(_) => {}
            }
        }
        // The breaker can always be closed again.
        now += 120_000;
        let ticket = breaker.admit(at(now));
        prop_assert!(ticket.is_ok());
        breaker.record(ticket.unwrap(), Outcome::Success, at(now));
        prop_assert_eq!(breaker.state(), State::Closed);
    }
}

//! Both state machines: every pair of a state and an event, and the text forms of both.

use crate::common::rows;
use evens_payments::{
    DepositEvent, DepositState, Direction, ResolutionKind, WireStatus, WithdrawalEvent, WithdrawalState,
};
use std::fmt::Debug;
use std::str::FromStr;
use strum::{ParseError, VariantArray};

/// A row for each state and a column for each event, in the order of the enum: the state afterwards, or `-`. These are
/// the events up to the credit.
const DEPOSITS_BEFORE_CREDIT: &str = "
    from          provider-known  credited   failure-reported  time-over  money-unclaimed
    CREATED       PENDING         COMPLETED  FAILED            EXPIRED    UNCLAIMED
    PENDING       -               COMPLETED  FAILED            EXPIRED    UNCLAIMED
    COMPLETED     -               -          -                 -          -
    FAILED        -               COMPLETED  -                 -          UNCLAIMED
    EXPIRED       -               COMPLETED  -                 -          UNCLAIMED
    UNCLAIMED     -               -          -                 -          -
    RETURNED      -               -          -                 -          -
    CLAIMED       -               -          -                 -          -
    REFUNDED      -               -          -                 -          -
    DISPUTED      -               -          -                 -          -
    CHARGED_BACK  -               -          -                 -          -
";

/// The same for the events after it.
const DEPOSITS_AFTER_CREDIT: &str = "
    from          money-returned  money-claimed  refund    dispute-opened  dispute-won  charge-back   money-taken-back
    CREATED       -               -              -         -               -            -             -
    PENDING       -               -              -         -               -            -             -
    COMPLETED     -               -              REFUNDED  DISPUTED        -            CHARGED_BACK  -
    FAILED        -               -              -         -               -            -             -
    EXPIRED       -               -              -         -               -            -             -
    UNCLAIMED     RETURNED        CLAIMED        -         -               -            -             CHARGED_BACK
    RETURNED      -               -              -         -               -            -             CHARGED_BACK
    CLAIMED       -               -              -         -               -            CHARGED_BACK  -
    REFUNDED      -               -              -         -               -            -             -
    DISPUTED      -               -              -         -               COMPLETED    CHARGED_BACK  -
    CHARGED_BACK  -               -              -         -               -            -             -
";

/// The events of a withdrawal up to its payout.
const WITHDRAWALS_BEFORE_PAYOUT: &str = "
    from        approval  rejection  cancellation  claim       account-held
    HELD        APPROVED  REJECTED   CANCELLED     -           -
    APPROVED    -         -          CANCELLED     PROCESSING  HELD
    PROCESSING  -         -          -             PROCESSING  -
    COMPLETED   -         -          -             -           -
    FAILED      -         -          -             -           -
    REJECTED    -         -          -             -           -
    CANCELLED   -         -          -             -           -
    RETURNED    -         -          -             -           -
";

/// The same for the events after that.
const WITHDRAWALS_AFTER_PAYOUT: &str = "
    from        paid       payout-failed  money-returned  given-up
    HELD        -          -              -               -
    APPROVED    -          -              -               -
    PROCESSING  COMPLETED  FAILED         -               FAILED
    COMPLETED   -          -              RETURNED        -
    FAILED      -          -              -               -
    REJECTED    -          -              -               -
    CANCELLED   -          -              -               -
    RETURNED    -          -              -               -
";

fn header(table: &str) -> Vec<&str> {
    let header = table.lines().find(|line| !line.trim().is_empty()).expect("a header");
    header.split_whitespace().skip(1).collect()
}

fn parsed<T: FromStr>(cell: &str) -> Option<T> {
    (cell != "-").then(|| cell.parse().unwrap_or_else(|_| panic!("no state is called {cell}")))
}

#[test]
fn every_event_of_a_deposit_has_its_answer_in_every_state() {
    let (before, after) = DepositEvent::VARIANTS.split_at(5);
    check_deposits::<6>(DEPOSITS_BEFORE_CREDIT, before);
    check_deposits::<8>(DEPOSITS_AFTER_CREDIT, after);
}

fn check_deposits<const COLUMNS: usize>(table: &str, events: &[DepositEvent]) {
    let words: Vec<&str> = events.iter().map(AsRef::as_ref).collect();
    assert_eq!(header(table), words);
    let table = rows::<COLUMNS>(table);
    let states: Vec<DepositState> = table.iter().filter_map(|row| parsed(row[0])).collect();
    assert_eq!(states, DepositState::VARIANTS);
    for (state, row) in states.into_iter().zip(table) {
        for (event, cell) in events.iter().zip(&row[1..]) {
            assert_eq!(state.after(*event), parsed(cell), "{state} {event}");
        }
    }
}

#[test]
fn every_event_of_a_withdrawal_has_its_answer_in_every_state() {
    let (before, after) = WithdrawalEvent::VARIANTS.split_at(5);
    check_withdrawals::<6>(WITHDRAWALS_BEFORE_PAYOUT, before);
    check_withdrawals::<5>(WITHDRAWALS_AFTER_PAYOUT, after);
}

fn check_withdrawals<const COLUMNS: usize>(table: &str, events: &[WithdrawalEvent]) {
    let words: Vec<&str> = events.iter().map(AsRef::as_ref).collect();
    assert_eq!(header(table), words);
    let table = rows::<COLUMNS>(table);
    let states: Vec<WithdrawalState> = table.iter().filter_map(|row| parsed(row[0])).collect();
    assert_eq!(states, WithdrawalState::VARIANTS);
    for (state, row) in states.into_iter().zip(table) {
        for (event, cell) in events.iter().zip(&row[1..]) {
            assert_eq!(state.after(*event), parsed(cell), "{state} {event}");
        }
    }
}

/// U5: players see the state of an order as one of five statuses.
#[test]
fn states_have_their_word_on_the_wire() {
    let deposits = DepositState::VARIANTS.iter().map(|state| (state.into(), state.wire_status().into()));
    #[rustfmt::skip]
    assert_eq!(deposits.collect::<Vec<(&str, &str)>>(), [
        ("CREATED",      "pending"),
        ("PENDING",      "pending"),
        ("COMPLETED",    "completed"),
        ("FAILED",       "failed"),
        ("EXPIRED",      "cancelled"),
        ("UNCLAIMED",    "processing"),
        ("RETURNED",     "failed"),
        ("CLAIMED",      "completed"),
        ("REFUNDED",     "cancelled"),
        ("DISPUTED",     "completed"),
        ("CHARGED_BACK", "cancelled"),
    ]);
    let withdrawals =
        WithdrawalState::VARIANTS.iter().map(|state| (state.into(), state.wire_status().into()));
    #[rustfmt::skip]
    assert_eq!(withdrawals.collect::<Vec<(&str, &str)>>(), [
        ("HELD",       "pending"),
        ("APPROVED",   "pending"),
        ("PROCESSING", "processing"),
        ("COMPLETED",  "completed"),
        ("FAILED",     "failed"),
        ("REJECTED",   "cancelled"),
        ("CANCELLED",  "cancelled"),
        ("RETURNED",   "failed"),
    ]);
}

#[test]
fn a_withdrawal_is_unfinished_paid_or_given_back() {
    for state in WithdrawalState::VARIANTS {
        let ways = [state.is_unfinished(), *state == WithdrawalState::Completed, state.is_given_back()];
        assert_eq!(ways.iter().filter(|way| **way).count(), 1, "{state}");
    }
}

#[test]
fn words_are_read_back_and_nothing_else_is() {
    fn check<T: FromStr<Err = ParseError> + VariantArray + Copy + Debug + PartialEq + Into<&'static str>>() {
        for value in T::VARIANTS {
            let word: &str = (*value).into();
            assert_eq!(word.parse::<T>().as_ref(), Ok(value));
            assert!(format!("{word} ").parse::<T>().is_err());
        }
        assert!("".parse::<T>().is_err());
    }
    check::<DepositState>();
    check::<WithdrawalState>();
    check::<WireStatus>();
    check::<Direction>();
    check::<ResolutionKind>();
}

//! Refunds: when they are due, and their writes.

use crate::common::{ROUND, amount, or_usual, rows, second, waiting, wallet};
use evens_exchange::{
    PlayerState, REFUND_AFTER, Refund, RefundOutcome, RefundReason, RefundTerms, Side, UnmatchedBet,
    refund_waiting,
};
use evens_ledger::{Amount, BalanceTooLarge, EntryKind, SystemAccount};
use evens_own_limits::Exclusion;
use jiff::{SignedDuration, Timestamp};

/// The bet was placed at second 0, and the minimum that can be matched is 1. Only the reason `expired` depends on the
/// time. Only a player's request is refused once the round has closed the bet. The exclusion of an excluded player ends
/// at second 100. `_` is the usual value: 300 seconds, 10 unmatched, an open book, a player who may play.
const TABLE: &str = "
reason       after-s  now-s    waits       book    player    outcome
    expired      _        -1       _           closed  _         due-at-300
    expired      _        0        _           _       _         due-at-300
    expired      _        299      _           _       _         due-at-300
    expired      _        300      _           _       _         refund
    expired      _        300      _           closed  _         refund
    expired      _        301      _           _       _         refund
    expired      _        9999999  _           _       _         refund
    expired      0        0        _           _       _         refund
    expired      _        0        0.00000001  _       _         due-at-300
    too-small    _        0        10          closed  _         due-at-300
    too-small    _        0        1           _       _         due-at-300
    too-small    _        0        0.99999999  _       _         refund
    too-small    _        0        0.99999999  closed  _         refund
    too-small    _        -1       0.00000001  _       _         refund
    too-small    _        301      1           _       _         due-at-300
    requested    _        0        _           closed  _         round-ended
    requested    _        301      0.5         closed  _         round-ended
    requested    _        0        _           _       _         refund
    requested    _        -1       0.5         _       _         refund
    round-ended  _        0        _           closed  _         refund
    round-ended  _        0        _           _       _         refund
    round-ended  _        301      0.5         closed  _         refund
    barred       _        0        _           closed  _         not-barred
    barred       _        301      _           _       _         not-barred
    barred       _        100      _           _       excluded  not-barred
    barred       _        99       _           _       excluded  refund
    barred       _        -1       _           closed  excluded  refund
    barred       _        0        _           _       blocked   refund
    barred       _        0        0.5         closed  blocked   refund
    expired      _        0        _           _       blocked   due-at-300
    requested    _        0        _           closed  blocked   round-ended
    requested    _        0        _           _       excluded  refund
";

macro_rules! walk {
    ($($variant:ident)*) => {
        /// Every variant, in the order of the checks.
        const OUTCOMES: &[&str] = &[$(stringify!($variant)),*];

        fn variant(outcome: &RefundOutcome) -> &'static str {
            match outcome {
                $(RefundOutcome::$variant { .. } => stringify!($variant),)*
            }
        }
    };
}

walk!(NotDue RoundEnded NotBarred Refund);

/// A refund after this time, or at once if less than 1 is unmatched.
fn terms(refund_after: SignedDuration) -> RefundTerms {
    RefundTerms { refund_after, stake_min: amount("1") }
}

fn check([reason, after, now, waits, book, player, _]: [&str; 7]) -> RefundOutcome {
    let bet = UnmatchedBet { is_closed: book == "closed", ..waiting(Side::A, or_usual(waits, "10")) };
    let after = SignedDuration::from_secs(or_usual(after, "300").parse().expect("a number"));
    let (reason, now) = (reason.parse().expect("a reason"), second(now.parse().expect("a number")));
    refund_waiting(&bet, reason, &wallet(1, "0"), state(player), terms(after), now).expect("it fits")
}

fn state(player: &str) -> PlayerState {
    let exclusion = Exclusion { since: second(-50), until: second(50), ends_at: Some(second(100)) };
    PlayerState {
        is_blocked: player == "blocked",
        exclusion: Some(exclusion).filter(|_| player == "excluded"),
    }
}

#[test]
fn refunds_are_due_when_the_table_says_so() {
    for row in rows(TABLE) {
        let outcome = match check(row) {
            RefundOutcome::NotDue { due_at } => {
                format!("due-at-{}", due_at.as_second() - second(0).as_second())
            }
            RefundOutcome::RoundEnded => "round-ended".to_owned(),
            RefundOutcome::NotBarred => "not-barred".to_owned(),
            RefundOutcome::Refund(_) => "refund".to_owned(),
        };
        assert_eq!(outcome, row[6], "{row:?}");
    }
}

#[test]
fn every_outcome_has_a_row() {
    let seen: std::collections::HashSet<_> =
        rows(TABLE).into_iter().map(|row| variant(&check(row))).collect();
    assert_eq!(seen, OUTCOMES.iter().copied().collect());
}

#[test]
fn every_reason_has_a_row_and_comes_back_from_its_text() {
    for reason in RefundReason::ALL {
        assert!(rows::<7>(TABLE).iter().any(|row| row[0] == reason.as_str()), "{reason}");
        assert_eq!(reason.to_string().parse(), Ok(reason));
    }
    assert!("Expired".parse::<RefundReason>().is_err());
}

#[test]
fn bets_wait_for_five_minutes() {
    assert_eq!(REFUND_AFTER, SignedDuration::from_secs(300));
}

#[test]
fn a_time_beyond_time_is_the_last_moment() {
    let late = UnmatchedBet { placed_at: Timestamp::MAX, ..waiting(Side::A, "10") };
    let for_ever = terms(SignedDuration::MAX);
    let outcome =
        refund_waiting(&late, RefundReason::Expired, &wallet(1, "0"), state("_"), for_ever, second(0));
    assert_eq!(outcome, Ok(RefundOutcome::NotDue { due_at: Timestamp::MAX }));
}

#[test]
fn no_rest_is_too_small_without_a_minimum() {
    for waits in ["0.00000001", "10"] {
        assert!(!waiting(Side::A, waits).is_too_small(Amount::ZERO), "{waits}");
    }
}

#[test]
fn a_refund_is_written_whole() {
    let (bet, before) = (waiting(Side::A, "0.5"), wallet(1, "399.5"));
    for reason in [RefundReason::Requested, RefundReason::RoundEnded, RefundReason::TooSmall] {
        let outcome =
            refund_waiting(&bet, reason, &before, state("_"), terms(REFUND_AFTER), second(1)).unwrap();
        let RefundOutcome::Refund(refund) = outcome else {
            panic!("{reason} is due at once");
        };
        let Refund { waiting, wallet, entry } = *refund;
        assert_eq!(waiting, bet);
        assert_eq!(entry.key.to_string(), format!("REFUND:{}", bet.bet));
        assert_eq!((entry.kind, entry.units_signed()), (EntryKind::Refund, 50_000_000));
        assert_eq!(entry.account, SystemAccount::Stakes(ROUND.to_owned()));
        assert_eq!((entry.reference.clone(), entry.at), (bet.bet.to_string(), second(1)));
        assert_eq!((wallet.balance, wallet.version, wallet.head), (amount("400"), 1, entry.hash));
    }
}

#[test]
fn a_full_wallet_takes_no_refund() {
    let full = wallet(1, "99999999999999999999.99999999");
    let (bet, terms) = (waiting(Side::A, "10"), terms(REFUND_AFTER));
    let refused = refund_waiting(&bet, RefundReason::Requested, &full, state("_"), terms, second(1));
    assert_eq!(refused, Err(BalanceTooLarge));
}

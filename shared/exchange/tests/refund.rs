//! Refunds: when they are due, and what they write.

#![cfg(test)]

mod common;

use common::{ROUND, amount, rows, second, waiting, wallet};
use evens_exchange::{REFUND_AFTER, Refund, RefundOutcome, RefundReason, Side, refund_waiting};
use evens_ledger::{Account, BalanceTooLarge, EntryKind};
use jiff::{SignedDuration, Timestamp};

/// The bet was placed at second 0. Only a refund for having waited long enough has to wait for its time.
const TABLE: &str = "
    reason       after-s  now-s    outcome
    expired      300      -1       due-at-300
    expired      300      0        due-at-300
    expired      300      299      due-at-300
    expired      300      300      refund
    expired      300      301      refund
    expired      300      9999999  refund
    expired      0        0        refund
    round-ended  300      0        refund
    round-ended  300      301      refund
    requested    300      0        refund
    requested    300      -1       refund
";

#[test]
fn refunds_are_due_when_the_table_says_so() {
    for row in rows(TABLE) {
        let [reason, after, now, expected] = row;
        let after = SignedDuration::from_secs(after.parse().unwrap());
        let now = second(now.parse().unwrap());
        let bet = waiting(Side::A, "10");
        let outcome =
            match refund_waiting(&bet, reason.parse().unwrap(), &wallet(1, "0"), after, now).unwrap() {
                RefundOutcome::NotDue { due_at } => {
                    format!("due-at-{}", due_at.as_second() - second(0).as_second())
                }
                RefundOutcome::Refund(_) => "refund".to_owned(),
            };
        assert_eq!(outcome, expected, "{row:?}");
    }
}

#[test]
fn every_reason_has_a_row_and_comes_back_from_its_text() {
    for reason in RefundReason::ALL {
        assert!(rows::<4>(TABLE).iter().any(|row| row[0] == reason.as_str()), "{reason}");
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
    let late = evens_exchange::WaitingBet { placed_at: Timestamp::MAX, ..waiting(Side::A, "10") };
    let outcome =
        refund_waiting(&late, RefundReason::Expired, &wallet(1, "0"), SignedDuration::MAX, second(0));
    assert_eq!(outcome, Ok(RefundOutcome::NotDue { due_at: Timestamp::MAX }));
}

#[test]
fn a_refund_is_written_whole() {
    let (bet, before) = (waiting(Side::A, "0.5"), wallet(1, "399.5"));
    let outcome = refund_waiting(&bet, RefundReason::Requested, &before, REFUND_AFTER, second(1)).unwrap();
    let RefundOutcome::Refund(refund) = outcome else {
        panic!("what is asked for is due at once");
    };
    let Refund { waiting, wallet, entry } = *refund;
    assert_eq!(waiting, bet);
    assert_eq!(entry.key.to_string(), format!("REFUND:{}", bet.bet));
    assert_eq!((entry.kind, entry.units_signed()), (EntryKind::Refund, 50_000_000));
    assert_eq!(entry.account, Account::Stakes(ROUND.to_owned()));
    assert_eq!((entry.reference.clone(), entry.at), (bet.bet.to_string(), second(1)));
    assert_eq!((wallet.balance, wallet.version, wallet.head), (amount("400"), 1, entry.hash));
}

#[test]
fn a_full_wallet_takes_no_refund() {
    let full = wallet(1, "99999999999999999999.99999999");
    let refused =
        refund_waiting(&waiting(Side::A, "10"), RefundReason::Requested, &full, REFUND_AFTER, second(1));
    assert_eq!(refused, Err(BalanceTooLarge));
}

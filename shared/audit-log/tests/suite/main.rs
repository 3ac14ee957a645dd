//! The audit log: golden hashes, and proof that every change of a line is detected.

#![cfg(test)]

use evens_audit_log::{Act, Action, Actor, AuditHead, AuditLine, LineFault};
use evens_ledger::{Digest, UserId};
use jiff::Timestamp;
use proptest::prelude::*;
use strum::VariantArray;

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn act(actor: Actor, action: Action, reason: &str) -> Act {
    let [before, after] = ["HELD", "APPROVED"].map(str::to_owned);
    let subject = "7d5e3b1a-2c4d-8e6f-9a0b-1c2d3e4f5a6b".to_owned();
    Act { actor, action, subject, reason: reason.to_owned(), before, after }
}

fn cashier() -> Actor {
    Actor::User(UserId::new(700).expect("a user"))
}

fn lines() -> [AuditLine; 2] {
    let first = act(cashier(), Action::ApproveWithdrawal, "seen their passport");
    let first = AuditHead::default().next(first, at("2026-11-23T10:00:00Z"));
    let second = act(Actor::CommandLine, Action::BlockUser, "a\nb\\c");
    let second = first.head().next(second, at("2026-11-24T00:00:00.5Z"));
    [first, second]
}

/// The hashes can be recomputed with ordinary tools:
///
/// ```sh
/// printf '%s\n' 1 2026-11-23T10:00:00Z 700 approve-withdrawal 7d5e3b1a-2c4d-8e6f-9a0b-1c2d3e4f5a6b \
///     'seen their passport' HELD APPROVED $(printf %064d 0) | head -c -1 | openssl dgst -sha256
/// ```
///
/// A line break and a backslash are escaped before hashing:
///
/// ```sh
/// printf '%s\n' 2 2026-11-24T00:00:00.5Z command-line block-user 7d5e3b1a-2c4d-8e6f-9a0b-1c2d3e4f5a6b \
///     'a\nb\\c' HELD APPROVED <hash of the first> | head -c -1 | openssl dgst -sha256
/// ```
#[test]
fn hashes_are_golden() {
    let [first, second] = lines();
    assert_eq!(first.hash.to_string(), "cb0e283a20a62a53cd91c3569bbe033d63873ac6ad3aed44d88a531e02b7f0b0");
    assert_eq!(second.hash.to_string(), "4740e4ef07edc559f38f7d3fe10cd471a766ce97116ede0d4048726f00ac3571");
    assert_eq!((second.previous_hash, second.number), (first.hash, 2));
    assert_eq!([first.day(), second.day()].map(|day| day.to_string()), ["2026-11-23", "2026-11-24"]);
}

#[test]
fn lines_follow_each_other_and_nothing_else_does() {
    let [first, second] = lines();
    let head = AuditHead::default().follow(&first).expect("the first line");
    assert_eq!(head.follow(&second), Ok(second.head()));
    #[rustfmt::skip]
    let table = [
        (AuditHead::default(), second.clone(),                                            LineFault::Number),
        (head,             AuditLine { number: 3, ..second.clone() },                 LineFault::Number),
        (head,             AuditLine { previous_hash: Digest::ZERO, ..second.clone() }, LineFault::PreviousHash),
        (head,             AuditLine { at: first.at, ..second.clone() },              LineFault::Hash),
        (head,             AuditLine { hash: first.hash, ..second },                  LineFault::Hash),
    ];
    for (head, line, expected) in table {
        assert_eq!(head.follow(&line), Err(expected), "{line:?}");
    }
}

#[test]
fn words_of_actions_are_golden() {
    let words: Vec<&str> = Action::VARIANTS.iter().map(Into::into).collect();
    let expected = "approve-withdrawal reject-withdrawal retry-payout give-back-payout refund-deposit return-deposit \
                    claim-suspended write-off-debt release-account adjust-wallet note-identity free-account \
                    compare-statement block-user unblock-user set-role end-sessions refund-bet void-match \
                    update-jackpot award-jackpot cancel-period open-round close-round result-round cancel-round \
                    redrive-dead-letter delete-dead-letter import-referrals set-switch seal-day";
    assert_eq!(words.join(" "), expected);
}

#[test]
fn words_are_read_as_they_are_written() {
    for action in Action::VARIANTS {
        assert_eq!(action.to_string().parse(), Ok(*action));
    }
    for actor in [cashier(), Actor::CommandLine] {
        assert_eq!(actor.to_string().parse(), Ok(actor));
    }
    assert!("nobody".parse::<Actor>().is_err() && "approve".parse::<Action>().is_err());
}

proptest! {
    /// Text cannot move from one field into the next.
    #[test]
    fn two_acts_have_two_hashes(one in fields(), other in fields()) {
        let line = |[subject, reason, before, after]: [String; 4]| {
            let act = Act { subject, reason, before, after, ..act(cashier(), Action::SetRole, "") };
            AuditHead::default().next(act, Timestamp::UNIX_EPOCH)
        };
        prop_assert_eq!(line(one.clone()).hash == line(other.clone()).hash, one == other);
    }
}

fn fields() -> impl Strategy<Value = [String; 4]> {
    let field = || "[a\\\\n\n]{0,3}";
    [field(), field(), field(), field()]
}

//! Acts of two cashiers, by their audit lines alone: one corruption per row.

use crate::common::second;
use evens_audit::{Books, Completeness};
use evens_audit_log::{Act, Action, Actor, AuditHead};
use evens_ledger::UserId;
use evens_records::Record;

const ONE: u64 = 701;
const OTHER: u64 = 702;
const DAY_S: i64 = 24 * 60 * 60;

/// Each act: subject, the text before, while it waits, and afterwards.
#[rustfmt::skip]
const ACTS: [(Action, &str, &str, &str, &str); 6] = [
    (Action::WriteOffDebt,   "41",   "owes 5, held",     "owes 5, held, write-off 5 wanted by 1",        "owes 0, held, WRITE-OFF:41:7"),
    (Action::ReleaseAccount, "41",   "owes 0, held",     "owes 0, held, release wanted by 1",            "owes 0, not held"),
    (Action::NoteIdentity,   "41",   "pending",          "pending, identity verified wanted by 1",       "verified"),
    (Action::RefundDeposit,  "7c1e", "COMPLETED",        "COMPLETED, refund wanted by 1",                "REFUNDED"),
    (Action::ReturnDeposit,  "7c1e", "UNCLAIMED",        "UNCLAIMED, return wanted by 1",                "RETURNED"),
    (Action::ReturnDeposit,  "7c1e", "COMPLETED",        "COMPLETED, return pay_2 wanted by 1",          "COMPLETED, pay_2 returned"),
];

/// The actors of the first and of the last line, and the seconds between them.
fn sentences(act: (Action, &str, &str, &str, &str), actors: [u64; 2], seconds: i64) -> Vec<String> {
    let (action, subject, before, waiting, after) = act;
    let steps = [(actors[0], 0, before, waiting), (actors[1], seconds, waiting, after)];
    let (mut books, mut head) = (Books::new(), AuditHead::default());
    for (by, at, before, after) in steps {
        let act = Act {
            actor: Actor::User(UserId::new(by).expect("a user")),
            action,
            subject: subject.to_owned(),
            reason: "looked at".to_owned(),
            before: before.to_owned(),
            after: after.to_owned(),
        };
        let line = head.next(act, second(at));
        head = line.head();
        books.record(Record::AuditLine(Box::new(line)));
    }
    books.record(Record::AuditHead(head));
    let report = books.check(Completeness::Stopped);
    let sentences = report.violations().iter().map(|violation| violation.sentence.clone());
    sentences.filter(|sentence| sentence.contains("earlier approvals")).collect()
}

#[test]
fn an_act_of_one_cashier_who_approved_twice_is_found() {
    for act in ACTS {
        assert_eq!(sentences(act, [ONE, OTHER], 60), [""; 0], "{act:?}");
        let found = sentences(act, [ONE, ONE], 60);
        let (name, sentence) = (<&str>::from(act.0), found.first().map_or("", String::as_str));
        assert_eq!(
            sentence,
            format!(
                "Line 2 of the audit log is {name} with 1 earlier approvals, but 0 other cashiers have lines about it."
            ),
            "{act:?}"
        );
    }
}

/// An agreement that nobody carried out within a day no longer counts, but the next line still names it.
#[test]
fn an_agreement_that_is_too_old_is_no_approval() {
    for act in ACTS {
        assert_eq!(sentences(act, [ONE, ONE], DAY_S), [""; 0], "{act:?}");
        assert_eq!(sentences(act, [ONE, ONE], DAY_S - 1).len(), 1, "{act:?}");
    }
}

/// A player who is a cashier does not count for their own act.
#[test]
fn the_player_is_no_cashier_of_their_own_act() {
    for act in ACTS.into_iter().filter(|(_, subject, ..)| *subject == "41") {
        assert_eq!(sentences(act, [41, OTHER], 60).len(), 1, "{act:?}");
    }
}

//! Actions of operators: the audit log is one chain. [`decisions`](crate::payments::decisions) compares it with orders.

use crate::books::Books;
use crate::operations::lines::Lines;
use crate::report::{Subject, Violations};
use crate::wallet::movement::{ExpectedMovement, Movement, Purpose};
use evens_audit_log::{Action, AuditHead, AuditLine};
use evens_exchange::{Round, RoundId, RoundState, RoundStateName};
use evens_ledger::{EntryKind, Invariant, SystemAccount, UserId};

const RULE: Invariant = Invariant::AuditLogIsWhole;

pub(crate) fn check(books: &Books, lines: &Lines<'_>, violations: &mut Violations) {
    check_chain(books, AuditHead::default(), violations);
    check_rounds(books, lines, violations);
}

/// Returns `true` if cashiers made a wallet correction with this entry: two of them approved, and the last line names
/// it.
pub(crate) fn is_adjusted(books: &Books, user: UserId, purpose: &Purpose, movement: &Movement) -> bool {
    let subject = user.to_string();
    let is_of_wallet =
        |line: &&AuditLine| line.act.action == Action::AdjustWallet && line.act.subject == subject;
    let key = format!(", {purpose}");
    let lines = || books.audit_lines.values().filter(is_of_wallet);
    let Some(last) = lines().find(|line| line.act.after.ends_with(&key)) else { return false };
    let is_other = |line: &AuditLine| line.number < last.number && line.act.actor != last.act.actor;
    let is_kind = matches!(movement.kind, EntryKind::Payout | EntryKind::Debit);
    let (kind, units) = (movement.kind, movement.amount.units());
    let expected = ExpectedMovement { user, kind, units, account: SystemAccount::House };
    is_kind && lines().any(is_other) && movement.misfit(&expected, &books.accounts).is_none()
}

/// The newest lines are one chain up to the head, if that is here. Older ones are taken as checked before.
pub(crate) fn check_newest(books: &Books, violations: &mut Violations) {
    let first = books.audit_lines.values().next().filter(|_| books.audit_head != AuditHead::default());
    if let Some(first) = first {
        let before = AuditHead { number: first.number.saturating_sub(1), hash: first.previous_hash };
        check_chain(books, before, violations);
    }
}

fn check_chain(books: &Books, before: AuditHead, violations: &mut Violations) {
    let mut head = before;
    for line in books.audit_lines.values() {
        match head.follow(line) {
            Ok(next) => head = next,
            Err(fault) => {
                let sentence = format!("Line {} of the audit log: {fault}.", line.number);
                violations.add(RULE, Subject::Books, sentence);
                head = line.head();
            }
        }
    }
    if head != books.audit_head {
        let (last, recorded) = (head.number, books.audit_head.number);
        let sentence = format!("The last line of the audit log is {last}, but its head names {recorded}.");
        violations.add(RULE, Subject::Books, sentence);
    }
}

/// A cancelled round has its line, and each line about a step of a round has the state that followed, or a later one. A
/// line is in the same transaction as its step.
fn check_rounds(books: &Books, lines: &Lines<'_>, violations: &mut Violations) {
    let cancelled = books.rounds.values().filter(|round| matches!(round.state, RoundState::Cancelled { .. }));
    for Round { id, .. } in cancelled {
        if lines.about(Action::CancelRound, id.as_str()).is_empty() {
            let sentence = format!("Round {id} is cancelled, but the audit log has no line about it.");
            violations.add(RULE, Subject::Round(id.clone()), sentence);
        }
    }
    for line in books.audit_lines.values() {
        let (number, subject) = (line.number, &line.act.subject);
        let round = || subject.parse::<RoundId>().ok().and_then(|id| books.rounds.get(&id));
        let state = || round().map(|round| round.state.name());
        let (step, is_done) = match line.act.action {
            Action::CloseRound => ("was closed", state().is_some_and(|state| state != RoundStateName::Open)),
            Action::ResultRound => ("has a result", state() == Some(RoundStateName::Resulted)),
            Action::CancelRound => ("was cancelled", state() == Some(RoundStateName::Cancelled)),
            _ => continue,
        };
        if !is_done {
            let sentence =
                format!("Line {number} of the audit log says that round {subject} {step}, but it is not so.");
            violations.add(RULE, Subject::Books, sentence);
        }
    }
}

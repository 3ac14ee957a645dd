//! Actions of operators: the audit log is one chain, and it contains the cashiers' decisions about orders.

use crate::books::Books;
use crate::report::{Subject, Violations};
use crate::wallet::movement::{Expected, Movement, Purpose};
use evens_audit_log::{Action, Actor, AuditHead, AuditLine};
use evens_exchange::{RoundId, RoundState};
use evens_ledger::{EntryKind, Invariant, SystemAccount, UserId};
use evens_payments::WithdrawalState;
use std::collections::HashSet;

const RULE: Invariant = Invariant::AuditLogIsWhole;

pub(crate) fn check(books: &Books, violations: &mut Violations) {
    check_chain(books, violations);
    check_decisions(books, violations);
    check_rounds(books, violations);
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
    let expected = Expected { user, kind, units, account: SystemAccount::House };
    is_kind && lines().any(is_other) && movement.misfit(&expected, &books.accounts).is_none()
}

fn check_chain(books: &Books, violations: &mut Violations) {
    let mut head = AuditHead::default();
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
        let (last, told) = (head.number, books.audit_head.number);
        let sentence = format!("The last line of the audit log is {last}, but its head names {told}.");
        violations.add(RULE, Subject::Books, sentence);
    }
}

/// A cancelled round names its operator, and its audit log line is in the same transaction.
fn check_rounds(books: &Books, violations: &mut Violations) {
    for line in books.audit_lines.values().filter(|line| line.act.action == Action::CancelRound) {
        let (number, subject) = (line.number, &line.act.subject);
        let round = subject.parse::<RoundId>().ok().and_then(|id| books.rounds.get(&id));
        if !round.is_some_and(|round| matches!(round.state, RoundState::Cancelled { .. })) {
            let sentence = format!(
                "Line {number} of the audit log says that round {subject} was cancelled, but it is not."
            );
            violations.add(RULE, Subject::Books, sentence);
        }
    }
}

/// Each decision about money has an audit log line.
fn check_decisions(books: &Books, violations: &mut Violations) {
    let told: HashSet<_> = books
        .audit_lines
        .values()
        .map(|line| (line.act.action, line.act.subject.as_str(), line.act.actor))
        .collect();
    let rejected: HashSet<_> =
        told.iter().filter(|told| told.0 == Action::RejectWithdrawal).map(|told| told.1).collect();
    for order in books.deposits.values() {
        let (id, user) = (order.terms.id.to_string(), order.terms.user);
        for approval in order.claims.iter().flat_map(|claim| &claim.approvals) {
            if !told.contains(&(Action::ClaimSuspended, id.as_str(), Actor::User(approval.by))) {
                let by = approval.by;
                let sentence = format!(
                    "Cashier {by} credited money in suspense to deposit {id}, but the audit log has no line about it."
                );
                violations.add(RULE, Subject::User(user), sentence);
            }
        }
    }
    for order in books.withdrawals.values() {
        let (id, user) = (order.terms.id.to_string(), order.terms.user);
        for approval in &order.approvals {
            if !told.contains(&(Action::ApproveWithdrawal, id.as_str(), Actor::User(approval.by))) {
                let by = approval.by;
                let sentence =
                    format!("Cashier {by} approved withdrawal {id}, but the audit log has no line about it.");
                violations.add(RULE, Subject::User(user), sentence);
            }
        }
        if order.state == WithdrawalState::Rejected && !rejected.contains(id.as_str()) {
            let sentence = format!("Withdrawal {id} was rejected, but the audit log has no line about it.");
            violations.add(RULE, Subject::User(user), sentence);
        }
    }
}

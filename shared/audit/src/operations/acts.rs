//! Actions of operators: the audit log is one chain. [`decisions`](crate::payments::decisions) compares it with orders.

use crate::books::Books;
use crate::operations::lines::Lines;
use crate::report::{Subject, Violations};
use crate::wallet::movement::{ExpectedMovement, Movement, Purpose};
use evens_audit_log::{Act, Action, Actor, AuditHead, AuditLine};
use evens_exchange::{Round, RoundId, RoundState, RoundStateName};
use evens_ledger::{Amount, EntryKind, Invariant, SystemAccount, UserId};
use evens_payments::AdjustmentKind;

const RULE: Invariant = Invariant::AuditLogIsWhole;

pub(crate) fn check(books: &Books, lines: &Lines<'_>, violations: &mut Violations) {
    check_chain(books, AuditHead::default(), violations);
    check_rounds(books, lines, violations);
}

/// Returns `true` if two cashiers made a wallet correction with this entry. The last line names the entry, and both
/// lines have the text with its kind and amount.
pub(crate) fn is_adjusted(books: &Books, user: UserId, purpose: &Purpose, movement: &Movement) -> bool {
    let subject = user.to_string();
    let is_of_wallet =
        |line: &&AuditLine| line.act.action == Action::AdjustWallet && line.act.subject == subject;
    let key = format!(", {purpose}");
    let lines = || books.audit_lines.values().filter(is_of_wallet);
    let mut named = lines().filter(|line| line.act.after.ends_with(&key));
    let (Some(last), None) = (named.next(), named.next()) else { return false };
    let (kind, units) = (movement.kind, movement.amount.units());
    let expected = ExpectedMovement { user, kind, units, account: SystemAccount::House };
    let is_first = |line: &AuditLine, text: &str| {
        line.number < last.number
            && line.act.after.ends_with(text)
            && ![&last.act.actor, &Actor::User(user)].contains(&&line.act.actor)
    };
    last.act.actor != Actor::User(user)
        && holds_around(last, movement)
        && movement.misfit(&expected, &books.accounts).is_none()
        && wanted_by_one(last, movement).any(|text| lines().any(|line| is_first(line, text)))
}

/// Returns `true` if the line has the wallet's balance before and after the entry.
fn holds_around(line: &AuditLine, movement: &Movement) -> bool {
    let Movement { kind, amount, balance_after, .. } = *movement;
    let before = match kind {
        EntryKind::Payout => balance_after.checked_sub(amount),
        EntryKind::Debit => balance_after.checked_add(amount),
        _ => None,
    };
    let holds = |text: &str, balance: Amount| {
        let rest = text.strip_prefix(&format!("holds {balance}"));
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(','))
    };
    let Act { before: text_before, after: text_after, .. } = &line.act;
    before.is_some_and(|before| holds(text_before, before)) && holds(text_after, balance_after)
}

/// The adjustments of this kind, amount and reason that one cashier wanted before the line, and nobody after it.
fn wanted_by_one<'a>(line: &'a AuditLine, movement: &Movement) -> impl Iterator<Item = &'a str> {
    const START: &str = ", adjust ";
    let kind: &str = match movement.kind {
        EntryKind::Debit => AdjustmentKind::Debit.into(),
        _ => AdjustmentKind::Credit.into(),
    };
    let Act { before, after, reason, .. } = &line.act;
    let end = format!(": {kind} {}, {reason} wanted by 1", movement.amount);
    let starts = before.match_indices(START).map(|(start, _)| &before[start..]);
    let wanted = starts.filter_map(move |text| {
        let id = text[START.len()..].split(':').next().unwrap_or_default();
        let (name, rest) = text.split_at(START.len() + id.len());
        rest.starts_with(&end).then(|| &text[..name.len() + end.len()])
    });
    wanted.filter(move |text| !after.contains(text))
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

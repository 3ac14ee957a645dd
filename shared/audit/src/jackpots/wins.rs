//! M3 and M9 of wins: each was paid once, from a pool that held it; each that began was paid; and awards of operators
//! are in the audit log.

use crate::books::{Books, Completeness};
use crate::report::{Subject, Violations};
use crate::wallet::movement::{ExpectedMovement, Purpose};
use evens_audit_log::{Action, Actor};
use evens_jackpots::{Award, JackpotGroup, OperationId, Win, WinCause};
use evens_ledger::{EntryKind, Invariant, UserId};
use std::collections::HashSet;

pub(crate) fn check(
    books: &Books,
    group: JackpotGroup,
    completeness: Completeness,
    violations: &mut Violations,
) {
    let wins = books.jackpots.wins.range((group, 0)..=(group, u64::MAX));
    let pool = books.jackpots.pools.get(&group);
    let paid = pool.map_or(0, |pool| pool.cycle);
    for (number, ((_, cycle), win)) in (0..).zip(wins.clone()) {
        let subject = Subject::User(win.user);
        if *cycle != number {
            let sentence = format!("Win {number} of the jackpot {group} is missing before win {cycle}.");
            violations.add(Invariant::M3OneEffect, Subject::Books, sentence);
        }
        if let Some(sentence) = pool_fault(win) {
            violations.add(Invariant::M9JackpotAddsUp, subject.clone(), sentence);
        }
        if books.share.has_user(win.user)
            && let Some(fault) = entry_fault(books, win)
        {
            violations.add(Invariant::M3OneEffect, subject, fault);
        }
    }
    let found = wins.count();
    if u64::try_from(found) != Ok(paid) {
        let sentence =
            format!("The pool of the jackpot {group} has paid {paid} wins, but {found} are recorded.");
        violations.add(Invariant::M3OneEffect, Subject::Books, sentence);
    }
    let Some(pending) = pool.and_then(|pool| pool.winning()) else { return };
    let is_late = match completeness {
        Completeness::Ended => true,
        Completeness::Running { now, patience } => now.duration_since(pending.begun_at) > patience,
        Completeness::Stopped => false,
    };
    if is_late {
        let (operation, since) = (&pending.award.operation, pending.begun_at);
        let sentence = format!("The win {operation} of the jackpot {group} has not been paid since {since}.");
        violations.add(Invariant::M9JackpotAddsUp, Subject::User(pending.award.user), sentence);
    }
}

/// The violations of a win and its entry, by its award and the pool that it says.
pub(crate) fn faults_of(books: &Books, win: &Win) -> Vec<String> {
    entry_fault(books, win).into_iter().chain(award_fault(books, win)).chain(pool_fault(win)).collect()
}

fn pool_fault(win: &Win) -> Option<String> {
    let Win { operation, amount, pool_before, .. } = win;
    (amount > pool_before).then(|| format!("The win {operation} took {amount} of a pool of {pool_before}."))
}

fn award_fault(books: &Books, win: &Win) -> Option<String> {
    let awarded = books.jackpots.awards.get(&win.operation);
    let is_awarded = awarded.is_some_and(|award| is_of(award, win));
    (!is_awarded).then(|| format!("The win {} differs from its award.", win.operation))
}

/// One `JACKPOT` entry per win, with the win's amount.
fn entry_fault(books: &Books, win: &Win) -> Option<String> {
    let expected = ExpectedMovement {
        user: win.user,
        kind: EntryKind::Credit,
        units: win.amount.units(),
        account: win.group.pool_account(),
    };
    let purpose = Purpose::JackpotWin(win.operation.to_string());
    match books.movements.get(&purpose) {
        None => Some(format!("The win {} has no entry {purpose}.", win.operation)),
        Some(movement) => {
            let misfit = movement.misfit(&expected, &books.accounts);
            misfit.map(|misfit| format!("The entry {purpose} {misfit}."))
        }
    }
}

/// The beginning of a line about an award that began. Other lines are proposals.
const WON: &str = "won: ";

/// Every win was awarded, and every begun award is a win with the same data. No id is used twice. Every award of an
/// operator has an audit log line, and every line about a begun award has that award.
pub(crate) fn check_awards(books: &Books, violations: &mut Violations) {
    let logged: HashSet<(&str, Actor)> = books
        .audit_lines
        .values()
        .filter(|line| line.act.action == Action::AwardJackpot)
        .map(|line| (line.act.subject.as_str(), line.act.actor))
        .collect();
    for award in books.jackpots.awards.values() {
        let (id, subject) = (&award.operation, Subject::User(award.user));
        if books.jackpots.contributions.contains_key(id) {
            let sentence = format!("The operation {id} is a contribution and a win.");
            violations.add(Invariant::M3OneEffect, subject.clone(), sentence);
        }
        if award.cycle.is_some() && !has_begun(books, award) {
            let sentence = format!("The win {id} has begun but is neither paid nor in progress.");
            violations.add(Invariant::M3OneEffect, subject.clone(), sentence);
        }
        if let WinCause::Manual { by, agreed } = award.cause
            && agreed == Some(by)
        {
            let sentence = format!("Operator {by} both proposed the win {id} and agreed to it.");
            violations.add(Invariant::AuditLogIsWhole, subject.clone(), sentence);
        }
        for operator in operators(award) {
            if !logged.contains(&(id.as_str(), Actor::User(operator))) {
                let sentence =
                    format!("Operator {operator} awarded {id}, but the audit log has no line about it.");
                violations.add(Invariant::AuditLogIsWhole, subject.clone(), sentence);
            }
        }
    }
    let begun = books.audit_lines.values().filter(|line| line.act.action == Action::AwardJackpot);
    for line in begun.filter(|line| line.act.after.starts_with(WON)) {
        let (number, id) = (line.number, &line.act.subject);
        let award = id.parse().ok().and_then(|id: OperationId| books.jackpots.awards.get(&id));
        if award.is_none_or(|award| award.cycle.is_none()) {
            let sentence = format!("Line {number} of the audit log awarded {id}, but no such win has begun.");
            violations.add(Invariant::AuditLogIsWhole, Subject::Books, sentence);
        }
    }
    for win in books.jackpots.wins.values() {
        if let Some(sentence) = award_fault(books, win) {
            violations.add(Invariant::M3OneEffect, Subject::User(win.user), sentence);
        }
    }
}

fn operators(award: &Award) -> Vec<UserId> {
    match award.cause {
        WinCause::Manual { by, agreed } => [by].into_iter().chain(agreed).collect(),
        WinCause::Drawn { .. } => Vec::new(),
    }
}

fn has_begun(books: &Books, award: &Award) -> bool {
    let pending = books.jackpots.pools.get(&award.group).and_then(|pool| pool.winning());
    pending.is_some_and(|win| win.award == *award)
        || books.jackpots.win_of(award.operation.as_str()).is_some_and(|win| is_of(award, win))
}

fn is_of(award: &Award, win: &Win) -> bool {
    let is_amount = award.requested.is_none_or(|requested| requested == win.amount);
    let is_whole = award.requested.is_some() || win.amount == win.pool_before;
    is_amount
        && is_whole
        && (award.group, award.user, award.cause) == (win.group, win.user, win.cause)
        && award.winning == win.winning
        && award.cycle == Some(win.cycle)
}

//! Acts that several cashiers agree on. The line of the act names how many had approved it, and the lines before it
//! name them. So an approval that is moved to another cashier in the record, for the first one to approve twice, shows.
//! [`acts`](super::acts) does the same for adjustments.

use crate::books::Books;
use crate::operations::lines::Lines;
use crate::report::{Subject, Violations};
use evens_audit_log::{Action, Actor, AuditLine};
use evens_ledger::{Invariant, UserId};
use evens_payments::{AGREEMENT_AGE_MAX, DepositState, IdentityStatus, OrderId, RELEASE};
use std::collections::BTreeSet;

const RULE: Invariant = Invariant::AuditLogIsWhole;

/// The text of the agreement that a line carries out, if it carries one out.
type CarriedOut = fn(&AuditLine) -> Option<String>;

const ACTS: [(Action, CarriedOut); 5] = [
    (Action::WriteOffDebt, written_off),
    (Action::ReleaseAccount, released),
    (Action::NoteIdentity, verified),
    (Action::RefundDeposit, refunded),
    (Action::ReturnDeposit, returned),
];

pub(crate) fn check(books: &Books, lines: &Lines<'_>, violations: &mut Violations) {
    for (action, wanted_by) in ACTS {
        for subject in lines.subjects(action) {
            let (about, player) = (lines.about(action, subject), player_of(books, subject));
            for (index, line) in about.iter().enumerate() {
                let Some(wanted) = wanted_by(line) else { continue };
                let approvals = approvals_of(&line.act.before, &wanted);
                if let Some(others) = others_before(line, &about[..index], &wanted, player)
                    && others < approvals
                {
                    let (number, name) = (line.number, <&str>::from(action));
                    let sentence = format!(
                        "Line {number} of the audit log is {name} with {approvals} earlier approvals, but {others} \
                         other cashiers have lines about it."
                    );
                    violations.add(RULE, player.map_or(Subject::Books, Subject::User), sentence);
                }
            }
        }
    }
}

/// The number of approvals of an act that waits, in a text such as `owes 5, held, write-off 5 wanted by 1`.
fn approvals_of(text: &str, wanted: &str) -> usize {
    let (_, after) = text.split_once(&format!(", {wanted} wanted by ")).unwrap_or_default();
    after.split(',').next().and_then(|count| count.parse().ok()).unwrap_or_default()
}

/// The number of actors, other than that of the line, whose lines left the act waiting. `None` if no such line is young
/// enough: an agreement that is too old is no approval, and stays in the text until it is dropped.
fn others_before(
    line: &AuditLine,
    earlier: &[&AuditLine],
    wanted: &str,
    player: Option<UserId>,
) -> Option<usize> {
    let asked: Vec<_> = earlier
        .iter()
        .filter(|one| line.at.duration_since(one.at) < AGREEMENT_AGE_MAX)
        .filter(|one| approvals_of(&one.act.after, wanted) > 0)
        .collect();
    if asked.is_empty() {
        return None;
    }
    let is_other =
        |actor: &Actor| *actor != line.act.actor && player.is_none_or(|user| *actor != Actor::User(user));
    let actors: BTreeSet<_> = asked
        .iter()
        .map(|one| &one.act.actor)
        .filter(|actor| is_other(actor))
        .map(ToString::to_string)
        .collect();
    Some(actors.len())
}

/// The player whom a line is about, by their number or by their order.
fn player_of(books: &Books, subject: &str) -> Option<UserId> {
    let of_order = |id: OrderId| books.deposits.get(&id).map(|order| order.terms.user);
    subject.parse().ok().or_else(|| subject.parse().ok().and_then(of_order))
}

/// The whole debt, in a line from `owes 5, held` to `owes 0, held, WRITE-OFF:41:7`.
fn written_off(line: &AuditLine) -> Option<String> {
    let owed = line.act.before.strip_prefix("owes ")?.split(',').next()?;
    (owed != "0" && line.act.after.starts_with("owes 0,")).then(|| format!("write-off {owed}"))
}

/// In a line from `owes 0, held` to `owes 0, not held`.
fn released(line: &AuditLine) -> Option<String> {
    let is_held = |text: &str| text.split(", ").nth(1) == Some("held");
    (is_held(&line.act.before) && !is_held(&line.act.after)).then(|| RELEASE.to_owned())
}

/// In a line from another status to `verified`.
fn verified(line: &AuditLine) -> Option<String> {
    let status = |text: &str| text.split(", ").next().map(str::to_owned);
    let verified = IdentityStatus::Verified.to_string();
    let is_new = status(&line.act.after)? == verified && status(&line.act.before)? != verified;
    is_new.then(|| format!("identity {verified}"))
}

fn refunded(line: &AuditLine) -> Option<String> {
    line.act.after.starts_with(DepositState::Refunded.as_ref()).then(|| "refund".to_owned())
}

/// The deposit, or the additional payment in a line to `COMPLETED, pay_2 returned`.
fn returned(line: &AuditLine) -> Option<String> {
    if let Some(text) = line.act.after.strip_suffix(" returned") {
        return Some(format!("return {}", text.rsplit_once(", ")?.1));
    }
    line.act.after.starts_with(DepositState::Returned.as_ref()).then(|| "return".to_owned())
}

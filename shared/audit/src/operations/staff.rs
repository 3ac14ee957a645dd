//! Roles and blocks: an account has those of its newest audit lines, and its wallet has the same. Its sessions were
//! ended by audit lines and by new passwords. Each act of a user lies within a time in which they had the role for it.

use crate::books::Books;
use crate::operations::lines::Lines;
use crate::players::sign_up::SignUp;
use crate::report::{Subject, Violations};
use evens_audit_log::{Action, Actor, AuditLine};
use evens_ledger::{Invariant, UserId};
use evens_players::Role;
use evens_records::{Access, Pair};
use jiff::SignedDuration;

const RULE: Invariant = Invariant::AuditLogIsWhole;

/// The time from the check of a token until the line of its act, at most. A request takes 25 seconds at most.
const LEEWAY: SignedDuration = SignedDuration::from_mins(1);

pub(crate) fn check(books: &Books, lines: &Lines<'_>, violations: &mut Violations) {
    for (user, sign_up) in &books.sign_ups {
        check_role(*user, sign_up.access.role, lines, violations);
        check_block(*user, sign_up.access.is_blocked, lines, violations);
        check_epoch(*user, sign_up, lines, violations);
        check_copy(books, *user, sign_up.access, violations);
    }
    for user in books.access.keys().filter(|user| !books.sign_ups.contains_key(user)) {
        let sentence =
            format!("The wallet of user {user}, who has no account, has a role, a block or ended sessions.");
        violations.add(RULE, Subject::User(*user), sentence);
    }
    for line in books.audit_lines.values() {
        if let Some(fault) = fault_of_actor(line, lines) {
            violations.add(RULE, Subject::Books, fault);
        }
    }
}

/// The wallet has the role and the block of its account, and no later epoch of its sessions: that would refuse each
/// bet and withdrawal.
pub(crate) fn check_copy(books: &Books, user: UserId, account: Access, violations: &mut Violations) {
    if !books.access.get(&user).copied().unwrap_or_default().is_copy_of(account) {
        let sentence = format!(
            "The wallet of user {user} does not have the role, the block, the sessions and the recovery of the account."
        );
        violations.add_pair(RULE, Pair::Access(user), sentence);
    }
}

/// An account has the role of the newest line about it. Every account begins as a player's.
fn check_role(user: UserId, role: Role, lines: &Lines<'_>, violations: &mut Violations) {
    let newest = lines.newest(&[Action::SetRole], &user.to_string());
    let said = newest.and_then(|line| line.act.after.parse().ok()).unwrap_or_default();
    if role != said {
        let source = source(newest);
        let sentence = format!("User {user} has the role {role}, but {source} says {said}.");
        violations.add(RULE, Subject::User(user), sentence);
    }
}

fn check_block(user: UserId, is_blocked: bool, lines: &Lines<'_>, violations: &mut Violations) {
    let newest = lines.newest(&[Action::BlockUser, Action::UnblockUser], &user.to_string());
    let said = newest.is_some_and(|line| line.act.action == Action::BlockUser);
    if is_blocked != said {
        let name = |is_blocked: bool| if is_blocked { "blocked" } else { "not blocked" };
        let (is, said, source) = (name(is_blocked), name(said), source(newest));
        let sentence = format!("User {user} is {is}, but {source} says that they are {said}.");
        violations.add(RULE, Subject::User(user), sentence);
    }
}

/// The sessions of an account are ended by a block, a lost role, an act of their own or a new password. Those of
/// earlier versions did not count, so there may be more lines.
fn check_epoch(user: UserId, sign_up: &SignUp, lines: &Lines<'_>, violations: &mut Violations) {
    let (epoch, by_password) = (sign_up.access.session_epoch, sign_up.password_changes);
    let subject = user.to_string();
    let lines_about = |action| lines.about(action, &subject).iter();
    // Every role but the newest was lost, unless it was that of a player.
    let lost = lines_about(Action::SetRole).rev().skip(1);
    let lost = lost.filter(|line| line.act.after != Role::Player.as_str()).count();
    let acts = [Action::BlockUser, Action::EndSessions].map(|action| lines_about(action).len());
    let ended = lost + acts.iter().sum::<usize>();
    if epoch.saturating_sub(by_password) > u64::try_from(ended).unwrap_or(u64::MAX) {
        let sentence = format!(
            "The sessions of user {user} were ended {epoch} times, {by_password} of them by a new password, but the \
             audit log has {ended} lines for it."
        );
        violations.add(RULE, Subject::User(user), sentence);
    }
}

/// The source of a state, by the number of its line: the same words in two checks mean that no line was added.
fn source(newest: Option<&AuditLine>) -> String {
    newest.map_or_else(
        || "the audit log has no line and".to_owned(),
        |line| format!("line {} of the audit log", line.number),
    )
}

/// The role that an act needs, or `None` if no user does such acts.
fn role_for(action: Action) -> Option<Role> {
    match action {
        Action::ApproveWithdrawal
        | Action::RejectWithdrawal
        | Action::RetryPayout
        | Action::GiveBackPayout
        | Action::RefundDeposit
        | Action::ReturnDeposit
        | Action::ClaimSuspended
        | Action::WriteOffDebt
        | Action::ReleaseAccount
        | Action::AdjustWallet
        | Action::NoteIdentity
        | Action::FreeAccount
        | Action::CompareStatement => Some(Role::Cashier),
        Action::BlockUser
        | Action::UnblockUser
        | Action::EndSessions
        | Action::RefundBet
        | Action::VoidMatch
        | Action::UpdateJackpot
        | Action::AwardJackpot
        | Action::CancelPeriod
        | Action::OpenRound
        | Action::CloseRound
        | Action::CancelRound
        | Action::RedriveDeadLetter
        | Action::DeleteDeadLetter
        | Action::SetSwitch => Some(Role::Operator),
        Action::ResultRound => Some(Role::Oracle),
        Action::SetRole | Action::ImportReferrals | Action::SealDay => None,
    }
}

fn fault_of_actor(line: &AuditLine, lines: &Lines<'_>) -> Option<String> {
    let Actor::User(user) = line.act.actor else { return None };
    let (number, action) = (line.number, line.act.action);
    let Some(role) = role_for(action) else {
        return Some(format!(
            "Line {number} of the audit log says that user {user} did {action}, which no role permits."
        ));
    };
    (!had_role(user, role, line, lines)).then(|| {
        format!("Line {number} of the audit log says that user {user} did {action}, but they had not the role {role}.")
    })
}

/// Returns `true` if a user had the role when they did what the line says, or shortly before.
fn had_role(user: UserId, role: Role, line: &AuditLine, lines: &Lines<'_>) -> bool {
    let subject = user.to_string();
    let changes = lines.about(Action::SetRole, &subject).iter();
    for change in changes.rev().filter(|change| change.number < line.number) {
        if change.act.after == role.as_str() {
            return true;
        }
        if change.at.saturating_add(LEEWAY).is_ok_and(|until| until < line.at) {
            return false;
        }
    }
    false
}

//! Changes of accounts as the operator's commands make them, each with its line in the audit log.

use evens_audit_log::{Act, Action, Actor};
use evens_ledger::UserId;
use evens_players::{Account, Role};
use evens_store::{AccountWrite, PasswordHash, SignUpOutcome, Store};
use jiff::Timestamp;

/// Stores an account with this password hash, and gives it its role if it has another one than player.
pub async fn enrol(store: &Store, account: &Account, password: &PasswordHash) {
    let player = Account { role: Role::Player, ..account.clone() };
    let signed_up = store.sign_up(&player, password).await;
    assert!(matches!(signed_up, Ok(SignUpOutcome::SignedUp)), "{signed_up:?}");
    if account.role != Role::Player {
        set_role(store, account.user, account.role).await;
    }
}

pub async fn set_role(store: &Store, user: UserId, role: Role) {
    let act = act(Action::SetRole, user, role.as_str());
    let written = store.set_role(user, role, &act, Timestamp::now()).await;
    assert!(matches!(written, Ok(AccountWrite::Written(_))), "{written:?}");
}

pub async fn set_blocked(store: &Store, user: UserId, is_blocked: bool) {
    let (action, after) =
        if is_blocked { (Action::BlockUser, "blocked") } else { (Action::UnblockUser, "not blocked") };
    let written = store.set_blocked(user, is_blocked, &act(action, user, after), Timestamp::now()).await;
    assert!(matches!(written, Ok(AccountWrite::Written(_))), "{written:?}");
}

fn act(action: Action, user: UserId, after: &str) -> Act {
    let (before, after) = (String::new(), after.to_owned());
    let (actor, subject, reason) = (Actor::CommandLine, user.to_string(), "by a test".to_owned());
    Act { actor, action, subject, reason, before, after }
}

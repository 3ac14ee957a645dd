//! `evens user block`, `unblock` and `role`.
//!
//! Each change is one line on stderr, whatever the log level ([`operator`](crate::commands::operator)), and one line of
//! the audit log, written in the same transaction.

use super::show::count_sessions;
use crate::commands::operator::{self, record};
use crate::commands::plural;
use evens_audit_log::{Act, Action};
use evens_contracts::RefundPlayerJob;
use evens_hub::announce_once;
use evens_ledger::UserId;
use evens_players::{Account, Role};
use evens_queues::OutgoingJob;
use evens_runtime::{Clock, Context, StartError};
use evens_store::{AccountWrite, ChangedItem, Store, StoreError};

pub(super) async fn block(context: &Context, account: &Account) -> Result<String, StartError> {
    let (store, user) = (&context.store, account.user);
    if account.is_blocked {
        // The command that blocked the account may have been cut off before it ended the sessions and sent the job.
        let ended = end_sessions(store, user).await?;
        return_bets(context, user).await?;
        return Ok(format!("User {user} is already blocked. {ended}\n"));
    }
    let act = act(Action::BlockUser, user, ["not blocked", "blocked"]);
    let change = Change { verb: "blocked", user, detail: String::new(), was: "not blocked" };
    change.make(store.set_blocked(user, true, &act, Clock::system().now()).await)?;
    let ended = end_sessions(store, user).await?;
    return_bets(context, user).await?;
    Ok(format!("Blocked user {user}: every request with their tokens is now refused. {ended}\n"))
}

pub(super) async fn unblock(store: &Store, account: &Account) -> Result<String, StartError> {
    let user = account.user;
    if !account.is_blocked {
        return Ok(format!("User {user} is not blocked. Nothing changed.\n"));
    }
    // A login whose password was checked just before the block may have opened a session just after it. No token opens
    // it; its item is removed here.
    let ended = end_sessions(store, user).await?;
    let act = act(Action::UnblockUser, user, ["blocked", "not blocked"]);
    let change = Change { verb: "unblocked", user, detail: String::new(), was: "blocked" };
    change.make(store.set_blocked(user, false, &act, Clock::system().now()).await)?;
    Ok(format!("Unblocked user {user}, who can log in again. {ended}\n"))
}

pub(super) async fn set_role(store: &Store, account: &Account, role: Role) -> Result<String, StartError> {
    let (user, was) = (account.user, account.role);
    if was == role {
        let ended = end_sessions(store, user).await?;
        return Ok(format!("User {user} already has the role {role}. {ended}\n"));
    }
    let act = act(Action::SetRole, user, [was.as_str(), role.as_str()]);
    let change = Change { verb: "gave a role to", user, detail: format!(": {role}"), was: was.as_str() };
    change.make(store.set_role(user, role, &act, Clock::system().now()).await)?;
    let ended = end_sessions(store, user).await?;
    Ok(format!(
        "Changed the role of user {user} from {was} to {role}, effective from the next login. {ended}\n"
    ))
}

/// The audit line of a change. The reason names the operating-system user who runs the command.
fn act(action: Action, user: UserId, [before, after]: [&str; 2]) -> Act {
    let (before, after) = (before.to_owned(), after.to_owned());
    Act { before, after, ..operator::tell(action, user.to_string()) }
}

/// A change of an account.
struct Change {
    /// The past tense, such as "unblocked".
    verb: &'static str,
    user: UserId,
    detail: String,
    was: &'static str,
}

impl Change {
    /// Reports the result of the write.
    fn make(&self, written: Result<AccountWrite, StoreError>) -> Result<(), StartError> {
        let user = self.user;
        match written {
            Ok(AccountWrite::Written(_)) => {
                self.record("");
                Ok(())
            }
            Ok(AccountWrite::UnknownUser) => Err(StartError::new(
                format!("user {user} does not exist"),
                "find the user with `evens user list`",
            )),
            Err(error) => {
                self.record("perhaps ");
                let message = format!("it is unknown whether user {user} was changed");
                let hint = "repeat the command; a repeat is harmless";
                Err(StartError::new(message, hint).caused_by(error))
            }
        }
    }

    fn record(&self, perhaps: &str) {
        let Self { verb, user, detail, was } = self;
        record(&format!("{perhaps}{verb} user {user}{detail} (was {was})"), &format!("user.id={user}"));
    }
}

/// Sends the job that refunds the unmatched bets of a blocked user.
async fn return_bets(context: &Context, user: UserId) -> Result<(), StartError> {
    let nudge = context.clock.now().as_millisecond().unsigned_abs();
    let job = OutgoingJob::of(RefundPlayerJob { user_id: user }).nudged(nudge);
    context.queues.send(vec![job]).await.map_err(|error| {
        let message =
            format!("it is unknown whether the unmatched bets of user {user} will be refunded at once");
        StartError::new(message, "repeat the command; a repeat is harmless").caused_by(error)
    })
}

/// Ends a user's sessions, so that new tokens need a login, and has processes that serve look at the open sockets.
async fn end_sessions(store: &Store, user: UserId) -> Result<String, StartError> {
    let failed = |error| {
        let message = format!("it is unknown whether the sessions of user {user} have ended");
        StartError::new(message, "repeat the command; a repeat is harmless").caused_by(error)
    };
    let count = count_sessions(store, user, Clock::system().now()).await.map_err(failed)?;
    store.end_sessions(user).await.map_err(failed)?;
    announce_once(store, &Clock::system(), ChangedItem::Account(user)).await.map_err(|error| {
        let message = format!("it is unknown whether the open sockets of user {user} were closed");
        StartError::new(message, "repeat the command; a repeat is harmless").caused_by(error)
    })?;
    let verb = if count == 1 { "was" } else { "were" };
    Ok(format!("{} {verb} ended.", plural(count, "session")))
}

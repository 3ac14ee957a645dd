//! Records the changes that operators make with commands: one line on stderr for each, whatever the log level. It holds
//! the time, the operating-system user and the change. The user comes from the kernel, because operators control their
//! own environment.

use crate::commands::output;
use evens_audit_log::{Act, Action, Actor};
use evens_payments::ActReason;
use evens_runtime::Clock;
use rustix::process::getuid;
use std::fs;

/// Prints a change: a sentence that follows the user's name, and its fields.
pub(crate) fn record(did: &str, fields: &str) {
    let (at, (who, os)) = (Clock::system().now(), who());
    output::note(format_args!("{at} INFO {who} {did}  {os} {fields}"));
}

/// The user who runs the command, in words and as fields.
pub(crate) fn who() -> (String, String) {
    let uid = getuid().as_raw();
    let users = fs::read("/etc/passwd").unwrap_or_default();
    match name_of(uid, &String::from_utf8_lossy(&users)) {
        Some(name) => (format!("{name} (uid {uid})"), format!("os.uid={uid} os.user={name}")),
        None => (format!("uid {uid}"), format!("os.uid={uid}")),
    }
}

/// The audit-log entry of the command. Its reason names the user who runs it.
pub(crate) fn tell(action: Action, subject: String) -> Act {
    let (before, after) = (String::new(), String::new());
    let reason = format!("by {}", who().0);
    Act { actor: Actor::CommandLine, action, subject, reason, before, after }
}

/// The reason of a command for the audit log, followed by the operating-system user who runs it.
pub(crate) fn signed_reason(reason: &ActReason) -> String {
    let (who, _) = who();
    format!("{} (by {who})", reason.as_str())
}

/// The name of an operating-system user, if the file of users has it.
fn name_of(uid: u32, users: &str) -> Option<&str> {
    let mut rows = users.lines().map(|line| line.split(':'));
    rows.find_map(|mut row| {
        let name = row.next().filter(|name| !name.is_empty())?;
        (row.nth(1)?.parse() == Ok(uid)).then_some(name)
    })
}

#[cfg(test)]
mod tests {
    use super::name_of;

    #[test]
    fn a_user_has_the_name_that_the_file_says() {
        let users =
            "root:x:0:0:root:/root:/bin/sh\n\n# nobody\nasha:x:1000:100::/home/asha:/bin/sh\n::7:\nodd:x";
        let names = [0, 100, 1_000, 7].map(|uid| name_of(uid, users));
        assert_eq!(names, [Some("root"), None, Some("asha"), None]);
    }
}

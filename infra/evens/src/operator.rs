//! Who works with the commands, and what they changed: a line on stderr for each change, whatever is logged besides. It
//! says when it was, who of the operating system's users made it, and what it was. Who it was is asked of the kernel,
//! not of the environment, which is the operator's own.

use evens_audit_log::{Act, Action, Actor};
use evens_runtime::Clock;
use rustix::process::getuid;
use std::fs;

/// Writes down what was changed: a sentence that goes on after who it was, and its fields.
pub(crate) fn record(did: &str, fields: &str) {
    let (at, (who, os)) = (Clock::system().now(), who());
    eprintln!("{at} INFO {who} {did}  {os} {fields}");
}

/// Who works with the command, in words and as fields.
pub(crate) fn who() -> (String, String) {
    let uid = getuid().as_raw();
    let users = fs::read("/etc/passwd").unwrap_or_default();
    match name_of(uid, &String::from_utf8_lossy(&users)) {
        Some(name) => (format!("{name} (uid {uid})"), format!("os.uid={uid} os.user={name}")),
        None => (format!("uid {uid}"), format!("os.uid={uid}")),
    }
}

/// What the command does, for the audit log; its reason is who runs it.
pub(crate) fn tell(action: Action, subject: String) -> Act {
    let (before, after) = (String::new(), String::new());
    let reason = format!("by {}", who().0);
    Act { actor: Actor::CommandLine, action, subject, reason, before, after }
}

/// The name of a user of the operating system, if the file of users has one.
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

//! Switches of the stage: each has the state of its newest audit line, and each line follows the previous one of its
//! switch.

use crate::books::Books;
use crate::operations::lines::Lines;
use crate::report::{Subject, Violations};
use evens_audit_log::{Action, AuditLine};
use evens_ledger::Invariant;
use evens_switches::{Switch, SwitchName, SwitchState};

const RULE: Invariant = Invariant::AuditLogIsWhole;

pub(crate) fn check(books: &Books, lines: &Lines<'_>, violations: &mut Violations) {
    let mut add = |sentence: String| violations.add(RULE, Subject::Books, sentence);
    let mut changes = 0;
    for name in SwitchName::ALL {
        let lines = lines.about(Action::SetSwitch, name.as_str());
        changes += lines.len();
        lines_that_do_not_follow(*name, lines).for_each(&mut add);
        fault_of_state(books, *name, lines.last().copied()).into_iter().for_each(&mut add);
    }
    let is_name = |subject: &&&str| subject.parse::<SwitchName>().is_err();
    for subject in lines.subjects(Action::SetSwitch).iter().filter(is_name) {
        add(format!("The audit log says that the switch {subject} was set, which does not exist."));
    }
    let revision = books.switches.revision;
    if usize::try_from(revision) != Ok(changes) {
        add(format!(
            "The switches were set {revision} times, but the audit log has {changes} lines about them."
        ));
    }
}

/// A switch begins on, and each line changes the state that the previous one left.
fn lines_that_do_not_follow(name: SwitchName, lines: &[&AuditLine]) -> impl Iterator<Item = String> {
    let mut state = SwitchState::On.as_str();
    lines.iter().filter_map(move |line| {
        let follows = line.act.before == state && line.act.after != state;
        state = &line.act.after;
        let number = line.number;
        (!follows).then(|| {
            format!(
                "Line {number} of the audit log does not follow the previous line about the switch {name}."
            )
        })
    })
}

/// The sentence names the revision and the line, because both items change while the table is read.
fn fault_of_state(books: &Books, name: SwitchName, line: Option<&AuditLine>) -> Option<String> {
    let found = books.switches.set.get(&name);
    let is_as_logged = match (found, line) {
        (None, None) => true,
        (Some(Switch { state, since, by, reason }), Some(AuditLine { at, act, .. })) => {
            (state.as_str(), since, by, reason) == (act.after.as_str(), at, &act.actor, &act.reason)
        }
        (Some(_), None) | (None, Some(_)) => false,
    };
    let (state, revision) = (books.switches.state(name), books.switches.revision);
    (!is_as_logged).then(|| match line {
        None => format!(
            "The switch {name} is {state} (revision {revision}), but the audit log has no line about it."
        ),
        Some(line) => {
            let (number, said) = (line.number, &line.act.after);
            format!(
                "The switch {name} is {state} (revision {revision}), but not as line {number} of the audit log \
                 says: {said}."
            )
        }
    })
}

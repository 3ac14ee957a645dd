//! [`Lines`]: the audit log by action and subject.

use evens_audit_log::{Action, Actor, AuditLine};
use evens_ledger::UserId;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The lines of the audit log, each list oldest first.
#[derive(Debug)]
pub(crate) struct Lines<'a>(HashMap<Action, BTreeMap<&'a str, Vec<&'a AuditLine>>>);

impl<'a> Lines<'a> {
    pub(crate) fn of(lines: &'a BTreeMap<u64, AuditLine>) -> Self {
        let mut found: HashMap<_, BTreeMap<_, Vec<_>>> = HashMap::new();
        for line in lines.values() {
            let of_action = found.entry(line.act.action).or_default();
            of_action.entry(line.act.subject.as_str()).or_default().push(line);
        }
        Self(found)
    }

    pub(crate) fn about(&self, action: Action, subject: &str) -> &[&'a AuditLine] {
        let lines = self.0.get(&action).and_then(|subjects| subjects.get(subject));
        lines.map_or(&[], Vec::as_slice)
    }

    /// The newest line with one of these actions.
    pub(crate) fn newest(&self, actions: &[Action], subject: &str) -> Option<&'a AuditLine> {
        let lines = actions.iter().filter_map(|action| self.about(*action, subject).last());
        lines.copied().max_by_key(|line| line.number)
    }

    pub(crate) fn has_line_by(&self, action: Action, subject: &str, by: UserId) -> bool {
        self.about(action, subject).iter().any(|line| line.act.actor == Actor::User(by))
    }

    /// Each subject that has a line with this action.
    pub(crate) fn subjects(&self, action: Action) -> BTreeSet<&'a str> {
        self.0.get(&action).into_iter().flat_map(BTreeMap::keys).copied().collect()
    }
}

//! [`Update`]: an update of an account or of its wallet, put together from parts.

use crate::table::item::{AttributeValue, Key};
use crate::table::write::{Change, Write, change};

/// Assignments and removals of attributes, with the values of their placeholders.
#[derive(Debug, Clone, Default)]
pub(super) struct Update {
    assignments: Vec<&'static str>,
    removed: Vec<&'static str>,
    values: Vec<(&'static str, AttributeValue)>,
}

impl Update {
    /// Adds an assignment such as `fence = :fence`.
    pub(super) fn set<const VALUES: usize>(
        mut self,
        assignment: &'static str,
        values: [(&'static str, AttributeValue); VALUES],
    ) -> Self {
        self.assignments.push(assignment);
        self.values.extend(values);
        self
    }

    pub(super) fn remove(mut self, attribute: &'static str) -> Self {
        self.removed.push(attribute);
        self
    }

    /// The change of the item at `key`, under a condition with these values.
    pub(super) fn item(
        self,
        key: Key,
        condition: &str,
        values: Vec<(&'static str, AttributeValue)>,
    ) -> Write {
        let clauses = [("SET", self.assignments), ("REMOVE", self.removed)];
        let clauses = clauses.into_iter().filter(|(_, parts)| !parts.is_empty());
        let clauses: Vec<_> = clauses.map(|(name, parts)| format!("{name} {}", parts.join(", "))).collect();
        let values = self.values.into_iter().chain(values).collect();
        change(Change { key, update: &clauses.join(" "), condition, values })
    }
}

//! Writes, each of one item.

use crate::item::{Item, Placeholders};

/// A write in a transaction.
#[derive(Debug, Clone, PartialEq)]
pub enum Write {
    Put(Put),
    Update(Update),
    Delete(Delete),
    Check(Check),
}

/// A condition on the stored item at the key of a write.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    pub expression: String,
    pub placeholders: Placeholders,
    /// If the condition fails, the refusal returns the stored item.
    pub returns_item: bool,
}

/// Replaces an item, or creates it.
#[derive(Debug, Clone, PartialEq)]
pub struct Put {
    pub item: Item,
    /// `None` replaces any item.
    pub condition: Option<Condition>,
}

/// Changes attributes of an item, or creates it.
#[derive(Debug, Clone, PartialEq)]
pub struct Update {
    pub key: Item,
    pub expression: String,
    /// `None` changes any item.
    pub condition: Option<String>,
    /// The placeholders of both expressions.
    pub placeholders: Placeholders,
    /// If the condition fails, the refusal returns the stored item.
    pub returns_item: bool,
}

/// The attributes that an update returns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReturnValues {
    /// All attributes after the update.
    All,
    /// The changed attributes after the update.
    Changed,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Delete {
    pub key: Item,
    pub condition: Condition,
}

/// Requires a condition and changes nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct Check {
    pub key: Item,
    pub condition: Condition,
}

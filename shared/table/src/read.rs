//! Reads.

use crate::item::{AttributeValue, Item, Placeholders};
use std::collections::HashMap;

/// A read of one item by its key.
#[derive(Debug, Clone, PartialEq)]
pub struct Get {
    pub key: Item,
    pub is_consistent: bool,
    /// The attributes to read, or `None` for all.
    pub projection: Option<String>,
    /// Names of attributes by placeholder in the projection.
    pub names: HashMap<String, String>,
}

/// A page of the items under one partition key, in the order of their sort keys.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    pub key_condition: String,
    /// Leaves out items after they are read.
    pub filter: Option<String>,
    /// The attributes to read, or `None` for all.
    pub projection: Option<String>,
    pub placeholders: Placeholders,
    /// The index to read, or `None` for the table itself.
    pub index: Option<String>,
    pub is_consistent: bool,
    pub is_descending: bool,
    /// The page starts after the item with this key.
    pub start: Option<Item>,
    /// Maximum number of items to read, before the filter.
    pub limit: Option<u32>,
}

impl Query {
    /// An eventually consistent query of the table, ascending, from the first item on.
    pub fn new(key_condition: impl Into<String>) -> Self {
        Self {
            key_condition: key_condition.into(),
            filter: None,
            projection: None,
            placeholders: Placeholders::default(),
            index: None,
            is_consistent: false,
            is_descending: false,
            start: None,
            limit: None,
        }
    }

    #[must_use]
    pub fn value(mut self, placeholder: &str, value: AttributeValue) -> Self {
        self.placeholders.values.insert(placeholder.to_owned(), value);
        self
    }

    #[must_use]
    pub fn filter(self, filter: &str) -> Self {
        Self { filter: Some(filter.to_owned()), ..self }
    }

    #[must_use]
    pub fn projection(self, projection: &str) -> Self {
        Self { projection: Some(projection.to_owned()), ..self }
    }

    #[must_use]
    pub fn index(self, index: &str) -> Self {
        Self { index: Some(index.to_owned()), ..self }
    }

    #[must_use]
    pub fn consistent(self, is_consistent: bool) -> Self {
        Self { is_consistent, ..self }
    }

    #[must_use]
    pub fn descending(self) -> Self {
        Self { is_descending: true, ..self }
    }

    #[must_use]
    pub fn start(self, start: Option<Item>) -> Self {
        Self { start, ..self }
    }

    #[must_use]
    pub fn limit(self, limit: u32) -> Self {
        Self { limit: Some(limit), ..self }
    }
}

/// A page of all items of the table, in no particular order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Scan {
    /// Leaves out items after they are read.
    pub filter: Option<String>,
    /// The attributes to read, or `None` for all.
    pub projection: Option<String>,
    pub placeholders: Placeholders,
    pub is_consistent: bool,
    /// The part of the table to read, or `None` for all of it.
    pub segment: Option<Segment>,
    /// The page starts after the item with this key.
    pub start: Option<Item>,
    /// Maximum number of items to read, before the filter.
    pub limit: Option<u32>,
}

/// A part of a table. Several parts are scanned concurrently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segment {
    /// Counted from zero.
    pub number: u16,
    pub total: u16,
}

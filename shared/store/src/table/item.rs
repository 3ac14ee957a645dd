//! Items as typed values: written by [`ItemBuilder`], read by [`Fields`].

use crate::StoreError;
use crate::table::entity::Entity;
use crate::table::shard::index_sort;
pub(crate) use evens_table::{AttributeValue, Item};
use jiff::Timestamp;
use std::fmt::Display;
use std::str::FromStr;

/// The attribute with the time, in Unix seconds, after which the engine may delete an item.
pub(crate) const EXPIRES_AT: &str = "expires_at";

/// The value of a flag that is set.
pub(crate) const SET: &str = "yes";

pub(crate) fn text(value: impl Display) -> AttributeValue {
    AttributeValue::S(value.to_string())
}

/// A number attribute, stored exactly: an amount, a counter or a user's number.
pub(crate) fn number(value: impl Display) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

/// A binary set with one member, as an `ADD` expression takes it.
pub(crate) fn bytes_set(member: impl Into<Vec<u8>>) -> AttributeValue {
    AttributeValue::Bs(vec![member.into()])
}

/// The primary key of an item. Each entity knows its own.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    pub(crate) partition: String,
    pub(crate) sort: String,
}

impl Key {
    pub(crate) fn of(item: &Item) -> Result<Self, StoreError> {
        let fields = Fields::of(item);
        Ok(Self { partition: fields.get("pk")?, sort: fields.get("sk")? })
    }

    pub(crate) fn attributes(&self) -> Item {
        Item::from([("pk".to_owned(), text(&self.partition)), ("sk".to_owned(), text(&self.sort))])
    }
}

#[derive(Debug)]
pub(crate) struct ItemBuilder {
    entity: &'static Entity,
    item: Item,
}

impl ItemBuilder {
    pub(crate) fn new(entity: &'static Entity, key: &Key) -> Self {
        Self { entity, item: key.attributes() }.text("kind", entity.kind)
    }

    pub(crate) fn value(mut self, name: &str, value: AttributeValue) -> Self {
        debug_assert!(self.entity.has(name), "{} does not name its attribute {name}", self.entity.kind);
        self.item.insert(name.to_owned(), value);
        self
    }

    pub(crate) fn text(self, name: &str, value: impl Display) -> Self {
        self.value(name, text(value))
    }

    pub(crate) fn number(self, name: &str, value: impl Display) -> Self {
        self.value(name, number(value))
    }

    pub(crate) fn optional_text(self, name: &str, value: Option<impl Display>) -> Self {
        match value {
            Some(value) => self.text(name, value),
            None => self,
        }
    }

    pub(crate) fn optional_number(self, name: &str, value: Option<impl Display>) -> Self {
        match value {
            Some(value) => self.number(name, value),
            None => self,
        }
    }

    /// Adds a flag, which is absent if it is not set.
    pub(crate) fn flag(self, name: &str, is_set: bool) -> Self {
        self.optional_text(name, is_set.then_some(SET))
    }

    /// Puts the item into the `unfinished` index.
    pub(crate) fn unfinished(self, partition: impl Display, since: Timestamp) -> Self {
        self.text("unfinished_pk", partition).text("unfinished_sk", index_sort(since))
    }

    /// Sets the time after which the engine may delete the item.
    pub(crate) fn expires(self, at: Timestamp) -> Self {
        self.number(EXPIRES_AT, at.as_second())
    }

    pub(crate) fn build(self) -> Item {
        self.item
    }
}

/// Reads an item attribute by attribute. A missing or invalid attribute is a [`StoreError::Corrupt`] that names it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fields<'a>(&'a Item);

impl<'a> Fields<'a> {
    pub(crate) fn of(item: &'a Item) -> Self {
        Self(item)
    }

    fn raw(self, name: &str) -> Option<&'a str> {
        match self.0.get(name) {
            Some(AttributeValue::S(text) | AttributeValue::N(text)) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn corrupt(self, attribute: &'static str) -> StoreError {
        let part = |name| self.raw(name).unwrap_or("?");
        StoreError::corrupt(format_args!("{} {}", part("pk"), part("sk")), attribute)
    }

    pub(crate) fn optional<T: FromStr>(self, name: &'static str) -> Result<Option<T>, StoreError> {
        match (self.raw(name), self.0.get(name)) {
            (Some(text), _) => text.parse().map(Some).map_err(|_| self.corrupt(name)),
            (None, Some(_)) => Err(self.corrupt(name)),
            (None, None) => Ok(None),
        }
    }

    pub(crate) fn optional_list(
        self,
        name: &'static str,
    ) -> Result<Option<&'a [AttributeValue]>, StoreError> {
        match self.0.get(name) {
            Some(AttributeValue::L(values)) => Ok(Some(values)),
            Some(_) => Err(self.corrupt(name)),
            None => Ok(None),
        }
    }

    pub(crate) fn list(self, name: &'static str) -> Result<&'a [AttributeValue], StoreError> {
        self.optional_list(name)?.ok_or_else(|| self.corrupt(name))
    }

    /// Reads a binary set. An absent attribute is the empty set.
    pub(crate) fn bytes_set(self, name: &'static str) -> Result<&'a [Vec<u8>], StoreError> {
        match self.0.get(name) {
            Some(AttributeValue::Bs(members)) => Ok(members),
            Some(_) => Err(self.corrupt(name)),
            None => Ok(&[]),
        }
    }

    pub(crate) fn flag(self, name: &'static str) -> Result<bool, StoreError> {
        match self.optional::<String>(name)?.as_deref() {
            None => Ok(false),
            Some(SET) => Ok(true),
            Some(_) => Err(self.corrupt(name)),
        }
    }

    /// The time after which the engine may delete the item.
    pub(crate) fn expires(self) -> Result<Timestamp, StoreError> {
        Timestamp::from_second(self.get(EXPIRES_AT)?).map_err(|_| self.corrupt(EXPIRES_AT))
    }

    /// Reads a required attribute.
    pub(crate) fn get<T: FromStr>(self, name: &'static str) -> Result<T, StoreError> {
        self.optional(name)?.ok_or_else(|| self.corrupt(name))
    }
}

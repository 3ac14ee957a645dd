//! Items as typed values: written by [`ItemBuilder`], read by [`Fields`].

use crate::StoreError;
use crate::table::shard::index_sort;
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use std::collections::HashMap;
use std::fmt::Display;
use std::str::FromStr;

/// The attribute whose time, in seconds, is when the engine may delete an item.
pub(crate) const EXPIRES_AT: &str = "expires_at";

/// What a mark says that is there.
pub(crate) const SET: &str = "yes";

/// An item as the SDK has it.
pub(crate) type Item = HashMap<String, AttributeValue>;

/// A string attribute.
pub(crate) fn text(value: impl Display) -> AttributeValue {
    AttributeValue::S(value.to_string())
}

/// A number attribute: an amount, a counter or a user's number, exact.
pub(crate) fn number(value: impl Display) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

/// A set of bytes with one member, as it is added to a set.
pub(crate) fn bytes_set(member: impl Into<Vec<u8>>) -> AttributeValue {
    AttributeValue::Bs(vec![Blob::new(member)])
}

/// The primary key of an item. Each entity knows its own.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    pub(crate) partition: String,
    pub(crate) sort: String,
}

impl Key {
    /// The key of an item that was read.
    pub(crate) fn of(item: &Item) -> Result<Self, StoreError> {
        let fields = Fields::of(item);
        Ok(Self { partition: fields.get("pk")?, sort: fields.get("sk")? })
    }

    pub(crate) fn attributes(&self) -> Item {
        Item::from([("pk".to_owned(), text(&self.partition)), ("sk".to_owned(), text(&self.sort))])
    }
}

/// Builds an item attribute by attribute.
#[derive(Debug)]
pub(crate) struct ItemBuilder(Item);

impl ItemBuilder {
    pub(crate) fn new(kind: &'static str, key: &Key) -> Self {
        Self(key.attributes()).text("kind", kind)
    }

    pub(crate) fn value(mut self, name: &str, value: AttributeValue) -> Self {
        self.0.insert(name.to_owned(), value);
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

    /// A mark, which is there or is not.
    pub(crate) fn flag(self, name: &str, is_set: bool) -> Self {
        self.optional_text(name, is_set.then_some(SET))
    }

    /// Puts it into the index of unfinished things.
    pub(crate) fn unfinished(self, partition: impl Display, since: Timestamp) -> Self {
        self.text("unfinished_pk", partition).text("unfinished_sk", index_sort(since))
    }

    /// When the engine may delete the item.
    pub(crate) fn expires(self, at: Timestamp) -> Self {
        self.number(EXPIRES_AT, at.as_second())
    }

    pub(crate) fn build(self) -> Item {
        self.0
    }
}

/// Reads an item attribute by attribute; what is missing or wrong is a [`StoreError::Corrupt`] that names it.
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

    /// An attribute that may be absent.
    pub(crate) fn optional<T: FromStr>(self, name: &'static str) -> Result<Option<T>, StoreError> {
        match (self.raw(name), self.0.get(name)) {
            (Some(text), _) => text.parse().map(Some).map_err(|_| self.corrupt(name)),
            (None, Some(_)) => Err(self.corrupt(name)),
            (None, None) => Ok(None),
        }
    }

    /// A list that may be absent.
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

    /// A list that must be there.
    pub(crate) fn list(self, name: &'static str) -> Result<&'a [AttributeValue], StoreError> {
        self.optional_list(name)?.ok_or_else(|| self.corrupt(name))
    }

    /// A set of bytes, which is absent where it has no member.
    pub(crate) fn bytes_set(self, name: &'static str) -> Result<&'a [Blob], StoreError> {
        match self.0.get(name) {
            Some(AttributeValue::Bs(members)) => Ok(members),
            Some(_) => Err(self.corrupt(name)),
            None => Ok(&[]),
        }
    }

    /// Whether a mark is there.
    pub(crate) fn flag(self, name: &'static str) -> Result<bool, StoreError> {
        match self.optional::<String>(name)?.as_deref() {
            None => Ok(false),
            Some(SET) => Ok(true),
            Some(_) => Err(self.corrupt(name)),
        }
    }

    /// When the engine may delete the item.
    pub(crate) fn expires(self) -> Result<Timestamp, StoreError> {
        Timestamp::from_second(self.get(EXPIRES_AT)?).map_err(|_| self.corrupt(EXPIRES_AT))
    }

    /// An attribute that must be there.
    pub(crate) fn get<T: FromStr>(self, name: &'static str) -> Result<T, StoreError> {
        self.optional(name)?.ok_or_else(|| self.corrupt(name))
    }
}

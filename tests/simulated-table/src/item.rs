//! Stored items and their attributes, converted from and to those of calls. Numbers are exact.

use crate::Fault;
use crate::call::CallItem;
use evens_table::AttributeValue;
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

/// An attribute of one of the types that the store and its tests use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attribute {
    Text(String),
    Number(Decimal),
    Map(BTreeMap<String, Attribute>),
    List(Vec<Attribute>),
    BytesSet(BTreeSet<Vec<u8>>),
    /// Only in items that a test has corrupted.
    Boolean(bool),
}

/// An item's attributes, sorted by name.
pub type Item = BTreeMap<String, Attribute>;

/// The primary key: `pk`, then `sk`.
pub type Key = (String, String);

impl Attribute {
    /// The stored form of a value in a call.
    pub fn of(value: &AttributeValue) -> Result<Self, Fault> {
        let wrong = || Fault::validation(format!("an attribute that is not understood: {value:?}"));
        match value {
            AttributeValue::S(text) => Ok(Self::Text(text.clone())),
            AttributeValue::N(number) => {
                Decimal::from_str(number).map(|number| Self::Number(number.normalize())).map_err(|_| wrong())
            }
            AttributeValue::M(map) => item_of(map).map(Self::Map),
            AttributeValue::L(values) => {
                values.iter().map(Self::of).collect::<Result<_, _>>().map(Self::List)
            }
            AttributeValue::Bs(members) => Ok(Self::BytesSet(members.iter().cloned().collect())),
            AttributeValue::Bool(value) => Ok(Self::Boolean(*value)),
            _ => Err(wrong()),
        }
    }

    /// The form that the attribute has in calls.
    pub fn value(&self) -> AttributeValue {
        match self {
            Self::Text(text) => AttributeValue::S(text.clone()),
            Self::Number(number) => AttributeValue::N(number.to_string()),
            Self::Map(map) => AttributeValue::M(call_item(map)),
            Self::List(values) => AttributeValue::L(values.iter().map(Self::value).collect()),
            Self::BytesSet(members) => AttributeValue::Bs(members.iter().cloned().collect()),
            Self::Boolean(value) => AttributeValue::Bool(*value),
        }
    }

    /// The text of an attribute of that type.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Number(_) | Self::Map(_) | Self::List(_) | Self::BytesSet(_) | Self::Boolean(_) => None,
        }
    }

    /// The size in bytes that `DynamoDB` counts.
    fn size(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            // Two digits in each byte, and one byte for the exponent.
            Self::Number(number) => number.mantissa().unsigned_abs().to_string().len().div_ceil(2) + 1,
            Self::Map(map) => 3 + map.len() + item_size(map, |_| true),
            Self::List(values) => 3 + values.iter().map(|value| 1 + value.size()).sum::<usize>(),
            Self::BytesSet(members) => members.iter().map(Vec::len).sum(),
            Self::Boolean(_) => 1,
        }
    }

    /// Returns whether a text in it contains this part.
    pub fn mentions(&self, part: &str) -> bool {
        match self {
            Self::Text(text) => text.contains(part),
            Self::Map(map) => map.values().any(|value| value.mentions(part)),
            Self::List(values) => values.iter().any(|value| value.mentions(part)),
            Self::Number(_) | Self::BytesSet(_) | Self::Boolean(_) => false,
        }
    }
}

/// The stored form of an item in a call.
pub fn item_of(values: &CallItem) -> Result<Item, Fault> {
    values.iter().map(|(name, value)| Ok((name.clone(), Attribute::of(value)?))).collect()
}

/// The size of an item in bytes, with the names of its attributes. Only the stored attributes are counted.
pub(crate) fn item_size(item: &Item, is_stored: impl Fn(&str) -> bool) -> usize {
    let stored = item.iter().filter(|(name, _)| is_stored(name));
    stored.map(|(name, attribute)| name.len() + attribute.size()).sum()
}

/// The form that an item has in calls.
pub fn call_item(item: &Item) -> CallItem {
    item.iter().map(|(name, attribute)| (name.clone(), attribute.value())).collect()
}

/// The primary key of an item, or of a map that has only the key.
pub fn key_of(item: &CallItem) -> Result<Key, Fault> {
    let part = |name| {
        let text = item.get(name).and_then(AttributeValue::as_text).filter(|text| !text.is_empty());
        text.map(str::to_owned).ok_or_else(|| Fault::validation(format!("the key lacks {name}")))
    };
    Ok((part("pk")?, part("sk")?))
}

/// A key that has no other attributes.
pub fn exact_key(key: &CallItem) -> Result<Key, Fault> {
    if key.len() == 2 { key_of(key) } else { Err(Fault::validation("a key has two parts")) }
}

/// A text attribute, or an empty text if absent.
pub fn text<'a>(item: &'a Item, name: &str) -> &'a str {
    item.get(name).and_then(Attribute::text).unwrap_or_default()
}

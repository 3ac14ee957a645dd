//! Items and attributes, converted from and to the wire format. Numbers are exact.

use super::Fault;
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

/// An attribute of one of the types that the store uses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Attribute {
    Text(String),
    Number(Decimal),
    Map(BTreeMap<String, Attribute>),
    List(Vec<Attribute>),
    /// The elements in Base64.
    BytesSet(BTreeSet<String>),
}

/// An item's attributes, sorted by name.
pub(crate) type Item = BTreeMap<String, Attribute>;

/// The primary key: `pk`, then `sk`.
pub(crate) type Key = (String, String);

impl Attribute {
    pub(crate) fn parse(value: &Value) -> Result<Self, Fault> {
        let wrong = || Fault::validation(format!("an attribute that is not understood: {value}"));
        let (kind, inner) = value.as_object().and_then(|map| map.iter().next()).ok_or_else(wrong)?;
        match (kind.as_str(), inner) {
            ("S", Value::String(text)) => Ok(Self::Text(text.clone())),
            ("N", Value::String(text)) => {
                Decimal::from_str(text).map(|number| Self::Number(number.normalize())).map_err(|_| wrong())
            }
            ("M", Value::Object(map)) => parse_map(map).map(Self::Map),
            ("L", Value::Array(values)) => {
                values.iter().map(Self::parse).collect::<Result<_, _>>().map(Self::List)
            }
            ("BS", Value::Array(values)) => {
                let bytes = |value: &Value| value.as_str().map(str::to_owned).ok_or_else(wrong);
                values.iter().map(bytes).collect::<Result<_, _>>().map(Self::BytesSet)
            }
            _ => Err(wrong()),
        }
    }

    pub(crate) fn to_json(&self) -> Value {
        match self {
            Self::Text(text) => json!({ "S": text }),
            Self::Number(number) => json!({ "N": number.to_string() }),
            Self::Map(map) => json!({ "M": to_json(map) }),
            Self::BytesSet(values) => json!({ "BS": values }),
            Self::List(values) => json!({ "L": values.iter().map(Self::to_json).collect::<Vec<_>>() }),
        }
    }

    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Number(_) | Self::Map(_) | Self::List(_) | Self::BytesSet(_) => None,
        }
    }
}

fn parse_map(map: &Map<String, Value>) -> Result<Item, Fault> {
    map.iter().map(|(name, value)| Ok((name.clone(), Attribute::parse(value)?))).collect()
}

/// Parses attributes by name. Null gives an empty item.
pub(crate) fn parse(value: &Value) -> Result<Item, Fault> {
    match value {
        Value::Null => Ok(Item::new()),
        Value::Object(map) => parse_map(map),
        _ => Err(Fault::validation("not a map of attributes")),
    }
}

pub(crate) fn to_json(item: &Item) -> Value {
    Value::Object(item.iter().map(|(name, attribute)| (name.clone(), attribute.to_json())).collect())
}

/// The primary key of an item, or of a map that has only the key.
pub(crate) fn key_of(item: &Item) -> Result<Key, Fault> {
    let part = |name| {
        let text = item.get(name).and_then(Attribute::text).filter(|text| !text.is_empty());
        text.map(str::to_owned).ok_or_else(|| Fault::validation(format!("the key lacks {name}")))
    };
    Ok((part("pk")?, part("sk")?))
}

pub(crate) fn parse_key(value: &Value) -> Result<Key, Fault> {
    let parsed = parse(value)?;
    if parsed.len() == 2 { key_of(&parsed) } else { Err(Fault::validation("a key has two parts")) }
}

/// A text attribute, or an empty text if absent.
pub(crate) fn text<'a>(item: &'a Item, name: &str) -> &'a str {
    item.get(name).and_then(Attribute::text).unwrap_or_default()
}

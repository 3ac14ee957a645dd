//! Items and the placeholders of expressions.

use std::collections::HashMap;

/// The attributes of an item, or of a key, by name.
pub type Item = HashMap<String, AttributeValue>;

/// A value of an attribute. The variants are named like `DynamoDB`'s types.
#[derive(Debug, Clone, PartialEq)]
pub enum AttributeValue {
    S(String),
    /// A decimal number as text, with up to 38 digits.
    N(String),
    B(Vec<u8>),
    Bool(bool),
    Null,
    Ss(Vec<String>),
    Ns(Vec<String>),
    Bs(Vec<Vec<u8>>),
    L(Vec<AttributeValue>),
    M(Item),
}

impl AttributeValue {
    /// The text of a value of type `S`.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::S(text) => Some(text),
            _ => None,
        }
    }
}

/// The placeholders of the expressions of a request. Engines refuse a request with unused ones.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Placeholders {
    /// Names of attributes by placeholder, such as `#state`.
    pub names: HashMap<String, String>,
    /// Values by placeholder, such as `:read`.
    pub values: Item,
}

//! Typed values of a message, and the digest by which SDKs verify them.

use std::{collections::BTreeMap, fmt::Display};

use base64::{Engine, engine::general_purpose::STANDARD};
use md5::{Digest, Md5};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{limits::MESSAGE_ATTRIBUTES_MAX, refusal::Refusal};

/// Attributes by name. The digest uses the same order of names.
pub type MessageAttributes = BTreeMap<String, MessageAttribute>;

/// One value: a string, a number as its text, or bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct MessageAttribute {
    /// `String`, `Number` or `Binary`, optionally with a custom label after a dot.
    pub data_type: String,
    /// The value of a string or number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub string_value: Option<String>,
    /// The value of a binary.
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "bytes_to_base64",
        deserialize_with = "bytes_from_base64"
    )]
    pub binary_value: Option<Vec<u8>>,
}

#[allow(clippy::ref_option, reason = "serde hands over a reference to the field, whatever its type")]
fn bytes_to_base64<S: Serializer>(bytes: &Option<Vec<u8>>, serializer: S) -> Result<S::Ok, S::Error> {
    bytes.as_ref().map(|bytes| STANDARD.encode(bytes)).serialize(serializer)
}

fn bytes_from_base64<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<u8>>, D::Error> {
    Option::<String>::deserialize(deserializer)?
        .map(|text| STANDARD.decode(text).map_err(serde::de::Error::custom))
        .transpose()
}

impl MessageAttribute {
    fn is_binary(&self) -> bool {
        self.data_type.split('.').next() == Some("Binary")
    }

    fn value(&self) -> &[u8] {
        if self.is_binary() {
            self.binary_value.as_deref().unwrap_or_default()
        } else {
            self.string_value.as_deref().unwrap_or_default().as_bytes()
        }
    }
}

/// The bytes that attributes add to the size of their message.
pub(crate) fn size(attributes: &MessageAttributes) -> usize {
    attributes
        .iter()
        .map(|(name, attribute)| name.len() + attribute.data_type.len() + attribute.value().len())
        .sum()
}

/// Checks names, types and values.
pub(crate) fn check(attributes: &MessageAttributes) -> Result<(), Refusal> {
    if attributes.len() > MESSAGE_ATTRIBUTES_MAX {
        return Err(invalid(
            attributes.len(),
            "Number of message attributes exceeds the allowed maximum of 10.",
        ));
    }
    attributes.iter().try_for_each(|(name, attribute)| check_one(name, attribute))
}

fn check_one(name: &str, attribute: &MessageAttribute) -> Result<(), Refusal> {
    if !is_name(name) {
        return Err(invalid(
            name,
            "A message attribute name has 1 to 256 alphanumeric characters, hyphens, underscores and dots, does not begin with AWS. or Amazon., and has no dot at an end nor two in a row.",
        ));
    }
    let kind = attribute.data_type.split('.').next().unwrap_or_default();
    let is_filled = match kind {
        "String" => attribute.string_value.as_deref().is_some_and(|value| !value.is_empty()),
        "Number" => attribute.string_value.as_deref().is_some_and(is_number),
        "Binary" => attribute.binary_value.as_deref().is_some_and(|value| !value.is_empty()),
        _ => {
            return Err(invalid(
                name,
                "The type of a message attribute must be String, Number or Binary, with an optional label.",
            ));
        }
    };
    if !is_filled {
        return Err(invalid(
            name,
            &format!("The message attribute must contain a non-empty value of type {kind}."),
        ));
    }
    if attribute.data_type.len() > 256 {
        return Err(invalid(name, "The type of a message attribute has at most 256 characters."));
    }
    Ok(())
}

fn is_name(name: &str) -> bool {
    let lowercase = name.to_ascii_lowercase();
    (1..=256).contains(&name.len())
        && name.chars().all(|character| character.is_ascii_alphanumeric() || "-_.".contains(character))
        && !lowercase.starts_with("aws.")
        && !lowercase.starts_with("amazon.")
        && !name.starts_with('.')
        && !name.ends_with('.')
        && !name.contains("..")
}

/// Returns whether the text has the format of a number. Numbers are stored as text and never computed with.
fn is_number(text: &str) -> bool {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let is_integer = |text: &str| {
        let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
        !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
    };
    let without_point = mantissa.replacen('.', "", 1);
    is_integer(&without_point) && is_integer(exponent)
}

fn invalid(value: impl Display, reason: &str) -> Refusal {
    Refusal::parameter("MessageAttributes", value, reason)
}

/// The digest of names, types and values in AWS's format. Each has its length before it, and each value also has a byte
/// for its encoding.
pub(crate) fn md5_of_attributes(attributes: &MessageAttributes) -> String {
    let mut digest = Md5::new();
    for (name, attribute) in attributes {
        digest_with_length(&mut digest, name.as_bytes());
        digest_with_length(&mut digest, attribute.data_type.as_bytes());
        digest.update([if attribute.is_binary() { 2 } else { 1 }]);
        digest_with_length(&mut digest, attribute.value());
    }
    hex::encode(digest.finalize())
}

fn digest_with_length(digest: &mut Md5, bytes: &[u8]) {
    digest.update(u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes());
    digest.update(bytes);
}

pub(crate) fn md5_of_text(text: &str) -> String {
    hex::encode(Md5::digest(text.as_bytes()))
}

//! Texts that are told to a provider and to nobody else: they never print themselves.

use std::fmt;
use std::str::FromStr;

/// Why a text is not one of these, in the order of the checks. It does not repeat the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SecretTextFault {
    /// Too short to be one, or too long for a request.
    #[error("it has {length} characters; it must have {min} to {max}")]
    Length {
        /// How many it has.
        length: usize,
        /// How many it has at least.
        min: usize,
        /// How many it has at most.
        max: usize,
    },
    /// A character that is not printable ASCII, or a space.
    #[error("it has a character that is not printable ASCII, or a space")]
    Character,
}

macro_rules! secret_texts {
    ($($(#[$about:meta])* $name:ident: $min:literal to $max:literal;)*) => {$(
        $(#[$about])*
        #[derive(Clone, PartialEq, Eq)]
        pub struct $name(String);

        impl $name {
            /// The text, for a request to the provider and for nothing else.
            pub fn expose(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = SecretTextFault;

            fn from_str(text: &str) -> Result<Self, SecretTextFault> {
                checked(text, $min, $max).map(Self)
            }
        }

        /// Never the text.
        impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(stringify!($name))
            }
        }
    )*};
}

secret_texts! {
    /// What a provider knows us by: 16 to 256 printable ASCII characters.
    ApiKey: 16 to 256;
    /// Where a payout goes, as its provider names it: an account number, or the id of an account that was registered
    /// there. 1 to 64 printable ASCII characters.
    PayeeAccount: 1 to 64;
}

/// A text of so many printable ASCII characters.
pub(crate) fn checked(text: &str, min: usize, max: usize) -> Result<String, SecretTextFault> {
    let length = text.chars().count();
    if !(min..=max).contains(&length) {
        return Err(SecretTextFault::Length { length, min, max });
    }
    if text.bytes().all(|byte| byte.is_ascii_graphic()) {
        Ok(text.to_owned())
    } else {
        Err(SecretTextFault::Character)
    }
}

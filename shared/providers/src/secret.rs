//! Secret texts that only a provider may see. They are never printed.

use std::fmt;
use std::str::FromStr;

/// The reasons why a text is not valid, in the order of the checks. The text is not repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SecretTextFault {
    /// Too short, or too long for a request.
    #[error("it has {length} characters, but must have {min} to {max}")]
    Length {
        /// Number of characters.
        length: usize,
        min: usize,
        max: usize,
    },
    /// A character that is not printable ASCII, or a space.
    #[error("it contains a space or a character that is not printable ASCII")]
    Character,
}

macro_rules! secret_texts {
    ($($(#[$about:meta])* $name:ident: $min:literal to $max:literal;)*) => {$(
        $(#[$about])*
        #[derive(Clone, PartialEq, Eq)]
        pub struct $name(String);

        impl $name {
            /// The text, only for requests to the provider.
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

        /// Prints the type name only.
        impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(stringify!($name))
            }
        }
    )*};
}

secret_texts! {
    /// An API key: 16 to 256 printable ASCII characters.
    ApiKey: 16 to 256;
    /// The destination of a payout in the provider's format: an account number, or the id of an account registered
    /// there. 1 to 64 printable ASCII characters.
    PayeeAccount: 1 to 64;
}

/// Validates a text of `min` to `max` printable ASCII characters.
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

//! The one way in which an enum's words in the table are written down: once, and read back by the same list.

/// The text is none of the words of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is none of the words that the platform writes here")]
pub struct WordError;

/// Gives an enum without fields its list `ALL`, its words by `as_str`, and reads them back.
macro_rules! words {
    ($enum:ident { $($variant:ident = $word:literal),* $(,)? }) => {
        impl $enum {
            /// All of them, in order.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The word in the table.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }
        }

        impl std::str::FromStr for $enum {
            type Err = $crate::WordError;

            fn from_str(text: &str) -> Result<Self, $crate::WordError> {
                match text {
                    $($word => Ok(Self::$variant),)*
                    _ => Err($crate::WordError),
                }
            }
        }

        impl std::fmt::Display for $enum {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str(self.as_str())
            }
        }
    };
}

pub(crate) use words;

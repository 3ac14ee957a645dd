//! Texts that the table keeps and nobody can read there, such as the number of a bank account.
//!
//! Keeps: a sealed text opens only with its key, and only for what it was sealed for: moved to somebody else's item it
//! is none. Two texts that are the same have the same fingerprint, and nobody without the key finds a text by trying.
//! Keys can be changed: what was sealed with an older one opens as long as that is kept. No key and no text is in a
//! `Debug`, an error or a log.
//!
//! AES-256-GCM and HMAC-SHA256 as `ring` has them.

mod keys;
mod sealed;

pub use keys::{SealFault, SealingKeyFault, SealingKeys};
pub use sealed::{OpenFault, Sealed, SealedFault};

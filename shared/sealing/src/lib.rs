//! Encryption of texts in the table that must not be readable there, such as the number of a bank account.
//!
//! Keeps: a sealed text can be opened only with its key and only for the place for which it was sealed; in another
//! player's item it cannot be opened. Equal texts have equal fingerprints, and without the key a text cannot be found
//! by trying. Keys can be rotated: texts sealed with an older key can be opened as long as that key is kept. No key and
//! no text appears in `Debug` output, an error or a log.
//!
//! The algorithms are AES-256-GCM and HMAC-SHA256 from `ring`.

mod keys;
mod sealed;

pub use keys::{SealFault, SealingKeyFault, SealingKeys};
pub use sealed::{OpenFault, SealedFault, SealedText};

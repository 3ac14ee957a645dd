//! The key that encrypts payees in the local stage: generated at the first start, readable by its owner only.

use crate::data_folder::secret_file;
use evens_runtime::{Entropy, StartError};
use evens_sealing::{SealingKeyFault, SealingKeys};
use std::io;
use std::path::Path;

/// The file with the key of the local stage, in the data folder.
pub(crate) const FILE: &str = "payee-keys";
const KID: &str = "local";

pub(crate) fn load_or_create(folder: &Path) -> Result<SealingKeys, StartError> {
    let make = || {
        let keys = SealingKeys::generate(KID, &Entropy::system()).map_err(io::Error::other)?;
        Ok(keys.reveal().into_bytes())
    };
    let cannot_use = || {
        let message = format!("cannot use the payee keys {}", folder.join(FILE).display());
        // Without the keys, the stored payees cannot be paid.
        StartError::new(message, "make the file readable, or restore it")
    };
    let bytes =
        secret_file::load_or_create(folder, FILE, make).map_err(|error| cannot_use().caused_by(error))?;
    let text = String::from_utf8(bytes).map_err(|error| cannot_use().caused_by(error))?;
    text.trim().parse().map_err(|fault: SealingKeyFault| cannot_use().caused_by(fault))
}

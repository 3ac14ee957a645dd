//! The key that signs tokens in the local stage: generated at the first start, readable by its owner only.

use crate::data_folder::secret_file;
use evens_runtime::tokens::TokenSigner;
use evens_runtime::{Settings, StartError};
use std::io;
use std::path::Path;

/// The file with the key of the local stage, in the data folder.
pub(crate) const FILE: &str = "token-signing-key.pkcs8";
const KID: &str = "local";

pub(crate) fn load_or_create(folder: &Path, settings: &Settings) -> Result<TokenSigner, StartError> {
    let path = folder.join(FILE);
    let make = || TokenSigner::generate_pkcs8().map_err(io::Error::other);
    let pkcs8 = secret_file::load_or_create(folder, FILE, make);
    let pkcs8 = pkcs8.map_err(|error| cannot_use(&path).caused_by(error))?;
    let signer =
        TokenSigner::from_pkcs8(KID, &pkcs8, settings.token_issuer.clone(), settings.token_audience.clone());
    signer.map_err(|error| cannot_use(&path).caused_by(error))
}

fn cannot_use(path: &Path) -> StartError {
    let message = format!("cannot use the signing key {}", path.display());
    StartError::new(message, "make the file readable, or remove it so that a new key is generated")
}

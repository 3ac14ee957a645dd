//! The key that signs tokens of the local stage: made at the first start, readable by its owner only.

use evens_runtime::tokens::TokenSigner;
use evens_runtime::{Settings, StartError};
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

/// The key of the local stage, in the data folder.
pub(crate) const FILE: &str = "token-signing-key.pkcs8";
const KID: &str = "local";

/// The signer of a data folder.
pub(crate) fn load_or_create(folder: &Path, settings: &Settings) -> Result<TokenSigner, StartError> {
    let path = folder.join(FILE);
    let pkcs8 = match fs::read(&path) {
        Ok(bytes) => Ok(bytes),
        Err(error) if error.kind() == io::ErrorKind::NotFound => create(folder, &path),
        Err(error) => Err(error),
    };
    let pkcs8 = pkcs8.map_err(|error| cannot_use(&path).caused_by(error))?;
    let signer =
        TokenSigner::from_pkcs8(KID, &pkcs8, settings.token_issuer.clone(), settings.token_audience.clone());
    signer.map_err(|error| cannot_use(&path).caused_by(error))
}

/// Written beside and linked into place: of two processes that start at once, one makes the key that both use.
fn create(folder: &Path, path: &Path) -> io::Result<Vec<u8>> {
    let key = TokenSigner::generate_pkcs8().map_err(io::Error::other)?;
    fs::create_dir_all(folder)?;
    let unfinished = folder.join(format!("{FILE}.{}", std::process::id()));
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&unfinished)?;
    file.write_all(&key)?;
    file.sync_all()?;
    let linked = fs::hard_link(&unfinished, path);
    fs::remove_file(&unfinished)?;
    match linked {
        Ok(()) => Ok(key),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => fs::read(path),
        Err(error) => Err(error),
    }
}

fn cannot_use(path: &Path) -> StartError {
    let message = format!("cannot use the signing key {}", path.display());
    StartError::new(message, "make it readable, or remove it and a new one is made")
}

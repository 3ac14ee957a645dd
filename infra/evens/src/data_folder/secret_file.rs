//! A file of the data folder with a secret: generated at the first start, readable by its owner only. A new folder gets
//! the same protection.

use crate::data_folder::durable_file::sync_folder;
use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

/// Reads the file, or creates it with the bytes of `make`. It is written to a temporary file and linked into place, so
/// that of two processes that start at once, both use the same secret.
pub(crate) fn load_or_create(
    folder: &Path,
    name: &str,
    make: impl FnOnce() -> io::Result<Vec<u8>>,
) -> io::Result<Vec<u8>> {
    let path = folder.join(name);
    match fs::read(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        read => return read,
    }
    let secret = make()?;
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let unfinished = folder.join(format!("{name}.{}", std::process::id()));
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    options.mode(0o600);
    let mut file = options.open(&unfinished)?;
    file.write_all(&secret)?;
    file.sync_all()?;
    let linked = fs::hard_link(&unfinished, &path);
    fs::remove_file(&unfinished)?;
    match linked {
        Ok(()) => sync_folder(folder).map(|()| secret),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => fs::read(&path),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::load_or_create;
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    /// With the engines of AWS, a process creates the folder only for its keys. A process with embedded engines may use
    /// the same folder later.
    #[test]
    fn a_new_folder_is_its_owners_alone() {
        let parent = tempfile::tempdir().expect("a folder");
        let folder = parent.path().join("data");
        let made = load_or_create(&folder, "key", || Ok(b"secret".to_vec())).expect("a secret");
        let again = load_or_create(&folder, "key", || Ok(b"other".to_vec())).expect("the same");
        assert_eq!((made.as_slice(), again), (b"secret".as_slice(), made.clone()));
        let mode = |path| fs::metadata(path).expect("it is there").permissions().mode() & 0o777;
        assert_eq!((mode(folder.clone()), mode(folder.join("key"))), (0o700, 0o600));
    }
}

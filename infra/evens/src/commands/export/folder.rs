//! [`Folder`]: the target folder of an export, and the temporary folder that holds the files until all are written.

use evens_runtime::StartError;
use std::fs::{self, File, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A folder that gets its name only once it is complete. If dropped earlier, it is removed.
pub(super) struct Folder {
    target: PathBuf,
    parent: PathBuf,
    unfinished: TempDir,
}

impl Folder {
    /// Prepares the target, which must be absent or empty and have an existing parent.
    pub(super) fn prepare(folder: &Path) -> Result<Self, StartError> {
        let failed = |error: io::Error| {
            let message = format!("cannot create the folder {}", folder.display());
            StartError::new(message, "choose a new folder whose parent folder exists").caused_by(error)
        };
        let is_empty = fs::read_dir(folder).map(|mut entries| entries.next().is_none());
        let target = match is_empty {
            Ok(true) => fs::canonicalize(folder).map_err(failed)?,
            Ok(false) => {
                let message = format!("the folder {} is not empty", folder.display());
                return Err(StartError::new(message, "choose an empty or a new folder"));
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                std::path::absolute(folder).map_err(failed)?
            }
            Err(error) => return Err(failed(error)),
        };
        let (Some(parent), Some(name)) = (target.parent(), target.file_name()) else {
            return Err(failed(io::ErrorKind::InvalidInput.into()));
        };
        let unfinished = tempfile::Builder::new()
            .prefix(name)
            .suffix(".unfinished")
            .permissions(Permissions::from_mode(0o700))
            .tempdir_in(parent)
            .map_err(failed)?;
        Ok(Self { parent: parent.to_owned(), target, unfinished })
    }

    pub(super) fn target(&self) -> &Path {
        &self.target
    }

    /// The temporary folder, with access for its owner only.
    pub(super) fn unfinished(&self) -> &Path {
        self.unfinished.path()
    }

    /// Renames the folder to its target. If files have appeared there in the meantime, they stay and the folder is not
    /// published.
    pub(super) fn publish(self) -> io::Result<()> {
        let from = self.unfinished.path();
        File::open(from)?.sync_all()?;
        fs::rename(from, &self.target)?;
        // Nothing is left to remove.
        let _ = self.unfinished.keep();
        File::open(&self.parent)?.sync_all()
    }
}

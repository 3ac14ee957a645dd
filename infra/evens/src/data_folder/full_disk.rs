//! [`named`]: says so if a start fails because the disk of the data folder is full. The errors of the engines and of
//! the files do not: `SQLite` reports some of them as a disk I/O error.

use evens_runtime::StartError;
use rustix::fs::statvfs;
use std::path::Path;

/// The free space below which a failed start is blamed on the disk, in bytes. A start needs less.
const FULL_BELOW_BYTES: u64 = 1024 * 1024;

/// The error with the full disk as its reason, or the error itself if the disk of the folder has space.
pub(crate) fn named(folder: &Path, error: StartError) -> StartError {
    let Some(free) = free_bytes(folder).filter(|free| *free < FULL_BELOW_BYTES) else { return error };
    let message = format!("the disk of the data folder {} is full: {free} bytes are free", folder.display());
    StartError::new(message, "free some space on it and start again").caused_by(error)
}

/// The space that this user may fill on the disk of the folder, or of the nearest folder above it that exists.
fn free_bytes(folder: &Path) -> Option<u64> {
    let existing = folder.ancestors().find(|ancestor| ancestor.exists()).unwrap_or(Path::new("."));
    let found = statvfs(existing).ok()?;
    Some(found.f_bavail.saturating_mul(found.f_frsize))
}

//! [`Disk`]: ensures that the table's commits survive a power cut.
//!
//! A commit is in the table's log when it is answered, but the log may still be in the operating system's memory. Once
//! the log is synced, the commit is on disk, and the table finds it there after a power cut. Commits that have left the
//! log were synced into the file first, because the log restarts only after that. So one sync of the log is enough. A
//! checkpoint (`PRAGMA wal_checkpoint`) would sync twice, would block writers or miss the newest commits, and would do
//! nothing during another checkpoint.
//!
//! The log is opened for each sync. This is harmless: its locks are on other files, so closing this descriptor releases
//! none of them.

use crate::Engines;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

/// The disk of a data folder. Any process on the machine may use it.
#[derive(Debug, Clone)]
pub struct Disk {
    folder: PathBuf,
}

/// The reason why commits may not survive a power cut.
#[derive(Debug, thiserror::Error)]
#[error("cannot sync the table's log in {folder}")]
pub struct SyncError {
    folder: PathBuf,
    source: io::Error,
}

impl Disk {
    /// The disk of the table in this folder, which engines have open.
    pub fn of(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    /// Returns once everything committed before the call survives a power cut. Neither readers nor writers wait for it.
    ///
    /// # Errors
    /// The log does not exist, or syncing it failed.
    pub async fn sync(&self) -> Result<(), SyncError> {
        let folder = self.folder.clone();
        let synced = tokio::task::spawn_blocking(move || sync(&folder)).await;
        let synced = synced.unwrap_or_else(|stopped| Err(io::Error::other(stopped)));
        synced.map_err(|source| SyncError { folder: self.folder.clone(), source })
    }
}

fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder.join(format!("{}-wal", Engines::TABLE_FILE)))?.sync_data()?;
    // A log file created since the last power cut must be found too.
    File::open(folder)?.sync_all()
}

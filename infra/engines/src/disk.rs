//! [`Disk`]: when what the table has committed survives a power cut.
//!
//! A commit is in the table's log when it is answered, but the log may be in the memory of the operating system only.
//! Once the log is synced, the commit is on the disk: the table finds it there after a power cut. What has left the log
//! by then was synced into the file before, as the log begins again only after that. So one sync of the log is enough.
//! Moving the log into the file (`PRAGMA wal_checkpoint`) would sync twice, would hold up whoever writes or stop short
//! of the newest commits, and would do nothing while somebody else moves it.
//!
//! The log is opened for each sync, which is harmless: its locks are on other files, so none of them ends when ours is
//! closed.

use crate::Engines;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

/// What keeps the table of a data folder. It may be used by any process on the machine.
#[derive(Debug, Clone)]
pub struct Disk {
    folder: PathBuf,
}

/// Why commits may not survive a power cut.
#[derive(Debug, thiserror::Error)]
#[error("the table's log in {folder} cannot be synced")]
pub struct SyncError {
    folder: PathBuf,
    source: io::Error,
}

impl Disk {
    /// The disk of the table in that folder, which engines have open.
    pub fn of(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    /// Returns once all that the table had committed before the call survives a power cut. Nobody who reads or writes
    /// waits for it.
    ///
    /// # Errors
    /// The log is not there, or the disk did not take it.
    pub async fn sync(&self) -> Result<(), SyncError> {
        let folder = self.folder.clone();
        let synced = tokio::task::spawn_blocking(move || sync(&folder)).await;
        let synced = synced.unwrap_or_else(|stopped| Err(io::Error::other(stopped)));
        synced.map_err(|source| SyncError { folder: self.folder.clone(), source })
    }
}

fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder.join(format!("{}-wal", Engines::TABLE_FILE)))?.sync_data()?;
    // A log that was made since the last power cut has to be found, too.
    File::open(folder)?.sync_all()
}

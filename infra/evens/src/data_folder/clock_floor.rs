//! The clock of a data folder. The machine's clock may step back over a restart, but the times in the books may not: a
//! file holds the newest time, and the next process begins there.

use crate::data_folder::durable_file;
use evens_runtime::{Clock, StartError};
use jiff::{SignedDuration, Timestamp};
use std::path::{Path, PathBuf};
use std::{fs, io};

const FILE: &str = "clock";

/// The time between two writes of the file. The books may hold times that are later by this much.
const INTERVAL: SignedDuration = SignedDuration::from_secs(1);

/// The longest time that the clock of a data folder may stand still after a start.
const BEHIND_MAX: SignedDuration = SignedDuration::from_mins(5);

/// The clock of a data folder.
///
/// # Errors
/// 1. The file cannot be read.
/// 2. The machine's clock is more than [`BEHIND_MAX`] behind.
pub(crate) fn open(folder: &Path) -> Result<Clock, StartError> {
    let Some(newest) = read(&folder.join(FILE))? else { return Ok(Clock::system()) };
    let behind = newest.duration_since(Clock::system().now());
    if behind > BEHIND_MAX {
        let message = format!(
            "the clock of this machine is {behind:#} behind {newest}, the newest time in the data folder {}",
            folder.display()
        );
        return Err(StartError::new(message, "set the clock of this machine"));
    }
    if behind.is_positive() {
        tracing::warn!(
            "The clock of this machine is {behind:#} behind {newest}, the newest time in the data folder. The time \
             stands still until the clock has caught up"
        );
    }
    Ok(Clock::system_from(newest.saturating_add(INTERVAL).unwrap_or(newest)))
}

fn read(path: &Path) -> Result<Option<Timestamp>, StartError> {
    let cannot_read = |cause: String| {
        let message = format!("the newest time in {} cannot be read", path.display());
        StartError::new(message, "check the clock of this machine, then delete the file").caused_by(cause)
    };
    match fs::read_to_string(path) {
        Ok(text) => {
            text.trim().parse().map(Some).map_err(|error: jiff::Error| cannot_read(error.to_string()))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(cannot_read(error.to_string())),
    }
}

/// Writes the file again and again. Never returns.
pub(crate) async fn keep(folder: PathBuf, clock: Clock) {
    let mut is_failing = false;
    loop {
        tokio::time::sleep(INTERVAL.unsigned_abs()).await;
        let (folder, now) = (folder.clone(), clock.now());
        let written = tokio::task::spawn_blocking(move || write(&folder, now)).await;
        match written.map_err(io::Error::other).flatten() {
            Ok(()) => is_failing = false,
            Err(error) => {
                if !is_failing {
                    tracing::warn!(%error, "Could not store the newest time in the data folder");
                }
                is_failing = true;
            }
        }
    }
}

pub(crate) fn write(folder: &Path, newest: Timestamp) -> io::Result<()> {
    durable_file::write(folder, FILE, &newest.to_string())
}

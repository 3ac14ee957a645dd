//! `evens backup`: copies the embedded table while it is in use.
//!
//! The copy is a separate data folder: the table as of one moment, its layout, and the local keys, without which its
//! payees cannot be paid. The folder is marked as a copy: a process that serves from it first cancels the rounds that
//! were open ([`restored`](super::restored)). Queues are not copied. A job is a hint, and after a start from the copy
//! the sweeper sends the jobs again. Jobs from another moment than the table would be about bets that the table does
//! not have.

use crate::cli::BackupArgs;
use crate::commands::output;
use crate::data_folder::{payee_keys, signing_key};
use crate::engine_choice::EngineChoice;
use crate::home::Home;
use evens_runtime::StartError;
use rusqlite::{Connection, OpenFlags};
use std::error::Error;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;
use std::process::ExitCode;

type CopyError = Box<dyn Error + Send + Sync>;

pub(crate) fn run(args: &BackupArgs) -> Result<ExitCode, StartError> {
    let (from, to) = (&args.home.data, &args.folder);
    if EngineChoice::from_env()? == EngineChoice::Aws {
        let hint = "use point-in-time recovery of DynamoDB, or set EVENS_ENGINES to embedded";
        return Err(StartError::new("the table is in DynamoDB, not in a data folder", hint));
    }
    if ![Home::TABLE_FILE, Home::LAYOUT_FILE].iter().all(|name| from.join(name).is_file()) {
        let message = format!("the data folder {} has no table", from.display());
        return Err(StartError::new(message, "select the data folder with --data"));
    }
    // Never overwrites files: they may be the only copy.
    DirBuilder::new().mode(0o700).create(to).map_err(|error| {
        let message = format!("cannot create the folder {}", to.display());
        StartError::new(message, "choose a new folder whose parent folder exists").caused_by(error)
    })?;
    match copy(from, to) {
        Ok(bytes) => {
            output::line(format_args!(
                "Copied the table of {} to {}: {bytes} bytes",
                from.display(),
                to.display()
            ));
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => {
            // Half a copy must not be mistaken for a complete one.
            let removed = fs::remove_dir_all(to);
            let hint = match removed {
                Ok(()) => "check the free disk space",
                Err(_) => "remove the folder and check the free disk space",
            };
            let message = format!("cannot copy the table of {} to {}", from.display(), to.display());
            Err(StartError::new(message, hint).caused_by(error))
        }
    }
}

/// Copies everything to the disk and returns the size of the table in bytes.
fn copy(from: &Path, to: &Path) -> Result<u64, CopyError> {
    let table = to.join(Home::TABLE_FILE);
    private_file(&table)?;
    // Never creates the file, because an empty table would look valid.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let source = Connection::open_with_flags(from.join(Home::TABLE_FILE), flags)?;
    // One read transaction: it reads the table as of one moment and does not block writers.
    source.execute("VACUUM INTO ?1", [table.to_string_lossy()])?;
    let found: String = Connection::open_with_flags(&table, OpenFlags::SQLITE_OPEN_READ_ONLY)?.query_row(
        "PRAGMA quick_check",
        [],
        |row| row.get(0),
    )?;
    if found != "ok" {
        return Err(format!("the copy is broken: {found}").into());
    }
    for name in [Home::LAYOUT_FILE, signing_key::FILE, payee_keys::FILE] {
        match fs::read(from.join(name)) {
            Ok(bytes) => io::Write::write_all(&mut private_file(&to.join(name))?, &bytes)?,
            // Only the local stage keeps its keys here.
            Err(error) if error.kind() == io::ErrorKind::NotFound && name != Home::LAYOUT_FILE => {}
            Err(error) => return Err(error.into()),
        }
    }
    private_file(&to.join(Home::COPY_FILE))?;
    for entry in fs::read_dir(to)? {
        File::open(entry?.path())?.sync_all()?;
    }
    File::open(to)?.sync_all()?;
    Ok(fs::metadata(&table)?.len())
}

fn private_file(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

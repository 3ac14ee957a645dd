//! `evens export`: the books as files, for an auditor who has neither this code nor the table (`docs/books.md`).
//!
//! | exit code | meaning |
//! |---|---|
//! | 0 | exported, without violations |
//! | 1 | exported, with violations or items that cannot be read: `evens verify` lists them |
//! | 2 | not exported |
//!
//! The files are written to a temporary folder, which is renamed once all of them are on the disk. So the final folder
//! holds either the whole export or nothing.

mod files;
mod folder;
mod look;
mod scratch;

use crate::cli::ExportArgs;
use crate::commands::{output, verify};
use crate::home::{Home, OpenMode};
use evens_books::{Manifest, RowFile};
use evens_ledger::Digest;
use evens_runtime::StartError;
use folder::Folder;
use look::Look;
use std::error::Error;
use std::path::Path;
use std::process::ExitCode;

type WriteError = Box<dyn Error + Send + Sync>;

/// The file that describes all other files.
const MANIFEST: &str = "manifest.json";

pub(crate) async fn run(args: ExportArgs) -> ExitCode {
    export(&args).await.unwrap_or_else(|error| {
        output::note(format_args!("error: {error:?}"));
        ExitCode::from(verify::COULD_NOT_LOOK)
    })
}

async fn export(args: &ExportArgs) -> Result<ExitCode, StartError> {
    let folder = Folder::prepare(&args.folder)?;
    let home = Home::open(&args.home.data, OpenMode::Beside).await?;
    let looked = look::look(&home, folder.unfinished()).await;
    let table = home.settings.table.clone();
    home.close().await;
    let look = looked?;
    if look.report.counts.total() == 0 && look.unreadable.is_empty() {
        let hint = "select the data folder with --data, or the table with EVENS_TABLE";
        return Err(StartError::new(format!("the table {table} is empty"), hint));
    }
    let offenders = look.offenders();
    let summary = tell(&look, &table, folder.target());
    let seal = write(look, table, folder.unfinished()).map_err(cannot_write)?;
    folder.publish().map_err(|error| cannot_write(error.into()))?;
    output::line(summary);
    output::line(format_args!(
        "The SHA-256 of {MANIFEST} seals the export. Store it where it cannot be changed:\n{seal}"
    ));
    if offenders > 0 {
        let offenders = super::plural(offenders, "violation");
        output::note(format_args!(
            "The books are NOT in order: {offenders}; run `evens verify` for details."
        ));
    }
    Ok(ExitCode::from(u8::from(offenders > 0)))
}

fn tell(look: &Look, table: &str, target: &Path) -> String {
    let counts = look.report.counts;
    let (wallets, entries, transfers) = (counts.wallets, counts.entries, counts.transfers);
    let (orders, lines) = (counts.deposits + counts.withdrawals, look.summary.audit_head.number);
    format!(
        "Exported the table {table} to {}: {wallets} wallets, {entries} entries, {transfers} transfers, {orders} \
         orders, {lines} lines of the audit log.",
        target.display()
    )
}

/// Writes all files and returns the SHA-256 of the manifest.
fn write(look: Look, table: String, folder: &Path) -> Result<Digest, WriteError> {
    let mut seals = Vec::new();
    for file in RowFile::ALL {
        seals.extend(files::write_rows(folder, file, &look.scratch)?);
    }
    seals.push(files::write_trial_balance(folder, &look.summary)?);
    let seals = seals.into_iter().collect();
    let manifest = Manifest::new(table, look.read, look.offenders(), &look.summary, seals);
    let seal = files::write_manifest(folder, &manifest)?;
    look.scratch.remove()?;
    Ok(seal)
}

fn cannot_write(error: WriteError) -> StartError {
    StartError::new("the books cannot be written", "check the free disk space").caused_by(error)
}

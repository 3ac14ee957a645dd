//! The files of an export, each hashed as it is written.

use super::scratch::Scratch;
use super::{MANIFEST, WriteError};
use evens_books::{FileSeal, Manifest, RowFile, Summary, TRIAL_BALANCE_FIELDS, for_person, guarded};
use evens_ledger::{Digest, RunningDigest};
use std::borrow::Cow;
use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// Tells a spreadsheet that a file is UTF-8.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// A file with mode 0600 that is hashed as it is written.
struct SealedFile {
    file: BufWriter<File>,
    digest: RunningDigest,
    lines: u64,
}

impl SealedFile {
    fn create(folder: &Path, name: &str) -> io::Result<Self> {
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(folder.join(name))?;
        Ok(Self { file: BufWriter::new(file), digest: RunningDigest::new(), lines: 0 })
    }

    /// Syncs the file to the disk and returns its hash and line count.
    fn finish(mut self) -> io::Result<FileSeal> {
        self.file.flush()?;
        self.file.get_ref().sync_all()?;
        Ok(FileSeal::new(self.digest.finish(), self.lines))
    }
}

impl Write for SealedFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write_all(bytes)?;
        self.digest.update(bytes);
        self.lines += bytes.iter().map(|byte| u64::from(*byte == b'\n')).sum::<u64>();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// The reader of a CSV file.
#[derive(Clone, Copy, PartialEq, Eq)]
enum SheetReader {
    /// A spreadsheet: the file begins with a byte order mark, and each value stays as it is.
    Person,
    /// A program, for which the file is the only form of its rows.
    Program,
}

/// A CSV file with a header row.
struct Sheet {
    file: csv::Writer<SealedFile>,
    reader: SheetReader,
}

impl Sheet {
    fn create(folder: &Path, name: &str, fields: &[&str], reader: SheetReader) -> Result<Self, WriteError> {
        let mut file = SealedFile::create(folder, name)?;
        if reader == SheetReader::Person {
            file.write_all(BYTE_ORDER_MARK.as_bytes())?;
        }
        let mut file = csv::Writer::from_writer(file);
        file.write_record(fields)?;
        Ok(Self { file, reader })
    }

    fn write(&mut self, values: &[String]) -> Result<(), WriteError> {
        let form = match self.reader {
            SheetReader::Person => for_person,
            SheetReader::Program => guarded,
        };
        let values = values.iter().map(|value| form(value));
        Ok(self.file.write_record(values.map(Cow::into_owned))?)
    }

    fn finish(self) -> Result<FileSeal, WriteError> {
        let file = self.file.into_inner().map_err(csv::IntoInnerError::into_error)?;
        Ok(file.finish()?)
    }
}

/// Writes the rows of a file in both formats and returns their seals.
pub(super) fn write_rows(
    folder: &Path,
    file: RowFile,
    rows: &Scratch,
) -> Result<[(String, FileSeal); 2], WriteError> {
    let [lines_name, sheet_name] = ["jsonl", "csv"].map(|kind| format!("{}.{kind}", file.name()));
    let mut lines = SealedFile::create(folder, &lines_name)?;
    let mut sheet = Sheet::create(folder, &sheet_name, file.fields(), SheetReader::Person)?;
    rows.read(file, |row| {
        serde_json::to_writer(&mut lines, row)?;
        lines.write_all(b"\n")?;
        sheet.write(&row.values)
    })?;
    Ok([(lines_name, lines.finish()?), (sheet_name, sheet.finish()?)])
}

/// Writes the balance of each account and returns the file's seal.
pub(super) fn write_trial_balance(
    folder: &Path,
    summary: &Summary,
) -> Result<(String, FileSeal), WriteError> {
    let name = "trial_balance.csv";
    let mut sheet = Sheet::create(folder, name, &TRIAL_BALANCE_FIELDS, SheetReader::Program)?;
    for account in summary.trial_balance() {
        sheet.write(&account)?;
    }
    Ok((name.to_owned(), sheet.finish()?))
}

/// Writes the manifest and returns its SHA-256.
pub(super) fn write_manifest(folder: &Path, manifest: &Manifest) -> Result<Digest, WriteError> {
    let mut text = serde_json::to_vec_pretty(manifest)?;
    text.push(b'\n');
    let mut file = SealedFile::create(folder, MANIFEST)?;
    file.write_all(&text)?;
    file.finish()?;
    Ok(Digest::of(&text))
}

//! [`Spool`]: a statement file on disk, hashed while it is written.

use evens_ledger::RunningDigest;
use std::fs::File;
use std::io::{self, BufWriter, Write};

/// A finished file. It is an unnamed temporary file and disappears with the process.
#[derive(Debug)]
pub(crate) struct WrittenFile {
    /// The name used in messages.
    pub(crate) name: String,
    pub(crate) file: File,
}

/// A file being written.
pub(crate) struct Spool<'a> {
    name: String,
    file: BufWriter<File>,
    digest: &'a mut RunningDigest,
    /// The first write error. The writer itself may be unable to report it.
    failure: Option<io::Error>,
}

impl<'a> Spool<'a> {
    /// Creates an empty file in the temporary folder, `TMPDIR`.
    pub(crate) fn create(name: String, digest: &'a mut RunningDigest) -> io::Result<Self> {
        Ok(Self { name, file: BufWriter::new(tempfile::tempfile()?), digest, failure: None })
    }

    /// The finished file, or the first write error.
    pub(crate) fn finish(mut self) -> io::Result<WrittenFile> {
        if let Some(failure) = self.failure.take() {
            return Err(failure);
        }
        let file = self.file.into_inner().map_err(io::IntoInnerError::into_error)?;
        Ok(WrittenFile { name: self.name, file })
    }
}

impl Write for Spool<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let Err(failure) = self.file.write_all(bytes) {
            let error = io::Error::from(failure.kind());
            self.failure = Some(failure);
            return Err(error);
        }
        self.digest.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

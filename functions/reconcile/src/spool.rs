//! [`Spool`]: a file of a statement on the disk, hashed as it is written.

use evens_ledger::RunningDigest;
use std::fs::File;
use std::io::{self, BufWriter, Write};

/// A file that was written. It has no name on the disk, and is gone with the process.
#[derive(Debug)]
pub(crate) struct WrittenFile {
    /// What it is called where somebody is told of it.
    pub(crate) name: String,
    pub(crate) file: File,
}

/// A file that is being written.
pub(crate) struct Spool<'a> {
    name: String,
    file: BufWriter<File>,
    digest: &'a mut RunningDigest,
    /// Why the disk took no more. Whoever writes may tell nobody.
    failure: Option<io::Error>,
}

impl<'a> Spool<'a> {
    /// An empty one in the folder for such files, `TMPDIR`.
    pub(crate) fn create(name: String, digest: &'a mut RunningDigest) -> io::Result<Self> {
        Ok(Self { name, file: BufWriter::new(tempfile::tempfile()?), digest, failure: None })
    }

    /// The file, if all of it was written.
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
            let told = io::Error::from(failure.kind());
            self.failure = Some(failure);
            return Err(told);
        }
        self.digest.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

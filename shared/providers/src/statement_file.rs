//! Statement files. They are read piece by piece, because a day may have millions of lines.

use evens_payments::StatementLine;
use std::cell::Cell;
use std::io::{self, BufReader, Read, Seek};

/// The source of a statement. Some statements are read more than once.
pub trait StatementSource: Read + Seek {}

impl<Source: Read + Seek> StatementSource for Source {}

/// Callback for each line.
pub(crate) type EachLine<'a> = &'a mut dyn FnMut(StatementLine);

/// Maximum size of a record. Payers can write notes of some kilobytes.
const RECORD_BYTES_MAX: usize = 1024 * 1024;

/// The error kind that [`RecordLimit`] returns.
pub(crate) const TOO_LONG: io::ErrorKind = io::ErrorKind::FileTooLarge;

/// A source that fails within a record that is too long, because parsers hold a whole record in memory.
pub(crate) struct RecordLimit<'a> {
    source: &'a mut dyn StatementSource,
    read: &'a Cell<usize>,
}

impl<'a> RecordLimit<'a> {
    /// Starts at the beginning of the source. The caller must reset `read` to zero after each record.
    pub(crate) fn new(source: &'a mut dyn StatementSource, read: &'a Cell<usize>) -> io::Result<Self> {
        source.rewind()?;
        read.set(0);
        Ok(Self { source, read })
    }
}

impl Read for RecordLimit<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.read.get() > RECORD_BYTES_MAX {
            return Err(io::Error::new(TOO_LONG, "a record is too long"));
        }
        let count = self.source.read(buffer)?;
        self.read.set(self.read.get() + count);
        Ok(count)
    }
}

/// The editor's line number of the first byte at or after `at` that is not a line break. Reads the file once more, only
/// for an error message.
pub(crate) fn line_at(source: &mut dyn StatementSource, at: u64) -> io::Result<usize> {
    source.rewind()?;
    let mut line = 1;
    for (place, byte) in (0..).zip(BufReader::new(source).bytes()) {
        match byte? {
            b'\n' => line += 1,
            b'\r' => {}
            _ if place >= at => break,
            _ => {}
        }
    }
    Ok(line)
}

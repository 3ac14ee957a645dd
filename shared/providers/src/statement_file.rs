//! Files of statements, which are read piece by piece: a day may have millions of lines.

use evens_payments::StatementLine;
use std::cell::Cell;
use std::io::{self, BufReader, Read, Seek};

/// What a statement is read from. Some are read more than once.
pub trait StatementSource: Read + Seek {}

impl<Source: Read + Seek> StatementSource for Source {}

/// Where lines are handed out.
pub(crate) type EachLine<'a> = &'a mut dyn FnMut(StatementLine);

/// The longest record. Payers can write notes of some kilobytes.
const RECORD_BYTES_MAX: usize = 1024 * 1024;

/// What [`RecordLimit`] says then.
pub(crate) const TOO_LONG: io::ErrorKind = io::ErrorKind::FileTooLarge;

/// A source that ends with an error within a record that is too long: whoever reads one holds all of it.
pub(crate) struct RecordLimit<'a> {
    source: &'a mut dyn StatementSource,
    read: &'a Cell<usize>,
}

impl<'a> RecordLimit<'a> {
    /// The source from its beginning. Whoever has read a record sets `read` back to nothing.
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

/// On which line what stands behind that byte and the ends of lines after it is, as an editor counts lines. A file is
/// read again for it, once: a line that is none is the last one that anybody reads.
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

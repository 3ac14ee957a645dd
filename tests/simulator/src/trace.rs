//! [`Trace`]: the events of a run, one line each. Two runs of a seed must have the same hash.

use std::fmt::{self, Write as _};

/// The events so far.
#[derive(Debug)]
pub(crate) struct Trace {
    hash: u64,
    lines: u64,
    line: String,
    is_printed: bool,
}

impl Trace {
    const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0100_0000_01b3;

    pub(crate) fn new(is_printed: bool) -> Self {
        Self { hash: Self::OFFSET, lines: 0, line: String::new(), is_printed }
    }

    /// Adds a line. It must not depend on the order of a `HashMap` or on the wall clock.
    pub(crate) fn add(&mut self, at_ms: u64, who: &dyn fmt::Display, what: fmt::Arguments<'_>) {
        self.line.clear();
        // Writing to a string cannot fail.
        let _ = write!(self.line, "{:>7}.{:03} {who:<9} {what}", at_ms / 1_000, at_ms % 1_000);
        for byte in self.line.bytes() {
            self.hash = (self.hash ^ u64::from(byte)).wrapping_mul(Self::PRIME);
        }
        self.lines += 1;
        if self.is_printed {
            println!("{}", self.line);
        }
    }

    pub(crate) fn hash(&self) -> u64 {
        self.hash
    }

    pub(crate) fn lines(&self) -> u64 {
        self.lines
    }
}

//! The output of the commands: data goes to stdout, notes go to stderr. `println!` and `eprintln!` panic if a write
//! fails.
//!
//! A reader that has closed the pipe, as `head` does, wants no more: the rest is dropped. If stdout fails otherwise,
//! for example because the disk is full, the process ends with [`UNWRITTEN`] and one line on stderr.

use std::fmt::Display;
use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;
use std::sync::OnceLock;

/// The exit code of a command whose output could not be written.
const UNWRITTEN: u8 = 3;

/// The first failure of stdout.
static FAILURE: OnceLock<io::Error> = OnceLock::new();

/// Writes data as it is.
pub(crate) fn data(text: impl Display) {
    keep_failure(io::stdout().write_all(text.to_string().as_bytes()));
}

/// Writes a line of data.
pub(crate) fn line(text: impl Display) {
    data(format_args!("{text}\n"));
}

/// Writes a line to stderr. There is nowhere to report that this failed.
pub(crate) fn note(text: impl Display) {
    let _ = io::stderr().write_all(format!("{text}\n").as_bytes());
}

/// Ends the output. Returns the command's exit code, or [`UNWRITTEN`] if data is missing.
pub(crate) fn finish(exit: ExitCode) -> ExitCode {
    keep_failure(io::stdout().flush());
    let Some(error) = FAILURE.get() else { return exit };
    note(format_args!("error: the output could not be written: {error}"));
    ExitCode::from(UNWRITTEN)
}

fn keep_failure(written: io::Result<()>) {
    if let Err(error) = written
        && error.kind() != ErrorKind::BrokenPipe
    {
        let _ = FAILURE.set(error);
    }
}

//! [`Manifest`]: what an export says of itself.

use crate::Summary;
use evens_ledger::Digest;
use jiff::Timestamp;
use serde::Serialize;
use std::collections::BTreeMap;

/// The version of the format. Whoever reads another one needs another page than this code's `docs/books.md`.
pub const FORMAT: &str = "evens-books/3";

/// What an export says of itself, in `manifest.json`. Who has its SHA-256 from elsewhere has a seal of all files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Manifest {
    /// [`FORMAT`].
    pub format: &'static str,
    /// The table that was read.
    pub table: String,
    /// What was committed before that is in the books.
    pub read_from: Timestamp,
    /// What was committed after that is not.
    pub read_until: Timestamp,
    /// How many things in these books offend an invariant or cannot be read, as `evens verify` counts them.
    pub offenders: usize,
    /// The newest line of the audit log.
    pub audit_head: Head,
    /// Each account with its balance.
    pub accounts: BTreeMap<String, String>,
    /// All other files, by their names.
    pub files: BTreeMap<String, FileSeal>,
}

/// The end of a chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Head {
    /// The number of the newest line, 0 before the first.
    pub number: String,
    /// Its hash, zeros before the first.
    pub hash: String,
}

/// What a file is known again by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FileSeal {
    /// SHA-256 of all its bytes.
    pub sha256: String,
    /// How many line feeds it has.
    pub lines: u64,
}

impl FileSeal {
    /// The seal of a file of that digest and so many line feeds.
    pub fn new(digest: Digest, lines: u64) -> Self {
        Self { sha256: digest.to_string(), lines }
    }
}

impl Manifest {
    /// The manifest of books of that table, which was read between these times and comes to that.
    pub fn new(
        table: String,
        (read_from, read_until): (Timestamp, Timestamp),
        offenders: usize,
        summary: &Summary,
        files: BTreeMap<String, FileSeal>,
    ) -> Self {
        let head = summary.audit_head;
        let audit_head = Head { number: head.number.to_string(), hash: head.hash.to_string() };
        let accounts = summary.balances();
        Self { format: FORMAT, table, read_from, read_until, offenders, audit_head, accounts, files }
    }
}

//! [`Manifest`]: the description of an export.

use crate::Summary;
use evens_ledger::Digest;
use jiff::Timestamp;
use serde::Serialize;
use std::collections::BTreeMap;

/// The version of the format. Each version has its own `docs/books.md`.
pub const FORMAT: &str = "evens-books/5";

/// The description of an export, in `manifest.json`. Its SHA-256, obtained separately, seals all files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Manifest {
    /// The constant [`FORMAT`].
    pub format: &'static str,
    /// The name of the exported table.
    pub table: String,
    /// Everything committed before this time is in the books.
    pub read_from: Timestamp,
    /// Nothing committed after this time is in the books.
    pub read_until: Timestamp,
    /// Number of violations and unreadable items, as counted by `evens verify`.
    pub offenders: usize,
    /// The newest line of the audit log.
    pub audit_head: Head,
    /// The balance of each account.
    pub accounts: BTreeMap<String, String>,
    /// All other files by name.
    pub files: BTreeMap<String, FileSeal>,
}

/// The end of a hash chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Head {
    /// Number of the newest line, 0 if there is none.
    pub number: String,
    /// Its hash, zeros if there is none.
    pub hash: String,
}

/// The digest and length of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FileSeal {
    /// SHA-256 of the whole file.
    pub sha256: String,
    /// Number of line feeds.
    pub lines: u64,
}

impl FileSeal {
    pub fn new(digest: Digest, lines: u64) -> Self {
        Self { sha256: digest.to_string(), lines }
    }
}

impl Manifest {
    /// The manifest of an export of `table`, read between the two times.
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

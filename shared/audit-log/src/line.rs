//! [`AuditLine`]: an act in its place in the log.

use crate::Act;
use evens_ledger::{Digest, one_line};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// A line of the log. Never changed and never deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditLine {
    /// 1 for the first line, then without a gap over all days.
    pub number: u64,
    /// When it was done.
    pub at: Timestamp,
    /// What was done.
    pub act: Act,
    /// Hash of the line before; zeros for the first.
    pub previous_hash: Digest,
    /// Hash of all of the above.
    pub hash: Digest,
}

/// The newest line: what the next one follows. By default there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuditHead {
    /// Its number; 0 where there is none yet.
    pub number: u64,
    /// Its hash; zeros where there is none yet.
    pub hash: Digest,
}

/// How a line fails to follow the ones before it, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LineFault {
    /// The number is not the next one.
    #[error("the number does not follow")]
    Number,
    /// It follows another line.
    #[error("the hash of the line before differs")]
    PreviousHash,
    /// It was changed.
    #[error("the line does not have the hash that it carries")]
    Hash,
}

/// Before the first line.
impl Default for AuditHead {
    fn default() -> Self {
        Self { number: 0, hash: Digest::ZERO }
    }
}

impl AuditHead {
    /// The line that tells of this act next.
    pub fn next(self, act: Act, now: Timestamp) -> AuditLine {
        let mut line =
            AuditLine { number: self.number + 1, at: now, act, previous_hash: self.hash, hash: Digest::ZERO };
        line.hash = line.computed_hash();
        line
    }

    /// The head after a line that follows this one.
    ///
    /// # Errors
    /// It does not follow ([`LineFault`]).
    pub fn follow(self, line: &AuditLine) -> Result<Self, LineFault> {
        if line.number != self.number + 1 {
            return Err(LineFault::Number);
        }
        if line.previous_hash != self.hash {
            return Err(LineFault::PreviousHash);
        }
        if line.hash != line.computed_hash() {
            return Err(LineFault::Hash);
        }
        Ok(Self { number: line.number, hash: line.hash })
    }
}

impl AuditLine {
    /// The day in whose part of the log it stands (UTC).
    pub fn day(&self) -> Date {
        self.at.to_zoned(TimeZone::UTC).date()
    }

    /// The head where this is the newest line.
    pub fn head(&self) -> AuditHead {
        AuditHead { number: self.number, hash: self.hash }
    }

    /// The hash that the line must carry: SHA-256 over number, time, actor, action, subject, reason, before, after and
    /// the hash of the line before, one a line, without a line break at the end. Inside a field a line break is written
    /// as `\n` and a backslash as `\\`, so no two lines have one text.
    pub fn computed_hash(&self) -> Digest {
        let Self { number, at, act, previous_hash, .. } = self;
        let Act { actor, action, .. } = act;
        let [subject, reason, before, after] =
            [&act.subject, &act.reason, &act.before, &act.after].map(|text| one_line(text));
        let text = format!(
            "{number}\n{at}\n{actor}\n{action}\n{subject}\n{reason}\n{before}\n{after}\n{previous_hash}"
        );
        Digest::of(text.as_bytes())
    }
}

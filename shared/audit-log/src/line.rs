//! [`AuditLine`]: an act as a line of the log.

use crate::Act;
use evens_ledger::{Digest, one_line};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// A line of the log. It is never changed and never deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditLine {
    /// 1 for the first line, then without a gap over all days.
    pub number: u64,
    pub at: Timestamp,
    pub act: Act,
    /// The hash of the previous line, or zeros for the first one.
    pub previous_hash: Digest,
    /// The hash of all fields above.
    pub hash: Digest,
}

/// The newest line, which the next one follows. The default is an empty log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuditHead {
    /// 0 if there is no line yet.
    pub number: u64,
    /// Zeros if there is no line yet.
    pub hash: Digest,
}

/// The reason why a line does not follow the previous one, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LineFault {
    #[error("the number does not follow the previous one")]
    Number,
    /// It follows another line.
    #[error("the hash of the previous line differs")]
    PreviousHash,
    #[error("the stored hash is not the hash of the line")]
    Hash,
}

impl Default for AuditHead {
    fn default() -> Self {
        Self { number: 0, hash: Digest::ZERO }
    }
}

impl AuditHead {
    /// The next line, with this act.
    pub fn next(self, act: Act, now: Timestamp) -> AuditLine {
        let mut line =
            AuditLine { number: self.number + 1, at: now, act, previous_hash: self.hash, hash: Digest::ZERO };
        line.hash = line.computed_hash();
        line
    }

    /// Checks that a line follows, and returns the head after it.
    ///
    /// # Errors
    /// The line does not follow ([`LineFault`]).
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
    /// The day under which the line is stored (UTC).
    pub fn day(&self) -> Date {
        self.at.to_zoned(TimeZone::UTC).date()
    }

    /// The head with this line as the newest.
    pub fn head(&self) -> AuditHead {
        AuditHead { number: self.number, hash: self.hash }
    }

    /// The hash that the line must carry: SHA-256 over number, time, actor, action, subject, reason, before, after and
    /// the previous hash, one per line, without a line break at the end. Inside a field a line break is written as `\n`
    /// and a backslash as `\\`, so two different lines never have the same text.
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

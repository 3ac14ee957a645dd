//! [`DaySeal`]: what all books came to when a day ended, so that a later change of old books shows.

use evens_ledger::Digest;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// What the books of before the end of a day came to. Each seal carries the one before it, and each wallet's hash
/// stands for all of its entries: so the newest seal stands for all that was ever sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DaySeal {
    /// The day (UTC).
    pub day: Date,
    /// The digest of the seal before, whichever day that is of; zero before the first.
    pub previous: Digest,
    /// What was sealed.
    pub parts: SealedParts,
}

/// What is sealed of the books, part by part: each is the last digest of a chain over lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SealedParts {
    /// Of each wallet with an entry: user, number and hash of its last entry, by user.
    pub wallets: Digest,
    /// Of each account that does not stand at zero: its name and units of the last decimal, by name.
    pub accounts: Digest,
    /// The transfers, by key.
    pub transfers: Digest,
    /// The hash of the last line of the audit log.
    pub audit_log: Digest,
}

impl DaySeal {
    /// What the seal is known by: SHA-256 over `evens-seal-1`, the day, the seal before and the four parts, one a line,
    /// without a line break at the end.
    pub fn digest(&self) -> Digest {
        let Self { day, previous, parts } = self;
        let SealedParts { wallets, accounts, transfers, audit_log } = parts;
        let text =
            format!("evens-seal-1\n{day}\n{previous}\n{wallets}\n{accounts}\n{transfers}\n{audit_log}");
        Digest::of(text.as_bytes())
    }

    /// When a day ends: what is of before that is sealed with it. None at the end of time.
    pub fn end_of(day: Date) -> Option<Timestamp> {
        Some(day.tomorrow().ok()?.to_zoned(TimeZone::UTC).ok()?.timestamp())
    }
}

impl SealedParts {
    /// The parts under their names.
    pub fn by_name(&self) -> [(&'static str, Digest); 4] {
        [
            ("wallets", self.wallets),
            ("accounts", self.accounts),
            ("transfers", self.transfers),
            ("audit log", self.audit_log),
        ]
    }
}

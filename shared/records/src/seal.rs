//! [`DaySeal`]: a digest of the books of a day, so that a later change of old books is detected.

use evens_ledger::Digest;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// The digests of the movements since the previous seal. The first seal covers everything until its day, and so do
/// seals of earlier versions. Each seal contains the digest of the previous one, so the newest one stands for all of
/// them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DaySeal {
    pub days: SealedDays,
    /// The digest of the previous seal. Zero for the first seal.
    pub previous: Digest,
    pub parts: SealedParts,
}

/// The days that a seal covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct SealedDays {
    /// The last day (UTC), by which the seal is called.
    pub last: Date,
    /// The day of the previous seal, which this seal does not cover. `None` if it covers everything until its day.
    pub after: Option<Date>,
}

/// The digests of the parts of the books. Each is the last digest of a chain over lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SealedParts {
    /// One line for each wallet with an entry: user, number and hash of the last entry, ordered by user. The hash
    /// covers all earlier entries of the wallet.
    pub wallets: Digest,
    /// One line for each account that received more or less than it gave: its name and the difference in units of the
    /// last decimal, ordered by name.
    pub accounts: Digest,
    /// The transfers, ordered by key.
    pub transfers: Digest,
    /// The hash of the last line of the audit log.
    pub audit_log: Digest,
}

impl DaySeal {
    /// The digest of the seal: SHA-256 over `evens-seal-1`, the day, the previous digest and the four parts, one per
    /// line, without a line break at the end. If it covers the movements since the previous seal, over `evens-seal-2`,
    /// the day, the day of the previous seal, and the rest as before.
    pub fn digest(&self) -> Digest {
        let Self { days, previous, parts } = self;
        let SealedParts { wallets, accounts, transfers, audit_log } = parts;
        let head = match days {
            SealedDays { last, after: None } => format!("evens-seal-1\n{last}"),
            SealedDays { last, after: Some(after) } => format!("evens-seal-2\n{last}\n{after}"),
        };
        let text = format!("{head}\n{previous}\n{wallets}\n{accounts}\n{transfers}\n{audit_log}");
        Digest::of(text.as_bytes())
    }

    /// The day (UTC) by which the seal is called: the last one that it covers.
    pub fn day(&self) -> Date {
        self.days.last
    }

    /// The end of a day. Everything before it is sealed with the day. Returns `None` at the end of the calendar.
    pub fn end_of(day: Date) -> Option<Timestamp> {
        Some(day.tomorrow().ok()?.to_zoned(TimeZone::UTC).ok()?.timestamp())
    }
}

impl SealedParts {
    /// The parts with their names.
    pub fn by_name(&self) -> [(&'static str, Digest); 4] {
        [
            ("wallets", self.wallets),
            ("accounts", self.accounts),
            ("transfers", self.transfers),
            ("audit log", self.audit_log),
        ]
    }
}

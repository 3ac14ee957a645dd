//! [`DaySeal`]: a digest of all books at the end of a day, so that a later change of old books is detected.

use evens_ledger::Digest;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// The digests of all books at the end of a day. Each seal contains the digest of the previous one, and the hash of a
/// wallet covers all of its entries. So the newest seal covers everything ever sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DaySeal {
    /// The day (UTC).
    pub day: Date,
    /// The digest of the previous seal, of any earlier day. Zero for the first seal.
    pub previous: Digest,
    pub parts: SealedParts,
}

/// The digests of the parts of the books. Each is the last digest of a chain over lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SealedParts {
    /// One line for each wallet with an entry: user, number and hash of the last entry, ordered by user.
    pub wallets: Digest,
    /// One line for each account with a balance: its name and units of the last decimal, ordered by name.
    pub accounts: Digest,
    /// The transfers, ordered by key.
    pub transfers: Digest,
    /// The hash of the last line of the audit log.
    pub audit_log: Digest,
}

impl DaySeal {
    /// The digest of the seal: SHA-256 over `evens-seal-1`, the day, the previous digest and the four parts, one per
    /// line, without a line break at the end.
    pub fn digest(&self) -> Digest {
        let Self { day, previous, parts } = self;
        let SealedParts { wallets, accounts, transfers, audit_log } = parts;
        let text =
            format!("evens-seal-1\n{day}\n{previous}\n{wallets}\n{accounts}\n{transfers}\n{audit_log}");
        Digest::of(text.as_bytes())
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

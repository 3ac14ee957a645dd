//! An entry as a text for storage: small, quick to read, and in a format that never changes.
//!
//! One field per line, in this order: key, type, balance, amount, account, reference, balance after, time. A line break
//! inside a field is written as `\n`, a backslash as `\\`. A bonus has more lines, which are derived from the entry and
//! not read back: type and status of the [`Transaction`], description, bonus type, usage restriction, time.
//!
//! Fields that follow from the position of the entry are left out: user, number, balance before, and both hashes. The
//! reference is an empty line if the key contains it.

use crate::{Amount, Digest, Entry, EntryKey, Transaction, TransactionMetadata, UserId};
use std::fmt::Display;

impl Entry {
    pub fn to_text(&self) -> String {
        let Self { key, kind, balance_kind, amount, account, reference, balance_after, at, .. } = self;
        let (kind, balance_kind) = (kind.as_str(), balance_kind.as_str());
        let reference = if reference_in(key) == Some(reference) { "" } else { reference };
        let fields: [&dyn Display; 8] =
            [key, &kind, &balance_kind, amount, account, &reference, balance_after, at];
        let mut text = fields.map(|field| one_line(&field.to_string())).join("\n");
        if let Some(Transaction { kind, status, description, metadata }) = self.transaction() {
            let TransactionMetadata { bonus_type, usage_restriction, applied_at } = metadata;
            let applied_at = applied_at.to_string();
            for line in [kind, status, description, bonus_type, usage_restriction, &applied_at] {
                text.push('\n');
                text.push_str(line);
            }
        }
        text
    }

    /// Reads an entry back, given its position. The hash is computed from the fields, whether they are right or wrong.
    ///
    /// Returns `None` if the text is not that of an entry, or if the entry takes out more than the wallet can have
    /// held.
    pub fn from_text(text: &str, user: UserId, number: u64, previous_hash: Digest) -> Option<Self> {
        let mut lines = text.split('\n').map(unescaped);
        let mut line = || lines.next();
        let key = EntryKey::from_stored(line()?);
        let (kind, balance_kind) = (line()?.parse().ok()?, line()?.parse().ok()?);
        let (amount, account): (Amount, _) = (line()?.parse().ok()?, line()?.parse().ok()?);
        let reference = line()?;
        let reference = if reference.is_empty() { reference_in(&key)?.to_owned() } else { reference };
        let (balance_after, at): (Amount, _) = (line()?.parse().ok()?, line()?.parse().ok()?);
        let mut entry = Self {
            user,
            number,
            key,
            kind,
            balance_kind,
            amount,
            account,
            reference,
            balance_before: Amount::ZERO,
            balance_after,
            at,
            previous_hash,
            hash: Digest::ZERO,
        };
        entry.balance_before = Amount::from_units(balance_after.units() - entry.units_signed()).ok()?;
        entry.hash = entry.computed_hash();
        Some(entry)
    }
}

/// The subject of a key such as `SETTLE:{matchId}:{userId}`.
fn reference_in(key: &EntryKey) -> Option<&str> {
    key.as_str().split(':').nth(1)
}

/// A text as one line, as it is hashed: a line break becomes `\n`, a backslash `\\`. Different texts give different
/// lines.
pub fn one_line(text: &str) -> String {
    text.replace('\\', "\\\\").replace('\n', "\\n")
}

/// The inverse of [`one_line`].
fn unescaped(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => text.extend(characters.next().map(|escaped| if escaped == 'n' { '\n' } else { escaped })),
            _ => text.push(character),
        }
    }
    text
}

//! An entry as a text, for whoever stores it: small, quick to read, and of a form that never changes.
//!
//! One field a line, in this order: key, type, balance, amount, account, reference, balance after, time. A line break
//! inside a field is written as `\n`, a backslash as `\\`. A bonus has more lines, which follow from the entry and are
//! not read back: type and status of the [`Transaction`], description, type of the bonus, what it may be used for,
//! time.
//!
//! What follows from the entry's place is not in it: user, number, balance before, and both hashes; nor is its
//! reference, where its key has it: that line is empty.

use crate::{Amount, Digest, Entry, EntryKey, Transaction, TransactionMetadata, UserId};
use std::fmt::Display;

impl Entry {
    /// The entry as a text.
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

    /// The entry that a text is of, at its place; none where it is no entry's, or cannot be one's: it takes out more
    /// than could be left. Whatever the text says, the hash is that of what it says.
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

/// What a key such as `SETTLE:{matchId}:{userId}` is about.
fn reference_in(key: &EntryKey) -> Option<&str> {
    key.as_str().split(':').nth(1)
}

/// A text without line breaks, as it is hashed: a line break is `\n`, a backslash `\\`. No two texts have one line.
pub fn one_line(text: &str) -> String {
    text.replace('\\', "\\\\").replace('\n', "\\n")
}

/// What [`one_line`] was made of.
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

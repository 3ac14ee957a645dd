//! [`SettingsEntry`]: the history of the settings that players make for themselves. Each change is an entry with all
//! settings after it. The entries of a player are chained by hashes, and the payments record names the newest one.

use crate::PaymentsRecord;
use evens_ledger::{Amount, Digest, UserId};
use evens_own_limits::LimitId;
use jiff::Timestamp;
use std::fmt::Display;

/// A change of a player's settings. It is never deleted, and only the newest one is ever replaced: by a change that has
/// no entry of its own, because there were too many within a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingsEntry {
    pub user: UserId,
    /// 1 for the first change, then without a gap.
    pub number: u64,
    pub at: Timestamp,
    /// All settings after the change ([`PaymentsRecord::settings_text`]).
    pub settings: String,
    /// The hash of the previous entry, or zeros for the first one.
    pub previous_hash: Digest,
    /// The hash of all fields above.
    pub hash: Digest,
}

/// The newest entry, which the next one follows. The default is no entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SettingsHead {
    /// 0 if there is no entry yet.
    pub number: u64,
    /// Zeros if there is no entry yet.
    pub hash: Digest,
}

impl Default for SettingsHead {
    fn default() -> Self {
        Self { number: 0, hash: Digest::ZERO }
    }
}

impl SettingsEntry {
    /// The hash that the entry must have: SHA-256 over user, number, time, settings and the previous hash, one per
    /// line, without a line break at the end.
    pub fn computed_hash(&self) -> Digest {
        let Self { user, number, at, settings, previous_hash, .. } = self;
        Digest::of(format!("{user}\n{number}\n{at}\n{settings}\n{previous_hash}").as_bytes())
    }

    pub fn head(&self) -> SettingsHead {
        SettingsHead { number: self.number, hash: self.hash }
    }
}

impl PaymentsRecord {
    /// Adds this record's settings to their history, and counts the change. Returns the record with the new head, and
    /// the entry.
    pub fn with_settings_entry(self, now: Timestamp) -> (Self, SettingsEntry) {
        let settings_changes = self.settings_changes.plus_one(now).unwrap_or(self.settings_changes);
        let (number, previous_hash) = (self.settings.number + 1, self.settings.hash);
        Self { settings_changes, ..self }.with_entry(number, previous_hash, now)
    }

    /// Like [`Self::with_settings_entry`], but the new entry replaces the newest one.
    pub fn with_settings_entry_instead(
        self,
        newest: &SettingsEntry,
        now: Timestamp,
    ) -> (Self, SettingsEntry) {
        self.with_entry(newest.number, newest.previous_hash, now)
    }

    fn with_entry(self, number: u64, previous_hash: Digest, now: Timestamp) -> (Self, SettingsEntry) {
        let (user, settings) = (self.user, self.settings_text());
        let mut entry = SettingsEntry { user, number, at: now, settings, previous_hash, hash: Digest::ZERO };
        entry.hash = entry.computed_hash();
        (Self { settings: entry.head(), ..self }, entry)
    }

    /// The settings in one line, separated by `; `. Empty if there are none. `-` stands for an absent value.
    ///
    /// - `{kind}-{period} {limit} {requested limit} {confirmable from}`, as `deposits-day 50 - -`
    /// - `reality-check {minutes} {seen at}`
    /// - `exclusion {since} {until} {ends at}`
    pub fn settings_text(&self) -> String {
        let mut parts = Vec::new();
        for id in LimitId::all() {
            let limit = self.limit(id);
            if limit.current.is_some() || limit.wanted.is_some() {
                let wanted = limit.wanted.map(|wanted| or_dash::<Amount>(wanted.limit));
                let from = or_dash(limit.wanted.map(|wanted| wanted.from));
                let (current, wanted) = (or_dash(limit.current), or_dash(wanted));
                parts.push(format!("{id} {current} {wanted} {from}"));
            }
        }
        let check = self.reality_check;
        parts.extend(check.map(|check| format!("reality-check {} {}", check.every, check.seen_at)));
        let exclusion = self.exclusion;
        parts.extend(exclusion.map(|exclusion| {
            format!("exclusion {} {} {}", exclusion.since, exclusion.until, or_dash(exclusion.ends_at))
        }));
        parts.join("; ")
    }
}

fn or_dash<T: Display>(value: Option<T>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| value.to_string())
}

//! [`SettingsChanges`]: how often a player may change their own settings within a day. Each change is kept for ever.

use crate::PaymentsRecord;
use evens_ledger::Amount;
use evens_own_limits::{Exclusion, Limit, LimitId, RealityCheck};
use jiff::{SignedDuration, Timestamp};

/// The changes of a player's own settings within 24 hours. Reminders every five minutes are acknowledged 288 times.
pub const SETTINGS_CHANGES_MAX: u32 = 500;

/// The time in which they are counted.
const COUNTED_FOR: SignedDuration = SignedDuration::from_hours(24);

/// The changes of a player's settings in the newest 24 hours that had any. The default is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SettingsChanges {
    /// The time of the first of them.
    pub since: Timestamp,
    pub count: u32,
}

/// The player has changed their settings too often, and this change would make them less strict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the settings were changed {SETTINGS_CHANGES_MAX} times within a day")]
pub struct TooManyChanges {
    /// The time from which they can be changed again.
    pub until: Timestamp,
}

impl Default for SettingsChanges {
    fn default() -> Self {
        Self { since: Timestamp::UNIX_EPOCH, count: 0 }
    }
}

impl SettingsChanges {
    fn until(self) -> Timestamp {
        self.since.saturating_add(COUNTED_FOR).unwrap_or(Timestamp::MAX)
    }

    /// Counts a change. `None` if all changes are used up.
    pub(crate) fn plus_one(self, now: Timestamp) -> Option<Self> {
        let current = if now < self.until() { self } else { Self { since: now, count: 0 } };
        (current.count < SETTINGS_CHANGES_MAX).then_some(Self { count: current.count + 1, ..current })
    }
}

impl PaymentsRecord {
    /// Checks whether the settings may become those of `after`. The player can always become stricter with themselves.
    ///
    /// Returns `true` if this change is counted and gets an entry of its own in the history. Otherwise the changes are
    /// used up, and the newest entry is replaced.
    pub fn check_change_to(&self, after: &Self, now: Timestamp) -> Result<bool, TooManyChanges> {
        if self.settings_changes.plus_one(now).is_some() {
            return Ok(true);
        }
        if after.is_as_strict_as(self) {
            Ok(false)
        } else {
            Err(TooManyChanges { until: self.settings_changes.until() })
        }
    }

    /// Returns `true` if none of the player's settings permits more than before.
    fn is_as_strict_as(&self, before: &Self) -> bool {
        LimitId::all().all(|id| is_limit_as_strict(self.limit(id), before.limit(id)))
            && is_exclusion_as_strict(self.exclusion, before.exclusion)
            && is_check_as_strict(self.reality_check, before.reality_check)
    }
}

fn is_limit_as_strict(after: Limit, before: Limit) -> bool {
    let is_lower = |after: Amount| before.current.is_none_or(|before| after <= before);
    let is_current_as_strict = after.current.map_or(before.current.is_none(), is_lower);
    is_current_as_strict && (after.wanted.is_none() || after.wanted == before.wanted)
}

fn is_exclusion_as_strict(after: Option<Exclusion>, before: Option<Exclusion>) -> bool {
    let is_longer =
        |after: Exclusion| after.ends_at.is_none() && before.is_none_or(|before| after.until >= before.until);
    after == before || after.is_some_and(is_longer)
}

/// An acknowledged reminder permits play, so it is not as strict.
fn is_check_as_strict(after: Option<RealityCheck>, before: Option<RealityCheck>) -> bool {
    let Some(after) = after else { return before.is_none() };
    before.is_none_or(|before| {
        after.seen_at == before.seen_at && after.every.minutes() <= before.every.minutes()
    })
}

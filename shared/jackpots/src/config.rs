//! [`JackpotConfig`]: the terms of a group, version by version. None is ever changed, so that whoever checks a win
//! knows which held.

use crate::{
    ConcurrencyViolation, ConflictDetails, JackpotAction, JackpotGroup, JackpotTerms, Pool, PoolState,
};
use evens_ledger::{Amount, EntryKey, SystemAccount, Transfer};
use jiff::Timestamp;

/// One version of the terms of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JackpotConfig {
    /// Whose terms.
    pub group: JackpotGroup,
    /// 1 for the first, then without a gap.
    pub version: u64,
    /// The terms.
    pub terms: JackpotTerms,
    /// Since when they hold, for periods that take bets from then on.
    pub since: Timestamp,
}

/// A change of the terms, all of them together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpdateConfig {
    /// Whose terms.
    pub group: JackpotGroup,
    /// Which version it replaces; 0 for a group that is not there yet.
    pub expected_version: u64,
    /// What holds from now on.
    pub terms: JackpotTerms,
}

/// What is written for a change of terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigPlan {
    /// The new version.
    pub config: JackpotConfig,
    /// The group's pool and what the house gives to start it, where this is its first version.
    pub opening: Option<(Pool, Transfer)>,
}

/// Why terms stay as they are, in the order of the checks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UpdateConfigRefusal {
    /// The version that is there is not the one that it replaces.
    #[error(transparent)]
    Changed(ConcurrencyViolation),
    /// The pool would have to be won at once: it holds so much already.
    #[error("the pool holds {0} already")]
    LimitReached(Amount),
}

/// Changes the terms of a group, or opens it. `held` is what can be won of it.
///
/// # Errors
/// [`UpdateConfigRefusal`]
pub fn update_config(
    read: Option<&JackpotConfig>,
    update: &UpdateConfig,
    held: Amount,
    now: Timestamp,
) -> Result<ConfigPlan, UpdateConfigRefusal> {
    let UpdateConfig { group, expected_version, terms } = *update;
    let found = read.map_or(0, |config| config.version);
    if found != expected_version {
        let details = ConflictDetails::Version { expected: expected_version, found };
        let operation = JackpotAction::UpdateConfig;
        return Err(UpdateConfigRefusal::Changed(ConcurrencyViolation { operation, group, details }));
    }
    // One that stays as it is may have been reached in play.
    let limit = terms.must_hit_by();
    let is_new = read.is_none_or(|config| config.terms.must_hit_by() != limit);
    if is_new && limit.is_some_and(|limit| limit <= held) {
        return Err(UpdateConfigRefusal::LimitReached(held));
    }
    let config = JackpotConfig { group, version: found + 1, terms, since: now };
    let opening = read.is_none().then(|| open(group, terms.start(), now));
    Ok(ConfigPlan { config, opening })
}

/// The terms that held at a moment, of versions in any order.
pub fn terms_at(versions: &[JackpotConfig], moment: Timestamp) -> Option<&JackpotConfig> {
    versions.iter().filter(|config| config.since <= moment).max_by_key(|config| config.version)
}

fn open(group: JackpotGroup, start: Amount, now: Timestamp) -> (Pool, Transfer) {
    let pool = Pool {
        group,
        version: 1,
        cycle: 0,
        amount: start,
        reserve: Amount::ZERO,
        state: PoolState::Open,
        last_modified_at: now,
    };
    let transfer = Transfer {
        key: EntryKey::new("JACKPOT-START", &[&group]),
        from: SystemAccount::House,
        to: group.pool_account(),
        amount: start,
        reference: group.to_string(),
        at: now,
    };
    (pool, transfer)
}

//! [`JackpotConfig`]: the terms of a group, version by version. None is ever changed, so that whoever checks a win
//! knows which held. Where much depends on them, or they are generous, two operators want the same.

use crate::{
    ConcurrencyViolation, ConflictDetails, JackpotAction, JackpotGroup, JackpotTerms, PROPOSAL_HOLDS_FOR,
    Pool, PoolState,
};
use evens_ledger::{Amount, EntryKey, SystemAccount, Transfer, UserId};
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

/// Who changes terms, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigAct {
    /// Who.
    pub by: UserId,
    /// Why.
    pub reason: String,
    /// From how much on that depends on the terms two of them must agree.
    pub two_persons_from: Amount,
}

/// Terms that an operator wants, and that another one must agree to. A group has one proposal at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProposedConfig {
    /// The version that it would be, and since when it is proposed.
    pub config: JackpotConfig,
    /// Who wants it.
    pub by: UserId,
    /// Why.
    pub reason: String,
}

/// What is known when terms are to change.
#[derive(Debug, Clone, Copy)]
pub struct SeenForConfig<'a> {
    /// The newest version, where the group is open.
    pub newest: Option<&'a JackpotConfig>,
    /// What was proposed last, whatever has become of it.
    pub proposed: Option<&'a ProposedConfig>,
    /// What can be won of it.
    pub held: Amount,
}

/// What is written where terms are to change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConfigStep {
    /// They wait for another operator.
    Propose(Box<ProposedConfig>),
    /// They hold from now on.
    Change(Box<ConfigPlan>),
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
    /// The same operator proposed the same before; another one must agree.
    #[error("another operator must agree")]
    ProposedBefore(Box<ProposedConfig>),
}

/// Changes the terms of a group, or opens it; or proposes to, where so much depends on them that two operators must
/// want the same: what can be won, what the house starts a pool with by the old terms or by the new ones, or what it
/// must be won at; where whoever stakes a coin might expect more than a coin, however little it is about; and where a
/// limit comes, goes or changes, as it says whether contributions are taken. Another proposal takes the place of the
/// one before.
///
/// # Errors
/// [`UpdateConfigRefusal`]
pub fn change_config(
    update: &UpdateConfig,
    act: &ConfigAct,
    seen: SeenForConfig<'_>,
    now: Timestamp,
) -> Result<ConfigStep, UpdateConfigRefusal> {
    let plan = update_config(seen.newest, update, seen.held, now)?;
    let old_start = seen.newest.map_or(Amount::ZERO, |newest| newest.terms.start());
    // What must be won at some sum is won at that sum by somebody, whatever it holds now.
    let limit = update.terms.must_hit_by().unwrap_or(Amount::ZERO);
    let worth = seen.held.max(old_start).max(update.terms.start()).max(limit);
    let old_limit = seen.newest.and_then(|newest| newest.terms.must_hit_by());
    let is_same_limit = update.terms.must_hit_by() == old_limit;
    let is_for_one = worth < act.two_persons_from && is_same_limit;
    if is_for_one && update.terms.cost_no_more_than_the_fee(seen.held) {
        return Ok(ConfigStep::Change(Box::new(plan)));
    }
    match seen.proposed.filter(|proposed| proposed.is_of(&plan.config) && !proposed.has_lapsed(now)) {
        Some(proposed) if proposed.by != act.by => Ok(ConfigStep::Change(Box::new(plan))),
        Some(proposed) => Err(UpdateConfigRefusal::ProposedBefore(Box::new(proposed.clone()))),
        None => {
            let (config, by, reason) = (plan.config, act.by, act.reason.clone());
            Ok(ConfigStep::Propose(Box::new(ProposedConfig { config, by, reason })))
        }
    }
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

impl ConfigStep {
    /// The version that is proposed, or that holds from now on.
    pub fn config(&self) -> &JackpotConfig {
        match self {
            Self::Propose(proposed) => &proposed.config,
            Self::Change(plan) => &plan.config,
        }
    }
}

impl ProposedConfig {
    /// Whether nobody can agree to it any more.
    pub fn has_lapsed(&self, now: Timestamp) -> bool {
        now.duration_since(self.config.since) >= PROPOSAL_HOLDS_FOR
    }

    /// Whether it proposes this, whenever that was wanted.
    fn is_of(&self, wanted: &JackpotConfig) -> bool {
        let of = |config: &JackpotConfig| (config.group, config.version, config.terms);
        of(&self.config) == of(wanted)
    }
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

//! [`JackpotConfig`]: the terms of a group, version by version. None is ever changed, so that whoever checks a win
//! knows which held. Two operators want the same, whatever it is.

use crate::{
    ConcurrencyViolation, ConflictDetails, JackpotAction, JackpotGroup, JackpotTerms, PROPOSAL_HOLDS_FOR,
    Pool, PoolState,
};
use evens_ledger::{Amount, EntryKey, EntryPurpose, SystemAccount, Transfer, UserId};
use jiff::{SignedDuration, Timestamp};

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
}

/// Terms that an operator wants, and that another one must agree to. Each operator has one proposal of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProposedConfig {
    /// The version that it would be, and since when it is proposed.
    pub config: JackpotConfig,
    /// Who wants it.
    pub by: UserId,
    /// Why.
    pub reason: String,
    /// What could be won when it was proposed: whoever agrees must find about as much.
    pub held: Amount,
}

/// What is known when terms are to change.
#[derive(Debug, Clone, Copy)]
pub struct SeenForConfig<'a> {
    /// The versions that can still decide who wins, the newest first; none where the group is not open.
    pub versions: &'a [JackpotConfig],
    /// What operators have proposed, whatever has become of it.
    pub proposed: &'a [ProposedConfig],
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
    /// Until when no contribution by route is decided, where a limit comes, goes or changes: none of before it is made
    /// any more, and none of after it meets a period that the limit holds for. The meters know it before the terms
    /// hold.
    pub closed_until: Option<Timestamp>,
}

/// How long whoever decides on a contribution may know the terms of before: twice a second they are read, and clocks
/// differ by less than the rest.
const UNTIL_TERMS_ARE_KNOWN: SignedDuration = SignedDuration::from_secs(30);
/// How long a period that opened by the terms of before can be won by them: it takes ten minutes at most, waits as long
/// for its block, and as long again for whoever pays its lanes.
const UNTIL_PERIODS_ARE_OVER: SignedDuration = SignedDuration::from_mins(30);

/// Why terms stay as they are, in the order of the checks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UpdateConfigRefusal {
    /// The version that is there is not the one that it replaces.
    #[error(transparent)]
    Changed(ConcurrencyViolation),
    /// The pool would have to be won at once: it holds so much already.
    #[error("the pool holds {0} already")]
    LimitReached(Amount),
    /// The pool would start with more while periods that opened by this other limit must win it: each of them again.
    #[error("periods are still won by the limit {limit}")]
    StartUnderOldLimit {
        /// The other limit.
        limit: Amount,
        /// From when on none of them is won by it; none as long as it is what the newest terms say.
        until: Option<Timestamp>,
    },
    /// The same operator proposed the same before; another one must agree.
    #[error("another operator must agree")]
    ProposedBefore(Box<ProposedConfig>),
}

/// Changes the terms of a group, or opens it, where two operators want the same; else proposes it. An operator's next
/// proposal takes the place of their own one before, and of nobody else's: so none of them hinders others.
///
/// No bound on what one of them might set alone held: what terms bring depends on those of the periods that are open,
/// on a win that is under way, and on what is contributed later.
///
/// # Errors
/// [`UpdateConfigRefusal`]
pub fn change_config(
    update: &UpdateConfig,
    act: &ConfigAct,
    seen: SeenForConfig<'_>,
    now: Timestamp,
) -> Result<ConfigStep, UpdateConfigRefusal> {
    let plan = update_config(seen.versions, update, seen.held, now)?;
    let is_of_limit = plan.closed_until.is_some();
    let waits = |proposed: &&ProposedConfig| {
        let was_fed = is_of_limit && proposed.was_fed(seen.held);
        proposed.is_of(&plan.config) && !proposed.has_lapsed(now) && !was_fed
    };
    let mut waiting = seen.proposed.iter().filter(waits);
    if waiting.clone().any(|proposed| proposed.by != act.by) {
        return Ok(ConfigStep::Change(Box::new(plan)));
    }
    if let Some(proposed) = waiting.next() {
        return Err(UpdateConfigRefusal::ProposedBefore(Box::new(proposed.clone())));
    }
    let (config, by, reason) = (plan.config, act.by, act.reason.clone());
    Ok(ConfigStep::Propose(Box::new(ProposedConfig { config, by, reason, held: seen.held })))
}

/// Changes the terms of a group, or opens it. `versions` are those that can still decide who wins, the newest first;
/// `held` is what can be won of it.
///
/// # Errors
/// [`UpdateConfigRefusal`]
pub fn update_config(
    versions: &[JackpotConfig],
    update: &UpdateConfig,
    held: Amount,
    now: Timestamp,
) -> Result<ConfigPlan, UpdateConfigRefusal> {
    let UpdateConfig { group, expected_version, terms } = *update;
    let read = versions.first();
    let found = read.map_or(0, |config| config.version);
    if found != expected_version {
        let details = ConflictDetails::Version { expected: expected_version, found };
        let operation = JackpotAction::UpdateConfig;
        return Err(UpdateConfigRefusal::Changed(ConcurrencyViolation { operation, group, details }));
    }
    let (limit, old_limit) = (terms.must_hit_by(), read.and_then(|config| config.terms.must_hit_by()));
    // A win that is under way leaves the pool with the start of before.
    let held = held.max(read.map_or(Amount::ZERO, |config| config.terms.start()));
    // One that stays as it is may have been reached in play.
    if limit != old_limit && limit.is_some_and(|limit| limit <= held) {
        return Err(UpdateConfigRefusal::LimitReached(held));
    }
    if read.is_some_and(|read| terms.start() > read.terms.start())
        && let Some((limit, until)) = limits_in_play(versions, now).find(|(other, _)| Some(*other) != limit)
    {
        return Err(UpdateConfigRefusal::StartUnderOldLimit { limit, until });
    }
    let config = JackpotConfig { group, version: found + 1, terms, since: now };
    let opening = read.is_none().then(|| open(group, terms.start(), now));
    let closed_for = match (old_limit, limit) {
        (old, new) if old == new => None,
        (None, _) => Some(UNTIL_TERMS_ARE_KNOWN),
        (Some(_), _) => Some(UNTIL_PERIODS_ARE_OVER),
    };
    Ok(ConfigPlan { config, opening, closed_until: closed_for.map(|closed_for| now + closed_for) })
}

/// What a pool must be won by in periods that are not over, of versions of which the newest is the first; and from when
/// on they are over, which nobody knows of those of the newest.
fn limits_in_play(
    versions: &[JackpotConfig],
    now: Timestamp,
) -> impl Iterator<Item = (Amount, Option<Timestamp>)> {
    let oldest = versions.iter().position(|config| config.holds_alone(now));
    let in_play = oldest.map_or(versions, |oldest| &versions[..=oldest]);
    let replaced = std::iter::once(None).chain(versions.iter().map(|next| Some(next.holds_alone_from())));
    in_play.iter().zip(replaced).filter_map(|(config, until)| Some((config.terms.must_hit_by()?, until)))
}

impl JackpotConfig {
    /// Whether no period that opened by a version before this one can be won any more.
    pub fn holds_alone(&self, now: Timestamp) -> bool {
        now >= self.holds_alone_from()
    }

    fn holds_alone_from(&self) -> Timestamp {
        self.since + UNTIL_PERIODS_ARE_OVER
    }
}

impl ConfigStep {
    /// The version that is proposed, or that holds from now on.
    pub fn config(&self) -> &JackpotConfig {
        match self {
            Self::Propose(proposed) => &proposed.config,
            Self::Change(plan) => &plan.config,
        }
    }

    /// Until when the meters take no contributions by route, which they know before this is written.
    pub fn closed_until(&self) -> Option<Timestamp> {
        match self {
            Self::Propose(_) => None,
            Self::Change(plan) => plan.closed_until,
        }
    }
}

impl ProposedConfig {
    /// Whether nobody can agree to it any more.
    pub fn has_lapsed(&self, now: Timestamp) -> bool {
        now.duration_since(self.config.since) >= PROPOSAL_HOLDS_FOR
    }

    /// Whether the pool, which holds so much now, was brought near the limit that it proposes: by a tenth of the way
    /// that was left, or more. Until a limit is agreed to, contributions go on, and whoever makes them would choose by
    /// their last ones when the pool is won.
    fn was_fed(&self, held: Amount) -> bool {
        self.config.terms.must_hit_by().is_some_and(|limit| {
            let (left, gained) = (limit.saturating_sub(self.held), held.saturating_sub(self.held));
            gained.units().saturating_mul(10) >= left.units()
        })
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
        key: EntryKey::new(EntryPurpose::JackpotStart, &[&group]),
        from: SystemAccount::House,
        to: group.pool_account(),
        amount: start,
        reference: group.to_string(),
        at: now,
    };
    (pool, transfer)
}

//! [`JackpotConfig`]: the versions of a group's terms. A version never changes, so that an auditor of a win knows which
//! terms applied. Every change needs two operators.

use crate::{
    ConcurrencyViolation, ConflictDetails, JackpotAction, JackpotGroup, JackpotTerms, PROPOSAL_HOLDS_FOR,
    Pool, PoolState,
};
use evens_ledger::{Amount, EntryKey, EntryPurpose, SystemAccount, Transfer, UserId};
use jiff::{SignedDuration, Timestamp};
use std::fmt::{self, Display};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JackpotConfig {
    pub group: JackpotGroup,
    /// 1 for the first version, then without a gap.
    pub version: u64,
    pub terms: JackpotTerms,
    /// The time from which the terms apply, to periods that open at or after it.
    pub since: Timestamp,
}

/// The version and its terms, as the audit log states them.
impl Display for JackpotConfig {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { version, terms, .. } = self;
        let (start, rate, reserve, odds) = (terms.start(), terms.rate(), terms.reserve_rate(), terms.odds());
        write!(formatter, "version {version}: start {start}, rate {rate} and {reserve}, odds {odds}")?;
        terms.must_hit_by().map_or(Ok(()), |by| write!(formatter, ", won by {by}"))
    }
}

/// A change of the terms. It always replaces all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpdateConfig {
    pub group: JackpotGroup,
    /// The version to be replaced. 0 for a group that is not open.
    pub expected_version: u64,
    pub terms: JackpotTerms,
}

/// The operator who changes terms, and their reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigAct {
    pub by: UserId,
    pub reason: String,
}

/// Terms proposed by an operator, which another operator must approve. Each operator has at most one proposal per
/// group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProposedConfig {
    /// The version that would be created, with the time of the proposal.
    pub config: JackpotConfig,
    pub by: UserId,
    pub reason: String,
    /// The content of the pool at the time of the proposal. A proposed limit lapses if the pool has grown too much
    /// since.
    pub pool_amount: Amount,
}

/// Everything that was read to decide about a change of terms.
#[derive(Debug, Clone, Copy)]
pub struct JackpotConfigInput<'a> {
    /// The versions that can still decide about wins, newest first. Empty if the group is not open.
    pub versions: &'a [JackpotConfig],
    /// The proposals of operators, in any state.
    pub proposed: &'a [ProposedConfig],
    /// The current content of the pool.
    pub pool_amount: Amount,
}

/// The result of a request to change terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConfigStep {
    /// The terms wait for another operator's approval.
    Propose(Box<ProposedConfig>),
    Change(Box<ConfigPlan>),
}

/// The writes of a change of terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigPlan {
    pub config: JackpotConfig,
    /// For the first version of a group: its new pool, and the transfer of the start amount from the house.
    pub opening: Option<(Pool, Transfer)>,
    /// Set if the limit is added, removed or changed: contributions through the API that were decided before this time
    /// are refused. So no contribution under the old terms is made later, and a contribution after this time meets no
    /// period with the old limit. The meters store this time before the terms apply.
    pub closed_until: Option<Timestamp>,
}

/// The longest time for which a process that decides on a contribution may use the previous terms. Terms are read twice
/// a second; the rest covers differences of clocks.
const UNTIL_TERMS_ARE_KNOWN: SignedDuration = SignedDuration::from_secs(30);
/// The longest time for which a period that opened under the previous terms can be won. A period takes at most ten
/// minutes, waits as long for its block, and as long again for its payouts.
const UNTIL_PERIODS_ARE_OVER: SignedDuration = SignedDuration::from_mins(30);

/// The reason why terms are not changed, in the order of the checks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UpdateConfigRefusal {
    /// The current version is not the one to be replaced.
    #[error(transparent)]
    Changed(ConcurrencyViolation),
    /// The pool already holds as much as the new limit, so it would have to be won at once.
    #[error("the pool already holds {0}")]
    LimitReached(Amount),
    /// The start amount would rise while periods under another limit are open. Each of them would win the larger start
    /// amount.
    #[error("open periods still have the limit {limit}")]
    StartUnderOldLimit {
        limit: Amount,
        /// The time at which the last of these periods is over. `None` if the newest terms have this limit.
        until: Option<Timestamp>,
    },
    /// The same operator proposed the same terms earlier. Another operator must approve them.
    #[error("another operator must approve it")]
    ProposedBefore(Box<ProposedConfig>),
}

/// Changes the terms of a group, or opens it, once two operators want the same terms. Until then the terms are stored
/// as a proposal. A new proposal replaces only the same operator's earlier one, so operators cannot block each other.
///
/// There is no safe amount that one operator could change alone. The effect of terms depends on the terms of open
/// periods, on a win in progress, and on later contributions.
///
/// # Errors
/// [`UpdateConfigRefusal`]
pub fn change_config(
    update: &UpdateConfig,
    act: &ConfigAct,
    input: JackpotConfigInput<'_>,
    now: Timestamp,
) -> Result<ConfigStep, UpdateConfigRefusal> {
    let plan = update_config(input.versions, update, input.pool_amount, now)?;
    let is_of_limit = plan.closed_until.is_some();
    let waits = |proposed: &&ProposedConfig| {
        let was_fed = is_of_limit && proposed.was_fed(input.pool_amount);
        proposed.is_of(&plan.config) && !proposed.has_lapsed(now) && !was_fed
    };
    let mut waiting = input.proposed.iter().filter(waits);
    if waiting.clone().any(|proposed| proposed.by != act.by) {
        return Ok(ConfigStep::Change(Box::new(plan)));
    }
    if let Some(proposed) = waiting.next() {
        return Err(UpdateConfigRefusal::ProposedBefore(Box::new(proposed.clone())));
    }
    let (config, by, reason) = (plan.config, act.by, act.reason.clone());
    Ok(ConfigStep::Propose(Box::new(ProposedConfig { config, by, reason, pool_amount: input.pool_amount })))
}

/// Changes the terms of a group, or opens it. `versions` are those that can still decide about wins, newest first.
/// `pool_amount` is the content of the pool.
///
/// # Errors
/// [`UpdateConfigRefusal`]
pub fn update_config(
    versions: &[JackpotConfig],
    update: &UpdateConfig,
    pool_amount: Amount,
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
    // A win in progress refills the pool with the previous start amount.
    let pool_amount = pool_amount.max(read.map_or(Amount::ZERO, |config| config.terms.start()));
    // An unchanged limit may have been reached through stakes.
    if limit != old_limit && limit.is_some_and(|limit| limit <= pool_amount) {
        return Err(UpdateConfigRefusal::LimitReached(pool_amount));
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

/// The limits of periods that may still be open, and the time at which the last of these periods is over. The time is
/// unknown for the newest version. `versions` are newest first.
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
    /// Returns `true` if no period that opened under an earlier version can be won any longer.
    pub fn holds_alone(&self, now: Timestamp) -> bool {
        now >= self.holds_alone_from()
    }

    fn holds_alone_from(&self) -> Timestamp {
        self.since + UNTIL_PERIODS_ARE_OVER
    }
}

impl ConfigStep {
    /// The version that is proposed or that applies from now on.
    pub fn config(&self) -> &JackpotConfig {
        match self {
            Self::Propose(proposed) => &proposed.config,
            Self::Change(plan) => &plan.config,
        }
    }

    /// The time before which contributions through the API are refused. The meters store it before the terms are
    /// written.
    pub fn closed_until(&self) -> Option<Timestamp> {
        match self {
            Self::Propose(_) => None,
            Self::Change(plan) => plan.closed_until,
        }
    }
}

impl ProposedConfig {
    /// Returns `true` if the proposal is too old to be approved.
    pub fn has_lapsed(&self, now: Timestamp) -> bool {
        now.duration_since(self.config.since) >= PROPOSAL_HOLDS_FOR
    }

    /// Returns `true` if the pool has grown by at least a tenth of the distance to the proposed limit since the
    /// proposal. Contributions continue until the limit applies, so contributors could choose the time of the win with
    /// their last ones.
    fn was_fed(&self, pool_amount: Amount) -> bool {
        self.config.terms.must_hit_by().is_some_and(|limit| {
            let (left, gained) =
                (limit.saturating_sub(self.pool_amount), pool_amount.saturating_sub(self.pool_amount));
            gained.units().saturating_mul(10) >= left.units()
        })
    }

    /// Returns `true` if the proposal is for the same terms and version.
    fn is_of(&self, wanted: &JackpotConfig) -> bool {
        let of = |config: &JackpotConfig| (config.group, config.version, config.terms);
        of(&self.config) == of(wanted)
    }
}

/// The terms that applied at `moment`. The versions can be in any order.
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

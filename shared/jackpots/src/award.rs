//! Awards of a pool: to the winner of a draw, or to a player chosen by an operator. Above a threshold two operators
//! must agree.

use crate::win::PendingWin;
use crate::{
    ConcurrencyViolation, ConflictDetails, GroupTotals, JackpotAction, JackpotGroup, JackpotTerms,
    OperationId, Pool, PoolState, WinningBet, begin_win,
};
use evens_games::PeriodId;
use evens_idempotency::BetId;
use evens_ledger::{Amount, UserId, Wallet};
use jiff::{SignedDuration, Timestamp};
use std::fmt;
use std::str::FromStr;

/// The time within which a second operator can approve a proposal.
pub const PROPOSAL_HOLDS_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);

/// A win of a pool, or the proposal of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Award {
    pub operation: OperationId,
    pub group: JackpotGroup,
    pub user: UserId,
    /// The amount to be won. `None` means the whole pool.
    pub requested: Option<Amount>,
    pub cause: WinCause,
    /// The proposing operator's reason, in their words. Empty for a draw.
    pub reason: String,
    /// The time of the proposal or of the draw.
    pub at: Timestamp,
    /// For a forced win: the limit that the pool must have reached, by the terms that applied when its period opened.
    /// `None` for awards stored before this field existed.
    pub must_hit_by: Option<Amount>,
    /// For a drawn win: the bet and the ticket that it follows from. `None` for awards stored before this field
    /// existed.
    pub winning: Option<WinningBet>,
    /// The number of this win in its group, starting at 0. `None` while it is only proposed.
    pub cycle: Option<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WinCause {
    /// Awarded by an operator, and approved by another one where necessary.
    Manual {
        /// The operator who proposed it.
        by: UserId,
        /// The operator who approved it.
        agreed: Option<UserId>,
    },
    Drawn {
        period: PeriodId,
        bet: BetId,
        /// True if the bet won only because the pool had reached its limit.
        is_forced: bool,
    },
}

impl WinCause {
    /// The part of the amount that a single operator gave away: all of it or nothing.
    pub(crate) fn alone(&self, amount: Amount) -> Amount {
        match self {
            Self::Manual { agreed: None, .. } => amount,
            Self::Manual { agreed: Some(_), .. } | Self::Drawn { .. } => Amount::ZERO,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a cause of a win")]
pub struct WinCauseError;

impl fmt::Display for WinCause {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Manual { by, agreed: None } => write!(formatter, "manual {by}"),
            Self::Manual { by, agreed: Some(agreed) } => write!(formatter, "manual {by} {agreed}"),
            Self::Drawn { period, bet, is_forced: false } => write!(formatter, "drawn {period} {bet}"),
            Self::Drawn { period, bet, is_forced: true } => write!(formatter, "forced {period} {bet}"),
        }
    }
}

impl FromStr for WinCause {
    type Err = WinCauseError;

    fn from_str(text: &str) -> Result<Self, WinCauseError> {
        let user = |text: &str| text.parse::<UserId>().map_err(|_| WinCauseError);
        let drawn = |period: &str, bet: &str, is_forced| {
            let period = period.parse().map_err(|_| WinCauseError)?;
            Ok(Self::Drawn { period, bet: bet.parse().map_err(|_| WinCauseError)?, is_forced })
        };
        match text.split(' ').collect::<Vec<_>>().as_slice() {
            ["manual", by] => Ok(Self::Manual { by: user(by)?, agreed: None }),
            ["manual", by, agreed] => Ok(Self::Manual { by: user(by)?, agreed: Some(user(agreed)?) }),
            ["drawn", period, bet] => drawn(period, bet, false),
            ["forced", period, bet] => drawn(period, bet, true),
            _ => Err(WinCauseError),
        }
    }
}

/// The source of a request for a win.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AwardAct {
    /// A draw, which needs no approval.
    Draw,
    Operator {
        by: UserId,
        logged_in_at: Timestamp,
        /// The amount from which two operators must agree.
        two_persons_from: Amount,
        /// True if the winner is a player whose account is not blocked. Staff accounts cannot win.
        is_for_player: bool,
    },
}

impl AwardAct {
    /// The maximum age of an operator's login when they give money away.
    pub const LOGIN_AGE_MAX: SignedDuration = SignedDuration::from_mins(15);
    /// The period over which amounts awarded by a single operator are added up. So a pool cannot be given away in small
    /// parts.
    pub const ALONE_COUNTED_FOR: SignedDuration = SignedDuration::from_hours(24);

    /// Returns `true` if a login is recent enough to give money away or to change terms.
    pub fn is_fresh(logged_in_at: Timestamp, now: Timestamp) -> bool {
        now.duration_since(logged_in_at) <= Self::LOGIN_AGE_MAX
    }
}

/// Everything that was read to decide about a win.
#[derive(Debug, Clone, Copy)]
pub struct AwardInput<'a> {
    /// The proposal or win under the same id.
    pub existing: Option<&'a Award>,
    /// True if the proposing operator is blocked or no longer an operator.
    pub is_proposer_gone: bool,
    /// The pool of the group with its terms, if the group is open.
    pub pool: Option<(&'a Pool, &'a JackpotTerms)>,
    pub totals: GroupTotals,
    /// The total that single operators gave away within [`AwardAct::ALONE_COUNTED_FOR`], over all groups.
    pub given_alone: Amount,
    pub wallet: &'a Wallet,
}

/// The writes for an award.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AwardStep {
    /// The award waits for another operator's approval.
    Propose(Box<Award>),
    /// The win begins. From now on the pool is reserved for it.
    Begin(Box<StartedAward>),
}

/// An award that begins, with its pool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StartedAward {
    pub award: Award,
    /// The pool, reserved for this win.
    pub pool: Pool,
}

/// The reason why an award is refused, in the order of the checks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AwardRefusal {
    #[error("the login is too old")]
    LoginTooOld,
    #[error("operators cannot award a jackpot to themselves")]
    OwnWin,
    /// The id was used for another win.
    #[error("operation {0} has other contents")]
    OperationReused(OperationId),
    /// The win began earlier, with this number in its group; nothing changes.
    #[error("the win has already begun")]
    BegunBefore(u64),
    /// The proposal is too old, or its operator is blocked or no longer an operator.
    #[error("the proposal has lapsed")]
    ProposalLapsed,
    /// The winner's account is blocked or not a player's.
    #[error("the winner is not a player or is blocked")]
    NoPlayer,
    #[error("there is no jackpot {0}")]
    NotOpen(JackpotGroup),
    /// Another win of the group is in progress.
    #[error(transparent)]
    Held(ConcurrencyViolation),
    /// The pool is below the limit that forced this win, because another win has emptied it.
    #[error("the pool holds {0}, below its limit")]
    NeedNotBeWon(Amount),
    #[error("the pool holds {0}")]
    MoreThanPool(Amount),
    /// The same operator proposed it earlier. Another operator must approve it.
    #[error("another operator must approve it")]
    ProposedBefore,
    #[error("the balance would exceed the largest amount")]
    BalanceTooLarge,
}

impl AwardRefusal {
    /// Returns `true` if the refusal depends on the content of the group.
    pub fn is_of_amount(&self) -> bool {
        matches!(self, Self::NeedNotBeWon(_) | Self::MoreThanPool(_) | Self::BalanceTooLarge)
    }
}

/// Awards a pool or a part of it, or proposes the award.
///
/// # Errors
/// [`AwardRefusal`]
pub fn award(
    wanted: &Award,
    act: AwardAct,
    input: AwardInput<'_>,
    now: Timestamp,
) -> Result<AwardStep, AwardRefusal> {
    if let AwardAct::Operator { by, logged_in_at, .. } = act {
        if !AwardAct::is_fresh(logged_in_at, now) {
            return Err(AwardRefusal::LoginTooOld);
        }
        if by == wanted.user {
            return Err(AwardRefusal::OwnWin);
        }
    }
    if input.existing.is_some_and(|existing| !existing.is_same(wanted)) {
        return Err(AwardRefusal::OperationReused(wanted.operation.clone()));
    }
    if let Some(cycle) = input.existing.and_then(|existing| existing.cycle) {
        return Err(AwardRefusal::BegunBefore(cycle));
    }
    if input.existing.is_some_and(|existing| existing.has_lapsed(now)) || input.is_proposer_gone {
        return Err(AwardRefusal::ProposalLapsed);
    }
    if let AwardAct::Operator { is_for_player: false, .. } = act {
        return Err(AwardRefusal::NoPlayer);
    }
    let (pool, terms) = input.pool.ok_or(AwardRefusal::NotOpen(wanted.group))?;
    if let Some(PendingWin { award, begun_at, .. }) = pool.winning() {
        let details = ConflictDetails::Held { by: award.operation.clone(), since: *begun_at };
        let (operation, group) = (JackpotAction::ProcessWin, pool.group);
        return Err(AwardRefusal::Held(ConcurrencyViolation { operation, group, details }));
    }
    let available = input.totals.amount;
    // Newer terms do not revoke a win that is owed under older terms.
    let limit = wanted.must_hit_by.or(terms.must_hit_by());
    let must_be_won = limit.is_some_and(|limit| available >= limit);
    if wanted.is_forced() && !must_be_won {
        return Err(AwardRefusal::NeedNotBeWon(available));
    }
    let proposed = input.existing.and_then(|existing| existing.requested);
    let worth = proposed.or(wanted.requested).unwrap_or(available);
    if worth > available {
        return Err(AwardRefusal::MoreThanPool(available));
    }
    let mut agreed = input.existing.cloned().unwrap_or_else(|| wanted.clone());
    if let AwardAct::Operator { by, two_persons_from, .. } = act {
        let is_for_two = worth.saturating_add(input.given_alone) >= two_persons_from;
        match input.existing {
            // The second operator approves a fixed sum, not the content of the pool at that time.
            None if is_for_two => {
                let proposed = Award { requested: Some(worth), ..wanted.clone() };
                return Ok(AwardStep::Propose(Box::new(proposed)));
            }
            Some(existing) if existing.proposed_by() != Some(by) => agreed.cause = existing.agreed_by(by),
            Some(_) if is_for_two => return Err(AwardRefusal::ProposedBefore),
            None | Some(_) => {}
        }
    }
    if input.wallet.balance.checked_add(worth).is_none() {
        return Err(AwardRefusal::BalanceTooLarge);
    }
    // The award of an operator does not include contributions that arrive while the win is in progress.
    let requested = match act {
        AwardAct::Operator { .. } => Some(worth),
        AwardAct::Draw => agreed.requested,
    };
    let award = Award { cycle: Some(pool.cycle), requested, ..agreed };
    let pool = begin_win(pool, award.clone(), terms.start(), now);
    Ok(AwardStep::Begin(Box::new(StartedAward { award, pool })))
}

impl Award {
    /// Returns `true` if the win was drawn and has not begun, so that it is owed to its winner.
    pub fn is_owed(&self) -> bool {
        self.cycle.is_none() && matches!(self.cause, WinCause::Drawn { .. })
    }

    /// Returns `true` if the award waits for another operator's approval.
    pub fn is_proposed(&self) -> bool {
        self.cycle.is_none() && self.proposed_by().is_some()
    }

    /// The amount that a single operator gave away. It is known once the win has begun.
    pub fn given_alone(&self) -> Amount {
        self.cause.alone(self.requested.unwrap_or_default())
    }

    /// Returns `true` if the award is a proposal that can no longer be approved.
    pub fn has_lapsed(&self, now: Timestamp) -> bool {
        self.is_proposed() && now.duration_since(self.at) >= PROPOSAL_HOLDS_FOR
    }

    /// Returns `true` if the bet won only because the pool had reached its limit.
    pub fn is_forced(&self) -> bool {
        matches!(self.cause, WinCause::Drawn { is_forced: true, .. })
    }

    /// Returns `true` for the same win, even if another operator requests it or the reason differs. A request for the
    /// whole pool matches the sum that was fixed when the win was proposed or began.
    pub fn is_same(&self, other: &Self) -> bool {
        let of = |award: &Self| (award.group, award.user);
        let is_drawn = |cause| matches!(cause, WinCause::Drawn { .. });
        let is_all = (self.cycle.is_some() || self.is_proposed()) && other.requested.is_none();
        of(self) == of(other)
            && (self.requested == other.requested || is_all)
            && (self.cause == other.cause || !is_drawn(self.cause) && !is_drawn(other.cause))
    }

    /// The operator who proposed the award, or `None` for a draw.
    pub fn proposed_by(&self) -> Option<UserId> {
        match self.cause {
            WinCause::Manual { by, .. } => Some(by),
            WinCause::Drawn { .. } => None,
        }
    }

    fn agreed_by(&self, agreed: UserId) -> WinCause {
        match self.cause {
            WinCause::Manual { by, .. } => WinCause::Manual { by, agreed: Some(agreed) },
            drawn @ WinCause::Drawn { .. } => drawn,
        }
    }
}

impl Pool {
    /// The pool in another state, with the next version.
    pub(crate) fn in_state(&self, state: PoolState, now: Timestamp) -> Self {
        Self { version: self.version + 1, state, last_modified_at: now, ..self.clone() }
    }
}

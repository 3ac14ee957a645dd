//! Who wins a pool: whoever a draw names, or whoever an operator does; above a threshold two of them.

use crate::win::PendingWin;
use crate::{
    ConcurrencyViolation, ConflictDetails, JackpotAction, JackpotGroup, JackpotTerms, OperationId, Pool,
    PoolState, Standing, WinningBet, begin_win,
};
use evens_games::PeriodId;
use evens_idempotency::BetId;
use evens_ledger::{Amount, UserId, Wallet};
use jiff::{SignedDuration, Timestamp};
use std::fmt;
use std::str::FromStr;

/// For how long a second operator may agree to what one has proposed.
pub const PROPOSAL_HOLDS_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);

/// That somebody wins a pool, or is proposed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Award {
    /// Under which id.
    pub operation: OperationId,
    /// Which pool.
    pub group: JackpotGroup,
    /// Who wins.
    pub user: UserId,
    /// How much of it; all of it where nothing is said.
    pub requested: Option<Amount>,
    /// Why them.
    pub cause: WinCause,
    /// Why, in the words of whoever proposed it; empty where it was drawn.
    pub reason: String,
    /// When it was proposed, or drawn.
    pub at: Timestamp,
    /// What its pool must have reached, where it is forced: by the terms that held when its period opened. None of one
    /// that was put down before this was.
    pub must_hit_by: Option<Amount>,
    /// What it follows from, where it was drawn. None of one that was put down before this was.
    pub winning: Option<WinningBet>,
    /// Which of the group's wins it is, counted from 0; none while it is proposed only.
    pub cycle: Option<u64>,
}

/// Why somebody wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WinCause {
    /// An operator said so, and another agreed where one had to.
    Manual {
        /// Who proposed it.
        by: UserId,
        /// Who agreed.
        agreed: Option<UserId>,
    },
    /// A bet won it.
    Drawn {
        /// On which period.
        period: PeriodId,
        /// Which bet.
        bet: BetId,
        /// Whether only because the pool had reached what it must be won by.
        is_forced: bool,
    },
}

impl WinCause {
    /// What of that amount is given away by the word of one operator alone: all or nothing.
    pub(crate) fn alone(&self, amount: Amount) -> Amount {
        match self {
            Self::Manual { agreed: None, .. } => amount,
            Self::Manual { agreed: Some(_), .. } | Self::Drawn { .. } => Amount::ZERO,
        }
    }
}

/// The text tells no cause of a win.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("tells no cause of a win")]
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

/// Who asks for a win.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AwardAct {
    /// A draw, which nobody has to agree to.
    Draw,
    /// An operator.
    Operator {
        /// Who.
        by: UserId,
        /// When they logged in.
        logged_in_at: Timestamp,
        /// From how much on two of them must agree.
        two_persons_from: Amount,
        /// Whether the winner is a player whose account is open: neither blocked nor of whoever runs the platform.
        is_for_player: bool,
    },
}

impl AwardAct {
    /// How long ago whoever gives money away may have logged in.
    pub const LOGIN_AGE_MAX: SignedDuration = SignedDuration::from_mins(15);
    /// For how long what one operator alone gave away counts, so that nobody gives a pool away in pieces.
    pub const ALONE_COUNTED_FOR: SignedDuration = SignedDuration::from_hours(24);

    /// Whether somebody who logged in then may give money away, or change by what terms it is.
    pub fn is_fresh(logged_in_at: Timestamp, now: Timestamp) -> bool {
        now.duration_since(logged_in_at) <= Self::LOGIN_AGE_MAX
    }
}

/// What is known when a win is asked for.
#[derive(Debug, Clone, Copy)]
pub struct SeenForAward<'a> {
    /// What was proposed or begun under the same id.
    pub existing: Option<&'a Award>,
    /// Whether whoever proposed it is no operator any more, or is blocked.
    pub is_proposer_gone: bool,
    /// The group's pool, where it has one.
    pub pool: Option<(&'a Pool, &'a JackpotTerms)>,
    /// What the group holds altogether.
    pub standing: Standing,
    /// What of all groups was given away within [`AwardAct::ALONE_COUNTED_FOR`] by the word of one operator alone.
    pub given_alone: Amount,
    /// The winner's wallet.
    pub wallet: &'a Wallet,
}

/// What is written for an award.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AwardStep {
    /// It waits for another operator.
    Propose(Box<Award>),
    /// It wins: the pool is its own from now on.
    Begin(Box<Awarded>),
}

/// An award that wins, and its pool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Awarded {
    /// The award.
    pub award: Award,
    /// The pool, in its hands.
    pub pool: Pool,
}

/// Why nothing is awarded, in the order of the checks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AwardRefusal {
    /// The operator logged in too long ago.
    #[error("the login is too long ago")]
    LoginTooOld,
    /// The operator would win themselves.
    #[error("nobody awards a jackpot to themselves")]
    OwnWin,
    /// The id was used for another win.
    #[error("the operation {0} is another one")]
    OperationReused(OperationId),
    /// It has begun before, as this win of the group; nothing changes.
    #[error("the win began before")]
    BegunBefore(u64),
    /// It was proposed so long ago, or by somebody who is no operator any more, that nobody can agree to it.
    #[error("the proposal has lapsed")]
    ProposalLapsed,
    /// The winner's account is blocked, or is not a player's.
    #[error("the winner is no player, or is blocked")]
    NoPlayer,
    /// The group has no pool.
    #[error("there is no jackpot {0}")]
    NotOpen(JackpotGroup),
    /// Another win of the group is under way.
    #[error(transparent)]
    Held(ConcurrencyViolation),
    /// It was to be won because it had reached what it must be won by, and has not any more: somebody else has won it.
    #[error("the pool holds {0}, and need not be won")]
    NeedNotBeWon(Amount),
    /// There is not so much in it.
    #[error("the pool holds {0}")]
    MoreThanPool(Amount),
    /// The same operator proposed it before; another one must agree.
    #[error("another operator must agree")]
    ProposedBefore,
    /// The winner's balance cannot hold it.
    #[error("the balance cannot hold it")]
    BalanceTooLarge,
}

impl AwardRefusal {
    /// Whether it follows from how much the group holds.
    pub fn is_of_amount(&self) -> bool {
        matches!(self, Self::NeedNotBeWon(_) | Self::MoreThanPool(_) | Self::BalanceTooLarge)
    }
}

/// Awards a pool, or part of it, or proposes to.
///
/// # Errors
/// [`AwardRefusal`]
pub fn award(
    wanted: &Award,
    act: AwardAct,
    seen: SeenForAward<'_>,
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
    if seen.existing.is_some_and(|existing| !existing.is_same(wanted)) {
        return Err(AwardRefusal::OperationReused(wanted.operation.clone()));
    }
    if let Some(cycle) = seen.existing.and_then(|existing| existing.cycle) {
        return Err(AwardRefusal::BegunBefore(cycle));
    }
    if seen.existing.is_some_and(|existing| existing.has_lapsed(now)) || seen.is_proposer_gone {
        return Err(AwardRefusal::ProposalLapsed);
    }
    if let AwardAct::Operator { is_for_player: false, .. } = act {
        return Err(AwardRefusal::NoPlayer);
    }
    let (pool, terms) = seen.pool.ok_or(AwardRefusal::NotOpen(wanted.group))?;
    if let Some(PendingWin { award, begun_at, .. }) = pool.winning() {
        let details = ConflictDetails::Held { by: award.operation.clone(), since: *begun_at };
        let (operation, group) = (JackpotAction::ProcessWin, pool.group);
        return Err(AwardRefusal::Held(ConcurrencyViolation { operation, group, details }));
    }
    let available = seen.standing.amount;
    // What is owed by older terms is not taken back by newer ones.
    let limit = wanted.must_hit_by.or(terms.must_hit_by());
    let must_be_won = limit.is_some_and(|limit| available >= limit);
    if wanted.is_forced() && !must_be_won {
        return Err(AwardRefusal::NeedNotBeWon(available));
    }
    let proposed = seen.existing.and_then(|existing| existing.requested);
    let worth = proposed.or(wanted.requested).unwrap_or(available);
    if worth > available {
        return Err(AwardRefusal::MoreThanPool(available));
    }
    let mut agreed = seen.existing.cloned().unwrap_or_else(|| wanted.clone());
    if let AwardAct::Operator { by, two_persons_from, .. } = act {
        let is_for_two = worth.saturating_add(seen.given_alone) >= two_persons_from;
        match seen.existing {
            // Another one agrees to a sum, and not to whatever is in the pool by then.
            None if is_for_two => {
                let proposed = Award { requested: Some(worth), ..wanted.clone() };
                return Ok(AwardStep::Propose(Box::new(proposed)));
            }
            Some(existing) if existing.proposed_by() != Some(by) => agreed.cause = existing.agreed_by(by),
            Some(_) if is_for_two => return Err(AwardRefusal::ProposedBefore),
            None | Some(_) => {}
        }
    }
    if seen.wallet.balance.checked_add(worth).is_none() {
        return Err(AwardRefusal::BalanceTooLarge);
    }
    // Of what is contributed while the win is on its way, nothing was decided.
    let requested = match act {
        AwardAct::Operator { .. } => Some(worth),
        AwardAct::Draw => agreed.requested,
    };
    let award = Award { cycle: Some(pool.cycle), requested, ..agreed };
    let pool = begin_win(pool, award.clone(), terms.start(), now);
    Ok(AwardStep::Begin(Box::new(Awarded { award, pool })))
}

impl Award {
    /// Whether it was drawn, and has not begun: it is owed to its winner.
    pub fn is_owed(&self) -> bool {
        self.cycle.is_none() && matches!(self.cause, WinCause::Drawn { .. })
    }

    /// Whether it waits for another operator.
    pub fn is_proposed(&self) -> bool {
        self.cycle.is_none() && self.proposed_by().is_some()
    }

    /// What of it one operator alone gives away, once it has begun: then it says how much it is.
    pub fn given_alone(&self) -> Amount {
        self.cause.alone(self.requested.unwrap_or_default())
    }

    /// Whether it was proposed, and nobody can agree to it any more.
    pub fn has_lapsed(&self, now: Timestamp) -> bool {
        self.is_proposed() && now.duration_since(self.at) >= PROPOSAL_HOLDS_FOR
    }

    /// Whether it was drawn only because the pool had reached what it must be won by.
    pub fn is_forced(&self) -> bool {
        matches!(self.cause, WinCause::Drawn { is_forced: true, .. })
    }

    /// Whether it is the same win, whoever asks for it and in whatever words. Once it is proposed or has begun, all of
    /// a pool is the sum that it held then.
    pub fn is_same(&self, other: &Self) -> bool {
        let of = |award: &Self| (award.group, award.user);
        let is_drawn = |cause| matches!(cause, WinCause::Drawn { .. });
        let is_all = (self.cycle.is_some() || self.is_proposed()) && other.requested.is_none();
        of(self) == of(other)
            && (self.requested == other.requested || is_all)
            && (self.cause == other.cause || !is_drawn(self.cause) && !is_drawn(other.cause))
    }

    /// The operator who proposed it, where it was not drawn.
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
    /// The pool in a state, one version on.
    pub(crate) fn moved(&self, state: PoolState, now: Timestamp) -> Self {
        Self { version: self.version + 1, state, last_modified_at: now, ..self.clone() }
    }
}

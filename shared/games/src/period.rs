//! [`Period`]: opens, takes bets, closes behind a fence, is drawn, is settled; or is cancelled before it is drawn.

use crate::{BlockSource, Drawn, Entropy, Lane, PeriodId, PeriodTimes, RULES_VERSION, ShardCount, draw};
use evens_draws::Seed;
use evens_ledger::{Amount, Digest};
use jiff::Timestamp;
use jiff::tz::Offset;

/// A period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Period {
    /// Which one.
    pub id: PeriodId,
    /// The version of the payout tables that its bets are paid by.
    pub rules: u16,
    /// When it takes bets and ends.
    pub times: PeriodTimes,
    /// The SHA-256 of the seed, public a period before the first bet.
    pub seed_hash: Digest,
    /// What decides its draw besides the seed; with the block, once it is there.
    pub entropy: Entropy,
    /// Over how many items its bets are spread.
    pub shards: ShardCount,
    /// Where it stands.
    pub state: PeriodState,
}

/// Where a period stands, and what is known since then. A period in [`PeriodState::Resulted`] or later is never
/// cancelled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PeriodState {
    /// It takes bets, or will.
    Open,
    /// The fence goes up, shard by shard.
    Closing,
    /// The fence is up: these are all its bets.
    Closed(PeriodTotals),
    /// It is drawn, and its winners are paid, lane by lane.
    Resulted(PeriodTotals, PeriodResult, Lanes),
    /// Every winner is paid.
    Settled(PeriodTotals, PeriodResult),
    /// It has no result; its stakes go back, lane by lane.
    Cancelled(PeriodTotals, Lanes),
    /// Every stake went back.
    Refunded(PeriodTotals),
}

/// The name of a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PeriodStateName {
    /// Takes bets, or will.
    Open,
    /// Takes no bets any more.
    Closing,
    /// All its bets are known.
    Closed,
    /// Drawn.
    Resulted,
    /// Drawn and paid.
    Settled,
    /// Without a result.
    Cancelled,
    /// Without a result, and its stakes are back.
    Refunded,
}

/// The text names no state of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("names no state of a period")]
pub struct PeriodStateNameError;

/// All bets of a period, added up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PeriodTotals {
    /// How many.
    pub bets: u64,
    /// Their stakes.
    pub staked: Amount,
}

/// What was drawn for a period, and what proves it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeriodResult {
    /// What was drawn.
    pub drawn: Drawn,
    /// The seed, public from now on.
    pub seed: Seed,
    /// When it was drawn.
    pub drawn_at: Timestamp,
}

/// The lanes that are done, one bit each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Lanes(u16);

/// Why a period does not take a step, in the order of the checks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PeriodRefusal {
    /// It is not in a state that leads there: it took the step before, or never will.
    #[error("the period is {}", .0.as_str())]
    State(PeriodStateName),
    /// It is not time yet.
    #[error("the period does so at {0}")]
    TooEarly(Timestamp),
    /// The seed is not the one whose hash was published.
    #[error("the seed does not have the hash that was published")]
    AnotherSeed,
    /// The block that draws it is not there.
    #[error("the block that draws the period is not there")]
    NoBlock,
    /// A block draws it, which may be known since then.
    #[error("a block decides the period since {0}")]
    BlockDecides(Timestamp),
}

/// What cancelling a period asks for next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CancelStep {
    /// It still takes bets, or may: the fence goes up first, and this is the period meanwhile.
    Fence(Box<Period>),
    /// It is cancelled.
    Cancelled(Box<Period>),
    /// It was cancelled before.
    CancelledBefore,
}

impl Period {
    /// How many others of its room may be undrawn, at most, when one opens: that of the moment, and the next one.
    pub const UNDRAWN_MAX: usize = 2;

    /// A period as it opens, which its seed alone draws.
    pub fn open(id: PeriodId, offset: Offset, seed_hash: Digest, shards: ShardCount) -> Self {
        Self {
            id,
            rules: RULES_VERSION,
            times: id.times(offset),
            seed_hash,
            entropy: Entropy::None,
            shards,
            state: PeriodState::Open,
        }
    }

    /// The same, if a block of that source draws it too: it closes early enough for that.
    #[must_use]
    pub fn drawn_with_block_of(self, source: BlockSource) -> Self {
        Self { entropy: Entropy::block_of(source), times: self.times.before_block(), ..self }
    }

    /// The result, once there is one.
    pub fn result(&self) -> Option<&PeriodResult> {
        match &self.state {
            PeriodState::Resulted(_, result, _) | PeriodState::Settled(_, result) => Some(result),
            PeriodState::Open
            | PeriodState::Closing
            | PeriodState::Closed(_)
            | PeriodState::Cancelled(..)
            | PeriodState::Refunded(_) => None,
        }
    }

    /// All its bets, once the fence is up.
    pub fn totals(&self) -> Option<PeriodTotals> {
        match self.state {
            PeriodState::Open | PeriodState::Closing => None,
            PeriodState::Closed(totals)
            | PeriodState::Resulted(totals, ..)
            | PeriodState::Settled(totals, _)
            | PeriodState::Cancelled(totals, _)
            | PeriodState::Refunded(totals) => Some(totals),
        }
    }

    /// Takes no bets any more, when its time has come: the fence goes up now.
    pub fn close(&self, now: Timestamp) -> Result<Self, PeriodRefusal> {
        match self.state {
            PeriodState::Open if now < self.times.closes_at => {
                Err(PeriodRefusal::TooEarly(self.times.closes_at))
            }
            PeriodState::Open => Ok(self.in_state(PeriodState::Closing)),
            _ => Err(self.refuses()),
        }
    }

    /// The fence is up in every shard, and these are its bets.
    pub fn closed(&self, totals: PeriodTotals) -> Result<Self, PeriodRefusal> {
        match self.state {
            PeriodState::Closing => Ok(self.in_state(PeriodState::Closed(totals))),
            _ => Err(self.refuses()),
        }
    }

    /// Draws its result, when it has ended. No bet is looked at (M7).
    pub fn draw(&self, seed: Seed, now: Timestamp) -> Result<Self, PeriodRefusal> {
        let PeriodState::Closed(totals) = self.state else { return Err(self.refuses()) };
        if now < self.times.ends_at {
            return Err(PeriodRefusal::TooEarly(self.times.ends_at));
        }
        if !seed.opens(&self.seed_hash) {
            return Err(PeriodRefusal::AnotherSeed);
        }
        let drawn = draw(self.id, &seed, self.entropy).ok_or(PeriodRefusal::NoBlock)?;
        let result = PeriodResult { drawn, seed, drawn_at: now };
        Ok(self.in_state(PeriodState::Resulted(totals, result, Lanes::NONE)))
    }

    /// A lane has paid its winners, or given its stakes back. The last one ends the period. A lane that is done twice
    /// changes nothing.
    pub fn lane_done(&self, lane: Lane) -> Result<Self, PeriodRefusal> {
        let state = match &self.state {
            PeriodState::Resulted(totals, result, lanes) => match lanes.with(lane) {
                Lanes::ALL => PeriodState::Settled(*totals, result.clone()),
                lanes => PeriodState::Resulted(*totals, result.clone(), lanes),
            },
            PeriodState::Cancelled(totals, lanes) => match lanes.with(lane) {
                Lanes::ALL => PeriodState::Refunded(*totals),
                lanes => PeriodState::Cancelled(*totals, lanes),
            },
            _ => return Err(self.refuses()),
        };
        Ok(self.in_state(state))
    }

    /// What cancels it next, where an operator wants it: the fence, where it may still take bets; else it is cancelled,
    /// unless it has a result, or a block decides: from its closing on whoever sees that block may know the result, and
    /// nobody may choose between a result and none.
    pub fn cancel(&self, now: Timestamp) -> Result<CancelStep, PeriodRefusal> {
        match self.state {
            PeriodState::Cancelled(..) | PeriodState::Refunded(_) => Ok(CancelStep::CancelledBefore),
            PeriodState::Resulted(..) | PeriodState::Settled(..) => Err(self.refuses()),
            _ if self.is_decided_by_block(now) => Err(PeriodRefusal::BlockDecides(self.times.closes_at)),
            PeriodState::Open | PeriodState::Closing => {
                Ok(CancelStep::Fence(Box::new(self.in_state(PeriodState::Closing))))
            }
            PeriodState::Closed(totals) => Ok(CancelStep::Cancelled(Box::new(self.cancelled(totals)))),
        }
    }

    /// Cancels it because it cannot be drawn: ten minutes after its closing it lacks its block, or its seed.
    pub fn give_up(&self, now: Timestamp) -> Result<Self, PeriodRefusal> {
        match self.state {
            PeriodState::Closed(_) if now < self.block_until() => {
                Err(PeriodRefusal::TooEarly(self.block_until()))
            }
            PeriodState::Closed(totals) => Ok(self.cancelled(totals)),
            _ => Err(self.refuses()),
        }
    }

    /// Whether somebody may know the block that draws it.
    fn is_decided_by_block(&self, now: Timestamp) -> bool {
        self.entropy.block().is_some() || (self.entropy.source().is_some() && now >= self.times.closes_at)
    }

    fn cancelled(&self, totals: PeriodTotals) -> Self {
        self.in_state(PeriodState::Cancelled(totals, Lanes::NONE))
    }

    fn in_state(&self, state: PeriodState) -> Self {
        Self { state, ..self.clone() }
    }

    fn refuses(&self) -> PeriodRefusal {
        PeriodRefusal::State(self.state.name())
    }
}

impl PeriodState {
    /// Whether it has neither a result nor was cancelled: what it may cost is still open.
    pub fn is_undrawn(&self) -> bool {
        match self {
            Self::Open | Self::Closing | Self::Closed(_) => true,
            Self::Resulted(..) | Self::Settled(..) | Self::Cancelled(..) | Self::Refunded(_) => false,
        }
    }

    /// Its name.
    pub fn name(&self) -> PeriodStateName {
        match self {
            Self::Open => PeriodStateName::Open,
            Self::Closing => PeriodStateName::Closing,
            Self::Closed(_) => PeriodStateName::Closed,
            Self::Resulted(..) => PeriodStateName::Resulted,
            Self::Settled(..) => PeriodStateName::Settled,
            Self::Cancelled(..) => PeriodStateName::Cancelled,
            Self::Refunded(_) => PeriodStateName::Refunded,
        }
    }
}

impl PeriodStateName {
    /// Every state.
    pub const ALL: [Self; 7] = [
        Self::Open,
        Self::Closing,
        Self::Closed,
        Self::Resulted,
        Self::Settled,
        Self::Cancelled,
        Self::Refunded,
    ];

    /// The name in the table and on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "OPEN",
            Self::Closing => "CLOSING",
            Self::Closed => "CLOSED",
            Self::Resulted => "RESULTED",
            Self::Settled => "SETTLED",
            Self::Cancelled => "CANCELLED",
            Self::Refunded => "REFUNDED",
        }
    }
}

impl std::str::FromStr for PeriodStateName {
    type Err = PeriodStateNameError;

    fn from_str(text: &str) -> Result<Self, PeriodStateNameError> {
        Self::ALL.into_iter().find(|name| name.as_str() == text).ok_or(PeriodStateNameError)
    }
}

impl Lanes {
    /// No lane is done.
    pub const NONE: Self = Self(0);
    /// Every lane is done.
    pub const ALL: Self = Self(u16::MAX);

    /// The lanes by their bits, as they were stored.
    pub fn from_bits(bits: u16) -> Self {
        Self(bits)
    }

    /// One bit for each lane, the first one lowest.
    pub fn bits(self) -> u16 {
        self.0
    }

    /// Whether a lane is done.
    pub fn has(self, lane: Lane) -> bool {
        self.0 >> lane.number() & 1 == 1
    }

    /// The lanes that are not done yet.
    pub fn open(self) -> impl Iterator<Item = Lane> {
        Lane::all().filter(move |lane| !self.has(*lane))
    }

    /// The same with one more.
    #[must_use]
    pub fn with(self, lane: Lane) -> Self {
        Self(self.0 | 1 << lane.number())
    }
}

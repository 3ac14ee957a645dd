//! [`Period`]: it opens, takes bets, closes behind a fence, is drawn and is settled, or is cancelled before it is
//! drawn.

use crate::{
    BlockSource, DrawnSymbols, Entropy, Lane, PeriodId, PeriodTimes, RULES_VERSION, ShardCount, draw,
};
use evens_draws::Seed;
use evens_ledger::{Amount, Digest};
use jiff::Timestamp;
use jiff::tz::Offset;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Period {
    pub id: PeriodId,
    /// The version of the payout tables for its bets.
    pub rules: u16,
    pub times: PeriodTimes,
    /// The SHA-256 of the seed, published one period before the first bet.
    pub seed_hash: Digest,
    /// The input to the draw besides the seed, with the block once it exists.
    pub entropy: Entropy,
    /// The number of items that hold its bets.
    pub shards: ShardCount,
    pub state: PeriodState,
}

/// The state of a period, with everything that is known in it. A period in [`PeriodState::Resulted`] or later is never
/// cancelled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PeriodState {
    /// It takes bets, now or later.
    Open,
    /// The fence, which refuses further bets, is being written to each shard.
    Closing,
    /// The fence is complete, so no bet can be added to these totals.
    Closed(PeriodTotals),
    /// It is drawn, and its winners are being paid lane by lane.
    Resulted(PeriodTotals, PeriodResult, Lanes),
    /// All winners are paid.
    Settled(PeriodTotals, PeriodResult),
    /// It has no result, and its stakes are being refunded lane by lane.
    Cancelled(PeriodTotals, Lanes),
    /// All stakes are refunded.
    Refunded(PeriodTotals),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PeriodStateName {
    Open,
    Closing,
    Closed,
    Resulted,
    Settled,
    Cancelled,
    Refunded,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a state of a period")]
pub struct PeriodStateNameError;

/// The sum of all bets of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PeriodTotals {
    pub bets: u64,
    pub staked: Amount,
}

/// The result of a period, with its proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeriodResult {
    pub drawn: DrawnSymbols,
    /// The seed, which is public from now on.
    pub seed: Seed,
    pub drawn_at: Timestamp,
}

/// The lanes that are done, one bit each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Lanes(u16);

/// The reason why a period does not take a step, in the order of the checks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PeriodRefusal {
    /// The step does not apply in this state: it was taken earlier, or it can never be taken.
    #[error("the period is {}", .0.as_str())]
    State(PeriodStateName),
    #[error("the period takes this step at {0}")]
    TooEarly(Timestamp),
    /// The seed does not have the hash that was published.
    #[error("the seed does not have the hash that was published")]
    AnotherSeed,
    /// The block that draws the period does not exist yet.
    #[error("the block that draws the period does not exist yet")]
    NoBlock,
    /// A block draws the period and may be known since this time.
    #[error("a block has decided the period since {0}")]
    BlockDecides(Timestamp),
}

/// The next step of a cancellation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CancelStep {
    /// The period may still take bets, so the fence must be completed first. This is the period until then.
    Fence(Box<Period>),
    Cancelled(Box<Period>),
    /// The period was cancelled earlier.
    CancelledBefore,
}

impl Period {
    /// The maximum number of other undrawn periods in the room when a period opens: the current one and the next one.
    pub const UNDRAWN_MAX: usize = 2;

    /// Opens a period that is drawn by its seed alone.
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

    /// Adds a block of this source as an input to the draw. The period then closes earlier.
    #[must_use]
    pub fn drawn_with_block_of(self, source: BlockSource) -> Self {
        Self { entropy: Entropy::block_of(source), times: self.times.before_block(), ..self }
    }

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

    /// The sum of all bets, once the fence is complete.
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

    /// Stops taking bets when it is time. The fence has to be written next.
    pub fn close(&self, now: Timestamp) -> Result<Self, PeriodRefusal> {
        match self.state {
            PeriodState::Open if now < self.times.closes_at => {
                Err(PeriodRefusal::TooEarly(self.times.closes_at))
            }
            PeriodState::Open => Ok(self.in_state(PeriodState::Closing)),
            _ => Err(self.refuses()),
        }
    }

    /// Records that the fence is complete in every shard, with the sum of all bets.
    pub fn closed(&self, totals: PeriodTotals) -> Result<Self, PeriodRefusal> {
        match self.state {
            PeriodState::Closing => Ok(self.in_state(PeriodState::Closed(totals))),
            _ => Err(self.refuses()),
        }
    }

    /// Draws the result after the end of the period. No bet is an input (M7).
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

    /// Records that a lane has paid its winners or refunded its stakes. The last lane ends the period. Repeating a lane
    /// changes nothing, and neither does a lane that the period does not have.
    pub fn lane_done(&self, lane: Lane) -> Result<Self, PeriodRefusal> {
        let state = match &self.state {
            PeriodState::Resulted(totals, result, lanes) => match self.lanes_with(*lanes, lane) {
                None => PeriodState::Settled(*totals, result.clone()),
                Some(lanes) => PeriodState::Resulted(*totals, result.clone(), lanes),
            },
            PeriodState::Cancelled(totals, lanes) => match self.lanes_with(*lanes, lane) {
                None => PeriodState::Refunded(*totals),
                Some(lanes) => PeriodState::Cancelled(*totals, lanes),
            },
            _ => return Err(self.refuses()),
        };
        Ok(self.in_state(state))
    }

    /// The lanes that are done once `lane` is done, too. `None` if those are all lanes of the period.
    fn lanes_with(&self, done: Lanes, lane: Lane) -> Option<Lanes> {
        let is_own = self.shards.lanes().any(|own| own == lane);
        let done = if is_own { done.with(lane) } else { done };
        (done != Lanes::all_of(self.shards)).then_some(done)
    }

    /// The next step of an operator's cancellation: the fence if the period may still take bets, then the cancellation.
    ///
    /// Refused if the period has a result. Also refused from the closing on if a block decides. People who see the
    /// block may know the result, and must not be able to choose a cancellation instead.
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

    /// Cancels a period that cannot be drawn, because its block or its seed is missing ten minutes after the closing.
    pub fn give_up(&self, now: Timestamp) -> Result<Self, PeriodRefusal> {
        match self.state {
            PeriodState::Closed(_) if now < self.block_until() => {
                Err(PeriodRefusal::TooEarly(self.block_until()))
            }
            PeriodState::Closed(totals) => Ok(self.cancelled(totals)),
            _ => Err(self.refuses()),
        }
    }

    /// Returns `true` if the block that draws the period may already be known.
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
    /// Returns `true` if the period has neither a result nor was cancelled, so that its cost is still open.
    pub fn is_undrawn(&self) -> bool {
        match self {
            Self::Open | Self::Closing | Self::Closed(_) => true,
            Self::Resulted(..) | Self::Settled(..) | Self::Cancelled(..) | Self::Refunded(_) => false,
        }
    }

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
    pub const NONE: Self = Self(0);

    /// All lanes of a period with this number of shards.
    pub fn all_of(shards: ShardCount) -> Self {
        shards.lanes().fold(Self::NONE, Self::with)
    }

    pub fn from_bits(bits: u16) -> Self {
        Self(bits)
    }

    /// One bit for each lane, lane 0 in the lowest bit.
    pub fn bits(self) -> u16 {
        self.0
    }

    pub fn has(self, lane: Lane) -> bool {
        self.0 >> lane.number() & 1 == 1
    }

    /// The lanes of a period with this number of shards that are not done.
    pub fn open(self, shards: ShardCount) -> impl Iterator<Item = Lane> {
        shards.lanes().filter(move |lane| !self.has(*lane))
    }

    #[must_use]
    pub fn with(self, lane: Lane) -> Self {
        Self(self.0 | 1 << lane.number())
    }
}

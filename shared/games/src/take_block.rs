//! Taking the block that draws a period: the checks in their order, then the period that has it. It is taken once.

use crate::{Block, BlockSource, Entropy, Period, PeriodState, PeriodStateName};
use jiff::{SignedDuration, Timestamp};

/// How long after the closing of a period the block is stamped that draws it, at least: the fence is up by then, and
/// clocks differ.
pub const BLOCK_AFTER_CLOSING: SignedDuration = SignedDuration::from_secs(2);

/// How long after the closing of a period there must be a block. Without one the period is cancelled.
pub const BLOCK_WITHIN: SignedDuration = SignedDuration::from_mins(10);

/// How long after [`BLOCK_AFTER_CLOSING`] the block of an oracle is stamped, at most. Nobody here sees its chain, so
/// what it may choose among is kept small.
pub const ORACLE_BLOCK_WITHIN: SignedDuration = SignedDuration::from_secs(30);

/// What becomes of a block that a period is to be drawn with. The variants stand in the order of the checks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TakeBlockOutcome {
    /// No block draws the period.
    NoBlockWanted,
    /// The block is of another source than the one that was fixed; of an oracle, it did not sign it for this period.
    AnotherSource {
        /// The source that was fixed.
        source: BlockSource,
    },
    /// The period has this very block.
    TakenBefore,
    /// The period has another block, which is final.
    HasAnother {
        /// That block.
        block: Box<Block>,
    },
    /// It is stamped too soon after the period closed, or before.
    TooEarly {
        /// From when on it may be stamped.
        from: Timestamp,
    },
    /// It is stamped when the period was to be cancelled for want of a block; of an oracle, half a minute after the
    /// first one that could be.
    TooLate {
        /// Until when it may be stamped.
        until: Timestamp,
    },
    /// The period does not wait for a block: it may still take bets, or it was cancelled.
    NotClosed {
        /// Where it stands.
        state: PeriodStateName,
    },
    /// The period has it now; this is to be written.
    Taken(Box<Period>),
}

impl Period {
    /// From when on the block may be stamped that draws it.
    pub fn block_from(&self) -> Timestamp {
        self.times.closes_at.saturating_add(BLOCK_AFTER_CLOSING).unwrap_or(Timestamp::MAX)
    }

    /// Until when the block must be there.
    pub fn block_until(&self) -> Timestamp {
        self.times.closes_at.saturating_add(BLOCK_WITHIN).unwrap_or(Timestamp::MAX)
    }

    /// Before when the block is stamped that draws it. An oracle has half a minute: within ten minutes there are some
    /// 200 blocks of TRON, and whoever signs one of them would choose the result among as many.
    pub fn block_before(&self) -> Timestamp {
        match self.entropy.source() {
            Some(BlockSource::Oracle(_)) => {
                self.block_from().saturating_add(ORACLE_BLOCK_WITHIN).unwrap_or(Timestamp::MAX)
            }
            Some(BlockSource::Local | BlockSource::Tron) | None => self.block_until(),
        }
    }

    /// Whose block it still waits for, before it can be drawn.
    pub fn wanted_block(&self) -> Option<BlockSource> {
        match (&self.state, self.entropy) {
            (PeriodState::Closed(_), Entropy::Block { source, block: None }) => Some(source),
            _ => None,
        }
    }

    /// Takes the block that draws it. Nobody looks at a bet for that, nor at the seed (M7).
    pub fn take_block(&self, block: Block) -> TakeBlockOutcome {
        let Entropy::Block { source, block: known } = self.entropy else {
            return TakeBlockOutcome::NoBlockWanted;
        };
        if !block.is_of(source, self.id) {
            return TakeBlockOutcome::AnotherSource { source };
        }
        match known {
            Some(known) if known.is_same(&block) => return TakeBlockOutcome::TakenBefore,
            Some(known) => return TakeBlockOutcome::HasAnother { block: Box::new(known) },
            None => {}
        }
        let (from, until) = (self.block_from(), self.block_before());
        if block.timestamp() < from {
            return TakeBlockOutcome::TooEarly { from };
        }
        if block.timestamp() >= until {
            return TakeBlockOutcome::TooLate { until };
        }
        if !matches!(self.state, PeriodState::Closed(_)) {
            return TakeBlockOutcome::NotClosed { state: self.state.name() };
        }
        let entropy = Entropy::Block { source, block: Some(block) };
        TakeBlockOutcome::Taken(Box::new(Self { entropy, ..self.clone() }))
    }
}

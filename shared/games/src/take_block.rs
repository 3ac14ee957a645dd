//! Taking the block that draws a period: the checks in order, then the period with the block. A block is taken once.

use crate::{Block, BlockSource, Entropy, Period, PeriodState, PeriodStateName};
use jiff::{SignedDuration, Timestamp};

/// The minimum time between the closing of a period and the timestamp of its block. The fence is complete after that,
/// even if clocks differ.
pub const BLOCK_AFTER_CLOSING: SignedDuration = SignedDuration::from_secs(2);

/// The time after the closing of a period within which a block must exist. Without one the period is cancelled.
pub const BLOCK_WITHIN: SignedDuration = SignedDuration::from_mins(10);

/// The time after [`BLOCK_AFTER_CLOSING`] within which an oracle's block must be stamped. The platform cannot see the
/// oracle's chain, so this keeps the oracle's choice of blocks small.
pub const ORACLE_BLOCK_WITHIN: SignedDuration = SignedDuration::from_secs(30);

/// The answer to a block for a period. The variants are in the order of the checks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TakeBlockOutcome {
    /// The period is not drawn by a block.
    NoBlockWanted,
    /// The block comes from another source than the one that was fixed, or its oracle did not sign it for this period.
    AnotherSource { source: BlockSource },
    /// The period already has this block.
    TakenBefore,
    /// The period already has another block, which is final.
    HasAnother { block: Box<Block> },
    /// The block is stamped before or too soon after the closing.
    TooEarly {
        /// The earliest allowed timestamp.
        from: Timestamp,
    },
    /// The block is stamped too late: when the period was due to be cancelled, or for an oracle half a minute after the
    /// first possible block.
    TooLate {
        /// The first timestamp that is too late.
        until: Timestamp,
    },
    /// The period does not wait for a block: it may still take bets, or it was cancelled.
    NotClosed { state: PeriodStateName },
    /// The block is taken; this is the write.
    Taken(Box<Period>),
}

impl Period {
    /// The earliest timestamp of the block that draws the period.
    pub fn block_from(&self) -> Timestamp {
        self.times.closes_at.saturating_add(BLOCK_AFTER_CLOSING).unwrap_or(Timestamp::MAX)
    }

    /// The time by which the block must exist.
    pub fn block_until(&self) -> Timestamp {
        self.times.closes_at.saturating_add(BLOCK_WITHIN).unwrap_or(Timestamp::MAX)
    }

    /// The first timestamp that is too late for the block. An oracle gets half a minute: in ten minutes TRON makes
    /// about 200 blocks, and an oracle that signs one of them could choose among 200 results.
    pub fn block_before(&self) -> Timestamp {
        match self.entropy.source() {
            Some(BlockSource::Oracle(_)) => {
                self.block_from().saturating_add(ORACLE_BLOCK_WITHIN).unwrap_or(Timestamp::MAX)
            }
            Some(BlockSource::Local | BlockSource::Tron) | None => self.block_until(),
        }
    }

    /// The source of the missing block, if the period cannot be drawn without it.
    pub fn wanted_block(&self) -> Option<BlockSource> {
        match (&self.state, self.entropy) {
            (PeriodState::Closed(_), Entropy::Block { source, block: None }) => Some(source),
            _ => None,
        }
    }

    /// Takes the block that draws the period. Neither bets nor the seed are inputs (M7).
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

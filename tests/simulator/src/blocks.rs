//! The source of the blocks that draw periods: a chain that follows from virtual time. The source may answer too early,
//! late or never, or return a block with an early time stamp or of another chain. The final check is that each period
//! has the chain's first eligible block (M7).

use crate::hazard::Hazard;
use crate::mutation::Mutation;
use crate::seam::leave;
use crate::violation::Violation;
use crate::world::{Who, World};
use evens_block_sources::{BlockFault, Blocks};
use evens_games::{BLOCK_AFTER_CLOSING, Block, BlockId, BlockOrigin, BlockSource};
use evens_simulated_table::Table;
use evens_simulated_table::item::text;
use futures::future::{BoxFuture, FutureExt, pending};
use jiff::Timestamp;

/// The time between two blocks.
const EACH_MS: i64 = 3_000;

/// The source, as one process reaches it.
#[derive(Debug, Clone)]
pub(crate) struct SimulatedBlocks {
    pub(crate) world: World,
    pub(crate) who: Who,
}

/// The fault in one answer.
enum Trouble {
    NotYet,
    Early,
    OfAnotherChain,
}

impl SimulatedBlocks {
    /// Draws the fault of this answer, if any. The answer may also be late or missing.
    async fn ask(&self) -> Option<Trouble> {
        leave(&self.world, self.who, "first-block").await;
        let (is_silent, way, trouble) = {
            let mut state = self.world.lock();
            let is_silent = state.strike(Hazard::BlockSilent);
            let longest_ms = if state.strike(Hazard::BlockLate) { 8_000 } else { state.latency_max_ms };
            let troubles = [
                (Hazard::BlockNotYet, Trouble::NotYet),
                (Hazard::BlockEarly, Trouble::Early),
                (Hazard::BlockOfAnotherChain, Trouble::OfAnotherChain),
            ];
            let trouble = troubles.into_iter().find(|(hazard, _)| state.strike(*hazard));
            (is_silent, state.dice.milliseconds(1..=longest_ms), trouble.map(|(_, trouble)| trouble))
        };
        if is_silent {
            pending::<()>().await;
        }
        self.world.sleep(way).await;
        self.world.go_on(self.who).await;
        trouble
    }

    async fn first(&self, at: Timestamp) -> Result<Block, BlockFault> {
        let trouble = self.ask().await;
        let is_later = self.world.lock().has(Mutation::LaterBlock);
        let number = number_at(at) + u64::from(is_later);
        let answer = match trouble {
            Some(Trouble::NotYet) => Err(BlockFault::NotYet),
            Some(Trouble::Early) => numbered(number.saturating_sub(1)),
            Some(Trouble::OfAnotherChain) => of_another_chain(number),
            // No later block confirms it yet.
            None if numbered(number + 1)?.timestamp() > self.world.now() => Err(BlockFault::NotYet),
            None => numbered(number),
        };
        match &answer {
            Ok(block) => self.world.note(self.who, format_args!("receives the block {}", block.id())),
            Err(fault) => self.world.note(self.who, format_args!("receives no block at {at}: {fault}")),
        }
        answer
    }
}

impl Blocks for SimulatedBlocks {
    fn source(&self) -> BlockSource {
        BlockSource::Tron
    }

    fn first_block_at_or_after(&self, at: Timestamp) -> BoxFuture<'_, Result<Block, BlockFault>> {
        self.first(at).boxed()
    }

    fn block_of_number(&self, number: u64) -> BoxFuture<'_, Result<Block, BlockFault>> {
        async move { numbered(number) }.boxed()
    }
}

/// The number of the first block with this time stamp or a later one.
fn number_at(at: Timestamp) -> u64 {
    let late_ms = i64::from(at.subsec_nanosecond() % 1_000_000 > 0);
    u64::try_from((at.as_millisecond() + late_ms + EACH_MS - 1).div_euclid(EACH_MS)).unwrap_or_default()
}

fn numbered(number: u64) -> Result<Block, BlockFault> {
    block(number, BlockOrigin::Tron(id(number.saturating_sub(1))))
}

fn of_another_chain(number: u64) -> Result<Block, BlockFault> {
    block(number, BlockOrigin::Local(id(number.saturating_sub(1))))
}

fn block(number: u64, origin: BlockOrigin) -> Result<Block, BlockFault> {
    let stamped_ms = i64::try_from(number).unwrap_or(i64::MAX).saturating_mul(EACH_MS);
    Block::new(number, stamped_ms, id(number), origin).map_err(BlockFault::NoBlock)
}

/// The height, followed by bytes derived from it.
fn id(number: u64) -> BlockId {
    let mut bytes = [0; 32];
    fastrand::Rng::with_seed(number).fill(&mut bytes);
    bytes[..8].copy_from_slice(&number.to_be_bytes());
    BlockId::from_bytes(bytes)
}

/// Checks that each drawn period has the first block at least two seconds after its closing.
pub(crate) fn check(table: &Table) -> Vec<Violation> {
    let periods = table.of_kind("period").chain(table.of_kind("archived-period"));
    let with_block = periods.filter(|period| period.contains_key("block_id"));
    let is_first = |closes_at: Timestamp, found: &str| {
        let from = closes_at.saturating_add(BLOCK_AFTER_CLOSING).unwrap_or(Timestamp::MAX);
        found == id(number_at(from)).to_string()
    };
    let others = with_block.filter(|period| {
        let closes_at = text(period, "closes_at").parse();
        !closes_at.is_ok_and(|closes_at| is_first(closes_at, text(period, "block_id")))
    });
    let sentence = |period: &str| format!("The period {period} has another block than its first one.");
    others.map(|period| Violation::new("M7", sentence(text(period, "period")))).collect()
}

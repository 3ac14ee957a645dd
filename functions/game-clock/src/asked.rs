//! [`BlockRequests`]: requests to the block source. Many rooms close at the same time and need the same block, so it is
//! requested once. A slow node does not delay other periods.

use evens_block_sources::{BlockFault, Blocks};
use evens_games::{Block, BlockId, BlockSource};
use evens_runtime::telemetry::chain;
use futures::FutureExt;
use futures::future::{BoxFuture, Shared};
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::time::{Instant, timeout_at};

/// How long a block is remembered. Longer than any period waits for its block.
pub(crate) const REMEMBERED: SignedDuration = SignedDuration::from_mins(15);

/// Age at which the block of a period is read again. Longer than blocks take to become final.
const LOOK_AGAIN_AFTER: SignedDuration = SignedDuration::from_mins(2);

/// How long this clock must have asked without success, second by second, before it may decide that there is no block.
/// A clock that was stopped has not asked yet, and a node needs several calls in sequence.
const ASKED_FOR: SignedDuration = SignedDuration::from_secs(30);

/// A longer pause between two requests means that the clock was stopped. The waiting time then starts anew.
const PAUSE_MAX: SignedDuration = SignedDuration::from_secs(10);

/// The source now reports another block than the one that drew a period.
#[derive(Debug, thiserror::Error)]
#[error("block {number} was {drawn} when it drew periods, but is {found} now")]
pub(crate) struct BlockChanged {
    number: u64,
    drawn: BlockId,
    found: BlockId,
}

/// A pending answer. Each second polls it again.
type Answer = Shared<BoxFuture<'static, Result<Block, Arc<BlockFault>>>>;

/// A requested block.
#[derive(Debug)]
struct Question {
    /// Start of the time in which the block was requested without a pause.
    asked_since: Timestamp,
    asked_last: Timestamp,
    /// `None` if the last answer was that there is no block yet. The block is then requested again.
    answer: Option<Answer>,
}

impl Question {
    fn new(now: Timestamp) -> Self {
        Self { asked_since: now, asked_last: now, answer: None }
    }

    fn note_asked(&mut self, now: Timestamp) {
        if now.duration_since(self.asked_last) > PAUSE_MAX {
            self.asked_since = now;
        }
        self.asked_last = now;
    }
}

/// Keyed by the block source of the period and the earliest timestamp of its block.
type Questions = HashMap<(BlockSource, Timestamp), Question>;

/// The state of all requests. Clones share it.
#[derive(Debug, Clone)]
pub(crate) struct BlockRequests {
    blocks: Option<Arc<dyn Blocks>>,
    questions: Arc<Mutex<Questions>>,
    /// Blocks that drew periods lately.
    drawn: Arc<Mutex<BTreeMap<BlockId, HasDrawn>>>,
}

/// A block that drew a period, and whether the source was asked about it again.
#[derive(Debug, Clone, Copy)]
struct HasDrawn {
    block: Block,
    was_looked_at: bool,
}

impl BlockRequests {
    pub(crate) fn new(blocks: Option<Arc<dyn Blocks>>) -> Self {
        Self { blocks, questions: Arc::default(), drawn: Arc::default() }
    }

    /// Registers blocks that drew periods, by this clock or another one, so that this clock checks them again.
    pub(crate) fn have_drawn(&self, blocks: impl IntoIterator<Item = Block>) {
        let mut drawn = self.lock();
        for block in blocks {
            drawn.entry(block.id()).or_insert(HasDrawn { block, was_looked_at: false });
        }
    }

    /// The source, if its blocks can be read again. The chain behind an oracle is not visible here.
    pub(crate) fn tells_again(&self) -> Option<BlockSource> {
        self.source().filter(|source| !matches!(source, BlockSource::Oracle(_)))
    }

    /// Reads blocks that drew periods some minutes ago again, and checks that the source still reports the same ones. A
    /// difference does not change the draw; it raises an alarm for an operator. If the source does not answer, it is
    /// asked again for a quarter of an hour.
    pub(crate) async fn look_again(&self, now: Timestamp, deadline: Instant) -> Result<(), BlockChanged> {
        let Some(blocks) = &self.blocks else { return Ok(()) };
        let due: Vec<_> = {
            let mut drawn = self.lock();
            drawn.retain(|_, drawn| {
                let is_remembered = now.duration_since(drawn.block.timestamp()) < REMEMBERED;
                if !is_remembered && !drawn.was_looked_at {
                    let number = drawn.block.number();
                    tracing::warn!(number, "Could not check block {number} again after it drew periods");
                }
                is_remembered
            });
            let is_due = |drawn: &&HasDrawn| {
                let age = now.duration_since(drawn.block.timestamp());
                !drawn.was_looked_at && age >= LOOK_AGAIN_AFTER
            };
            drawn.values().filter(is_due).map(|drawn| drawn.block).collect()
        };
        for block in due {
            let number = block.number();
            let Ok(Ok(found)) = timeout_at(deadline, blocks.block_of_number(number)).await else { continue };
            self.lock().insert(block.id(), HasDrawn { block, was_looked_at: true });
            if found.id() != block.id() {
                return Err(BlockChanged { number, drawn: block.id(), found: found.id() });
            }
        }
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<BlockId, HasDrawn>> {
        self.drawn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The source whose blocks draw newly opened periods, if one is configured.
    pub(crate) fn source(&self) -> Option<BlockSource> {
        self.blocks.as_ref().map(|blocks| blocks.source())
    }

    /// The source's first block at or after that time, if it arrives before the deadline. No other source replaces it
    /// (M7).
    pub(crate) async fn first_block(
        &self,
        source: BlockSource,
        at: Timestamp,
        now: Timestamp,
        deadline: Instant,
    ) -> Option<Block> {
        let answer = {
            let mut questions = self.questions();
            questions.retain(|_, question| now.duration_since(question.asked_last) < REMEMBERED);
            let question = questions.entry((source, at)).or_insert_with(|| Question::new(now));
            question.note_asked(now);
            let blocks = self.blocks.clone().filter(|blocks| blocks.source() == source)?;
            // The call continues between polls, because one block takes several calls to a node.
            let ask = || {
                let call = async move { blocks.first_block_at_or_after(at).await.map_err(Arc::new) };
                let call = tokio::spawn(call);
                async move { call.await.unwrap_or_else(|_| Err(Arc::new(BlockFault::Silent))) }
                    .boxed()
                    .shared()
            };
            question.answer.get_or_insert_with(ask).clone()
        };
        match timeout_at(deadline, answer).await {
            Ok(Ok(block)) => Some(block),
            Ok(Err(fault)) => {
                self.forget(source, at, &fault);
                None
            }
            // The call is still running.
            Err(_) => None,
        }
    }

    /// Returns `true` if this clock requested that block long enough to conclude that there is none. Requests to a
    /// source that this clock does not have count as failed.
    pub(crate) fn was_asked_in_vain(&self, source: BlockSource, at: Timestamp, now: Timestamp) -> bool {
        let questions = self.questions();
        questions
            .get(&(source, at))
            .is_some_and(|question| now.duration_since(question.asked_since) >= ASKED_FOR)
    }

    /// Drops the answer, so that the next second requests the block again.
    fn forget(&self, source: BlockSource, at: Timestamp, fault: &BlockFault) {
        let mut questions = self.questions();
        let was_last = questions.get_mut(&(source, at)).and_then(|question| question.answer.take()).is_some();
        if was_last && !matches!(fault, BlockFault::NotYet) {
            tracing::warn!(error = chain(fault), %at, "Could not read the block at {at}");
        }
    }

    fn questions(&self) -> MutexGuard<'_, Questions> {
        self.questions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

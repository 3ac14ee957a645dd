//! [`Asked`]: what the source of blocks was asked for. Many rooms close at one time and want the same block, so it is
//! asked for once; and a node that is slow keeps no other period from its end.

use evens_block_sources::{BlockFault, Blocks};
use evens_games::{Block, BlockId, BlockSource};
use evens_runtime::telemetry::chain;
use futures::FutureExt;
use futures::future::{BoxFuture, Shared};
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::time::{Instant, timeout_at};

/// For how long a block is remembered: longer than any period waits for its own.
pub(crate) const REMEMBERED: SignedDuration = SignedDuration::from_mins(15);

/// How long after its stamp the block of a period is looked at again: longer than blocks take to be final.
const LOOK_AGAIN_AFTER: SignedDuration = SignedDuration::from_mins(2);

/// For how long a clock itself asks in vain, second by second, before it may say that there is no block: one that was
/// away has not asked yet, and a node is asked several things, one after the other.
const ASKED_FOR: SignedDuration = SignedDuration::from_secs(30);

/// Whoever did not ask for longer than this was away, and begins anew.
const PAUSE_MAX: SignedDuration = SignedDuration::from_secs(10);

/// The source tells of another block by now than the one that drew a period.
#[derive(Debug, thiserror::Error)]
#[error("the block {number} was {drawn} when it drew, and is {found} now")]
pub(crate) struct BlockChanged {
    number: u64,
    drawn: BlockId,
    found: BlockId,
}

/// An answer, as it comes. Who waits for it looks into it each second.
type Answer = Shared<BoxFuture<'static, Result<Block, Arc<BlockFault>>>>;

/// A block that was asked for.
#[derive(Debug)]
struct Question {
    /// Since then without a pause.
    asked_since: Timestamp,
    asked_last: Timestamp,
    /// None where the last one was that there is none: it is asked for again.
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

/// By the source that a period waits for, and the time from which its block is wanted.
type Questions = HashMap<(BlockSource, Timestamp), Question>;

/// What the source was asked for; clones share it.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    blocks: Option<Arc<dyn Blocks>>,
    questions: Arc<Mutex<Questions>>,
    /// What has drawn lately.
    drawn: Arc<Mutex<BTreeMap<BlockId, HasDrawn>>>,
}

/// A block that has drawn, and whether the source was asked for it again.
#[derive(Debug, Clone, Copy)]
struct HasDrawn {
    block: Block,
    was_looked_at: bool,
}

impl Asked {
    pub(crate) fn new(blocks: Option<Arc<dyn Blocks>>) -> Self {
        Self { blocks, questions: Arc::default(), drawn: Arc::default() }
    }

    /// Periods were drawn with these blocks, by this clock or another one: whoever runs now looks at them again.
    pub(crate) fn have_drawn(&self, blocks: impl IntoIterator<Item = Block>) {
        let mut drawn = self.drawn();
        for block in blocks {
            drawn.entry(block.id()).or_insert(HasDrawn { block, was_looked_at: false });
        }
    }

    /// The source whose blocks can be looked at again, if there is one. Nobody here sees the chain of an oracle.
    pub(crate) fn tells_again(&self) -> Option<BlockSource> {
        self.source().filter(|source| !matches!(source, BlockSource::Oracle(_)))
    }

    /// Looks again at blocks that drew some minutes ago, whether the source tells of the same ones. What was drawn
    /// stays drawn; whoever hears of a difference asks how it came. Where the source does not answer, it is asked
    /// again, for a quarter of an hour.
    pub(crate) async fn look_again(&self, now: Timestamp, deadline: Instant) -> Result<(), BlockChanged> {
        let Some(blocks) = &self.blocks else { return Ok(()) };
        let due: Vec<_> = {
            let mut drawn = self.drawn();
            drawn.retain(|_, drawn| {
                let is_remembered = now.duration_since(drawn.block.timestamp()) < REMEMBERED;
                if !is_remembered && !drawn.was_looked_at {
                    let number = drawn.block.number();
                    tracing::warn!(number, "Nobody told again of the block {number}, which drew periods");
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
            self.drawn().insert(block.id(), HasDrawn { block, was_looked_at: true });
            if found.id() != block.id() {
                return Err(BlockChanged { number, drawn: block.id(), found: found.id() });
            }
        }
        Ok(())
    }

    fn drawn(&self) -> MutexGuard<'_, BTreeMap<BlockId, HasDrawn>> {
        self.drawn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whose blocks draw the periods that open now, if anybody's do.
    pub(crate) fn source(&self) -> Option<BlockSource> {
        self.blocks.as_ref().map(|blocks| blocks.source())
    }

    /// The first block of a source at that time, if it is there before the deadline. Another source is not asked
    /// instead (M7).
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
            // It goes on while nobody looks into it: a node is asked several times for one block.
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
            // It is still on its way.
            Err(_) => None,
        }
    }

    /// Whether that source was asked for the block of that time for long enough to say that there is none. One that
    /// this clock does not have is asked in vain.
    pub(crate) fn was_asked_in_vain(&self, source: BlockSource, at: Timestamp, now: Timestamp) -> bool {
        let questions = self.questions();
        questions
            .get(&(source, at))
            .is_some_and(|question| now.duration_since(question.asked_since) >= ASKED_FOR)
    }

    /// It is asked for again, in the next second.
    fn forget(&self, source: BlockSource, at: Timestamp, fault: &BlockFault) {
        let mut questions = self.questions();
        let was_last = questions.get_mut(&(source, at)).and_then(|question| question.answer.take()).is_some();
        if was_last && !matches!(fault, BlockFault::NotYet) {
            tracing::warn!(error = chain(fault), %at, "Could not read the block of {at}");
        }
    }

    fn questions(&self) -> MutexGuard<'_, Questions> {
        self.questions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

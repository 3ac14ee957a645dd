//! Reads queues and their dead letters.

use crate::hold::HeldLetters;
use crate::letter::Letter;
use crate::standing::{self, JobStanding, brings_to_an_end};
use evens_contracts::{DeadLetterFilter, DeadLetterId, Queue};
use evens_queues::{QueueDepth, QueueError};
use evens_runtime::Context;
use evens_runtime::telemetry::chain;
use futures::future::join_all;
use futures::{StreamExt, stream};
use jiff::Timestamp;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// Concurrent reads of the table, one per letter.
const STANDINGS_AT_ONCE: usize = 8;

/// Time limit for finding one letter while another process holds some. Longer than most looks take.
const SEARCH: Duration = Duration::from_secs(10);
/// Maximum pause between attempts. It is random, so that two searches do not collide repeatedly.
const SEARCH_PAUSE_MS: u64 = 250;

/// A letter and the current state of its job according to the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedLetter {
    pub letter: Letter,
    pub standing: JobStanding,
}

/// The result of a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// Matching letters, oldest first, up to the limit.
    pub found: Vec<ListedLetter>,
    /// Number of letters seen that match the filter.
    pub matched: usize,
    /// Approximate number of dead letters that were not seen.
    pub unseen: u64,
}

/// The state of a queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overview {
    pub queue: Queue,
    pub depth: QueueDepth,
    /// When the oldest of a batch of dead letters was given up. SQS returns the oldest ones first, except those that
    /// another reader holds.
    pub oldest_dead_letter_at: Option<Timestamp>,
    /// Start of the oldest unfinished item that jobs of this queue process. `None` if there is none, or if the table
    /// does not know or does not answer.
    pub oldest_unfinished_at: Option<Timestamp>,
}

/// Lists dead letters, oldest first.
///
/// # Errors
/// The error of the first queue that fails. If the table fails, each affected letter says so in its [`JobStanding`].
pub async fn list(context: &Context, filter: &DeadLetterFilter, limit: usize) -> Result<Look, QueueError> {
    let look = async |queue: Queue| -> Result<(Vec<Letter>, u64), QueueError> {
        let held = HeldLetters::take(&context.queues, queue).await?;
        let unseen = held.unseen().await;
        let letters = held.letters();
        held.release().await;
        Ok((letters.into_iter().filter(|letter| letter.fits(filter)).collect(), unseen?))
    };
    let (mut letters, mut unseen) = (Vec::new(), 0);
    // Waits for all queues even after an error, so that each one releases its messages.
    for looked in join_all(filter.queues().into_iter().map(look)).await {
        let (of_queue, unseen_of_queue) = looked?;
        letters.extend(of_queue);
        unseen += unseen_of_queue;
    }
    let matched = letters.len();
    letters.sort_by(|one, other| age_order(one).cmp(&age_order(other)));
    letters.truncate(limit);
    let found = stream::iter(letters).map(async |letter| {
        let standing = standing::of(context, &letter).await;
        ListedLetter { letter, standing }
    });
    Ok(Look { found: found.buffered(STANDINGS_AT_ONCE).collect().await, matched, unseen })
}

/// Sort key: oldest first, letters of unknown age last.
pub(crate) fn age_order(letter: &Letter) -> (bool, Option<Timestamp>, &DeadLetterId) {
    (letter.failed_at.is_none(), letter.failed_at, &letter.id)
}

/// Finds one dead letter. Returns `None` if it does not exist, or if another process held it until the search timed
/// out.
///
/// # Errors
/// Same as [`list`].
pub async fn find(context: &Context, id: &DeadLetterId) -> Result<Option<ListedLetter>, QueueError> {
    let Some((letter, held)) = hold_one(context, id).await? else {
        return Ok(None);
    };
    crate::hold::release(&context.queues, id.queue(), [&letter]).await;
    held.release().await;
    let standing = standing::of(context, &letter).await;
    Ok(Some(ListedLetter { letter, standing }))
}

/// Holds one dead letter, together with those received alongside it.
pub(crate) async fn hold_one<'a>(
    context: &'a Context,
    id: &DeadLetterId,
) -> Result<Option<(Letter, HeldLetters<'a>)>, QueueError> {
    let (mut is_last, deadline) = (false, Instant::now() + SEARCH);
    loop {
        let taking = if is_last {
            // A long poll, because a short one can miss messages that exist.
            HeldLetters::take(&context.queues, id.queue()).await
        } else {
            HeldLetters::search(&context.queues, id.queue(), |letter| letter.id == *id).await
        };
        let mut held = taking?;
        if let Some(letter) = held.take_out(|letter| letter.id == *id).pop() {
            return Ok(Some((letter, held)));
        }
        let unseen = held.unseen().await;
        held.release().await;
        if is_last {
            return Ok(None);
        }
        is_last = unseen? == 0 || Instant::now() >= deadline;
        if !is_last {
            sleep(Duration::from_millis(fastrand::u64(1..=SEARCH_PAUSE_MS))).await;
        }
    }
}

/// The state of all queues.
///
/// # Errors
/// Same as [`list`].
pub async fn overview(context: &Context) -> Result<Vec<Overview>, QueueError> {
    let look = async |queue: Queue| -> Result<Overview, QueueError> {
        let depth = context.queues.depth(queue).await?;
        let mut oldest_dead_letter_at = None;
        if depth.dead_letters > 0 {
            // Consoles ask every few seconds. Reading all letters takes a second or more, and hides them from others.
            let held = HeldLetters::take_batch(&context.queues, queue).await?;
            oldest_dead_letter_at = held.letters().iter().filter_map(|letter| letter.failed_at).min();
            held.release().await;
        }
        let oldest_unfinished_at = oldest_unfinished(context, queue).await;
        Ok(Overview { queue, depth, oldest_dead_letter_at, oldest_unfinished_at })
    };
    join_all(Queue::ALL.map(look)).await.into_iter().collect()
}

/// Returns `None` if the table fails, because queues are inspected mostly during an outage.
async fn oldest_unfinished(context: &Context, queue: Queue) -> Option<Timestamp> {
    let what = brings_to_an_end(queue);
    context.store.oldest_unfinished(what, context.clock.now()).await.unwrap_or_else(|error| {
        let queue = queue.name();
        tracing::warn!(
            queue,
            error = chain(&error),
            "Could not find the oldest unfinished item of the queue {queue}"
        );
        None
    })
}

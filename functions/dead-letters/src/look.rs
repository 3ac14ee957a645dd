//! Looks at queues and their dead letters.

use crate::hold::Held;
use crate::letter::Letter;
use crate::standing::{self, Standing, brings_to_an_end};
use evens_contracts::{DeadLetterFilter, DeadLetterId, Queue};
use evens_queues::{QueueDepth, QueueError};
use evens_runtime::Context;
use evens_runtime::telemetry::chain;
use futures::future::join_all;
use futures::{StreamExt, stream};
use jiff::Timestamp;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// For how many letters the table is asked side by side.
const STANDINGS_AT_ONCE: usize = 8;

/// How long one letter is looked for, if somebody else holds some: longer than most looks take.
const SEARCH: Duration = Duration::from_secs(10);
/// The longest pause in between; they differ, so that two who search do not meet again and again.
const SEARCH_PAUSE_MS: u64 = 250;

/// A letter, and what the table says about its job now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The letter.
    pub letter: Letter,
    /// What the table says.
    pub standing: Standing,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// Those that fit, the oldest first, no more than were asked for.
    pub found: Vec<Found>,
    /// How many fit, of those that were seen.
    pub matched: usize,
    /// How many there are about that were not seen.
    pub unseen: u64,
}

/// A queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overview {
    /// Which one.
    pub queue: Queue,
    /// How much stands in it.
    pub depth: QueueDepth,
    /// When the oldest dead letter that was seen was given up.
    pub oldest_dead_letter_at: Option<Timestamp>,
    /// Since when the oldest thing has been unfinished that jobs of this queue bring to its end. None where there is
    /// none, where the table does not know, or where it does not answer.
    pub oldest_unfinished_at: Option<Timestamp>,
}

/// Lists dead letters, the oldest first.
///
/// # Errors
/// That of the first queue that does not answer. A table that does not answer is said of each letter.
pub async fn list(context: &Context, filter: &DeadLetterFilter, limit: usize) -> Result<Look, QueueError> {
    let look = async |queue: Queue| -> Result<(Vec<Letter>, u64), QueueError> {
        let held = Held::take(&context.queues, queue).await?;
        let unseen = held.unseen().await;
        let letters = held.letters();
        held.release().await;
        Ok((letters.into_iter().filter(|letter| letter.fits(filter)).collect(), unseen?))
    };
    let (mut letters, mut unseen) = (Vec::new(), 0);
    // All of them are waited for, so that each lets go of what it holds.
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
        Found { letter, standing }
    });
    Ok(Look { found: found.buffered(STANDINGS_AT_ONCE).collect().await, matched, unseen })
}

/// The oldest first; those whose time nobody knows, last.
pub(crate) fn age_order(letter: &Letter) -> (bool, Option<Timestamp>, &DeadLetterId) {
    (letter.failed_at.is_none(), letter.failed_at, &letter.id)
}

/// Finds one dead letter; none where it is not there, or somebody else has held it for too long.
///
/// # Errors
/// As [`list`].
pub async fn find(context: &Context, id: &DeadLetterId) -> Result<Option<Found>, QueueError> {
    let Some((letter, held)) = hold_one(context, id).await? else {
        return Ok(None);
    };
    crate::hold::release(&context.queues, id.queue(), [&letter]).await;
    held.release().await;
    let standing = standing::of(context, &letter).await;
    Ok(Some(Found { letter, standing }))
}

/// Takes hold of one dead letter, and of those that were received with it.
pub(crate) async fn hold_one<'a>(
    context: &'a Context,
    id: &DeadLetterId,
) -> Result<Option<(Letter, Held<'a>)>, QueueError> {
    let (mut is_last, deadline) = (false, Instant::now() + SEARCH);
    loop {
        let taking = if is_last {
            // What a short look has not found may be there all the same.
            Held::take(&context.queues, id.queue()).await
        } else {
            Held::search(&context.queues, id.queue(), |letter| letter.id == *id).await
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

/// How all queues stand.
///
/// # Errors
/// As [`list`].
pub async fn overview(context: &Context) -> Result<Vec<Overview>, QueueError> {
    let look = async |queue: Queue| -> Result<Overview, QueueError> {
        let depth = context.queues.depth(queue).await?;
        let mut oldest_dead_letter_at = None;
        if depth.dead_letters > 0 {
            let held = Held::take(&context.queues, queue).await?;
            oldest_dead_letter_at = held.letters().iter().filter_map(|letter| letter.failed_at).min();
            held.release().await;
        }
        let oldest_unfinished_at = oldest_unfinished(context, queue).await;
        Ok(Overview { queue, depth, oldest_dead_letter_at, oldest_unfinished_at })
    };
    join_all(Queue::ALL.map(look)).await.into_iter().collect()
}

/// A table that does not answer leaves this out: the queues are looked at most when something does not answer.
async fn oldest_unfinished(context: &Context, queue: Queue) -> Option<Timestamp> {
    let what = brings_to_an_end(queue);
    context.store.oldest_unfinished(what, context.clock.now()).await.unwrap_or_else(|error| {
        let queue = queue.name();
        tracing::warn!(queue, error = chain(&error), "Could not find the oldest thing for the queue {queue}");
        None
    })
}

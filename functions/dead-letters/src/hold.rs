//! [`Held`]: what was received of a dead-letter queue and is hidden from everybody else for a moment.
//!
//! SQS gives no list of a queue. Who wants to see more than ten messages of it keeps those that they have and asks for
//! more, and lets go of all of them when they have seen enough. In a FIFO queue a held message also hides those behind
//! it in its group: records stand in groups of their own, but of jobs that SQS moved no more than ten of a group are
//! seen.

use crate::letter::Letter;
use evens_contracts::{DeadLetterLimit, Queue};
use evens_queues::{QueueError, Queues};
use evens_runtime::telemetry::chain;
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::time::Instant;
use tracing::warn;

/// How long what is held is hidden, if nobody lets go of it: longer than a look and what follows it takes.
const HOLD: Duration = Duration::from_mins(1);

/// How long a look waits for what it has not seen, until it is sure that there is no more.
const LAST_WAIT: Duration = Duration::from_secs(1);

/// How long messages are received for one look.
const LOOK: Duration = Duration::from_secs(10);

/// How many messages of one queue are seen in one look.
const LETTERS_MAX: usize = DeadLetterLimit::MAX.get();

/// Letters of one queue that are held.
pub(crate) struct Held<'a> {
    queues: &'a Queues,
    queue: Queue,
    /// By the id of the message: one that came back meanwhile is there once, by its last receipt.
    letters: BTreeMap<String, Letter>,
}

impl<'a> Held<'a> {
    /// Takes hold of a queue's dead letters, until there are no more or there are enough.
    pub(crate) async fn take(queues: &'a Queues, queue: Queue) -> Result<Self, QueueError> {
        Self::take_until(queues, queue, LAST_WAIT, |_| false).await
    }

    /// Takes hold of a queue's dead letters, until one `ends` it. It does not wait for those that somebody else holds
    /// meanwhile: of two who look for what the other one holds, both would wait.
    pub(crate) async fn search(
        queues: &'a Queues,
        queue: Queue,
        ends: impl Fn(&Letter) -> bool,
    ) -> Result<Self, QueueError> {
        Self::take_until(queues, queue, Duration::ZERO, ends).await
    }

    async fn take_until(
        queues: &'a Queues,
        queue: Queue,
        wait: Duration,
        ends: impl Fn(&Letter) -> bool,
    ) -> Result<Self, QueueError> {
        let mut held = Self { queues, queue, letters: BTreeMap::new() };
        let deadline = Instant::now() + LOOK;
        while held.letters.len() < LETTERS_MAX && Instant::now() < deadline {
            let received = match queues.hold_dead_letters(queue, HOLD, wait).await {
                Ok(received) => received,
                Err(error) => {
                    held.release().await;
                    return Err(error);
                }
            };
            let (before, mut is_enough) = (held.letters.len(), false);
            for message in received {
                let letter = Letter::read(queue, message);
                is_enough |= ends(&letter);
                held.letters.insert(letter.id.message_id().to_owned(), letter);
            }
            if is_enough || held.letters.len() == before {
                break;
            }
        }
        Ok(held)
    }

    /// How many there are about that are not held here.
    pub(crate) async fn unseen(&self) -> Result<u64, QueueError> {
        let there = self.queues.depth(self.queue).await?.dead_letters;
        Ok(there.saturating_sub(u64::try_from(self.letters.len()).unwrap_or(u64::MAX)))
    }

    /// What is held.
    pub(crate) fn letters(&self) -> Vec<Letter> {
        self.letters.values().cloned().collect()
    }

    /// Takes out those that fit, to be deleted or let go of on their own.
    pub(crate) fn take_out(&mut self, fits: impl Fn(&Letter) -> bool) -> Vec<Letter> {
        let letters = std::mem::take(&mut self.letters);
        let (fitting, others) = letters.into_iter().partition(|(_, letter)| fits(letter));
        self.letters = others;
        fitting.into_values().collect()
    }

    /// Lets go of all of them.
    pub(crate) async fn release(self) {
        release(self.queues, self.queue, self.letters.values()).await;
    }
}

/// Lets go of letters of one queue. Where that fails they are there again when the time of their hold is over.
pub(crate) async fn release(queues: &Queues, queue: Queue, letters: impl IntoIterator<Item = &Letter>) {
    let receipts: Vec<_> = letters.into_iter().map(|letter| letter.receipt.clone()).collect();
    if let Err(error) = queues.release_dead_letters(queue, &receipts).await {
        let (queue, seconds) = (queue.name(), HOLD.as_secs());
        warn!(
            queue,
            error = chain(&error),
            "Could not let go of dead letters of {queue}; they are there again within {seconds} seconds"
        );
    }
}

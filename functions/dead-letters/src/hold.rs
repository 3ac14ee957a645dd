//! [`HeldLetters`]: messages received from a dead-letter queue, hidden from other readers by their visibility timeout.
//!
//! SQS cannot list a queue. To see more than ten messages, a reader keeps the received ones hidden while it receives
//! more, and releases all of them at the end. In a FIFO queue a hidden message also hides the later ones of its group.
//! Records have a group each and are all visible; of jobs that SQS moved, at most ten of a group are seen.

use crate::letter::Letter;
use evens_contracts::{DeadLetterLimit, Queue};
use evens_queues::{QueueError, Queues};
use evens_runtime::telemetry::chain;
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::time::Instant;
use tracing::warn;

/// Visibility timeout of held messages. Longer than a look and the action after it take.
const HOLD: Duration = Duration::from_mins(1);

/// Long-poll wait before a queue counts as empty.
const LAST_WAIT: Duration = Duration::from_secs(1);

/// Time limit for receiving messages in one look.
const LOOK: Duration = Duration::from_secs(10);

/// Maximum number of messages held of one queue.
const LETTERS_MAX: usize = DeadLetterLimit::MAX.get();

/// The letters of one queue, hidden from other readers.
pub(crate) struct HeldLetters<'a> {
    queues: &'a Queues,
    queue: Queue,
    /// Keyed by message id. A message received twice is kept once, with its newest receipt.
    letters: BTreeMap<String, Letter>,
}

impl<'a> HeldLetters<'a> {
    /// Holds a queue's dead letters until none are left or the maximum is reached.
    pub(crate) async fn take(queues: &'a Queues, queue: Queue) -> Result<Self, QueueError> {
        Self::take_until(queues, queue, LAST_WAIT, |_| false).await
    }

    /// Holds a queue's dead letters until `ends` returns `true`. Does not wait for messages that another reader holds:
    /// two readers waiting for each other's messages would both wait in vain.
    pub(crate) async fn search(
        queues: &'a Queues,
        queue: Queue,
        ends: impl Fn(&Letter) -> bool,
    ) -> Result<Self, QueueError> {
        Self::take_until(queues, queue, Duration::ZERO, ends).await
    }

    /// Holds one batch of a queue's dead letters, at most ten, which SQS picks from the oldest.
    pub(crate) async fn take_batch(queues: &'a Queues, queue: Queue) -> Result<Self, QueueError> {
        Self::take_until(queues, queue, LAST_WAIT, |_| true).await
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

    /// Approximate number of dead letters in the queue that are not held here.
    pub(crate) async fn unseen(&self) -> Result<u64, QueueError> {
        let there = self.queues.depth(self.queue).await?.dead_letters;
        Ok(there.saturating_sub(u64::try_from(self.letters.len()).unwrap_or(u64::MAX)))
    }

    pub(crate) fn letters(&self) -> Vec<Letter> {
        self.letters.values().cloned().collect()
    }

    /// Removes the matching letters from this set. The caller then deletes or releases them.
    pub(crate) fn take_out(&mut self, fits: impl Fn(&Letter) -> bool) -> Vec<Letter> {
        let letters = std::mem::take(&mut self.letters);
        let (fitting, others) = letters.into_iter().partition(|(_, letter)| fits(letter));
        self.letters = others;
        fitting.into_values().collect()
    }

    /// Makes all held letters visible again.
    pub(crate) async fn release(self) {
        release(self.queues, self.queue, self.letters.values()).await;
    }
}

/// Makes letters visible again. If the call fails, they reappear when their visibility timeout ends.
pub(crate) async fn release(queues: &Queues, queue: Queue, letters: impl IntoIterator<Item = &Letter>) {
    let receipts: Vec<_> = letters.into_iter().map(|letter| letter.receipt.clone()).collect();
    if let Err(error) = queues.release_dead_letters(queue, &receipts).await {
        let (queue, seconds) = (queue.name(), HOLD.as_secs());
        warn!(
            queue,
            error = chain(&error),
            "Could not release dead letters of {queue}; they reappear within {seconds} seconds"
        );
    }
}

//! What an operator does with dead-letter queues: looks, lets go again, deletes.
//!
//! SQS shows a message only to who receives it, and hides it from everybody else meanwhile. So who looks holds what
//! they see, and lets go of it afterwards; where they do not come to that, it is there again when the time is over
//! that they have asked for. Nothing is lost by looking: a dead-letter queue gives nothing up, however often it is
//! received.

use crate::{Message, QueueError, Queues};
use evens_contracts::Queue;
use std::time::Duration;

impl Queues {
    /// How many messages SQS gives at once.
    const LETTERS_AT_ONCE: u32 = 10;

    /// Receives up to ten messages of a queue's dead-letter queue, which nobody else sees for `hold`. None where within
    /// `wait` nothing is there that is not held. Without a wait SQS asks some of its machines only, and may find
    /// nothing where there is something.
    ///
    /// # Errors
    /// As [`Queues::receive`].
    pub async fn hold_dead_letters(
        &self,
        queue: Queue,
        hold: Duration,
        wait: Duration,
    ) -> Result<Vec<Message>, QueueError> {
        let url = &self.urls.of(queue).dead_letter;
        self.receive_from(url, Self::LETTERS_AT_ONCE, hold, wait).await
    }

    /// Shows messages that were held to everybody again.
    ///
    /// # Errors
    /// [`QueueError::Refused`]: so many stay hidden until the time is over for which they are held.
    pub async fn release_dead_letters(&self, queue: Queue, receipts: &[String]) -> Result<(), QueueError> {
        self.hide_in(&self.urls.of(queue).dead_letter, receipts, Duration::ZERO).await
    }

    /// Deletes messages that are held.
    ///
    /// # Errors
    /// [`QueueError::Refused`]: so many are still there.
    pub async fn delete_dead_letters(&self, queue: Queue, receipts: &[String]) -> Result<(), QueueError> {
        self.delete_from(&self.urls.of(queue).dead_letter, receipts).await
    }
}

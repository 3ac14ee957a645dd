//! Operations on dead-letter queues for operators: hold, release, delete.
//!
//! SQS shows a message only to its receiver and hides it from all others. An operator's look therefore holds messages
//! and releases them afterwards. Without a release they reappear when the requested hold time ends. Looking loses
//! nothing, because a dead-letter queue has no receive limit.

use crate::{Message, QueueError, Queues};
use evens_contracts::Queue;
use std::time::Duration;

impl Queues {
    /// Maximum number of messages per receive.
    const LETTERS_AT_ONCE: u32 = 10;

    /// Receives up to ten messages of a queue's dead-letter queue and hides them for `hold`. Returns nothing if no
    /// visible message is found within `wait`. Without a wait SQS asks only some of its servers and may miss messages.
    ///
    /// # Errors
    /// Those of [`Queues::receive`].
    pub async fn hold_dead_letters(
        &self,
        queue: Queue,
        hold: Duration,
        wait: Duration,
    ) -> Result<Vec<Message>, QueueError> {
        let url = &self.urls.of(queue).dead_letter;
        self.receive_from(url, Self::LETTERS_AT_ONCE, hold, wait).await
    }

    /// Makes held messages visible again.
    ///
    /// # Errors
    /// [`QueueError::Refused`]: that many stay hidden until their hold time ends.
    pub async fn release_dead_letters(&self, queue: Queue, receipts: &[String]) -> Result<(), QueueError> {
        self.hide_in(&self.urls.of(queue).dead_letter, receipts, Duration::ZERO).await
    }

    /// Deletes held messages.
    ///
    /// # Errors
    /// [`QueueError::Refused`]: that many were not deleted.
    pub async fn delete_dead_letters(&self, queue: Queue, receipts: &[String]) -> Result<(), QueueError> {
        self.delete_from(&self.urls.of(queue).dead_letter, receipts).await
    }
}

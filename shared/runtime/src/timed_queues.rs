//! [`TimedQueues`]: the time limit of calls to queues without the SDK.

use crate::Clients;
use evens_queues::{
    Message, OutgoingMessage, QueueAnswer, QueueCounts, QueueFailure, QueueService, ReceiveRequest,
    RefusedEntry,
};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;

/// Limits every call to queues, as clients of the SDK do.
#[derive(Debug)]
pub(crate) struct TimedQueues {
    service: Arc<dyn QueueService>,
}

impl TimedQueues {
    pub(crate) fn new(service: Arc<dyn QueueService>) -> Self {
        Self { service }
    }
}

/// Ends a call that takes longer than one of the SDK may, and `wait` if it waits for messages.
fn timed<'a, T: 'a>(wait: Duration, answer: QueueAnswer<'a, T>) -> QueueAnswer<'a, T> {
    Box::pin(async move {
        let answered = timeout(wait + Clients::OPERATION_TIMEOUT, answer).await;
        answered.unwrap_or_else(|elapsed| Err(QueueFailure::Unavailable(elapsed.into())))
    })
}

impl QueueService for TimedQueues {
    fn send_batch<'a>(
        &'a self,
        url: &'a str,
        messages: Vec<OutgoingMessage>,
    ) -> QueueAnswer<'a, Vec<RefusedEntry>> {
        timed(Duration::ZERO, self.service.send_batch(url, messages))
    }

    fn send<'a>(&'a self, url: &'a str, message: OutgoingMessage) -> QueueAnswer<'a, ()> {
        timed(Duration::ZERO, self.service.send(url, message))
    }

    fn receive<'a>(&'a self, url: &'a str, request: ReceiveRequest) -> QueueAnswer<'a, Vec<Message>> {
        timed(request.wait, self.service.receive(url, request))
    }

    fn delete_batch<'a>(&'a self, url: &'a str, receipts: Vec<String>) -> QueueAnswer<'a, Vec<RefusedEntry>> {
        timed(Duration::ZERO, self.service.delete_batch(url, receipts))
    }

    fn hide_batch<'a>(
        &'a self,
        url: &'a str,
        receipts: Vec<String>,
        seconds: u32,
    ) -> QueueAnswer<'a, Vec<RefusedEntry>> {
        timed(Duration::ZERO, self.service.hide_batch(url, receipts, seconds))
    }

    fn counts<'a>(&'a self, url: &'a str) -> QueueAnswer<'a, QueueCounts> {
        timed(Duration::ZERO, self.service.counts(url))
    }
}

#[cfg(test)]
mod tests {
    use super::timed;
    use crate::Clients;
    use evens_queues::QueueFailure;
    use std::future::pending;
    use std::time::Duration;
    use tokio::time::Instant;

    #[tokio::test(start_paused = true)]
    async fn a_call_without_an_answer_fails_in_time() {
        let started = Instant::now();
        let silent = || Box::pin(pending::<Result<(), QueueFailure>>());
        assert!(matches!(timed(Duration::ZERO, silent()).await, Err(QueueFailure::Unavailable(_))));
        assert_eq!(started.elapsed(), Clients::OPERATION_TIMEOUT);
        let wait = Duration::from_secs(20);
        assert!(matches!(timed(wait, silent()).await, Err(QueueFailure::Unavailable(_))));
        assert_eq!(started.elapsed(), 2 * Clients::OPERATION_TIMEOUT + wait);
    }
}

//! [`DirectQueues`]: the queues for code in this process, through the library's typed interface. Nothing becomes JSON.

use crate::queue_calls;
use embedded_sqs::{CallError, Client};
use evens_queues::{
    Message, OutgoingMessage, QueueAnswer, QueueCounts, QueueFailure, QueueService, ReceiveRequest,
    RefusedEntry,
};

/// The queues of the embedded engine.
#[derive(Debug)]
pub struct DirectQueues {
    client: Client,
}

impl DirectQueues {
    pub fn new(client: Client) -> Self {
        Self { client }
    }
}

impl QueueService for DirectQueues {
    fn send_batch<'a>(
        &'a self,
        url: &'a str,
        messages: Vec<OutgoingMessage>,
    ) -> QueueAnswer<'a, Vec<RefusedEntry>> {
        let request = queue_calls::sending_all(url, messages);
        Box::pin(async move {
            let answer = self.client.call(|core, now| core.send_message_batch(request, now)).await;
            Ok(queue_calls::refused(answer.map_err(failure)?.failed))
        })
    }

    fn send<'a>(&'a self, url: &'a str, message: OutgoingMessage) -> QueueAnswer<'a, ()> {
        let request = queue_calls::sending(url, message);
        Box::pin(async move {
            self.client.call(|core, now| core.send_message(request, now)).await.map_err(failure)?;
            Ok(())
        })
    }

    fn receive<'a>(&'a self, url: &'a str, request: ReceiveRequest) -> QueueAnswer<'a, Vec<Message>> {
        let request = queue_calls::receiving(url, request);
        Box::pin(async move {
            let deliveries = self.client.receive(&request).await.map_err(failure)?;
            Ok(deliveries.into_iter().map(queue_calls::message).collect())
        })
    }

    fn delete_batch<'a>(&'a self, url: &'a str, receipts: Vec<String>) -> QueueAnswer<'a, Vec<RefusedEntry>> {
        let request = queue_calls::deletions(url, receipts);
        Box::pin(async move {
            let answer = self.client.call(|core, now| core.delete_message_batch(request, now)).await;
            Ok(queue_calls::refused(answer.map_err(failure)?.failed))
        })
    }

    fn hide_batch<'a>(
        &'a self,
        url: &'a str,
        receipts: Vec<String>,
        seconds: u32,
    ) -> QueueAnswer<'a, Vec<RefusedEntry>> {
        let request = queue_calls::hiding(url, receipts, seconds);
        Box::pin(async move {
            let answer =
                self.client.call(|core, now| core.change_message_visibility_batch(request, now)).await;
            Ok(queue_calls::refused(answer.map_err(failure)?.failed))
        })
    }

    fn counts<'a>(&'a self, url: &'a str) -> QueueAnswer<'a, QueueCounts> {
        let request = queue_calls::counting(url);
        Box::pin(async move {
            let attributes = self.client.call(|core, now| core.queue_attributes(&request, now)).await;
            Ok(queue_calls::counts(&attributes.map_err(failure)?))
        })
    }
}

fn failure(error: CallError) -> QueueFailure {
    match error {
        CallError::Refused(refusal) => QueueFailure::of_code(refusal.code(), false, refusal.into()),
        CallError::Unavailable(unavailable) => QueueFailure::Unavailable(unavailable.into()),
    }
}

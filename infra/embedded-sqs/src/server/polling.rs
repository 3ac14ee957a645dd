//! Receiving, with long polling.
//!
//! A poller subscribes to its queue's notification before it looks, so a change between looking and waiting still wakes
//! it. It looks again on a notification, when time may have made a message receivable, and at the end of its wait.

use std::pin::pin;

use tokio::time::{Duration, Instant, sleep_until};

use super::{
    client::CallError,
    state::{State, now, until},
};
use crate::core::{Delivery, QueueId, requests::ReceiveMessage};

/// Receives the available messages, or those that arrive within the request's waiting time. Returns at once when the
/// server stops.
pub(super) async fn receive(state: &State, request: &ReceiveMessage) -> Result<Vec<Delivery>, CallError> {
    let mut stopping = state.stopping();
    let mut wait_end = None;
    loop {
        // A queue may be deleted and created again during the wait, and then has another notification.
        let queue = state.read(|core, _| core.queue_id(&request.queue))??;
        let bell = state.bell(queue)?;
        let mut rung = pin!(bell.notified());
        rung.as_mut().enable();

        let (received, commit) = state.begin_change(|core, now| core.receive_message(request, now))?;
        let received = received?;
        if !received.deliveries.is_empty() {
            let answer = UndeliveredMessages::new(state, received.queue, received.deliveries);
            commit.finish().await?;
            return Ok(answer.deliver());
        }

        let wait_end =
            *wait_end.get_or_insert(Instant::now() + Duration::from_secs(received.wait_seconds.into()));
        if *stopping.borrow() || Instant::now() >= wait_end {
            return Ok(Vec::new());
        }
        let next_look = match received.next_deadline {
            Some(deadline) => wait_end.min(Instant::now() + until(deadline, now())),
            None => wait_end,
        };
        tokio::select! {
            () = rung => {}
            () = sleep_until(next_look) => {}
            // The server outlives its pollers, so there is no error, and it would mean the same.
            _ = stopping.wait_for(|is_stopping| *is_stopping) => {}
        }
    }
}

/// Messages whose answer was not sent yet. If the caller disconnects first, the receive is undone.
struct UndeliveredMessages<'a> {
    state: &'a State,
    queue: QueueId,
    deliveries: Vec<Delivery>,
}

impl<'a> UndeliveredMessages<'a> {
    fn new(state: &'a State, queue: QueueId, deliveries: Vec<Delivery>) -> Self {
        Self { state, queue, deliveries }
    }

    fn deliver(mut self) -> Vec<Delivery> {
        std::mem::take(&mut self.deliveries)
    }
}

impl Drop for UndeliveredMessages<'_> {
    fn drop(&mut self) {
        if self.deliveries.is_empty() {
            return;
        }
        let handles: Vec<String> = self.deliveries.drain(..).map(|delivery| delivery.handle).collect();
        let taken_back = self.state.begin_change(|core, now| core.take_back(self.queue, &handles, now));
        if taken_back.is_err() {
            tracing::warn!(
                queue.id = self.queue.0,
                "Could not return messages to the queue; they stay invisible until their timeout"
            );
        }
    }
}

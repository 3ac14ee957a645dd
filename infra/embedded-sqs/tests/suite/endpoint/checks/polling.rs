//! Waiting for messages.

use std::time::{Duration, Instant};

use crate::endpoint::client::{Endpoint, Queue, bodies};

/// The time after which a poll is surely waiting at the server.
const SETTLED: Duration = Duration::from_millis(300);
/// The longest delay of a wake-up on a busy machine. A poll that is not woken takes longer.
const WAKE_MAX: Duration = Duration::from_secs(15);

pub(crate) async fn a_poll_wakes_for_a_send_and_for_a_deletion(endpoint: &Endpoint) {
    let queue = endpoint.fifo_queue([]).await;
    let poll = start_poll(&queue).await;
    let sent_at = Instant::now();
    queue.send("g", "1", "1").await;
    let (first, received_at) = poll.await.expect("the poll ends well");
    assert_eq!(bodies(&first), ["1"]);
    assert!(received_at - sent_at < WAKE_MAX, "woke {:?} after the send", received_at - sent_at);

    queue.send("g", "2", "2").await;
    let poll = start_poll(&queue).await;
    let deleted_at = Instant::now();
    queue.delete(&first[0]).await;
    let (second, received_at) = poll.await.expect("the poll ends well");
    assert_eq!(bodies(&second), ["2"], "the deletion unblocks the group");
    assert!(received_at - deleted_at < WAKE_MAX, "woke {:?} after the deletion", received_at - deleted_at);
}

async fn start_poll(queue: &Queue) -> tokio::task::JoinHandle<(Vec<aws_sdk_sqs::types::Message>, Instant)> {
    let queue = queue.clone();
    let poll = tokio::spawn(async move { (queue.receive_within(10, 20).await, Instant::now()) });
    tokio::time::sleep(SETTLED).await;
    poll
}

pub(crate) async fn an_empty_poll_lasts_as_long_as_asked(endpoint: &Endpoint) {
    let queue = endpoint.fifo_queue([]).await;
    let started_at = Instant::now();
    assert!(queue.receive_within(10, 2).await.is_empty());
    let waited = started_at.elapsed();
    assert!((Duration::from_millis(1800)..Duration::from_secs(15)).contains(&waited), "waited {waited:?}");
}

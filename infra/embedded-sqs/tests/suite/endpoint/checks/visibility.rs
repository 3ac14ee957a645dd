//! Received messages become invisible, and return after their timeout.

use std::time::{Duration, Instant};

use aws_sdk_sqs::types::QueueAttributeName::{DelaySeconds, VisibilityTimeout};

use crate::endpoint::client::{Endpoint, bodies, handle, receive_count};

pub(crate) async fn messages_return_in_order_when_their_timeout_ends(endpoint: &Endpoint) {
    let queue = endpoint.fifo_queue([(VisibilityTimeout, "1")]).await;
    queue.send_all("g", &["0", "1", "2"]).await;
    assert_eq!(bodies(&queue.receive(2).await), ["0", "1"]);

    let again = queue.receive_within(10, 5).await;
    assert_eq!(bodies(&again), ["0", "1", "2"]);
    assert_eq!(again.iter().map(receive_count).collect::<Vec<_>>(), ["2", "2", "1"]);
}

pub(crate) async fn a_changed_visibility_counts_from_the_change(endpoint: &Endpoint) {
    let queue = endpoint.fifo_queue([]).await;
    queue.send_all("g", &["0", "1"]).await;
    let first = queue.receive(1).await;
    queue.change_visibility(&first[0], 0).await;
    let second = queue.receive(1).await;
    assert_eq!(bodies(&second), ["0"], "visible at once");
    assert_eq!(receive_count(&second[0]), "2");

    let changed_at = Instant::now();
    queue.change_visibility(&second[0], 5).await;
    assert!(queue.receive(10).await.is_empty());
    let third = queue.receive_within(10, 15).await;
    assert_eq!(bodies(&third), ["0", "1"]);
    assert!(
        changed_at.elapsed() >= Duration::from_millis(4900),
        "came back after {:?}",
        changed_at.elapsed()
    );
}

/// Endpoints differ in their answer to a late deletion, but the message always stays with its new receiver.
pub(crate) async fn a_stale_handle_deletes_nothing(endpoint: &Endpoint) {
    let queue = endpoint.fifo_queue([(VisibilityTimeout, "1")]).await;
    queue.send("g", "d", "1").await;
    let stale = queue.receive(1).await;
    let current = queue.receive_within(1, 5).await;
    assert_eq!(bodies(&current), ["1"]);

    drop(queue.try_delete(handle(&stale[0])).await);
    let again = queue.receive_within(1, 5).await;
    assert_eq!(bodies(&again), ["1"], "the message is there until its latest receiver deletes it");
}

pub(crate) async fn a_queue_delays_its_messages(endpoint: &Endpoint) {
    let queue = endpoint.fifo_queue([(DelaySeconds, "5")]).await;
    queue.send("g", "d", "1").await;
    assert!(queue.receive(10).await.is_empty());
    assert_eq!(bodies(&queue.receive_within(10, 15).await), ["1"]);
}

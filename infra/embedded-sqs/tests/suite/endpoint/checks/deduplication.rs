//! A repeat within five minutes is a duplicate. The end of the window is tested with the core, where time is an
//! argument.

use aws_sdk_sqs::types::QueueAttributeName::ContentBasedDeduplication;

use crate::endpoint::client::{Endpoint, bodies};

pub(crate) async fn a_repeat_is_answered_like_the_first_even_after_its_deletion(endpoint: &Endpoint) {
    let queue = endpoint.fifo_queue([]).await;
    let first = queue.send("g", "d", "1").await;
    let repeat = queue.send("g", "d", "2").await;
    assert_eq!(first.message_id(), repeat.message_id());

    let received = queue.receive(10).await;
    assert_eq!(bodies(&received), ["1"]);
    queue.delete(&received[0]).await;

    let late_repeat = queue.send("g", "d", "3").await;
    assert_eq!(first.message_id(), late_repeat.message_id());
    assert!(queue.receive(10).await.is_empty(), "a repeat is accepted, not delivered");
}

pub(crate) async fn equal_bodies_are_one_message_when_the_content_decides(endpoint: &Endpoint) {
    let queue = endpoint.fifo_queue([(ContentBasedDeduplication, "true")]).await;
    for body in ["x", "x", "y"] {
        queue.try_send(Some("g"), None, body).await.expect("the body makes the id");
    }
    assert_eq!(bodies(&queue.receive(10).await), ["x", "y"]);
}

pub(crate) async fn a_message_without_group_or_deduplication_id_is_refused(endpoint: &Endpoint) {
    let queue = endpoint.fifo_queue([]).await;
    assert!(queue.try_send(None, Some("d"), "x").await.is_err(), "without a group");
    assert!(queue.try_send(Some("g"), None, "x").await.is_err(), "without a deduplication id");
}

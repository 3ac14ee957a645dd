//! The endpoint's descriptions of queues, messages and errors.

use aws_sdk_sqs::types::{
    MessageAttributeValue,
    MessageSystemAttributeName::{MessageDeduplicationId, MessageGroupId, SentTimestamp, SequenceNumber},
    QueueAttributeName::{ApproximateNumberOfMessages, ApproximateNumberOfMessagesNotVisible, FifoQueue},
};

use crate::endpoint::client::{Endpoint, system_attribute};

pub(crate) async fn counts_follow_the_messages(endpoint: &Endpoint) {
    let queue = endpoint.fifo_queue([]).await;
    for group in ["a", "b", "c", "d", "e"] {
        queue.send(group, group, group).await;
    }
    assert_eq!(queue.receive(2).await.len(), 2);
    assert_eq!(queue.attribute(ApproximateNumberOfMessages).await, "3");
    assert_eq!(queue.attribute(ApproximateNumberOfMessagesNotVisible).await, "2");
    assert_eq!(queue.attribute(FifoQueue).await, "true");
}

pub(crate) async fn attributes_travel_with_a_message(endpoint: &Endpoint) {
    let queue = endpoint.fifo_queue([]).await;
    let value =
        MessageAttributeValue::builder().data_type("String").string_value("v").build().expect("a value");
    let request =
        queue.client.send_message().queue_url(&queue.url).message_group_id("g").message_deduplication_id("d");
    request
        .message_body("x")
        .message_attributes("k", value.clone())
        .send()
        .await
        .expect("the message is accepted");

    let received = queue.receive(1).await;
    assert_eq!(received[0].message_attributes().and_then(|attributes| attributes.get("k")), Some(&value));
    assert_eq!(system_attribute(&received[0], &MessageGroupId), Some("g"));
    assert_eq!(system_attribute(&received[0], &MessageDeduplicationId), Some("d"));
    assert!(system_attribute(&received[0], &SequenceNumber).is_some());
    assert!(system_attribute(&received[0], &SentTimestamp).is_some());
}

pub(crate) async fn errors_have_types(endpoint: &Endpoint) {
    let unknown = endpoint.client.get_queue_url().queue_name("nobody-made-me.fifo").send().await;
    assert!(unknown.expect_err("there is no such queue").into_service_error().is_queue_does_not_exist());

    let queue = endpoint.fifo_queue([]).await;
    let garbage = queue.try_delete("garbage").await;
    assert!(garbage.expect_err("not a handle").into_service_error().is_receipt_handle_is_invalid());
}

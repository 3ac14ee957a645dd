//! Each entry of a batch has its own result.

use aws_sdk_sqs::types::{
    BatchResultErrorEntry, DeleteMessageBatchRequestEntry, DeleteMessageBatchResultEntry,
    SendMessageBatchRequestEntry, SendMessageBatchResultEntry,
};

use crate::endpoint::client::{Endpoint, bodies, handle};

pub(crate) async fn a_refused_message_leaves_the_rest_of_its_batch(endpoint: &Endpoint) {
    let queue = endpoint.fifo_queue([]).await;
    let entry = |id: &str, group: Option<&str>| {
        SendMessageBatchRequestEntry::builder()
            .id(id)
            .set_message_group_id(group.map(Into::into))
            .message_deduplication_id(id)
            .message_body(id)
            .build()
            .expect("the entry is complete")
    };
    let entries = vec![entry("a", Some("g")), entry("b", None), entry("c", Some("g"))];
    let request = queue.client.send_message_batch().queue_url(&queue.url).set_entries(Some(entries));
    let answer = request.send().await.expect("the batch is accepted");
    assert_eq!(ids(answer.successful(), SendMessageBatchResultEntry::id), ["a", "c"]);
    assert_eq!(ids(answer.failed(), BatchResultErrorEntry::id), ["b"]);
    assert_eq!(bodies(&queue.receive(10).await), ["a", "c"]);
}

pub(crate) async fn a_refused_deletion_leaves_the_rest_of_its_batch(endpoint: &Endpoint) {
    let queue = endpoint.fifo_queue([]).await;
    queue.send_all("g", &["0", "1", "2"]).await;
    let received = queue.receive(10).await;
    let entry = |id: &str, handle: &str| {
        DeleteMessageBatchRequestEntry::builder()
            .id(id)
            .receipt_handle(handle)
            .build()
            .expect("the entry is complete")
    };
    let entries =
        vec![entry("0", handle(&received[0])), entry("1", handle(&received[1])), entry("garbage", "garbage")];
    let request = queue.client.delete_message_batch().queue_url(&queue.url).set_entries(Some(entries));
    let answer = request.send().await.expect("the batch is accepted");
    assert_eq!(ids(answer.successful(), DeleteMessageBatchResultEntry::id), ["0", "1"]);
    assert_eq!(ids(answer.failed(), BatchResultErrorEntry::id), ["garbage"]);
}

fn ids<Entry>(entries: &[Entry], id: fn(&Entry) -> &str) -> Vec<&str> {
    entries.iter().map(id).collect()
}

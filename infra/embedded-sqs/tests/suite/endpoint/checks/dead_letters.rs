//! Messages that fail too often move to the dead-letter queue, and can be moved back.

use aws_sdk_sqs::types::{
    MessageSystemAttributeName::MessageGroupId,
    QueueAttributeName::{RedrivePolicy, VisibilityTimeout},
};

use crate::endpoint::client::{Endpoint, bodies, redrive_to, system_attribute};

pub(crate) async fn a_failing_message_goes_to_the_dead_letter_queue_with_its_group(endpoint: &Endpoint) {
    let dead_letters = endpoint.fifo_queue([]).await;
    let redrive = redrive_to(&dead_letters, 2).await;
    let queue = endpoint.fifo_queue([(VisibilityTimeout, "1"), (RedrivePolicy, &redrive)]).await;
    queue.send_all("g", &["0", "1"]).await;

    assert_eq!(bodies(&queue.receive(1).await), ["0"]);
    assert_eq!(bodies(&queue.receive_within(1, 5).await), ["0"]);
    assert_eq!(
        bodies(&queue.receive_within(10, 5).await),
        ["1"],
        "the group goes on without its first message"
    );

    let dead = dead_letters.receive(10).await;
    assert_eq!(bodies(&dead), ["0"]);
    assert_eq!(system_attribute(&dead[0], &MessageGroupId), Some("g"));
}

pub(crate) async fn a_move_task_brings_messages_back_in_order(endpoint: &Endpoint) {
    let dead_letters = endpoint.fifo_queue([]).await;
    let redrive = redrive_to(&dead_letters, 1).await;
    let queue = endpoint.fifo_queue([(VisibilityTimeout, "1"), (RedrivePolicy, &redrive)]).await;
    queue.send_all("g", &["0", "1", "2"]).await;
    assert_eq!(queue.receive(10).await.len(), 3);
    assert!(queue.receive_within(10, 2).await.is_empty(), "the second receive gives them up");

    let arn = dead_letters.arn().await;
    let started =
        endpoint.client.start_message_move_task().source_arn(&arn).send().await.expect("the task starts");
    assert!(started.task_handle().is_some());
    assert_eq!(bodies(&queue.receive_within(10, 5).await), ["0", "1", "2"]);

    let tasks =
        endpoint.client.list_message_move_tasks().source_arn(&arn).send().await.expect("the queue exists");
    let task = tasks.results().first().expect("the task is remembered");
    assert_eq!(task.status(), Some("COMPLETED"));
    assert_eq!(task.approximate_number_of_messages_moved(), 3);
}

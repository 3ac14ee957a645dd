//! Groups keep their order, and only groups do.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex},
};

use aws_sdk_sqs::types::{
    DeleteMessageBatchRequestEntry, Message, QueueAttributeName::VisibilityTimeout,
    SendMessageBatchRequestEntry,
};

use crate::endpoint::client::{Endpoint, Queue, bodies, handle};

pub(crate) async fn a_group_in_flight_is_blocked(endpoint: &Endpoint) {
    let queue = endpoint.fifo_queue([]).await;
    queue.send_all("g", &["0", "1", "2"]).await;
    let first = queue.receive(1).await;
    assert_eq!(bodies(&first), ["0"]);
    assert!(queue.receive(10).await.is_empty(), "nothing of the group while its first message is in flight");

    queue.send_all("h", &["other"]).await;
    assert_eq!(bodies(&queue.receive(10).await), ["other"], "another group is not blocked");

    queue.delete(&first[0]).await;
    assert_eq!(bodies(&queue.receive(10).await), ["1", "2"]);
}

/// AWS delivers messages of a group although a later one is in flight.
pub(crate) async fn a_later_message_in_flight_blocks_no_earlier_one(endpoint: &Endpoint) {
    let queue = endpoint.fifo_queue([]).await;
    queue.send_all("g", &["0", "1", "2"]).await;
    let received = queue.receive(2).await;
    assert_eq!(bodies(&received), ["0", "1"]);
    queue.change_visibility(&received[0], 0).await;
    assert_eq!(bodies(&queue.receive(10).await), ["0"]);
}

pub(crate) async fn a_run_of_one_group_comes_in_order(endpoint: &Endpoint) {
    let queue = endpoint.fifo_queue([]).await;
    let sent: Vec<String> = (0..12).map(|number| format!("{number:02}")).collect();
    queue.send_all("g", &sent.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let received = queue.receive(10).await;
    assert_eq!(bodies(&received), sent[..10]);

    for message in &received[..3] {
        queue.delete(message).await;
    }
    assert!(queue.receive(10).await.is_empty(), "seven messages of the group are still in flight");
}

pub(crate) async fn one_receive_serves_several_groups(endpoint: &Endpoint) {
    let queue = endpoint.fifo_queue([]).await;
    for number in ["0", "1", "2"] {
        for group in ["a", "b", "c"] {
            queue.send(group, &format!("{group}{number}"), &format!("{group}{number}")).await;
        }
    }
    let received = queue.receive(10).await;
    let groups: BTreeSet<&str> = bodies(&received).into_iter().map(|body| &body[..1]).collect();
    assert_eq!(groups.len(), 3, "{:?}", bodies(&received));
    for group in groups {
        let of_group: Vec<&str> =
            bodies(&received).into_iter().filter(|body| body.starts_with(group)).collect();
        assert!(of_group.is_sorted(), "{of_group:?}");
    }
}

pub(crate) async fn one_message_after_another_is_neither_lost_nor_repeated(endpoint: &Endpoint) {
    let queue = endpoint.fifo_queue([]).await;
    for number in 0..200 {
        let body = number.to_string();
        queue.send("g", &body, &body).await;
        let received = queue.receive(1).await;
        assert_eq!(bodies(&received), [body]);
        queue.delete(&received[0]).await;
    }
}

const GROUPS: usize = 200;
const MESSAGES: usize = 10_000;
const SENDERS: usize = 8;
const POLLERS: usize = 20;

/// The combined observations of pollers: numbers by group in order of arrival, and the number of pollers working on
/// each group.
#[derive(Default)]
struct DeliveryLog {
    numbers: HashMap<String, Vec<usize>>,
    busy: HashMap<String, usize>,
    deleted: usize,
}

pub(crate) async fn many_pollers_keep_every_group_in_order(endpoint: &Endpoint) {
    let queue = endpoint.fifo_queue([(VisibilityTimeout, "120")]).await;
    let seen = Arc::new(Mutex::new(DeliveryLog::default()));
    let senders = (0..SENDERS).map(|sender| tokio::spawn(send_share(queue.clone(), sender)));
    let pollers = (0..POLLERS)
        .map(|poller| tokio::spawn(poll_until_all_are_deleted(queue.clone(), poller, Arc::clone(&seen))));
    for task in senders.chain(pollers).collect::<Vec<_>>() {
        task.await.expect("senders and pollers end well");
    }

    let seen = seen.lock().expect("no poller panicked");
    assert_eq!(seen.numbers.len(), GROUPS);
    for (group, numbers) in &seen.numbers {
        assert_eq!(*numbers, (0..MESSAGES / GROUPS).collect::<Vec<_>>(), "group {group}");
    }
}

/// Sends the messages of this sender's groups. Each group has one sender, so that its order is known.
async fn send_share(queue: Queue, sender: usize) {
    let share: Vec<usize> = (0..MESSAGES).filter(|message| message % GROUPS % SENDERS == sender).collect();
    for chunk in share.chunks(10) {
        let entries = chunk.iter().map(|message| {
            let (group, number) = (message % GROUPS, message / GROUPS);
            SendMessageBatchRequestEntry::builder()
                .id(format!("e{message}"))
                .message_group_id(format!("g{group}"))
                .message_deduplication_id(message.to_string())
                .message_body(format!("{group}:{number}"))
                .build()
                .expect("the entry is complete")
        });
        let request =
            queue.client.send_message_batch().queue_url(&queue.url).set_entries(Some(entries.collect()));
        assert!(request.send().await.expect("the batch is accepted").failed().is_empty());
    }
}

async fn poll_until_all_are_deleted(queue: Queue, poller: usize, seen: Arc<Mutex<DeliveryLog>>) {
    while seen.lock().expect("no poller panicked").deleted < MESSAGES {
        let received = queue.receive_within(10, 1).await;
        if received.is_empty() {
            continue;
        }
        note(&mut seen.lock().expect("no poller panicked"), poller, &received);
        tokio::task::yield_now().await;
        for message in &received {
            seen.lock().expect("no poller panicked").busy.remove(parts(message).0);
        }
        let entries = received.iter().enumerate().map(|(position, message)| {
            let entry = DeleteMessageBatchRequestEntry::builder().id(position.to_string());
            entry.receipt_handle(handle(message)).build().expect("the entry is complete")
        });
        let request =
            queue.client.delete_message_batch().queue_url(&queue.url).set_entries(Some(entries.collect()));
        let deleted = request.send().await.expect("the batch is accepted").successful().len();
        seen.lock().expect("no poller panicked").deleted += deleted;
    }
}

fn note(seen: &mut DeliveryLog, poller: usize, received: &[Message]) {
    for message in received {
        let (group, number) = parts(message);
        let other = seen.busy.insert(group.to_owned(), poller).filter(|other| *other != poller);
        assert_eq!(other, None, "two pollers have messages of group {group}");
        seen.numbers.entry(group.to_owned()).or_default().push(number);
    }
}

fn parts(message: &Message) -> (&str, usize) {
    let (group, number) = message.body().and_then(|body| body.split_once(':')).expect("a body of this test");
    (group, number.parse().expect("a number"))
}

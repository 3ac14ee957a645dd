//! The state of all queues, which consoles read every second.

use evens_contracts::Queue;
use evens_doubles::{EmbeddedTable, FakeSqs, success};
use evens_runtime::{Context, Settings};
use serde_json::{Value, json};

/// The dead letters of each queue that has any.
const DEAD: u64 = 500;

/// A batch of messages that are no jobs; the first one of the first batch is the oldest.
fn batch(input: &Value, number: usize) -> Value {
    let name = input["QueueUrl"].as_str().expect("a queue");
    let message = |place: usize| {
        let sent = 1_900_000_000_000_u64 + u64::try_from(number * 10 + place).expect("a number");
        json!({
            "MessageId": format!("{name}-{number}-{place}"),
            "ReceiptHandle": format!("receipt-{number}-{place}"),
            "Body": "no job",
            "Attributes": {
                "MessageGroupId": "41", "ApproximateReceiveCount": "1", "SentTimestamp": sent.to_string(),
            },
        })
    };
    json!({ "Messages": (0..10).map(message).collect::<Vec<_>>() })
}

/// One batch of each queue is read, however many dead letters there are, and all of it is released.
#[tokio::test]
async fn a_queue_with_many_dead_letters_is_read_once() {
    let fake = FakeSqs::new(|operation, input, number| {
        Ok(match operation {
            "ReceiveMessage" => batch(input, number),
            "GetQueueAttributes" => {
                let is_dead = input["QueueUrl"].as_str().is_some_and(|url| url.ends_with("-dead-letter"));
                let count = if is_dead { DEAD.to_string() } else { "0".to_owned() };
                let names = ["", "NotVisible", "Delayed"];
                let counts = names.map(|name| (format!("ApproximateNumberOfMessages{name}"), json!("0")));
                let mut counts: serde_json::Map<_, _> = counts.into_iter().collect();
                counts.insert("ApproximateNumberOfMessages".to_owned(), json!(count));
                json!({ "Attributes": counts })
            }
            _ => success(operation, input, &[]),
        })
    });
    let table = EmbeddedTable::start().await;
    let context = Context { queues: fake.queues(), ..table.context(Settings::local()).await };
    let overview = evens_dead_letters::overview(&context).await.expect("an overview");

    assert_eq!(overview.len(), Queue::ALL.len());
    for queue in &overview {
        assert_eq!(queue.depth.dead_letters, DEAD, "{queue:?}");
        let oldest = queue.oldest_dead_letter_at.expect("a time").as_millisecond();
        assert_eq!(oldest % 10, 0, "the oldest of its batch: {queue:?}");
    }
    assert_eq!(fake.inputs("ReceiveMessage").len(), Queue::ALL.len());
    let released = fake.inputs("ChangeMessageVisibilityBatch");
    let entries = released.iter().flat_map(|input| input["Entries"].as_array().expect("a list"));
    let visible = entries.filter(|entry| entry["VisibilityTimeout"] == 0).count();
    assert_eq!(visible, 10 * Queue::ALL.len());
}

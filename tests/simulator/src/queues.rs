//! The queues of a world, as `evens migrate` creates them.

use crate::clients::STAGE;
use crate::seam::change;
use crate::world::World;
use embedded_sqs::core::ACCOUNT;
use embedded_sqs::core::requests::CreateQueue;
use evens_contracts::Queue;
use serde_json::json;
use std::collections::BTreeMap;

/// Creates every queue with its dead-letter queue.
pub(crate) fn create_queues(world: &World) -> anyhow::Result<()> {
    let create = |queue_name: String, attributes: BTreeMap<String, String>| {
        let request = CreateQueue { queue_name, attributes, tags: BTreeMap::new() };
        change(world, |core, now| core.create_queue(request, now))
    };
    for queue in Queue::ALL {
        let dead_letter = queue.dead_letter_name(STAGE);
        let rules = queue.rules();
        let target = format!("arn:aws:sqs:us-east-1:{ACCOUNT}:{dead_letter}");
        let redrive = json!({ "deadLetterTargetArn": target, "maxReceiveCount": rules.receives_max() });
        create(dead_letter, fifo())?;
        let mut attributes = fifo();
        attributes.insert("VisibilityTimeout".to_owned(), rules.visibility_timeout.as_secs().to_string());
        attributes.insert("RedrivePolicy".to_owned(), redrive.to_string());
        create(queue.full_name(STAGE), attributes)?;
    }
    Ok(())
}

fn fifo() -> BTreeMap<String, String> {
    let attributes = [
        ("FifoQueue", "true"),
        ("DeduplicationScope", "messageGroup"),
        ("FifoThroughputLimit", "perMessageGroupId"),
    ];
    attributes.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
}

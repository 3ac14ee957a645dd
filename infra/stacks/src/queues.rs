//! The queues, each with its dead-letter queue and its alarms.

use crate::{dead_letters, resource};
use evens_contracts::Queue;

pub(crate) fn queues() -> Vec<String> {
    Queue::ALL.into_iter().flat_map(queue_with_dead_letters).collect()
}

/// The reference to each queue and dead-letter queue, as items of a list.
pub(crate) fn names() -> Vec<String> {
    let of = |queue| [resource(queue), dead_letters(queue)];
    Queue::ALL.into_iter().flat_map(of).map(|name| format!("- !Ref {name}")).collect()
}

fn queue_with_dead_letters(queue: Queue) -> Vec<String> {
    let (main, dead, rules) = (resource(queue), dead_letters(queue), queue.rules());
    let mut lines = fifo(&main, &queue.name_in_stage());
    lines.extend([
        format!("    VisibilityTimeout: {}", rules.visibility_timeout.as_secs()),
        format!(
            "    RedrivePolicy: {{deadLetterTargetArn: !GetAtt {dead}.Arn, maxReceiveCount: {}}}",
            rules.receives_max()
        ),
        String::new(),
    ]);
    lines.extend(fifo(&dead, &queue.dead_letter_name_in_stage()));
    lines.extend([
        "    MessageRetentionPeriod: !Ref DeadLetterRetentionSeconds".to_owned(),
        String::new(),
        format!(
            "{main}Alarms: {{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: alarms/queue.yaml, \
             Parameters: {{Stage: !Ref Stage, Queue: {}, WarnTopic: !Ref WarnTopic, PageTopic: !Ref PageTopic}}}}}}",
            queue.name()
        ),
        String::new(),
    ]);
    lines
}

/// A FIFO queue in high-throughput mode: order and deduplication are per group.
fn fifo(resource: &str, name_in_stage: &str) -> Vec<String> {
    vec![
        format!("{resource}:"),
        "  Type: AWS::SQS::Queue".to_owned(),
        "  Properties:".to_owned(),
        format!("    QueueName: !Sub evens-${{Stage}}-{name_in_stage}"),
        "    FifoQueue: true".to_owned(),
        "    DeduplicationScope: messageGroup".to_owned(),
        "    FifoThroughputLimit: perMessageGroupId".to_owned(),
        "    SqsManagedSseEnabled: true".to_owned(),
    ]
}

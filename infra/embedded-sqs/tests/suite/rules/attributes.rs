//! The attributes of a queue.

use crate::rules::desk::{Desk, arn, redrive};

#[test]
fn values_out_of_range_are_refused() {
    let cases = [
        ("q", "DelaySeconds", "901", "InvalidAttributeValue"),
        ("q", "DelaySeconds", "-1", "InvalidAttributeValue"),
        ("q", "DelaySeconds", "soon", "InvalidAttributeValue"),
        ("q", "MaximumMessageSize", "1023", "InvalidAttributeValue"),
        ("q", "MaximumMessageSize", "1048577", "InvalidAttributeValue"),
        ("q", "MessageRetentionPeriod", "59", "InvalidAttributeValue"),
        ("q", "MessageRetentionPeriod", "1209601", "InvalidAttributeValue"),
        ("q", "ReceiveMessageWaitTimeSeconds", "21", "InvalidAttributeValue"),
        ("q", "VisibilityTimeout", "43201", "InvalidAttributeValue"),
        ("q", "SqsManagedSseEnabled", "maybe", "InvalidAttributeValue"),
        ("q", "Colour", "blue", "InvalidAttributeName"),
        ("q", "QueueArn", "arn:aws:sqs:us-east-1:000000000000:q", "InvalidAttributeName"),
        ("q", "FifoQueue", "true", "InvalidAttributeName"),
        ("q", "ContentBasedDeduplication", "true", "InvalidAttributeName"),
        ("q.fifo", "FifoQueue", "false", "InvalidAttributeValue"),
        ("q.fifo", "ContentBasedDeduplication", "yes", "InvalidAttributeValue"),
        ("q.fifo", "DeduplicationScope", "group", "InvalidAttributeValue"),
        ("q.fifo", "FifoThroughputLimit", "none", "InvalidAttributeValue"),
        ("q.fifo", "FifoThroughputLimit", "perMessageGroupId", "InvalidAttributeValue"),
        ("nowhere", "DelaySeconds", "1", "AWS.SimpleQueueService.NonExistentQueue"),
    ];
    let mut desk = Desk::with_fifo(&[]);
    desk.create("q", &[]).expect("the queue is created");
    for (name, attribute, value, code) in cases {
        let refused = desk.set(name, &[(attribute, value)]).expect_err(attribute);
        assert_eq!(refused.code(), code, "{attribute} = {value}: {refused}");
    }
}

#[test]
fn values_at_the_edge_are_kept_over_a_restart() {
    let cases = [
        ("DelaySeconds", "900"),
        ("MaximumMessageSize", "1024"),
        ("MessageRetentionPeriod", "1209600"),
        ("ReceiveMessageWaitTimeSeconds", "20"),
        ("VisibilityTimeout", "43200"),
        ("ContentBasedDeduplication", "true"),
        ("DeduplicationScope", "messageGroup"),
        ("FifoThroughputLimit", "perMessageGroupId"),
        ("SqsManagedSseEnabled", "false"),
        ("Policy", r#"{"Version":"2012-10-17"}"#),
    ];
    let mut desk = Desk::with_fifo(&[]);
    desk.set("q.fifo", &cases).expect("all of them fit together");
    desk.restart();
    for (attribute, value) in cases {
        assert_eq!(desk.attribute("q.fifo", attribute).as_deref(), Some(value), "{attribute}");
    }
}

#[test]
fn one_wrong_attribute_changes_none() {
    let mut desk = Desk::with_fifo(&[]);
    desk.set("q.fifo", &[("DelaySeconds", "1"), ("VisibilityTimeout", "x")]).expect_err("one is wrong");
    assert_eq!(desk.attribute("q.fifo", "DelaySeconds").as_deref(), Some("0"));
}

#[test]
fn a_redrive_policy_names_a_willing_queue_of_the_same_type() {
    let mut desk = Desk::with_fifo(&[]);
    let only_x = format!(r#"{{"redrivePermission":"byQueue","sourceQueueArns":["{}"]}}"#, arn("x.fifo"));
    let dead_letter_queues = [
        ("open.fifo", ""),
        ("closed.fifo", r#"{"redrivePermission":"denyAll"}"#),
        ("choosy.fifo", only_x.as_str()),
        ("standard", ""),
    ];
    for (name, allow) in dead_letter_queues {
        desk.create(name, &[("RedriveAllowPolicy", allow)]).expect("the queue is created");
    }
    let refused = [
        redrive("closed.fifo", 1),
        redrive("choosy.fifo", 1),
        redrive("standard", 1),
        redrive("nowhere.fifo", 1),
        redrive("q.fifo", 1),
        redrive("open.fifo", 0),
        redrive("open.fifo", 1001),
        "not JSON".to_owned(),
        r#"{"maxReceiveCount":1}"#.to_owned(),
        format!(r#"{{"deadLetterTargetArn":"{}"}}"#, arn("open.fifo")),
    ];
    for policy in refused {
        let refusal = desk.set("q.fifo", &[("RedrivePolicy", &policy)]).expect_err(&policy);
        assert_eq!(refusal.code(), "InvalidParameterValue", "{policy}");
    }
    assert_eq!(desk.attribute("q.fifo", "RedrivePolicy"), None);

    let as_text = redrive("open.fifo", 3).replace(":3", r#":"3""#);
    desk.set("q.fifo", &[("RedrivePolicy", &as_text)]).expect("a count may be a text");
    assert_eq!(desk.attribute("q.fifo", "RedrivePolicy"), Some(redrive("open.fifo", 3)));
    desk.set("q.fifo", &[("RedrivePolicy", "")]).expect("an empty text takes it away");
    assert_eq!(desk.attribute("q.fifo", "RedrivePolicy"), None);
    desk.create("x.fifo", &[("RedrivePolicy", &redrive("choosy.fifo", 1))]).expect("the queue it chose");
}

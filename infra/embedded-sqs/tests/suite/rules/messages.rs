//! Valid and invalid messages. Each row has one fault.

use embedded_sqs::core::{
    MessageAttribute,
    requests::{OutgoingMessage, ReceiveMessage},
};

use crate::rules::desk::{Desk, in_group, message, receive_request};

fn with_attribute(name: &str, data_type: &str, value: &str) -> OutgoingMessage {
    let attribute = MessageAttribute {
        data_type: data_type.to_owned(),
        string_value: Some(value.to_owned()),
        binary_value: None,
    };
    OutgoingMessage { message_attributes: [(name.to_owned(), attribute)].into(), ..in_group("g", "d", "x") }
}

#[test]
fn faults_of_messages_have_their_codes() {
    let fifo = |change: fn(&mut OutgoingMessage)| {
        let mut message = in_group("g", "d", "x");
        change(&mut message);
        message
    };
    let cases = [
        ("q.fifo", fifo(|message| message.message_body.clear()), "MissingParameter"),
        ("q.fifo", fifo(|message| message.message_body = "\u{1}".to_owned()), "InvalidMessageContents"),
        ("q.fifo", fifo(|message| message.message_body = "\u{FFFE}".to_owned()), "InvalidMessageContents"),
        ("q.fifo", fifo(|message| message.message_body = "x".repeat(1025)), "InvalidParameterValue"),
        ("q.fifo", fifo(|message| message.message_group_id = None), "MissingParameter"),
        ("q.fifo", fifo(|message| message.message_group_id = Some(String::new())), "InvalidParameterValue"),
        ("q.fifo", fifo(|message| message.message_group_id = Some("g".repeat(129))), "InvalidParameterValue"),
        ("q.fifo", fifo(|message| message.message_deduplication_id = None), "InvalidParameterValue"),
        (
            "q.fifo",
            fifo(|message| message.message_deduplication_id = Some("a b".to_owned())),
            "InvalidParameterValue",
        ),
        ("q.fifo", fifo(|message| message.delay_seconds = Some(1)), "InvalidParameterValue"),
        ("q.fifo", with_attribute("AWS.x", "String", "v"), "InvalidParameterValue"),
        ("q.fifo", with_attribute("x", "Text", "v"), "InvalidParameterValue"),
        ("q.fifo", with_attribute("x", "Number", "one"), "InvalidParameterValue"),
        ("q.fifo", with_attribute("x", "String", ""), "InvalidParameterValue"),
        ("q", in_group("g", "d", "x"), "InvalidParameterValue"),
        ("q", OutgoingMessage { delay_seconds: Some(901), ..message("x") }, "InvalidParameterValue"),
        ("nowhere", message("x"), "AWS.SimpleQueueService.NonExistentQueue"),
        ("", message("x"), "MissingParameter"),
    ];
    let mut desk = Desk::with_fifo(&[("MaximumMessageSize", "1024")]);
    desk.create("q", &[]).expect("the queue is created");
    for (row, (name, message, code)) in cases.into_iter().enumerate() {
        let refused = desk.try_send(name, message).expect_err(code);
        assert_eq!(refused.code(), code, "row {row}: {refused}");
    }
    assert_eq!(desk.counts("q.fifo"), [0, 0, 0]);
    desk.try_send("q.fifo", in_group("g", "d", "\u{9}\u{10000}é"))
        .expect("no refused message left its id behind");
    desk.try_send("q.fifo", with_attribute("x.y-z", "Number.int", "-1.5e10"))
        .expect("a repeat with attributes");
}

#[test]
fn digests_are_those_that_sdks_calculate() {
    let mut desk = Desk::with_standard(&[]);
    let binary = MessageAttribute {
        data_type: "Binary".to_owned(),
        string_value: None,
        binary_value: Some(vec![1, 2, 3]),
    };
    let mut outgoing = with_attribute("k", "String", "v");
    outgoing.message_deduplication_id = None;
    outgoing.message_attributes.insert("b".to_owned(), binary);
    let sent = desk.try_send("q", outgoing).expect("accepted");
    assert_eq!(sent.md5_of_body, "9dd4e461268c8034f5c8564e155c67a6");
    // Computed from AWS's description of the digest, in another language.
    assert_eq!(sent.md5_of_attributes.as_deref(), Some("ca481d4c10a53ccded816896e953e407"));
    assert_eq!(sent.sequence_number, None, "a standard queue has no sequence");
}

#[test]
fn receives_have_ranges() {
    let mut desk = Desk::with_fifo(&[]);
    let faults: [fn(&mut ReceiveMessage); 6] = [
        |request| request.max_number_of_messages = Some(0),
        |request| request.max_number_of_messages = Some(11),
        |request| request.visibility_timeout = Some(-1),
        |request| request.visibility_timeout = Some(43_201),
        |request| request.wait_time_seconds = Some(21),
        |request| request.wait_time_seconds = Some(-1),
    ];
    for (row, fault) in faults.into_iter().enumerate() {
        let mut request = receive_request("q.fifo", 1);
        fault(&mut request);
        let refused = desk.try_receive(&request).expect_err("out of range");
        assert_eq!(refused.code(), "InvalidParameterValue", "row {row}");
    }
}

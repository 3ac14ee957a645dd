//! Limits on number, size and age.

use embedded_sqs::core::{Refusal, limits::IN_FLIGHT_MAX};

use crate::rules::desk::{Desk, in_group, message, receive_request};

fn fill_in_flight(desk: &mut Desk, name: &str) -> Vec<String> {
    let mut handles = Vec::new();
    while handles.len() < IN_FLIGHT_MAX {
        handles.extend(desk.receive(name, 10).into_iter().map(|delivery| delivery.handle));
    }
    handles
}

#[test]
fn a_standard_queue_with_too_many_messages_in_flight_says_so() {
    let mut desk = Desk::with_standard(&[("VisibilityTimeout", "43200")]);
    for _ in 0..=IN_FLIGHT_MAX {
        desk.try_send("q", message("x")).expect("accepted");
    }
    let handles = fill_in_flight(&mut desk, "q");
    assert!(matches!(desk.try_receive(&receive_request("q", 1)), Err(Refusal::OverLimit)));
    desk.delete("q", &handles[0]).expect("in flight");
    assert_eq!(desk.receive("q", 10).len(), 1);
}

#[test]
fn a_fifo_queue_with_too_many_messages_in_flight_gives_no_more() {
    let mut desk = Desk::with_fifo(&[("VisibilityTimeout", "43200")]);
    for number in 0..=IN_FLIGHT_MAX {
        desk.send("q.fifo", &format!("g{number}"), &number.to_string());
    }
    let handles = fill_in_flight(&mut desk, "q.fifo");
    assert!(desk.receive("q.fifo", 10).is_empty());
    desk.delete("q.fifo", &handles[0]).expect("in flight");
    assert_eq!(desk.receive("q.fifo", 10).len(), 1);
}

#[test]
fn messages_are_dropped_when_their_retention_ends_also_those_in_flight() {
    let mut desk = Desk::with_fifo(&[("MessageRetentionPeriod", "60"), ("VisibilityTimeout", "120")]);
    desk.send("q.fifo", "g", "1");
    desk.pass_seconds(30);
    desk.send("q.fifo", "g", "2");
    assert_eq!(desk.receive_bodies("q.fifo", 1), ["1"]);
    desk.pass_milliseconds(29_999);
    assert_eq!(desk.counts("q.fifo"), [1, 0, 1]);
    desk.pass_milliseconds(1);
    assert_eq!(desk.woken_by(embedded_sqs::core::Core::advance), ["q.fifo"], "the group goes on");
    assert_eq!(desk.receive_bodies("q.fifo", 10), ["2"]);
    desk.pass_seconds(30);
    assert_eq!(desk.counts("q.fifo"), [0, 0, 0]);
    desk.restart();
    assert_eq!(desk.counts("q.fifo"), [0, 0, 0]);
}

#[test]
fn batches_have_limits() {
    let mut desk = Desk::with_fifo(&[]);
    let entry = |id| (id, in_group("g", id, "x"));
    let many: Vec<String> = (0..11).map(|number| number.to_string()).collect();
    let long = |id| (id, in_group("g", id, &"x".repeat(600_000)));
    let cases = [
        (vec![], "AWS.SimpleQueueService.EmptyBatchRequest"),
        (many.iter().map(|id| entry(id)).collect(), "AWS.SimpleQueueService.TooManyEntriesInBatchRequest"),
        (vec![entry("a"), entry("a")], "AWS.SimpleQueueService.BatchEntryIdsNotDistinct"),
        (vec![entry("a"), entry("b c")], "AWS.SimpleQueueService.InvalidBatchEntryId"),
        (vec![long("a"), long("b")], "AWS.SimpleQueueService.BatchRequestTooLong"),
    ];
    for (entries, code) in cases {
        assert_eq!(desk.send_batch("q.fifo", entries).expect_err(code).code(), code);
    }
    assert_eq!(desk.counts("q.fifo"), [0, 0, 0]);
}

#[test]
fn a_queue_is_purged_at_most_once_a_minute() {
    let mut desk = Desk::with_fifo(&[]);
    desk.send("q.fifo", "g", "1");
    desk.send("q.fifo", "h", "2");
    let received = desk.receive("q.fifo", 1);
    desk.purge("q.fifo").expect("the first purge");
    assert_eq!(desk.counts("q.fifo"), [0, 0, 0]);
    desk.delete("q.fifo", &received[0].handle).expect("deleting what is gone is no fault");
    desk.send("q.fifo", "g", "3");
    desk.pass_seconds(59);
    desk.restart();
    assert_eq!(desk.purge("q.fifo"), Err(Refusal::PurgeInProgress("q.fifo".to_owned())));
    assert_eq!(desk.receive_bodies("q.fifo", 10), ["3"], "a refused purge changes nothing");
    desk.pass_seconds(1);
    desk.purge("q.fifo").expect("a minute later");
}

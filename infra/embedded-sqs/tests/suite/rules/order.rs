//! The delivery order.

use crate::rules::desk::{Desk, bodies, in_group, message};

#[test]
fn a_delayed_message_holds_back_the_later_ones_of_its_group() {
    let mut desk = Desk::with_fifo(&[("DelaySeconds", "10")]);
    desk.send("q.fifo", "g", "1");
    desk.pass_seconds(5);
    desk.set("q.fifo", &[("DelaySeconds", "3")]).expect("a valid delay");
    desk.send("q.fifo", "g", "2");
    desk.send("q.fifo", "h", "3");
    // A FIFO queue's delay also applies to messages sent before the change, so the first message is already due.
    assert_eq!(desk.receive_bodies("q.fifo", 10), ["1"]);
    desk.pass_seconds(3);
    assert_eq!(desk.receive_bodies("q.fifo", 10), ["3"], "2 waits for 1, which is in flight");
}

#[test]
fn messages_of_a_group_leave_up_to_the_first_that_is_delayed() {
    let mut desk = Desk::with_fifo(&[("DelaySeconds", "10")]);
    for body in ["1", "2", "3"] {
        desk.send("q.fifo", "g", body);
        desk.pass_seconds(4);
    }
    assert_eq!(desk.counts("q.fifo"), [1, 2, 0]);
    assert_eq!(desk.receive_bodies("q.fifo", 10), ["1"]);
    assert_eq!(desk.counts("q.fifo"), [0, 2, 1]);
}

#[test]
fn a_longer_delay_of_a_queue_hides_what_was_visible() {
    let mut desk = Desk::with_fifo(&[]);
    desk.send("q.fifo", "g", "1");
    desk.set("q.fifo", &[("DelaySeconds", "10")]).expect("a valid delay");
    assert_eq!(desk.counts("q.fifo"), [0, 1, 0]);
    desk.restart();
    assert!(desk.receive("q.fifo", 10).is_empty());
    desk.pass_seconds(10);
    assert_eq!(desk.receive_bodies("q.fifo", 10), ["1"]);
}

#[test]
fn a_message_that_comes_back_alone_is_delivered_before_the_rest_of_its_group() {
    let mut desk = Desk::with_fifo(&[]);
    for body in ["1", "2", "3"] {
        desk.send("q.fifo", "g", body);
    }
    let received = desk.receive("q.fifo", 2);
    desk.change_visibility("q.fifo", &received[0].handle, 0).expect("it is in flight");
    assert_eq!(desk.receive_bodies("q.fifo", 10), ["1"], "2 is still in flight, and 3 waits for it");
    desk.delete("q.fifo", &received[1].handle).expect("it is in flight");
    assert!(desk.receive("q.fifo", 10).is_empty(), "3 waits for 1");
}

#[test]
fn groups_take_turns_however_long_one_of_them_is() {
    let mut desk = Desk::with_fifo(&[]);
    for number in 0..30 {
        desk.send("q.fifo", "long", &format!("long-{number}"));
    }
    desk.send("q.fifo", "short", "short");
    let first = desk.receive("q.fifo", 10);
    assert!(bodies(&first).iter().all(|body| body.starts_with("long")));
    for delivery in &first {
        desk.delete("q.fifo", &delivery.handle).expect("it is in flight");
    }
    assert_eq!(desk.receive_bodies("q.fifo", 1), ["short"]);
}

#[test]
fn a_standard_queue_blocks_no_message_and_delays_each_by_itself() {
    let mut desk = Desk::with_standard(&[("DelaySeconds", "5")]);
    let mut send = |body, delay_seconds| {
        let grouped = embedded_sqs::core::requests::OutgoingMessage {
            delay_seconds,
            message_group_id: Some("g".to_owned()),
            ..message(body)
        };
        desk.try_send("q", grouped).expect("a group is allowed on a standard queue");
    };
    send("queue's delay", None);
    send("no delay", Some(0));
    send("own delay", Some(2));
    assert_eq!(desk.receive_bodies("q", 10), ["no delay"]);
    desk.pass_seconds(2);
    assert_eq!(desk.receive_bodies("q", 10), ["own delay"]);
    desk.pass_seconds(3);
    assert_eq!(desk.receive_bodies("q", 10), ["queue's delay"]);
}

#[test]
fn a_long_backlog_does_not_slow_a_receive() {
    let mut desk = Desk::with_fifo(&[]);
    for number in 0..50_000 {
        desk.send("q.fifo", &format!("g{}", number % 5), &number.to_string());
    }
    for _ in 0..5 {
        desk.receive("q.fifo", 1);
    }
    desk.send("q.fifo", "another", "50000");

    let examined_before = desk.core.examined();
    assert_eq!(desk.receive_bodies("q.fifo", 10), ["50000"]);
    assert!(desk.receive("q.fifo", 10).is_empty());
    let examined = desk.core.examined() - examined_before;
    assert!(examined <= 5, "two receives looked at {examined} lanes and messages");
}

#[test]
fn a_batch_keeps_its_order_and_refuses_entries_alone() {
    let mut desk = Desk::with_fifo(&[]);
    let without_group = message("x");
    let answer = desk
        .send_batch(
            "q.fifo",
            vec![("a", in_group("g", "1", "1")), ("b", without_group), ("c", in_group("g", "2", "2"))],
        )
        .expect("the batch is accepted");
    assert_eq!(answer.successful.iter().map(|done| done.id.as_str()).collect::<Vec<_>>(), ["a", "c"]);
    assert_eq!((answer.failed[0].id.as_str(), answer.failed[0].code), ("b", "MissingParameter"));

    let received = desk.receive("q.fifo", 10);
    assert_eq!(bodies(&received), ["1", "2"]);
    let answer = desk
        .delete_batch(
            "q.fifo",
            vec![("1", &received[0].handle), ("2", "garbage"), ("3", &received[1].handle)],
        )
        .expect("the batch is accepted");
    assert_eq!(answer.successful.len(), 2);
    assert_eq!(answer.failed[0].code, "ReceiptHandleIsInvalid");
    assert_eq!(desk.counts("q.fifo"), [0, 0, 0]);
}

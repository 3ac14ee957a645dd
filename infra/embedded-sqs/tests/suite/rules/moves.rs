//! Move tasks.

use embedded_sqs::core::{
    Core, MoveTaskEntry, Refusal,
    requests::{CancelMessageMoveTask, ListMessageMoveTasks, StartMessageMoveTask},
};

use crate::rules::desk::{Desk, arn, redrive};

/// A source queue with this number of messages, all of them in its dead-letter queue.
fn with_dead_messages(messages: usize) -> Desk {
    let mut desk = Desk::new();
    desk.create("dead.fifo", &[]).expect("the queue is created");
    let policy = redrive("dead.fifo", 1);
    desk.create("q.fifo", &[("VisibilityTimeout", "0"), ("RedrivePolicy", &policy)])
        .expect("the queue is created");
    for number in 0..messages {
        desk.send("q.fifo", "g", &format!("{number:03}"));
    }
    while desk.counts("q.fifo") != [0, 0, 0] {
        desk.receive("q.fifo", 10);
    }
    assert_eq!(desk.counts("dead.fifo"), [messages, 0, 0]);
    desk.set("q.fifo", &[("VisibilityTimeout", "30")]).expect("a valid timeout");
    desk
}

fn request() -> StartMessageMoveTask {
    StartMessageMoveTask { source_arn: arn("dead.fifo"), ..StartMessageMoveTask::default() }
}

fn start(desk: &mut Desk, request: StartMessageMoveTask) -> Result<String, Refusal> {
    desk.call(|core, now| core.start_message_move_task(request, now))
}

fn tasks(desk: &Desk) -> Vec<MoveTaskEntry> {
    let request = ListMessageMoveTasks { source_arn: arn("dead.fifo"), max_results: Some(10) };
    desk.core.list_message_move_tasks(&request).expect("the queue exists")
}

#[test]
fn messages_return_to_their_source_in_order_as_new_ones() {
    let mut desk = with_dead_messages(3);
    start(&mut desk, request()).expect("the task starts");
    assert_eq!(desk.woken_by(Core::advance), ["q.fifo"]);
    assert_eq!(tasks(&desk)[0].status, "COMPLETED");
    assert_eq!(tasks(&desk)[0].task_handle, None, "only a running task shows its handle");

    let received = desk.receive("q.fifo", 10);
    assert_eq!(crate::rules::desk::bodies(&received), ["000", "001", "002"]);
    assert_eq!(received[0].progress.receive_count, 1);
    assert_eq!(received[0].content.dead_letter_source, None);
    assert_eq!(received[0].content.sent_at, desk.now);
}

#[test]
fn a_rate_is_kept_and_a_restart_goes_on_where_the_task_was() {
    let mut desk = with_dead_messages(30);
    start(&mut desk, StartMessageMoveTask { max_number_of_messages_per_second: Some(10), ..request() })
        .expect("starts");
    desk.call(Core::advance);
    assert_eq!(desk.counts("q.fifo"), [1, 0, 0], "the first one is due at once");
    desk.pass_milliseconds(99);
    desk.call(Core::advance);
    assert_eq!(desk.counts("q.fifo"), [1, 0, 0]);
    desk.pass_milliseconds(901);
    desk.call(Core::advance);
    assert_eq!(desk.counts("q.fifo"), [11, 0, 0]);
    desk.restart();
    assert_eq!(desk.core.next_move_deadline(), Some(desk.now.plus_milliseconds(100)));
    desk.pass_seconds(2);
    desk.call(Core::advance);
    assert_eq!(desk.counts("q.fifo"), [30, 0, 0]);
    assert_eq!(tasks(&desk)[0].status, "COMPLETED");
}

#[test]
fn a_cancelled_task_stops_where_it_is() {
    let mut desk = with_dead_messages(30);
    let task_handle =
        start(&mut desk, StartMessageMoveTask { max_number_of_messages_per_second: Some(10), ..request() })
            .expect("starts");
    desk.pass_seconds(1);
    desk.call(Core::advance);
    let cancel = CancelMessageMoveTask { task_handle };
    assert_eq!(desk.call(|core, _| core.cancel_message_move_task(&cancel)), Ok(11));
    desk.pass_seconds(10);
    desk.call(Core::advance);
    assert_eq!(desk.counts("dead.fifo"), [19, 0, 0]);
    assert_eq!(tasks(&desk)[0].status, "CANCELLED");
    assert!(desk.call(|core, _| core.cancel_message_move_task(&cancel)).is_err(), "only a running task");
}

#[test]
fn a_message_that_cannot_go_anywhere_fails_the_task_and_stays() {
    let mut desk = with_dead_messages(1);
    desk.create("other.fifo", &[("RedrivePolicy", &redrive("dead.fifo", 1))]).expect("the queue is created");
    desk.delete_queue("q.fifo").expect("it exists");
    start(&mut desk, request()).expect("the task starts");
    desk.call(Core::advance);
    assert_eq!(tasks(&desk)[0].status, "FAILED");
    assert_eq!(tasks(&desk)[0].failure_reason.as_deref(), Some("AWS.SimpleQueueService.NonExistentQueue"));
    assert_eq!(desk.counts("dead.fifo"), [1, 0, 0]);

    let to_other = StartMessageMoveTask { destination_arn: Some(arn("other.fifo")), ..request() };
    start(&mut desk, to_other).expect("a failed task is not running");
    desk.call(Core::advance);
    assert_eq!(desk.receive_bodies("other.fifo", 10), ["000"]);
    assert_eq!(tasks(&desk).iter().map(|task| task.status).collect::<Vec<_>>(), ["COMPLETED", "FAILED"]);
}

#[test]
fn tasks_that_make_no_sense_are_refused() {
    let mut desk = with_dead_messages(2);
    desk.create("standard", &[]).expect("the queue is created");
    let to = |name: &str| StartMessageMoveTask { destination_arn: Some(arn(name)), ..request() };
    let from = |name: &str| StartMessageMoveTask { source_arn: arn(name), ..request() };
    let at_rate = |rate| StartMessageMoveTask { max_number_of_messages_per_second: Some(rate), ..request() };
    let cases = [
        (from("nowhere.fifo"), "ResourceNotFoundException"),
        (from("q.fifo"), "InvalidParameterValue"),
        (to("nowhere.fifo"), "ResourceNotFoundException"),
        (to("dead.fifo"), "InvalidParameterValue"),
        (to("standard"), "InvalidParameterValue"),
        (at_rate(0), "InvalidParameterValue"),
        (at_rate(501), "InvalidParameterValue"),
    ];
    for (request, code) in cases {
        assert_eq!(start(&mut desk, request).expect_err(code).code(), code);
    }
    start(&mut desk, at_rate(1)).expect("the task starts");
    let second = start(&mut desk, request()).expect_err("one at a time");
    assert_eq!(second.code(), "AWS.SimpleQueueService.UnsupportedOperation");
}

//! Receipt handles, visibility timeouts, and the validity of handles.

use embedded_sqs::core::Refusal;

use crate::rules::desk::{Desk, bodies, message, receive_request};

#[test]
fn a_message_in_flight_returns_at_its_deadline_and_not_before() {
    let mut desk = Desk::with_fifo(&[("VisibilityTimeout", "30")]);
    desk.send("q.fifo", "g", "1");
    assert_eq!(desk.receive_bodies("q.fifo", 1), ["1"]);
    desk.pass_milliseconds(29_999);
    assert!(desk.receive("q.fifo", 1).is_empty());
    desk.pass_milliseconds(1);
    let again = desk.receive("q.fifo", 1);
    assert_eq!(again[0].progress.receive_count, 2);
    assert_eq!(again[0].progress.first_received_at, Some(crate::rules::desk::START));
}

#[test]
fn an_expired_handle_of_a_fifo_queue_is_refused() {
    let mut desk = Desk::with_fifo(&[("VisibilityTimeout", "1")]);
    desk.send("q.fifo", "g", "1");
    let stale = desk.receive("q.fifo", 1);
    desk.pass_seconds(1);
    let expired =
        desk.delete("q.fifo", &stale[0].handle).expect_err("visible again, so the handle has expired");
    assert_eq!(expired.code(), "InvalidParameterValue");
    let current = desk.receive("q.fifo", 1);
    desk.delete("q.fifo", &stale[0].handle).expect_err("received again, so the handle has expired");
    assert!(desk.change_visibility("q.fifo", &stale[0].handle, 10).is_err());
    desk.delete("q.fifo", &current[0].handle).expect("the latest handle");
    desk.delete("q.fifo", &current[0].handle).expect("deleting twice is no fault");
}

#[test]
fn a_standard_queue_takes_the_latest_handle_late_and_ignores_older_ones() {
    let mut desk = Desk::with_standard(&[("VisibilityTimeout", "1")]);
    desk.try_send("q", message("1")).expect("accepted");
    let older = desk.receive("q", 1);
    desk.pass_seconds(1);
    let latest = desk.receive("q", 1);
    desk.delete("q", &older[0].handle).expect("succeeds, and deletes nothing");
    assert_eq!(desk.counts("q"), [0, 0, 1]);
    desk.pass_seconds(1);
    assert_eq!(desk.change_visibility("q", &latest[0].handle, 5), Err(Refusal::MessageNotInFlight));
    desk.delete("q", &latest[0].handle).expect("the latest handle outlives its timeout");
    assert_eq!(desk.counts("q"), [0, 0, 0]);
}

#[test]
fn a_handle_belongs_to_one_queue() {
    let mut desk = Desk::with_fifo(&[]);
    desk.create("other.fifo", &[]).expect("the queue is created");
    desk.send("q.fifo", "g", "1");
    let received = desk.receive("q.fifo", 1);
    for handle in ["garbage", "AAAA", &received[0].handle] {
        let refused = desk.delete("other.fifo", handle).expect_err("not a handle of this queue");
        assert_eq!(refused, Refusal::ReceiptHandleIsInvalid(handle.to_owned()));
    }
    assert_eq!(desk.delete("q.fifo", ""), Err(Refusal::MissingParameter("ReceiptHandle")));
}

#[test]
fn no_message_stays_invisible_for_more_than_twelve_hours() {
    let mut desk = Desk::with_fifo(&[]);
    desk.send("q.fifo", "g", "1");
    let received = desk.receive("q.fifo", 1);
    desk.change_visibility("q.fifo", &received[0].handle, 43_200).expect("twelve hours");
    desk.pass_seconds(1);
    desk.change_visibility("q.fifo", &received[0].handle, 43_200)
        .expect_err("twelve hours and a second in all");
    desk.change_visibility("q.fifo", &received[0].handle, 43_199).expect("twelve hours in all");
    desk.change_visibility("q.fifo", &received[0].handle, -1).expect_err("out of range");
}

#[test]
fn a_receive_may_bring_its_own_timeout() {
    let mut desk = Desk::with_fifo(&[("VisibilityTimeout", "30")]);
    desk.send("q.fifo", "g", "1");
    let mut request = receive_request("q.fifo", 1);
    request.visibility_timeout = Some(0);
    for receive_count in 1..=3 {
        let received = desk.try_receive(&request).expect("the receive is accepted");
        assert_eq!(received[0].progress.receive_count, receive_count, "visible again at once");
    }
}

#[test]
fn an_answer_that_never_left_was_no_receive() {
    let mut desk = Desk::with_fifo(&[]);
    for body in ["1", "2"] {
        desk.send("q.fifo", "g", body);
    }
    let received = desk.receive("q.fifo", 10);
    let id = desk.core.queue_id(&crate::rules::desk::queue("q.fifo")).expect("the queue exists");
    let handles: Vec<String> = received.iter().map(|delivery| delivery.handle.clone()).collect();
    let woken = desk.woken_by(|core, now| core.take_back(id, &handles, now));
    assert_eq!(woken, ["q.fifo"]);

    let again = desk.receive("q.fifo", 10);
    assert_eq!(bodies(&again), ["1", "2"]);
    assert_eq!(again[0].progress.receive_count, 1);
    assert!(desk.delete("q.fifo", &handles[0]).is_err(), "the handle that nobody got is worth nothing");
    desk.call(|core, now| core.take_back(id, &handles, now));
    assert_eq!(desk.counts("q.fifo"), [0, 0, 2], "a late take-back touches nobody else's receive");
}

#[test]
fn messages_in_flight_stay_in_flight_over_a_restart() {
    let mut desk = Desk::with_fifo(&[("VisibilityTimeout", "30")]);
    for body in ["1", "2", "3"] {
        desk.send("q.fifo", "g", body);
    }
    let received = desk.receive("q.fifo", 2);
    desk.restart();
    desk.pass_seconds(10);
    assert!(desk.receive("q.fifo", 10).is_empty(), "the group is still blocked");
    desk.delete("q.fifo", &received[0].handle).expect("the handle is still valid");
    desk.pass_seconds(20);
    let again = desk.receive("q.fifo", 10);
    assert_eq!(bodies(&again), ["2", "3"]);
    assert_eq!(again.iter().map(|delivery| delivery.progress.receive_count).collect::<Vec<_>>(), [2, 1]);
    assert_ne!(again[0].handle, received[1].handle);
}

#[test]
fn calls_wake_the_pollers_of_what_they_unblock() {
    let mut desk = Desk::with_fifo(&[("VisibilityTimeout", "30")]);
    let name = crate::rules::desk::queue("q.fifo");
    desk.send("q.fifo", "g", "1");
    desk.send("q.fifo", "g", "2");
    let received = desk.receive("q.fifo", 1);
    let sent_behind = desk.woken_by(|core, now| {
        let message = crate::rules::desk::in_group("g", "3", "3");
        let request = embedded_sqs::core::requests::SendMessage { queue: name.clone(), message };
        core.send_message(request, now).expect("accepted");
    });
    assert!(sent_behind.is_empty(), "its group is blocked");
    let handle = received[0].handle.clone();
    let deletion = embedded_sqs::core::requests::Deletion { receipt_handle: handle };
    let request = embedded_sqs::core::requests::DeleteMessage { queue: name, deletion };
    let deleted = desk.woken_by(|core, now| core.delete_message(&request, now).expect("in flight"));
    assert_eq!(deleted, ["q.fifo"]);

    desk.receive("q.fifo", 1);
    desk.pass_seconds(30);
    assert_eq!(desk.woken_by(embedded_sqs::core::Core::advance), ["q.fifo"], "a timeout ended");
}

//! Messages that are received too often.

use crate::rules::desk::{Desk, arn, bodies, message, redrive};

fn with_dead_letters(receives_max: u32, attributes: &[(&str, &str)]) -> Desk {
    let mut desk = Desk::new();
    desk.create("dead.fifo", &[("MessageRetentionPeriod", "60")]).expect("the queue is created");
    let policy = redrive("dead.fifo", receives_max);
    let attributes: Vec<_> = attributes.iter().copied().chain([("RedrivePolicy", policy.as_str())]).collect();
    desk.create("q.fifo", &attributes).expect("the queue is created");
    desk
}

#[test]
fn exhausted_messages_move_in_order_with_their_group_and_their_past() {
    let mut desk = with_dead_letters(2, &[("VisibilityTimeout", "10")]);
    for body in ["1", "2", "3"] {
        desk.send("q.fifo", "g", body);
    }
    for _ in 0..2 {
        assert_eq!(desk.receive_bodies("q.fifo", 2), ["1", "2"]);
        desk.pass_seconds(10);
    }
    // A redrive happens in a receive, and the same receive returns the next message.
    assert!(desk.receive("dead.fifo", 10).is_empty());
    desk.restart();
    assert_eq!(desk.receive_bodies("q.fifo", 10), ["3"]);

    let dead = desk.receive("dead.fifo", 10);
    assert_eq!(bodies(&dead), ["1", "2"]);
    for delivery in &dead {
        assert_eq!(delivery.content.group.as_deref(), Some("g"));
        assert_eq!(delivery.content.dead_letter_source, Some(arn("q.fifo")));
        assert_eq!(delivery.progress.receive_count, 3, "receives in both queues");
    }
}

#[test]
fn a_dead_letter_wakes_the_pollers_of_its_queue() {
    let mut desk = with_dead_letters(1, &[("VisibilityTimeout", "10")]);
    desk.send("q.fifo", "g", "1");
    desk.receive("q.fifo", 1);
    desk.pass_seconds(10);
    let request = crate::rules::desk::receive_request("q.fifo", 1);
    let woken = desk.woken_by(|core, now| drop(core.receive_message(&request, now).expect("accepted")));
    assert!(woken.contains(&"dead.fifo".to_owned()), "{woken:?}");
}

#[test]
fn retention_starts_anew_in_a_fifo_dead_letter_queue_and_goes_on_in_a_standard_one() {
    for (suffix, is_kept) in [(".fifo", true), ("", false)] {
        let (name, dead) = (format!("q{suffix}"), format!("dead{suffix}"));
        let mut desk = Desk::new();
        desk.create(&dead, &[("MessageRetentionPeriod", "60")]).expect("the queue is created");
        desk.create(&name, &[("RedrivePolicy", &redrive(&dead, 1))]).expect("the queue is created");
        if is_kept {
            desk.send(&name, "g", "1");
        } else {
            desk.try_send(&name, message("1")).expect("accepted");
        }
        desk.receive(&name, 1);
        desk.pass_seconds(59);
        desk.receive(&name, 1);
        assert_eq!(desk.counts(&dead), [1, 0, 0]);
        desk.pass_seconds(1);
        assert_eq!(desk.counts(&dead), [usize::from(is_kept), 0, 0], "queue {name}");
    }
}

#[test]
fn a_dead_letter_queue_counts_its_own_receives() {
    let mut desk = with_dead_letters(1, &[("VisibilityTimeout", "0")]);
    desk.create("last.fifo", &[]).expect("the queue is created");
    let policy = redrive("last.fifo", 2);
    desk.set("dead.fifo", &[("VisibilityTimeout", "0"), ("RedrivePolicy", &policy)]).expect("a valid policy");
    desk.send("q.fifo", "g", "1");
    desk.receive("q.fifo", 1);
    desk.receive("q.fifo", 1);
    assert_eq!(desk.receive("dead.fifo", 1).len(), 1);
    assert_eq!(desk.receive("dead.fifo", 1).len(), 1);
    assert!(desk.receive("dead.fifo", 1).is_empty());
    assert_eq!(desk.receive("last.fifo", 1)[0].progress.receive_count, 4);
}

#[test]
fn without_its_dead_letter_queue_a_message_stays() {
    let mut desk = with_dead_letters(1, &[("VisibilityTimeout", "0")]);
    desk.send("q.fifo", "g", "1");
    desk.delete_queue("dead.fifo").expect("it exists");
    for _ in 0..3 {
        assert_eq!(desk.receive_bodies("q.fifo", 1), ["1"]);
    }
}

//! The five-minute window, to the millisecond.

use crate::rules::desk::{Desk, in_group, message};

const WINDOW_MILLISECONDS: u64 = 300_000;

#[test]
fn the_window_ends_five_minutes_after_the_first_send_and_no_repeat_prolongs_it() {
    let mut desk = Desk::with_fifo(&[]);
    let first = desk.send("q.fifo", "g", "x");
    desk.pass_milliseconds(WINDOW_MILLISECONDS - 1);
    let repeat = desk.send("q.fifo", "g", "x");
    assert_eq!(
        (repeat.message_id, repeat.sequence_number),
        (first.message_id.clone(), first.sequence_number)
    );
    desk.pass_milliseconds(1);
    assert_ne!(desk.send("q.fifo", "g", "x").message_id, first.message_id);
    assert_eq!(desk.counts("q.fifo"), [2, 0, 0]);
}

#[test]
fn a_window_outlives_deletion_purge_and_restart() {
    let mut desk = Desk::with_fifo(&[]);
    let first = desk.send("q.fifo", "g", "x");
    let received = desk.receive("q.fifo", 1);
    desk.delete("q.fifo", &received[0].handle).expect("it is in flight");
    desk.purge("q.fifo").expect("the first purge");
    desk.restart();
    assert_eq!(desk.send("q.fifo", "g", "x").message_id, first.message_id);
    assert_eq!(desk.counts("q.fifo"), [0, 0, 0]);

    desk.pass_milliseconds(WINDOW_MILLISECONDS);
    assert_ne!(desk.send("q.fifo", "g", "x").message_id, first.message_id);
    assert_eq!(desk.records.open_windows(), 1, "the old entry is no longer stored");
}

#[test]
fn ids_are_compared_within_the_queue_or_within_a_group() {
    for (scope, delivered) in [("queue", 1), ("messageGroup", 2)] {
        let mut desk = Desk::with_fifo(&[("DeduplicationScope", scope)]);
        for group in ["a", "b", "a"] {
            desk.try_send("q.fifo", in_group(group, "same", "x")).expect("a repeat is accepted");
        }
        assert_eq!(desk.counts("q.fifo"), [delivered, 0, 0], "scope {scope}");
    }
}

#[test]
fn the_same_id_on_two_queues_is_two_messages() {
    let mut desk = Desk::with_fifo(&[]);
    desk.create("other.fifo", &[]).expect("the queue is created");
    assert_ne!(desk.send("q.fifo", "g", "x").message_id, desk.send("other.fifo", "g", "x").message_id);
}

#[test]
fn content_makes_the_id_when_the_queue_says_so_and_a_given_id_goes_first() {
    let mut desk = Desk::with_fifo(&[("ContentBasedDeduplication", "true")]);
    let by_content = |body| {
        let group = Some("g".to_owned());
        embedded_sqs::core::requests::OutgoingMessage { message_group_id: group, ..message(body) }
    };
    let first = desk.try_send("q.fifo", by_content("hello")).expect("the body makes the id");
    let repeat = desk.try_send("q.fifo", by_content("hello")).expect("a repeat");
    assert_eq!(first.message_id, repeat.message_id);
    let own_id = desk.try_send("q.fifo", in_group("g", "own", "hello")).expect("an id of its own");
    assert_ne!(first.message_id, own_id.message_id);
    let hash_of_hello = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
    let as_given = desk.try_send("q.fifo", in_group("g", hash_of_hello, "other")).expect("a repeat by id");
    assert_eq!(first.message_id, as_given.message_id);
}

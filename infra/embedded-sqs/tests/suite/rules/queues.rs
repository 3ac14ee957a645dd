//! Creating, finding and deleting queues.

use embedded_sqs::core::{
    Refusal,
    requests::{ListQueues, OnQueue, TagQueue, UntagQueue},
};

use crate::rules::desk::{Desk, message, queue, redrive, texts};

#[test]
fn names_and_types_must_agree() {
    let mut desk = Desk::new();
    let too_long = format!("{}.fifo", "x".repeat(76));
    for name in ["a b", "a.b", ".fifo", "ä", too_long.as_str()] {
        assert_eq!(desk.create(name, &[]).expect_err(name).code(), "InvalidParameterValue", "{name}");
    }
    assert_eq!(desk.create("", &[]), Err(Refusal::MissingParameter("QueueName")));
    assert_eq!(
        desk.create("q", &[("FifoQueue", "true")]).expect_err("no suffix").code(),
        "InvalidParameterValue"
    );
    assert_eq!(
        desk.create("q", &[("FifoQueue", "false")]).expect_err("as on AWS").code(),
        "InvalidAttributeName"
    );
    for name in ["Q-1_", too_long[1..].as_ref()] {
        assert_eq!(desk.create(name, &[]).as_deref(), Ok(name));
    }
}

#[test]
fn a_queue_may_be_created_again_as_it_is() {
    let mut desk = Desk::with_fifo(&[("DelaySeconds", "5")]);
    assert!(desk.create("q.fifo", &[("DelaySeconds", "5")]).is_ok());
    assert!(desk.create("q.fifo", &[]).is_ok(), "attributes that are not named are not compared");
    let other = desk.create("q.fifo", &[("DelaySeconds", "6")]);
    assert_eq!(other, Err(Refusal::QueueNameExists("DelaySeconds".to_owned())));
}

#[test]
fn a_deleted_queue_is_gone_with_all_it_had() {
    let mut desk = Desk::with_fifo(&[]);
    desk.send("q.fifo", "g", "1");
    let received = desk.receive("q.fifo", 1);
    desk.delete_queue("q.fifo").expect("it exists");
    assert_eq!(desk.delete_queue("q.fifo"), Err(Refusal::QueueDoesNotExist));
    desk.restart();
    assert_eq!(desk.delete_queue("q.fifo"), Err(Refusal::QueueDoesNotExist));

    desk.create("q.fifo", &[]).expect("the name is free at once");
    assert_eq!(desk.counts("q.fifo"), [0, 0, 0]);
    assert!(desk.delete("q.fifo", &received[0].handle).is_err(), "a handle of the queue before");
    desk.send("q.fifo", "g", "1");
    assert_eq!(desk.receive_bodies("q.fifo", 1), ["1"], "its window is new, too");
}

#[test]
fn lists_come_in_pages() {
    let mut desk = Desk::new();
    for name in ["b", "a2", "a1", "a3"] {
        desk.create(name, &[]).expect("the queue is created");
    }
    let page = |next_token: Option<&str>| ListQueues {
        queue_name_prefix: "a".to_owned(),
        max_results: Some(2),
        next_token: next_token.map(str::to_owned),
        ..ListQueues::default()
    };
    let first = desk.core.list_queues(&page(None)).expect("a page");
    assert_eq!(
        (first.names, first.next_token.as_deref()),
        (vec!["a1".to_owned(), "a2".to_owned()], Some("a2"))
    );
    let second = desk.core.list_queues(&page(Some("a2"))).expect("a page");
    assert_eq!((second.names, second.next_token), (vec!["a3".to_owned()], None));
    desk.core
        .list_queues(&ListQueues { max_results: Some(0), ..page(None) })
        .expect_err("a page has at least one");
}

#[test]
fn sources_of_a_dead_letter_queue_are_listed() {
    let mut desk = Desk::new();
    desk.create("dead", &[]).expect("the queue is created");
    for name in ["s1", "s2"] {
        desk.create(name, &[("RedrivePolicy", &redrive("dead", 1))]).expect("the queue is created");
    }
    let request = |name| ListQueues { queue: queue(name), ..ListQueues::default() };
    assert_eq!(
        desk.core.list_dead_letter_source_queues(&request("dead")).expect("it exists").names,
        ["s1", "s2"]
    );
    assert_eq!(desk.core.list_dead_letter_source_queues(&request("s1")).expect("it exists").names, [""; 0]);
}

#[test]
fn tags_are_kept() {
    let mut desk = Desk::with_standard(&[]);
    let tag = TagQueue { queue: queue("q"), tags: texts(&[("team", "a"), ("number", "7")]) };
    desk.call(|core, now| core.tag_queue(tag, now)).expect("valid tags");
    let untag = UntagQueue { queue: queue("q"), tag_keys: vec!["team".to_owned(), "unknown".to_owned()] };
    desk.call(|core, now| core.untag_queue(&untag, now)).expect("it exists");
    desk.restart();
    assert_eq!(desk.core.queue_tags(&OnQueue { queue: queue("q") }), Ok(texts(&[("number", "7")])));
    let empty_key = TagQueue { queue: queue("q"), tags: texts(&[("", "x")]) };
    desk.call(|core, now| core.tag_queue(empty_key, now)).expect_err("a key has at least one character");
}

#[test]
fn the_same_calls_give_the_same_ids_and_other_seeds_others() {
    let id = |seed| {
        let mut desk = Desk::new();
        desk.core = embedded_sqs::core::Core::new("us-east-1", seed);
        desk.create("q", &[]).expect("the queue is created");
        desk.try_send("q", message("x")).expect("accepted").message_id
    };
    assert_eq!(id(1), id(1));
    assert_ne!(id(1), id(2));
}

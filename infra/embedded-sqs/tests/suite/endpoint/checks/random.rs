//! Random calls by seed, compared with a model of a FIFO queue.
//!
//! The server chooses which free groups a receive serves, and with how many messages. Its choice must be allowed: only
//! messages at the front of their groups, and none of a group with a message in flight.

use std::collections::{BTreeMap, VecDeque};

use aws_sdk_sqs::types::Message;

use crate::endpoint::client::{Endpoint, Queue, handle};

const SEEDS: u64 = 8;
const CALLS: usize = 60;
const GROUPS: [&str; 3] = ["a", "b", "c"];
/// The number of receives that may be empty although messages are there, because a short poll need not look everywhere.
const EMPTY_RECEIVES_MAX: usize = 3;

pub(crate) async fn random_calls_come_to_what_the_rules_allow(endpoint: &Endpoint) {
    for seed in 1..=SEEDS {
        // Longer than the test, so that time has no effect.
        let visibility = aws_sdk_sqs::types::QueueAttributeName::VisibilityTimeout;
        let queue = endpoint.fifo_queue([(visibility, "600")]).await;
        let mut run = Run { seed, dice: Dice(seed), queue, model: BTreeMap::new(), sent: Vec::new() };
        for _ in 0..CALLS {
            run.call().await;
        }
        run.drain().await;
    }
}

/// Random numbers by seed (splitmix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        usize::try_from(mixed % u64::try_from(limit.max(1)).expect("a number")).expect("below the limit")
    }
}

/// A sent message that is not deleted.
struct QueuedMessage {
    body: String,
    in_flight: Option<Message>,
}

struct Run {
    seed: u64,
    dice: Dice,
    queue: Queue,
    /// The messages by group, in the order of their sends.
    model: BTreeMap<&'static str, VecDeque<QueuedMessage>>,
    /// Everything ever sent: group, deduplication id, and message id.
    sent: Vec<(&'static str, String, String)>,
}

impl Run {
    async fn call(&mut self) {
        match self.dice.below(10) {
            0..4 => self.send().await,
            4 => self.send_again().await,
            5..8 => {
                let messages_max = 1 + self.dice.below(10);
                self.receive(messages_max).await;
            }
            8 => {
                if let Some((group, place)) = self.pick_in_flight() {
                    let kept = self.of(group).remove(place).expect("it is kept");
                    self.queue.delete(&kept.in_flight.expect("it is in flight")).await;
                }
            }
            _ => {
                if let Some((group, place)) = self.pick_in_flight() {
                    self.give_back(group, place).await;
                }
            }
        }
    }

    /// Makes a message visible together with all later ones of its group in flight. Servers differ on whether it is
    /// delivered again while a later one is in flight.
    async fn give_back(&mut self, group: &'static str, place: usize) {
        let kept = self.of(group).range_mut(place..);
        let messages: Vec<_> = kept.filter_map(|one| one.in_flight.take()).collect();
        for message in messages {
            self.queue.change_visibility(&message, 0).await;
        }
    }

    fn of(&mut self, group: &'static str) -> &mut VecDeque<QueuedMessage> {
        self.model.entry(group).or_default()
    }

    async fn send(&mut self) {
        let group = GROUPS[self.dice.below(GROUPS.len())];
        let id = format!("{}-{}", self.seed, self.sent.len());
        let answer = self.queue.send(group, &id, &id).await;
        self.of(group).push_back(QueuedMessage { body: id.clone(), in_flight: None });
        self.sent.push((group, id, answer.message_id.expect("a message has an id")));
    }

    /// Sends a message again with its deduplication id. It must not appear twice, deleted or not.
    async fn send_again(&mut self) {
        if self.sent.is_empty() {
            return;
        }
        let (group, id, first) = self.sent[self.dice.below(self.sent.len())].clone();
        let answer = self.queue.send(group, &id, &id).await;
        assert_eq!(
            answer.message_id,
            Some(first),
            "seed {}: the repeat of {id} is another message",
            self.seed
        );
    }

    fn pick_in_flight(&mut self) -> Option<(&'static str, usize)> {
        let in_flight: Vec<_> = self
            .model
            .iter()
            .flat_map(|(group, kept)| kept.iter().enumerate().map(move |(place, one)| (*group, place, one)))
            .filter(|(.., one)| one.in_flight.is_some())
            .map(|(group, place, _)| (group, place))
            .collect();
        in_flight.get(self.dice.below(in_flight.len())).copied()
    }

    /// Returns whether the group has a receivable message: its first one is not in flight.
    fn is_free(kept: &VecDeque<QueuedMessage>) -> bool {
        kept.front().is_some_and(|one| one.in_flight.is_none())
    }

    /// Receives and compares the messages with the model. Returns their number.
    async fn receive(&mut self, messages_max: usize) -> usize {
        let seed = self.seed;
        let anything = self.model.values().any(Self::is_free);
        let wanted = i32::try_from(messages_max).expect("at most ten");
        let mut received = self.queue.receive(wanted).await;
        for _ in 0..EMPTY_RECEIVES_MAX {
            if anything && received.is_empty() {
                received = self.queue.receive(wanted).await;
            }
        }
        assert!(received.len() <= messages_max, "seed {seed}: more than was asked for");
        assert_eq!(received.is_empty(), !anything, "seed {seed}: what is free is received");
        let free: Vec<_> = GROUPS.into_iter().filter(|group| Self::is_free(self.of(group))).collect();
        let count = received.len();
        for message in received {
            let body = message.body().expect("a body").to_owned();
            assert!(!handle(&message).is_empty(), "seed {seed}: {body} has no handle");
            let next = free.iter().copied().find(|group| {
                let kept = self.model.get(group).into_iter().flatten();
                kept.into_iter().find(|one| one.in_flight.is_none()).is_some_and(|one| one.body == body)
            });
            let group =
                next.unwrap_or_else(|| panic!("seed {seed}: {body} is not at the front of a free group"));
            let waiting = self.of(group).iter_mut().find(|one| one.in_flight.is_none());
            waiting.expect("it waits").in_flight = Some(message);
        }
        count
    }

    /// Receives everything that is left, in order, and then nothing.
    async fn drain(&mut self) {
        for group in GROUPS {
            self.give_back(group, 0).await;
        }
        while self.receive(10).await > 0 {
            while let Some((group, place)) = self.pick_in_flight() {
                let kept = self.of(group).remove(place).expect("it is kept");
                self.queue.delete(&kept.in_flight.expect("it is in flight")).await;
            }
        }
        assert!(self.model.values().all(VecDeque::is_empty), "seed {}: something never came", self.seed);
    }
}

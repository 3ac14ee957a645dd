//! Long random runs with restarts, checked by code that shares nothing with the core.
//!
//! The panic message names the failing seed. To reproduce it, make it the only one in `SEEDS`.

use std::collections::BTreeMap;

use embedded_sqs::core::Delivery;

use crate::rules::desk::{Desk, redrive};

const SEEDS: std::ops::Range<u64> = 0..60;
const STEPS: usize = 400;
const GROUPS: u64 = 4;
const RECEIVES_MAX: u32 = 3;
const VISIBILITY_MILLISECONDS: u64 = 5_000;

/// A small random generator, so that seeds keep their meaning forever.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

/// A message as the checker knows it.
struct ModelMessage {
    body: String,
    receives: u32,
    invisible_until: u64,
    handle: String,
}

/// The messages of each group in the order of their sends, and the expected bodies in the dead-letter queue by group.
#[derive(Default)]
struct Checker {
    groups: BTreeMap<String, Vec<ModelMessage>>,
    dead: BTreeMap<String, Vec<String>>,
}

impl Checker {
    /// Compares each message of an answer with the allowed deliveries.
    fn received(&mut self, now: u64, asked_for: usize, deliveries: &[Delivery], context: &str) {
        let mut allowed = self.allowed(now);
        for delivery in deliveries {
            let group = delivery.content.group.as_deref().expect("FIFO messages have a group").to_owned();
            let next =
                allowed.get_mut(&group).filter(|bodies| !bodies.is_empty()).map(|bodies| bodies.remove(0));
            assert_eq!(next.as_ref(), Some(&delivery.content.body), "{context}: group {group}");
            let known = self.find(&group, &delivery.content.body);
            known.receives += 1;
            known.invisible_until = now + VISIBILITY_MILLISECONDS;
            known.handle.clone_from(&delivery.handle);
            assert_eq!(delivery.progress.receive_count, known.receives, "{context}");
        }
        let left_over: usize = allowed.values().map(Vec::len).sum();
        assert!(deliveries.len() == asked_for || left_over == 0, "{context}: held back {allowed:?}");
    }

    /// The messages of each group before the first one in flight, in order. Drops those received too often.
    fn allowed(&mut self, now: u64) -> BTreeMap<String, Vec<String>> {
        let mut allowed = BTreeMap::new();
        for (group, messages) in &mut self.groups {
            let earlier = messages.iter().take_while(|message| message.invisible_until <= now);
            let bodies = earlier.filter(|message| message.receives < RECEIVES_MAX);
            allowed.insert(group.clone(), bodies.map(|message| message.body.clone()).collect());
        }
        allowed
    }

    /// The core gives a message up when a receive reaches it, so only messages missing from the queue count.
    fn given_up(&mut self, dead: &[(String, String)]) {
        for (group, body) in dead {
            let messages = self.groups.get_mut(group).expect("a known group");
            let position =
                messages.iter().position(|message| message.body == *body).expect("a known message");
            assert_eq!(messages[position].receives, RECEIVES_MAX, "given up too early: {body}");
            messages.remove(position);
            self.dead.entry(group.clone()).or_default().push(body.clone());
        }
    }

    fn find(&mut self, group: &str, body: &str) -> &mut ModelMessage {
        let messages = self.groups.get_mut(group).expect("a known group");
        messages.iter_mut().find(|message| message.body == body).expect("a known message")
    }

    fn in_flight(&self, now: u64) -> Vec<(String, usize)> {
        let messages = self.groups.iter().flat_map(|(group, messages)| {
            messages.iter().enumerate().map(move |(position, message)| (group, position, message))
        });
        messages
            .filter(|(.., message)| message.invisible_until > now)
            .map(|(group, at, _)| (group.clone(), at))
            .collect()
    }
}

#[test]
fn every_run_keeps_order_loses_nothing_and_survives_restarts() {
    for seed in SEEDS {
        run(seed);
    }
}

fn run(seed: u64) {
    let mut chance = Chance(seed);
    let mut desk = Desk::new();
    desk.create("dead.fifo", &[]).expect("the queue is created");
    let policy = redrive("dead.fifo", RECEIVES_MAX);
    desk.create("q.fifo", &[("VisibilityTimeout", "5"), ("RedrivePolicy", &policy)])
        .expect("the queue is created");
    let mut checker = Checker::default();
    for step in 0..STEPS {
        let context = format!("seed {seed}, step {step}");
        match chance.below(10) {
            0..=2 => send(&mut desk, &mut checker, &mut chance, step),
            3..=5 => receive(&mut desk, &mut checker, &mut chance, &context),
            6..=7 => finish(&mut desk, &mut checker, &mut chance, &context),
            8 => desk.pass_milliseconds(chance.below(4_000)),
            _ => desk.restart(),
        }
    }
}

fn send(desk: &mut Desk, checker: &mut Checker, chance: &mut Chance, step: usize) {
    let (group, body) = (format!("g{}", chance.below(GROUPS)), step.to_string());
    desk.send("q.fifo", &group, &body);
    let known = ModelMessage { body, receives: 0, invisible_until: 0, handle: String::new() };
    checker.groups.entry(group).or_default().push(known);
}

fn receive(desk: &mut Desk, checker: &mut Checker, chance: &mut Chance, context: &str) {
    let now = desk.now.milliseconds();
    let asked_for = chance.below(10) + 1;
    let deliveries = desk.receive("q.fifo", i64::try_from(asked_for).expect("small"));
    let asked_for = usize::try_from(asked_for).expect("small");
    checker.received(now, asked_for, &deliveries, context);

    let dead = desk.receive("dead.fifo", 10);
    let given_up: Vec<(String, String)> = dead
        .iter()
        .map(|delivery| {
            (delivery.content.group.as_deref().expect("a group").to_owned(), delivery.content.body.clone())
        })
        .collect();
    checker.given_up(&given_up);
    for delivery in dead {
        desk.delete("dead.fifo", &delivery.handle).expect("in flight");
    }
}

/// Deletes a message in flight, or makes it visible at once.
fn finish(desk: &mut Desk, checker: &mut Checker, chance: &mut Chance, context: &str) {
    let now = desk.now.milliseconds();
    let in_flight = checker.in_flight(now);
    if in_flight.is_empty() {
        return;
    }
    let choice = chance.below(in_flight.len() as u64);
    let (group, position) = &in_flight[usize::try_from(choice).expect("small")];
    let messages = checker.groups.get_mut(group).expect("a known group");
    let handle = messages[*position].handle.clone();
    if chance.below(3) == 0 {
        desk.change_visibility("q.fifo", &handle, 0).unwrap_or_else(|refusal| panic!("{context}: {refusal}"));
        messages[*position].invisible_until = now;
    } else {
        desk.delete("q.fifo", &handle).unwrap_or_else(|refusal| panic!("{context}: {refusal}"));
        messages.remove(*position);
    }
}

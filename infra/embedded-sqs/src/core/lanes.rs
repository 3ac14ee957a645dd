//! The delivery order: messages stand in lanes, and only the heads of free lanes are examined.
//!
//! A FIFO queue has a lane for each message group. A standard queue gives each message a lane of its own, so the same
//! rules impose no order there. A message that is in flight or delayed blocks the later ones of its lane, but not the
//! earlier ones: a message that became visible again is delivered although a later one is in flight, as on AWS. Free
//! lanes take turns in the order in which they became free, so a long backlog in one lane neither slows nor starves the
//! others.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use super::message::{Message, MessageKey, Phase};

/// The lane of a message.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum LaneId {
    Group(Arc<str>),
    Single(MessageKey),
}

impl LaneId {
    pub(crate) fn of(is_fifo: bool, key: MessageKey, message: &Message) -> Self {
        match &message.content.group {
            Some(group) if is_fifo => Self::Group(Arc::clone(group)),
            // A group on a standard queue does not order messages.
            _ => Self::Single(key),
        }
    }
}

#[derive(Debug, Default)]
struct Lane {
    waiting: BTreeSet<MessageKey>,
    delayed: BTreeSet<MessageKey>,
    in_flight: BTreeSet<MessageKey>,
    turn: Option<u64>,
}

impl Lane {
    fn set(&mut self, phase: Phase) -> &mut BTreeSet<MessageKey> {
        match phase {
            Phase::Waiting => &mut self.waiting,
            Phase::Delayed => &mut self.delayed,
            Phase::InFlight => &mut self.in_flight,
        }
    }

    /// The messages that can be delivered, in order: those before the first one that is in flight or delayed.
    fn deliverable(&self) -> impl Iterator<Item = MessageKey> {
        let blocked_from = self.delayed.first().into_iter().chain(self.in_flight.first()).min().copied();
        let is_earlier = move |key: &MessageKey| blocked_from.is_none_or(|blocked| *key < blocked);
        self.waiting.iter().copied().take_while(is_earlier)
    }

    fn is_free(&self) -> bool {
        self.deliverable().next().is_some()
    }

    fn is_empty(&self) -> bool {
        self.waiting.is_empty() && self.delayed.is_empty() && self.in_flight.is_empty()
    }
}

/// All lanes of a queue.
#[derive(Debug, Default)]
pub(crate) struct Lanes {
    by_id: HashMap<LaneId, Lane>,
    free: BTreeMap<u64, LaneId>,
    turn_next: u64,
    in_flight: usize,
    delayed: usize,
}

impl Lanes {
    pub(crate) fn in_flight(&self) -> usize {
        self.in_flight
    }

    pub(crate) fn delayed(&self) -> usize {
        self.delayed
    }

    /// Adds a message to its lane. Returns `true` if the lane became free.
    pub(crate) fn enter(&mut self, lane: &LaneId, key: MessageKey, phase: Phase) -> bool {
        self.change(lane, None, Some((key, phase)))
    }

    /// Removes a message from its lane. Returns `true` if the lane became free.
    pub(crate) fn leave(&mut self, lane: &LaneId, key: MessageKey, phase: Phase) -> bool {
        self.change(lane, Some((key, phase)), None)
    }

    /// Changes the phase of a message. Returns `true` if the lane became free.
    pub(crate) fn shift(&mut self, lane: &LaneId, key: MessageKey, from: Phase, to: Phase) -> bool {
        self.change(lane, Some((key, from)), Some((key, to)))
    }

    /// The first messages of the first free lane, in order and at most `messages_max`. They stay in the lane.
    pub(crate) fn next_run(&self, messages_max: usize) -> Vec<MessageKey> {
        let Some(lane) = self.free.values().next().and_then(|id| self.by_id.get(id)) else {
            return Vec::new();
        };
        lane.deliverable().take(messages_max).collect()
    }

    fn change(
        &mut self,
        id: &LaneId,
        from: Option<(MessageKey, Phase)>,
        to: Option<(MessageKey, Phase)>,
    ) -> bool {
        let lane = self.by_id.entry(id.clone()).or_default();
        let counters = (&mut self.in_flight, &mut self.delayed);
        if let Some((key, phase)) = from {
            lane.set(phase).remove(&key);
            *counters.0 -= usize::from(phase == Phase::InFlight);
            *counters.1 -= usize::from(phase == Phase::Delayed);
        }
        if let Some((key, phase)) = to {
            lane.set(phase).insert(key);
            *counters.0 += usize::from(phase == Phase::InFlight);
            *counters.1 += usize::from(phase == Phase::Delayed);
        }
        self.settle(id)
    }

    /// Adds a lane that became free to the turns, and removes one that is no longer free.
    fn settle(&mut self, id: &LaneId) -> bool {
        let Some(lane) = self.by_id.get_mut(id) else {
            return false;
        };
        match (lane.is_free(), lane.turn) {
            (true, None) => {
                lane.turn = Some(self.turn_next);
                self.free.insert(self.turn_next, id.clone());
                self.turn_next += 1;
                true
            }
            (false, Some(turn)) => {
                lane.turn = None;
                self.free.remove(&turn);
                self.forget_if_empty(id);
                false
            }
            _ => {
                self.forget_if_empty(id);
                false
            }
        }
    }

    fn forget_if_empty(&mut self, id: &LaneId) {
        if self.by_id.get(id).is_some_and(Lane::is_empty) {
            self.by_id.remove(id);
        }
    }
}

//! The rules of SQS as an in-memory state machine, with typed calls, answers and effects.
//!
//! Architecture invariant: nothing here has a clock, a thread, a socket, a file or a source of randomness. Each call
//! gets the time as an argument, and ids follow from a seed and a counter, so the same calls always give the same
//! answers. A simulation can drive this module without the server. Time never runs backwards: a call with an earlier
//! `now` uses the latest one.
//!
//! Each call changes memory at once and leaves [`Effects`]: changes to store before the answer is sent, and queues
//! whose pollers must look again. No call scans a backlog, except for purging a queue and changing its delay.

mod administration;
mod answers;
mod attributes;
mod batches;
mod deduplication;
mod journal;
mod lanes;
pub mod limits;
mod message;
mod message_attributes;
mod moves;
mod queue;
mod receipt;
mod receiving;
mod redrive;
mod refusal;
pub mod requests;
mod sending;
mod time;

use std::collections::BTreeMap;

pub use self::{
    answers::*,
    attributes::{Attributes, DeduplicationScope, FifoAttributes, ThroughputLimit},
    journal::{Change, Effects, StoredDeduplication, StoredMessage},
    message::{Content, MessageKey, Phase, Progress},
    message_attributes::{MessageAttribute, MessageAttributes},
    moves::{MoveStatus, MoveTask},
    queue::{Delivery, QueueId, QueueRecord},
    receiving::Receive,
    redrive::{RedriveAllowPolicy, RedrivePolicy},
    refusal::Refusal,
    requests::QueueName,
    time::Timestamp,
};

use self::{journal::Journal, message::Message, queue::Queue};

/// The account that every queue belongs to.
pub const ACCOUNT: &str = "000000000000";

/// All queues of one region.
#[derive(Debug)]
pub struct Core {
    region: String,
    seed: u64,
    now: Timestamp,
    queues: BTreeMap<QueueId, Queue>,
    names: BTreeMap<String, QueueId>,
    move_tasks: BTreeMap<u64, MoveTask>,
    journal: Journal,
}

/// The stored state, sorted by key.
#[derive(Debug, Default)]
pub struct Snapshot {
    /// The largest used number.
    pub sequence: u64,
    pub queues: Vec<QueueRecord>,
    /// All messages, in order.
    pub messages: Vec<StoredMessage>,
    /// All open deduplication windows, in order.
    pub deduplications: Vec<StoredDeduplication>,
    /// All move tasks that are kept.
    pub move_tasks: Vec<MoveTask>,
}

impl Core {
    /// A core without queues. Message ids differ between seeds.
    pub fn new(region: impl Into<String>, seed: u64) -> Self {
        Self::restore(region, seed, Snapshot::default())
    }

    /// Restores the core that wrote these records.
    pub fn restore(region: impl Into<String>, seed: u64, snapshot: Snapshot) -> Self {
        let names = snapshot.queues.iter().map(|record| (record.name.clone(), record.id)).collect();
        let mut queues: BTreeMap<_, _> =
            snapshot.queues.into_iter().map(|record| (record.id, Queue::new(record))).collect();
        for StoredMessage { queue, key, content, progress } in snapshot.messages {
            if let Some(queue) = queues.get_mut(&queue) {
                queue.enter(key, Message { content, progress });
            }
        }
        for entry in snapshot.deduplications {
            if let Some(queue) = queues.get_mut(&entry.queue) {
                queue.window.open(entry);
            }
        }
        Self {
            region: region.into(),
            seed,
            now: Timestamp::default(),
            queues,
            names,
            move_tasks: snapshot.move_tasks.into_iter().map(|task| (task.id, task)).collect(),
            journal: Journal::restore(snapshot.sequence),
        }
    }

    /// The effects since the last call. Take them after each call, and write the changes in the order taken.
    pub fn take_effects(&mut self) -> Effects {
        self.journal.take_effects()
    }

    /// The number of lanes and messages that all calls examined, which measures work independently of time.
    pub fn examined(&self) -> u64 {
        self.journal.examined
    }

    /// Advances the time in every queue, and moves the messages that move tasks may move.
    pub fn advance(&mut self, now: Timestamp) {
        let now = self.tick(now);
        for queue in self.queues.values_mut() {
            queue.advance(now, &mut self.journal);
        }
        self.advance_move_tasks(now);
    }

    /// The time at which [`Core::advance`] next has work.
    pub fn next_deadline(&self) -> Option<Timestamp> {
        let queues = self
            .queues
            .values()
            .flat_map(|queue| [queue.next_deadline(), queue.window.next_end()].into_iter().flatten());
        queues.chain(self.next_move_deadline()).min()
    }

    pub fn queue_id(&self, name: &QueueName) -> Result<QueueId, Refusal> {
        if name.0.is_empty() {
            return Err(Refusal::MissingParameter("QueueUrl"));
        }
        self.names.get(&name.0).copied().ok_or(Refusal::QueueDoesNotExist)
    }

    /// The time at which a move task may move its next message.
    pub fn next_move_deadline(&self) -> Option<Timestamp> {
        let running = self.move_tasks.values().filter(|task| task.status == MoveStatus::Running);
        running.map(MoveTask::next_step).min()
    }

    pub fn has_queue(&self, id: QueueId) -> bool {
        self.queues.contains_key(&id)
    }

    fn tick(&mut self, now: Timestamp) -> Timestamp {
        self.now = self.now.max(now);
        self.now
    }

    /// The queue of a call after advancing its time, and the journal to write to.
    fn open(
        &mut self,
        name: &QueueName,
        now: Timestamp,
    ) -> Result<(&mut Queue, &mut Journal, Timestamp), Refusal> {
        let id = self.queue_id(name)?;
        let now = self.tick(now);
        let queue = self.queues.get_mut(&id).ok_or(Refusal::QueueDoesNotExist)?;
        queue.advance(now, &mut self.journal);
        Ok((queue, &mut self.journal, now))
    }

    fn arn(&self, name: &str) -> String {
        format!("arn:aws:sqs:{}:{ACCOUNT}:{name}", self.region)
    }

    /// The queue of an ARN, if it exists in this region.
    fn queue_of_arn(&self, arn: &str) -> Option<&Queue> {
        let name = arn.rsplit(':').next()?;
        let queue = self.queues.get(self.names.get(name)?)?;
        (self.arn(name) == arn).then_some(queue)
    }
}

/// A version 4 UUID derived from a seed and a number, different for every pair.
fn identifier(seed: u64, number: u64) -> String {
    let high = scramble(seed ^ scramble(number));
    let low = scramble(high ^ number);
    let bits = (u128::from(high) << 64) | u128::from(low);
    uuid::Builder::from_random_bytes(bits.to_be_bytes()).into_uuid().to_string()
}

/// The output function of `SplitMix64`: every bit of the input moves about half of the output's.
const fn scramble(number: u64) -> u64 {
    let mixed = number.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

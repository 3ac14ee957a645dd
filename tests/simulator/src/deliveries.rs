//! [`Deliveries`]: tracks each message, and checks the deletions that processes request.
//!
//! A message may be deleted only after its job is done or the record of its failure is stored, and not before an
//! earlier message of its group. A message of the sweeper must not be deduplicated against an older one with the same
//! id. The sweeper would repair the damage later, so a run would not fail. Therefore the violations are checked where
//! they happen.

use crate::world::Who;
use evens_contracts::{Job, Queue};
use std::collections::{BTreeMap, BTreeSet};

/// The longest time between a deduplicated sweep message and the original, in milliseconds. Sweeps in the same minute
/// share ids, and clocks differ by up to 2 s.
const SWALLOWED_MAX_MS: u64 = 64_000;

/// The messages that processes sent or received in a run.
#[derive(Debug, Default)]
pub(crate) struct Deliveries {
    /// The time of the first accepted send, by message id.
    sent_ms: BTreeMap<String, u64>,
    /// The received batches, in order.
    batches: Vec<Vec<Delivered>>,
    /// The batch and the position of each receipt's message.
    places: BTreeMap<String, (usize, usize)>,
    /// The time at which a process last completed a job.
    done_ms: BTreeMap<(Who, String), u64>,
    /// The messages given up with a record.
    recorded: BTreeSet<String>,
}

/// A received message.
#[derive(Debug)]
pub(crate) struct Delivered {
    pub(crate) message: String,
    pub(crate) group: String,
    /// The job's id, or `None` if the body is not a job.
    pub(crate) job: Option<String>,
    pub(crate) received_ms: u64,
    is_deleted: bool,
}

impl Delivered {
    pub(crate) fn new(message: &str, group: &str, job: Option<&Job>, received_ms: u64) -> Self {
        let (message, group) = (message.to_owned(), group.to_owned());
        Self { message, group, job: job.map(Job::id), received_ms, is_deleted: false }
    }
}

impl Deliveries {
    /// Records a received batch with its receipts.
    pub(crate) fn receive(&mut self, batch: Vec<(String, Delivered)>) {
        let number = self.batches.len();
        let (receipts, delivered): (Vec<_>, Vec<_>) = batch.into_iter().unzip();
        let places = receipts.into_iter().enumerate().map(|(place, receipt)| (receipt, (number, place)));
        self.places.extend(places);
        self.batches.push(delivered);
    }

    /// Records that a process completed a job.
    pub(crate) fn done(&mut self, who: Who, job: String, now_ms: u64) {
        self.done_ms.insert((who, job), now_ms);
    }

    /// Records that a message was given up and its record stored.
    pub(crate) fn recorded(&mut self, message: &str) {
        self.recorded.insert(message.to_owned());
    }

    /// Records the deletion of these receipts by a process. Returns the violations.
    pub(crate) fn delete(&mut self, who: Who, receipts: &[&str]) -> Vec<String> {
        let places: Vec<_> =
            receipts.iter().filter_map(|receipt| self.places.get(*receipt).copied()).collect();
        for (batch, place) in &places {
            self.batches[*batch][*place].is_deleted = true;
        }
        let violations =
            places.into_iter().filter_map(|(batch, place)| self.violation(who, &self.batches[batch], place));
        violations.collect()
    }

    fn violation(&self, who: Who, batch: &[Delivered], place: usize) -> Option<String> {
        let Delivered { message, group, job, received_ms, .. } = &batch[place];
        let done_ms = job.as_ref().and_then(|job| self.done_ms.get(&(who, job.clone())));
        let is_done = done_ms.is_some_and(|done_ms| done_ms >= received_ms);
        let name = job.as_deref().unwrap_or("a malformed message");
        if !is_done && !self.recorded.contains(message) {
            return Some(format!("The message of {name} was deleted without being done or dead-lettered."));
        }
        let before = batch[..place].iter().find(|before| before.group == *group && !before.is_deleted)?;
        let before = before.job.as_deref().unwrap_or("a malformed message");
        Some(format!("The message of {name} was deleted ahead of that of {before} in the group {group}."))
    }

    /// Records an accepted or deduplicated message. The id is the one in the answer, which is the original's for a
    /// duplicate. Returns the time of the original.
    pub(crate) fn sent(&mut self, message: &str, now_ms: u64) -> u64 {
        *self.sent_ms.entry(message.to_owned()).or_insert(now_ms)
    }

    /// The same for a message of a sweep that began at this time. Returns a violation if it must not have been
    /// deduplicated.
    pub(crate) fn swept(&mut self, message: &str, name: &str, began_ms: u64) -> Option<String> {
        let age_ms = began_ms.saturating_sub(self.sent(message, began_ms));
        let sentence = || {
            let age_seconds = age_ms / 1_000;
            format!(
                "The sweeper's message {name} was dropped as a duplicate of a message sent {age_seconds} s earlier."
            )
        };
        (age_ms > SWALLOWED_MAX_MS).then(sentence)
    }
}

/// The job in a message of this queue, if the body is one.
pub(crate) fn job(queue: &str, body: &str) -> Option<Job> {
    let queue = Queue::ALL.into_iter().find(|known| known.name() == queue)?;
    Job::parse(queue, body).ok()
}

#[cfg(test)]
mod tests {
    use super::{Delivered, Deliveries};
    use crate::world::Who;
    use evens_contracts::{ApplyBonusJob, Job};
    use evens_ledger::UserId;

    const WHO: Who = Who::Process(0);

    fn bonus(user: u64) -> Job {
        Job::ApplyBonus(ApplyBonusJob { user_id: UserId::new(user).expect("a user") })
    }

    /// Two messages of one group and one of another, received together.
    fn received() -> Deliveries {
        let mut deliveries = Deliveries::default();
        let delivered = |number: u64, group| {
            let message = Delivered::new(&format!("m{number}"), group, Some(&bonus(number)), 10);
            (format!("r{number}"), message)
        };
        deliveries.receive(vec![delivered(1, "g"), delivered(2, "g"), delivered(3, "other")]);
        deliveries
    }

    #[test]
    fn a_message_is_deleted_when_its_job_is_done_or_recorded() {
        let mut deliveries = received();
        deliveries.done(WHO, bonus(1).id(), 9);
        deliveries.done(Who::Process(1), bonus(1).id(), 11);
        assert_eq!(deliveries.delete(WHO, &["r1", "unknown"]).len(), 1);
        deliveries.done(WHO, bonus(1).id(), 10);
        deliveries.recorded("m3");
        assert!(deliveries.delete(WHO, &["r1", "r3"]).is_empty());
    }

    #[test]
    fn a_message_is_not_deleted_ahead_of_one_before_it_in_its_group() {
        let mut deliveries = received();
        for number in 1..=3 {
            deliveries.done(WHO, bonus(number).id(), 11);
        }
        let violations = deliveries.delete(WHO, &["r2", "r3"]);
        assert!(matches!(&*violations, [one] if one.contains("ahead of")), "{violations:?}");
        assert!(deliveries.delete(WHO, &["r1"]).is_empty());
        assert!(deliveries.delete(WHO, &["r2"]).is_empty());
    }

    #[test]
    fn a_swept_job_is_dropped_as_a_duplicate_within_a_minute_only() {
        let mut deliveries = Deliveries::default();
        deliveries.sent("m", 1_000);
        assert_eq!(deliveries.swept("m", "match:b:1", 500), None);
        assert_eq!(deliveries.swept("m", "match:b:1", 65_000), None);
        assert!(deliveries.swept("m", "match:b:1", 65_001).is_some());
        assert_eq!(deliveries.swept("another", "match:b:2", 65_001), None);
    }
}

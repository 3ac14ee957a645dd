//! [`Outbox`]: pending callbacks with their due times.
//!
//! Invariant: a callback is due again until the receiver accepts it. It stays due during an attempt, so it is not lost
//! if the sender is killed. The receiver may therefore get it twice.

use super::faults::CallbackFault;
use super::names::named;
use super::settings::Retries;
use super::values::{Amount, Currency, Reference};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

named! {
    /// The type of a callback.
    pub enum EventType {
        /// A payment succeeded.
        PaymentSucceeded = "payment.succeeded",
        /// An attempt to pay failed.
        PaymentFailed = "payment.failed",
        /// The payer's bank reversed a payment.
        PaymentDisputed = "payment.disputed",
        /// The money of a refund left.
        RefundProcessed = "refund.processed",
        /// A refund failed, and its money will not leave.
        RefundFailed = "refund.failed",
        /// The money of a payout left.
        PayoutProcessed = "payout.processed",
        /// A payout failed, and its money will not leave.
        PayoutFailed = "payout.failed",
        /// The money of a payout did not leave, or came back.
        PayoutReversed = "payout.reversed",
    }
}

/// An event and its subject: the body of a callback.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    pub r#type: EventType,
    pub data: EventData,
}

/// The subject of an event, in its state at that time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventData {
    /// The id of the payment, refund or payout.
    pub id: String,
    /// The caller's reference. A refund has that of its payment.
    pub reference: Reference,
    /// The full amount in minor units. For a dispute, the reversed amount.
    pub amount: Amount,
    pub currency: Currency,
    /// The status at that time.
    pub status: String,
    /// The time of the event.
    pub at: Timestamp,
}

impl Event {
    /// The event's id, which is the same in every attempt. Each type occurs once per record.
    pub fn id(&self) -> String {
        format!("{}-{}", self.data.id, self.r#type.name().replace('.', "-"))
    }
}

/// An attempt to deliver a callback.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// The callback's number, for [`super::Core::note_delivery`].
    pub callback: CallbackNumber,
    /// The header `webhook-id`.
    pub id: String,
    /// The header `webhook-timestamp`, in seconds since 1970.
    pub seconds: i64,
    /// The body in UTF-8.
    pub body: String,
    /// Set unless the attempt must be signed with another secret than the receiver's.
    pub is_signed_right: bool,
}

/// Numbers callbacks in the order of their events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CallbackNumber(u64);

/// A callback that is not delivered yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingCallback {
    pub event: Event,
    /// The number of attempts so far.
    pub attempts: u32,
    /// The time of the next attempt, unless an earlier one succeeds.
    pub due: Timestamp,
    /// Set if it is sent as soon as another callback was delivered.
    pub is_held_back: bool,
}

/// All callbacks that are not delivered yet.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Outbox {
    last: u64,
    pending: BTreeMap<u64, PendingCallback>,
    due: BTreeSet<(Timestamp, u64)>,
}

/// The age of a callback that is too old for any receiver.
const OLD: SignedDuration = SignedDuration::from_hours(1);

impl Outbox {
    pub(super) fn add(&mut self, event: Event) {
        self.last += 1;
        let due = event.data.at;
        self.due.insert((due, self.last));
        self.pending.insert(self.last, PendingCallback { event, attempts: 0, due, is_held_back: false });
    }

    pub(super) fn pending(&self) -> impl Iterator<Item = &PendingCallback> {
        self.pending.values()
    }

    pub(super) fn next_due(&self) -> Option<Timestamp> {
        self.due.first().map(|(due, _)| *due)
    }

    /// The callback that has been due longest, with its type.
    pub(super) fn first_due(&self, now: Timestamp) -> Option<(CallbackNumber, EventType)> {
        let (_, number) = self.due.first().filter(|(due, _)| *due <= now)?;
        self.pending.get(number).map(|callback| (CallbackNumber(*number), callback.event.r#type))
    }

    /// Postpones a callback to this time. If it is held back, it is sent as soon as another one was delivered.
    pub(super) fn postpone(&mut self, number: CallbackNumber, due: Timestamp, is_held_back: bool) {
        if let Some(callback) = self.pending.get_mut(&number.0) {
            self.due.remove(&(callback.due, number.0));
            callback.due = due;
            callback.is_held_back = is_held_back;
            self.due.insert((due, number.0));
        }
    }

    /// Makes an attempt with its fault. Another one becomes due unless the result is reported.
    pub(super) fn attempt(
        &mut self,
        number: CallbackNumber,
        fault: Option<CallbackFault>,
        retries: &Retries,
        now: Timestamp,
    ) -> Option<Delivery> {
        let callback = self.pending.get_mut(&number.0)?;
        callback.attempts += 1;
        let unheard = retries.answer_within.saturating_add(retries.pause_after(callback.attempts));
        let delivery = delivery(number, callback.event.clone(), fault, now);
        self.postpone(number, later(now, unheard), false);
        Some(delivery)
    }

    /// Records an accepted callback, and releases callbacks that are held back.
    pub(super) fn delivered(&mut self, number: CallbackNumber, now: Timestamp) {
        if !self.remove(number) {
            return;
        }
        let held: Vec<_> = self.pending.iter().filter(|(_, callback)| callback.is_held_back).collect();
        let held: Vec<_> = held.into_iter().map(|(number, _)| CallbackNumber(*number)).collect();
        for number in held {
            self.postpone(number, now, false);
        }
    }

    /// Records a refused callback. It is sent again after a pause that doubles each time.
    pub(super) fn refused(&mut self, number: CallbackNumber, retries: &Retries, now: Timestamp) {
        if let Some(attempts) = self.pending.get(&number.0).map(|callback| callback.attempts) {
            self.postpone(number, later(now, retries.pause_after(attempts)), false);
        }
    }

    /// Removes a callback. Returns whether it existed.
    pub(super) fn remove(&mut self, number: CallbackNumber) -> bool {
        let dropped = self.pending.remove(&number.0);
        dropped.is_some_and(|callback| self.due.remove(&(callback.due, number.0)))
    }
}

fn delivery(
    number: CallbackNumber,
    mut event: Event,
    fault: Option<CallbackFault>,
    now: Timestamp,
) -> Delivery {
    let id = event.id();
    let mut time = now;
    match fault {
        Some(CallbackFault::WrongAmount) => event.data.amount = event.data.amount.other(),
        Some(CallbackFault::WrongCurrency) => event.data.currency = event.data.currency.other(),
        Some(CallbackFault::ForeignReference) => event.data.reference = Reference::foreign(),
        Some(CallbackFault::OldTime) => time = time.saturating_sub(OLD).unwrap_or(Timestamp::MIN),
        _ => {}
    }
    let body = match fault {
        Some(CallbackFault::Garbage) => "{\"type\":".to_owned(),
        _ => serde_json::json!(event).to_string(),
    };
    let is_signed_right = fault != Some(CallbackFault::WrongSignature);
    Delivery { callback: number, id, seconds: time.as_second(), body, is_signed_right }
}

/// The time this much later, or the largest representable time.
pub(super) fn later(time: Timestamp, duration: Duration) -> Timestamp {
    time.saturating_add(duration).unwrap_or(Timestamp::MAX)
}

//! [`Outbox`]: callbacks that are still to be delivered, and when each is due.
//!
//! Keeps: a callback is due again until the receiver takes it. It stays due while an attempt is under way, so it is
//! not lost when whoever sends it is killed; the receiver may get it twice.

use super::faults::CallbackFault;
use super::names::named;
use super::settings::Retries;
use super::values::{Amount, Currency, Reference};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

named! {
    /// What a callback tells.
    pub enum EventType {
        /// The money of a payment came.
        PaymentSucceeded = "payment.succeeded",
        /// An attempt to pay failed.
        PaymentFailed = "payment.failed",
        /// The payer's bank took money back.
        PaymentDisputed = "payment.disputed",
        /// The money of a refund left.
        RefundProcessed = "refund.processed",
        /// The money of a refund will not leave.
        RefundFailed = "refund.failed",
        /// The money of a payout left.
        PayoutProcessed = "payout.processed",
        /// The money of a payout will not leave.
        PayoutFailed = "payout.failed",
        /// The money of a payout did not leave, or came back.
        PayoutReversed = "payout.reversed",
    }
}

/// What happened, and to what. The body of a callback.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// What happened.
    pub r#type: EventType,
    /// To what.
    pub data: EventData,
}

/// What an event happened to, as it was then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventData {
    /// The payment, refund or payout.
    pub id: String,
    /// What the caller calls it; of a refund, what they call its payment.
    pub reference: Reference,
    /// Minor units: all of it; of a dispute, what was taken back.
    pub amount: Amount,
    /// Of which currency.
    pub currency: Currency,
    /// Where it stood then.
    pub status: String,
    /// When that was.
    pub at: Timestamp,
}

impl Event {
    /// Its name, the same in every attempt. Each type happens to each record once.
    pub fn id(&self) -> String {
        format!("{}-{}", self.data.id, self.r#type.name().replace('.', "-"))
    }
}

/// An attempt to deliver a callback: what is to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Which callback it is, for [`super::Core::note_delivery`].
    pub callback: CallbackNumber,
    /// `webhook-id`.
    pub id: String,
    /// `webhook-timestamp`: seconds since 1970.
    pub seconds: i64,
    /// The body, UTF-8.
    pub body: String,
    /// Whether it is signed with the secret that the receiver knows.
    pub is_signed_right: bool,
}

/// Callbacks by the order in which their events happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CallbackNumber(u64);

/// A callback that was not delivered yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingCallback {
    /// What it tells.
    pub event: Event,
    /// How many times it was sent.
    pub attempts: u32,
    /// When it is to be sent next, if no attempt succeeds before.
    pub due: Timestamp,
    /// Whether it goes as soon as another one was delivered.
    pub is_held_back: bool,
}

/// All callbacks that were not delivered yet.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Outbox {
    last: u64,
    pending: BTreeMap<u64, PendingCallback>,
    due: BTreeSet<(Timestamp, u64)>,
}

/// How far back the time of a callback lies that is too old: more than any receiver allows.
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

    /// The callback that has been due for longest, and its type.
    pub(super) fn first_due(&self, now: Timestamp) -> Option<(CallbackNumber, EventType)> {
        let (_, number) = self.due.first().filter(|(due, _)| *due <= now)?;
        self.pending.get(number).map(|callback| (CallbackNumber(*number), callback.event.r#type))
    }

    /// Sends a callback no earlier than that; if it is held back, as soon as another one was delivered.
    pub(super) fn postpone(&mut self, number: CallbackNumber, due: Timestamp, is_held_back: bool) {
        if let Some(callback) = self.pending.get_mut(&number.0) {
            self.due.remove(&(callback.due, number.0));
            callback.due = due;
            callback.is_held_back = is_held_back;
            self.due.insert((due, number.0));
        }
    }

    /// An attempt, with what goes wrong with it. Another one is due if nothing is heard of it.
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

    /// The receiver took it. What was held back goes now.
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

    /// The receiver did not take it: it is sent again after a pause that doubles.
    pub(super) fn refused(&mut self, number: CallbackNumber, retries: &Retries, now: Timestamp) {
        if let Some(attempts) = self.pending.get(&number.0).map(|callback| callback.attempts) {
            self.postpone(number, later(now, retries.pause_after(attempts)), false);
        }
    }

    /// Whether it was there.
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

/// That much later, or the end of time.
pub(super) fn later(time: Timestamp, duration: Duration) -> Timestamp {
    time.saturating_add(duration).unwrap_or(Timestamp::MAX)
}

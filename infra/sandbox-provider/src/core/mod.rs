//! The provider as an in-memory state machine with typed calls and records.
//!
//! Architecture invariant: nothing here has a clock, a thread, a socket, a file or a source of randomness. Each call
//! gets the time and the bits of new ids as arguments, so the same calls always give the same answers. A simulation can
//! drive this module without the server. Time never runs backwards: a call with an earlier `now` uses the latest one.
//!
//! Invariants:
//! - One idempotency key has one effect, as long as keys are kept and no fault forgets them.
//! - Every change of status that moves money adds a [`Movement`], and nothing else does.
//! - Every change of status that callers are notified of adds a callback, which is due until it was delivered.
//!
//! A driver calls [`Core::advance`] at [`Core::next_deadline`], sends the callbacks of [`Core::take_due_callbacks`],
//! and reports the results with [`Core::note_delivery`]. Before each call of the API, it asks
//! [`Core::take_call_fault`].

mod callbacks;
mod faults;
mod ids;
mod keys;
mod money_in;
mod money_out;
mod names;
mod records;
mod refusal;
mod schedule;
mod settings;
mod statement;
mod values;

pub use callbacks::{CallbackNumber, Delivery, Event, EventData, EventType, PendingCallback};
pub use faults::{
    CallFault, CallbackFault, Fault, FaultError, KeyedOperation, Operation, PaymentFault, PendingFault,
};
pub use ids::{IdError, PaymentId, PayoutId, RefundId};
pub use records::{
    MakeRefund, OpenPayment, Payment, PaymentStatus, Payout, PayoutStatus, Refund, RefundStatus, SendPayout,
};
pub use refusal::Refusal;
pub use settings::{Fees, Retries, Settings};
pub use statement::{Movement, MovementKind, Statement};
pub use values::{AccountNumber, Amount, Currency, Fate, IdempotencyKey, Reference, ReturnUrl, ValueError};

use callbacks::{Outbox, later};
use faults::Faults;
use jiff::Timestamp;
use jiff::civil::Date;
use keys::Keys;
use records::Records;
use schedule::Schedule;
use serde::{Deserialize, Serialize};

#[derive(Debug)]
pub struct Core {
    settings: Settings,
    books: Books,
}

/// The complete state of the provider, for storage in a file.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Books {
    now: Timestamp,
    payments: Records<PaymentId, Payment>,
    refunds: Records<RefundId, Refund>,
    payouts: Records<PayoutId, Payout>,
    payment_keys: Keys<OpenPayment, PaymentId>,
    refund_keys: Keys<MakeRefund, RefundId>,
    payout_keys: Keys<SendPayout, PayoutId>,
    schedule: Schedule,
    movements: Vec<Movement>,
    outbox: Outbox,
    faults: Faults,
}

impl Core {
    /// A provider with empty state.
    pub fn new(settings: Settings) -> Self {
        Self::restore(settings, Books::default())
    }

    /// A provider with this state.
    pub fn restore(settings: Settings, books: Books) -> Self {
        Self { settings, books }
    }

    /// The delays and fees.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The complete state.
    pub fn books(&self) -> &Books {
        &self.books
    }

    /// Advances the time: payouts and refunds progress, faults take effect, and old keys are forgotten.
    pub fn advance(&mut self, now: Timestamp) {
        self.tick(now);
    }

    /// The next time at which [`Core::advance`] changes a record or a callback is due.
    pub fn next_deadline(&self) -> Option<Timestamp> {
        [self.books.schedule.next(), self.books.outbox.next_due()].into_iter().flatten().min()
    }

    /// Injects a fault. Has no effect if its number of times is zero.
    pub fn add_fault(&mut self, fault: PendingFault) {
        if fault.times > 0 {
            self.books.faults.add(fault);
        }
    }

    /// The faults that are still to occur.
    pub fn pending_faults(&self) -> &[PendingFault] {
        self.books.faults.pending()
    }

    /// The fault of the current call, if any.
    pub fn take_call_fault(&mut self, operation: Operation) -> Option<CallFault> {
        self.books.faults.take(|fault| match fault {
            Fault::Call(on, fault) if on == operation => Some(fault),
            _ => None,
        })
    }

    /// At most `limit` due callbacks, longest due first. A duplicate counts extra. Each becomes due again unless
    /// [`Core::note_delivery`] reports that it was accepted.
    pub fn take_due_callbacks(&mut self, limit: usize, now: Timestamp) -> Vec<Delivery> {
        let now = self.tick(now);
        let delayed = later(now, self.settings.fault_delay);
        let mut deliveries = Vec::new();
        while deliveries.len() < limit {
            let Some((number, event)) = self.books.outbox.first_due(now) else { break };
            let fault = self.books.faults.take(|fault| match fault {
                Fault::Callback(on, fault) if on.is_none_or(|on| on == event) => Some(fault),
                _ => None,
            });
            match fault {
                Some(CallbackFault::Delay) => self.books.outbox.postpone(number, delayed, false),
                Some(CallbackFault::Reorder) => self.books.outbox.postpone(number, delayed, true),
                Some(CallbackFault::FailBeforeEffect) => {
                    self.books.outbox.remove(number);
                }
                _ => {
                    let attempt = self.books.outbox.attempt(number, fault, &self.settings.callbacks, now);
                    let copies = if fault == Some(CallbackFault::Duplicate) { 2 } else { 1 };
                    deliveries.extend(attempt.into_iter().flat_map(|attempt| vec![attempt; copies]));
                }
            }
        }
        deliveries
    }

    /// Reports whether the receiver accepted a callback with a 2xx answer.
    pub fn note_delivery(&mut self, callback: CallbackNumber, is_taken: bool, now: Timestamp) {
        let now = self.tick(now);
        if is_taken {
            self.books.outbox.delivered(callback, now);
        } else {
            self.books.outbox.refused(callback, &self.settings.callbacks, now);
        }
    }

    /// Callbacks that are not delivered yet, in the order of their events.
    pub fn pending_callbacks(&self) -> impl Iterator<Item = &PendingCallback> {
        self.books.outbox.pending()
    }

    /// The movements on this UTC day so far.
    pub fn statement(&self, day: Date) -> Statement {
        Statement::of_day(day, &self.books.movements, self.books.now)
    }

    /// All movements in order. Settlements appear only in statements.
    pub fn movements(&self) -> &[Movement] {
        &self.books.movements
    }

    /// Advances the time at the start of each call, so that everything due has happened.
    fn tick(&mut self, now: Timestamp) -> Timestamp {
        self.books.now = self.books.now.max(now);
        let now = self.books.now;
        while let Some((at, step)) = self.books.schedule.pop_due(now) {
            self.take_step(step, at);
        }
        let kept = now.saturating_sub(self.settings.keys_kept).unwrap_or(Timestamp::MIN);
        self.books.payment_keys.forget_until(kept);
        self.books.refund_keys.forget_until(kept);
        self.books.payout_keys.forget_until(kept);
        now
    }
}

impl Books {
    fn move_money(&mut self, kind: MovementKind, amount: i64, data: &EventData) {
        let EventData { id, reference, currency, at, .. } = data;
        let (id, reference) = (id.clone(), reference.as_str().to_owned());
        self.movements.push(Movement { at: *at, kind, id, reference, amount, currency: *currency });
    }

    fn tell(&mut self, r#type: EventType, data: EventData) {
        self.outbox.add(Event { r#type, data });
    }
}

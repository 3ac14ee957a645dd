//! The provider as a state machine in memory: typed calls in, records out.
//!
//! Architecture invariant: nothing here has a clock, a thread, a socket, a file or a source of chance. Time and the
//! bits of new ids come with each call, so the same calls always give the same answers: a simulation can drive this
//! module without the server. Time never runs backwards: a call with an earlier `now` is made at the latest.
//!
//! Keeps:
//! - One idempotency key has one effect, for as long as keys are kept and unless a fault forgets them.
//! - Every change of a status that moves money adds a [`Movement`], and nothing else does.
//! - Every change of a status that callers are told about adds a callback, which is due until it was delivered.
//!
//! A driver calls [`Core::advance`] at [`Core::next_deadline`], sends what [`Core::take_due_callbacks`] gives, says
//! with [`Core::note_delivery`] what became of it, and asks [`Core::take_call_fault`] before each call of the API.

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

/// The provider.
#[derive(Debug)]
pub struct Core {
    settings: Settings,
    books: Books,
}

/// All that the provider remembers, to be written to a file and read again.
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
    /// A provider that remembers nothing.
    pub fn new(settings: Settings) -> Self {
        Self::restore(settings, Books::default())
    }

    /// The provider that left these books.
    pub fn restore(settings: Settings, books: Books) -> Self {
        Self { settings, books }
    }

    /// How long things take, and what they cost.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// All that it remembers.
    pub fn books(&self) -> &Books {
        &self.books
    }

    /// Lets time pass: payouts and refunds move on, what faults have planned happens, and old keys are forgotten.
    pub fn advance(&mut self, now: Timestamp) {
        self.tick(now);
    }

    /// When [`Core::advance`] changes a record or a callback is due next.
    pub fn next_deadline(&self) -> Option<Timestamp> {
        [self.books.schedule.next(), self.books.outbox.next_due()].into_iter().flatten().min()
    }

    /// Lets something go wrong from now on, so many times; none of times is none.
    pub fn add_fault(&mut self, fault: PendingFault) {
        if fault.times > 0 {
            self.books.faults.add(fault);
        }
    }

    /// The faults that are still to happen.
    pub fn pending_faults(&self) -> &[PendingFault] {
        self.books.faults.pending()
    }

    /// What goes wrong with the call that comes now.
    pub fn take_call_fault(&mut self, operation: Operation) -> Option<CallFault> {
        self.books.faults.take(|fault| match fault {
            Fault::Call(on, fault) if on == operation => Some(fault),
            _ => None,
        })
    }

    /// The callbacks that are due, those first that have been for longest, but not more than `limit`; a duplicate
    /// comes on top. Each is due again unless [`Core::note_delivery`] says that it was taken.
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

    /// Says whether the receiver took a callback: whether it answered 2xx.
    pub fn note_delivery(&mut self, callback: CallbackNumber, is_taken: bool, now: Timestamp) {
        let now = self.tick(now);
        if is_taken {
            self.books.outbox.delivered(callback, now);
        } else {
            self.books.outbox.refused(callback, &self.settings.callbacks, now);
        }
    }

    /// Callbacks that were not delivered yet, in the order of their events.
    pub fn pending_callbacks(&self) -> impl Iterator<Item = &PendingCallback> {
        self.books.outbox.pending()
    }

    /// What moved on that UTC day, as far as it is over.
    pub fn statement(&self, day: Date) -> Statement {
        Statement::of_day(day, &self.books.movements, self.books.now)
    }

    /// All that ever moved, in order; settlements are in the statements only.
    pub fn movements(&self) -> &[Movement] {
        &self.books.movements
    }

    /// Comes first in each call: what was to happen by now has happened when it goes on.
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

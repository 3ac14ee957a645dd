//! A provider with manual time, and short forms of its calls.

pub(crate) mod server;

use evens_sandbox_provider::core::{
    AccountNumber, Amount, Core, Currency, Delivery, Fault, Fees, IdempotencyKey, MakeRefund, OpenPayment,
    Payment, PaymentId, Payout, PendingFault, Reference, Refund, Refusal, Retries, SendPayout, Settings,
};
use jiff::{SignedDuration, Timestamp};
use std::time::Duration;

/// Round figures: a payout takes 1 s and then 2 s, a return comes after 10 s, and a fault's delay is 5 s.
pub(crate) const SETTINGS: Settings = Settings {
    payout_queued: Duration::from_secs(1),
    payout_processing: Duration::from_secs(2),
    payout_return: Duration::from_secs(10),
    refund_processing: Duration::from_secs(3),
    keys_kept: Duration::from_secs(100),
    fault_delay: Duration::from_secs(5),
    callbacks: Retries {
        answer_within: Duration::from_secs(4),
        pause_first: Duration::from_secs(1),
        pause_max: Duration::from_mins(1),
    },
    fees: Fees { payment_basis_points: 200, payout_units: 7 },
};

const START: &str = "2026-03-01T00:00:00Z";

/// The time this many seconds after the start.
pub(crate) fn second(seconds: i64) -> Timestamp {
    START.parse::<Timestamp>().unwrap() + SignedDuration::from_secs(seconds)
}

pub(crate) fn amount(units: u64) -> Amount {
    Amount::new(units).unwrap()
}

pub(crate) fn key(text: &str) -> IdempotencyKey {
    IdempotencyKey::parse(text).unwrap()
}

pub(crate) fn reference(text: &str) -> Reference {
    Reference::parse(text).unwrap()
}

pub(crate) fn inr() -> Currency {
    Currency::parse("INR").unwrap()
}

pub(crate) fn payment_of(units: u64) -> OpenPayment {
    OpenPayment { amount: amount(units), currency: inr(), reference: reference("order-1"), return_url: None }
}

pub(crate) fn payout_of(units: u64, account: &str) -> SendPayout {
    SendPayout {
        amount: amount(units),
        currency: inr(),
        reference: reference("order-2"),
        account: AccountNumber::parse(account).unwrap(),
    }
}

pub(crate) struct Provider {
    pub(crate) core: Core,
    pub(crate) now: Timestamp,
    ids: u128,
}

impl Provider {
    pub(crate) fn new() -> Self {
        Self { core: Core::new(SETTINGS), now: second(0), ids: 0 }
    }

    pub(crate) fn at(&mut self, seconds: i64) -> &mut Self {
        self.now = second(seconds);
        self.core.advance(self.now);
        self
    }

    pub(crate) fn open(&mut self, name: &str, request: &OpenPayment) -> Result<Payment, Refusal> {
        self.ids += 1;
        self.core.open_payment(key(name), request.clone(), self.ids, self.now)
    }

    /// Creates a successful payment of 1000.
    pub(crate) fn paid(&mut self) -> PaymentId {
        let id = self.open(&format!("paid-{}", self.ids), &payment_of(1000)).unwrap().id;
        self.core.pay(id, self.now).unwrap();
        id
    }

    pub(crate) fn refund(&mut self, name: &str, payment: PaymentId, units: u64) -> Result<Refund, Refusal> {
        self.ids += 1;
        let request = MakeRefund { payment, amount: amount(units) };
        self.core.make_refund(key(name), request, self.ids, self.now)
    }

    pub(crate) fn payout(&mut self, name: &str, request: &SendPayout) -> Result<Payout, Refusal> {
        self.ids += 1;
        self.core.send_payout(key(name), request.clone(), self.ids, self.now)
    }

    pub(crate) fn fault(&mut self, on: &str, fault: &str, times: u32) {
        self.core.add_fault(PendingFault { fault: Fault::parse(on, fault).unwrap(), times });
    }

    /// The callbacks sent now, in order.
    pub(crate) fn sent(&mut self) -> Vec<Delivery> {
        self.core.take_due_callbacks(100, self.now)
    }

    /// The types of the callbacks sent now, all of them accepted by the receiver.
    pub(crate) fn taken(&mut self) -> Vec<String> {
        let sent = self.sent();
        for delivery in &sent {
            self.core.note_delivery(delivery.callback, true, self.now);
        }
        sent.iter().map(|delivery| body(delivery)["type"].as_str().unwrap().to_owned()).collect()
    }

    /// The kinds and amounts of all movements.
    pub(crate) fn moved(&self) -> Vec<(&'static str, i64)> {
        self.core.movements().iter().map(|movement| (movement.kind.name(), movement.amount)).collect()
    }
}

pub(crate) fn body(delivery: &Delivery) -> serde_json::Value {
    serde_json::from_str(&delivery.body).unwrap()
}

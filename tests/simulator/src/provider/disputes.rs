//! Payers who dispute a payment: the bank informs the provider, and the provider informs the platform. A dispute has
//! the id of its payment.

use super::adapter::{Simulated, money};
use super::{NAME, Provider};
use crate::dice::Dice;
use crate::hazard::Hazard;
use crate::made_up::MadeUp;
use crate::mutation::Mutation;
use crate::world::{State, World};
use evens_ledger::Digest;
use evens_payments::{CallError, Dispute, DisputeReport, DisputeState, ReportSource};
use evens_providers::PaymentProvider as _;
use evens_sandbox_provider::core::{
    Delivery, Event, EventType, Fault, Operation, Payment, PaymentFault, PaymentId, PaymentStatus, Reference,
};
use std::collections::BTreeMap;

/// Disputes beyond the provider's core, which records only lost ones.
#[derive(Debug, Default)]
pub(crate) struct Disputes {
    /// Disputes that are not lost, with their states.
    opened: BTreeMap<PaymentId, DisputeState>,
    /// The body hashes of accepted callbacks about lost disputes.
    taken: BTreeMap<PaymentId, Vec<Digest>>,
}

impl Provider {
    /// The state of the dispute over a payment, if there is one.
    pub(super) fn dispute_over(&self, payment: &Payment) -> Option<DisputeState> {
        match payment.status {
            PaymentStatus::Disputed => Some(DisputeState::Lost),
            PaymentStatus::Succeeded => self.disputes.opened.get(&payment.id).copied(),
            PaymentStatus::Open | PaymentStatus::Failed => None,
        }
    }

    /// The body hashes of accepted callbacks about a dispute.
    pub(super) fn taken_of(&self, payment: PaymentId) -> &[Digest] {
        self.disputes.taken.get(&payment).map_or(&[], Vec::as_slice)
    }

    /// Records an accepted callback if it reports a dispute with the right payment.
    pub(super) fn note_taken(&mut self, delivery: &Delivery) {
        let Ok(Event { r#type: EventType::PaymentDisputed, data }) = serde_json::from_str(&delivery.body)
        else {
            return;
        };
        let id = data.id.parse().ok();
        let payment = id.and_then(|id: PaymentId| self.core.payment(id));
        if let Some(payment) = payment.filter(|payment| payment.reference == data.reference) {
            let digest = Digest::of(delivery.body.as_bytes());
            self.disputes.taken.entry(payment.id).or_default().push(digest);
        }
    }
}

impl State {
    /// Makes the next payment one that its payer may dispute.
    pub(super) fn provoke_dispute(&mut self) {
        self.provoke(Hazard::PaymentDisputed, |_| Some(Fault::Payment(PaymentFault::Dispute)));
    }
}

impl World {
    /// After some time, the payer may dispute the payment with their bank. The bank informs the provider, and the
    /// provider informs the platform. The bank then rejects the dispute, leaves it open, or takes the money.
    pub(super) fn may_open_dispute(&self, payment: PaymentId) {
        let dice = {
            let mut state = self.lock();
            if !state.strike(Hazard::DisputeOpened) {
                return;
            }
            state.provider.dice.fork()
        };
        tokio::spawn(open_dispute(self.clone(), payment, dice));
    }

    /// Sends the provider's report of a dispute directly, past all hazards.
    pub(super) fn tell_of_dispute(&self, payment: &Payment, state: DisputeState, copies: u64) {
        let report = || {
            Some(DisputeReport {
                provider: NAME.parse().ok()?,
                id: payment.id.to_string().parse().ok()?,
                reference: Some(payment.reference.as_str().parse().ok()?),
                state,
                source: ReportSource::Asked,
            })
        };
        let Some(report) = report() else { return };
        let name = format!("dispute:{}:{state}:{}", payment.id, self.elapsed_ms());
        let mut dice = self.lock().provider.dice.fork();
        MadeUp::dispute(report, &name).send(self, &mut dice, &name, copies);
    }
}

async fn open_dispute(world: World, id: PaymentId, mut dice: Dice) {
    let pause = dice.milliseconds(0..=60_000);
    world.sleep(pause).await;
    let copies = dice.number(0..=3);
    set(&world, id, DisputeState::Opened, copies);
    if dice.chance(6_000) {
        let pause = dice.milliseconds(0..=120_000);
        world.sleep(pause).await;
        let copies = dice.number(0..=3);
        set(&world, id, DisputeState::Won, copies);
    }
}

/// Sets the state of the dispute if the payment's money is still there.
fn set(world: &World, id: PaymentId, stands: DisputeState, copies: u64) {
    let payment = {
        let mut state = world.lock();
        let provider = &mut state.provider;
        let payment = provider.core.payment(id).cloned();
        let Some(payment) = payment.filter(|payment| payment.amount_left() > 0) else { return };
        provider.disputes.opened.insert(id, stands);
        payment
    };
    world.tell_of_dispute(&payment, stands, copies);
}

impl Simulated {
    pub(super) async fn dispute(&self, report: DisputeReport) -> Result<Option<Dispute>, CallError> {
        let Some(reference) = report.reference else { return Ok(None) };
        let of = Reference::parse(&reference.to_string()).map_err(|_| CallError::Unknown)?;
        let provider = self.name().clone();
        let asked = self.call(Operation::FindPayments, move |state, now| {
            state.provider.core.advance(now);
            let mut payments = state.provider.core.payments_of(&of);
            let Some(found) = payments.find(|payment| payment.id.to_string() == report.id.as_str()) else {
                return Ok(None);
            };
            let Some(state) = state.provider.dispute_over(found) else { return Ok(None) };
            let payment = found.id.to_string().parse().map_err(|_| CallError::Unknown)?;
            let money = money(found).ok_or(CallError::Unknown)?;
            Ok(Some(Dispute { provider, id: report.id, reference, payment, money, state }))
        });
        match asked.await {
            Err(_) if self.world.lock().has(Mutation::DisputeNotAsked) => Ok(None),
            asked => asked,
        }
    }
}

//! Payers who want their money back: what their banks say to the provider, and what the provider says of it. A dispute
//! has the id of its payment.

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

/// What is known of disputes beside the provider's core, which has only those that are lost.
#[derive(Debug, Default)]
pub(crate) struct Disputes {
    /// Those that were opened and are not lost, and how they stand.
    opened: BTreeMap<PaymentId, DisputeState>,
    /// What was told of those that are lost, by callbacks that we took: the hashes of their bodies.
    taken: BTreeMap<PaymentId, Vec<Digest>>,
}

impl Provider {
    /// How the dispute over a payment stands, where there is one.
    pub(super) fn dispute_over(&self, payment: &Payment) -> Option<DisputeState> {
        match payment.status {
            PaymentStatus::Disputed => Some(DisputeState::Lost),
            PaymentStatus::Succeeded => self.disputes.opened.get(&payment.id).copied(),
            PaymentStatus::Open | PaymentStatus::Failed => None,
        }
    }

    /// What we took of callbacks that told of a dispute, by the hashes of their bodies.
    pub(super) fn taken_of(&self, payment: PaymentId) -> &[Digest] {
        self.disputes.taken.get(&payment).map_or(&[], Vec::as_slice)
    }

    /// Notes that we took a callback, where it tells of a dispute and says rightly which payment it is about.
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
    /// Somebody is about to pay who may get the money back from their bank.
    pub(super) fn provoke_dispute(&mut self) {
        self.provoke(Hazard::PaymentDisputed, |_| Some(Fault::Payment(PaymentFault::Dispute)));
    }
}

impl World {
    /// Somebody who has paid may ask their bank for the money back, some time later: the bank asks the provider, who
    /// tells us. Then it says no, or nothing, or it takes the money.
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

    /// Sends what the provider tells of a dispute past everything that can go wrong.
    pub(super) fn tell_of_dispute(&self, payment: &Payment, state: DisputeState, copies: u64) {
        let told = || {
            Some(DisputeReport {
                provider: NAME.parse().ok()?,
                id: payment.id.to_string().parse().ok()?,
                reference: Some(payment.reference.as_str().parse().ok()?),
                state,
                source: ReportSource::Asked,
            })
        };
        let Some(told) = told() else { return };
        let name = format!("dispute:{}:{state}:{}", payment.id, self.elapsed_ms());
        let mut dice = self.lock().provider.dice.fork();
        MadeUp::dispute(told, &name).send(self, &mut dice, &name, copies);
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

/// Where the money is still there, the dispute over it stands so from now on.
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
    pub(super) async fn dispute(&self, told: DisputeReport) -> Result<Option<Dispute>, CallError> {
        let Some(reference) = told.reference else { return Ok(None) };
        let of = Reference::parse(&reference.to_string()).map_err(|_| CallError::Unknown)?;
        let provider = self.name().clone();
        let asked = self.call(Operation::FindPayments, move |state, now| {
            state.provider.core.advance(now);
            let mut payments = state.provider.core.payments_of(&of);
            let Some(found) = payments.find(|payment| payment.id.to_string() == told.id.as_str()) else {
                return Ok(None);
            };
            let Some(state) = state.provider.dispute_over(found) else { return Ok(None) };
            let payment = found.id.to_string().parse().map_err(|_| CallError::Unknown)?;
            let money = money(found).ok_or(CallError::Unknown)?;
            Ok(Some(Dispute { provider, id: told.id, reference, payment, money, state }))
        });
        match asked.await {
            Err(_) if self.world.lock().has(Mutation::DisputeNotAsked) => Ok(None),
            asked => asked,
        }
    }
}

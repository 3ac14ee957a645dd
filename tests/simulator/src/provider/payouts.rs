//! Payouts as processes request them: sent with a key that the provider may forget, and found by their reference.

use super::adapter::Simulated;
use crate::hazard::Hazard;
use crate::mutation::Mutation;
use crate::violation::Violation;
use crate::world::State;
use evens_ledger::ProviderName;
use evens_payments::{
    CallError, Currency, Money, OrderId, PayoutReport, PayoutState, PayoutTiming, ReportSource,
};
use evens_providers::{KeyedCall, PaymentProvider as _, PayoutRequest, Sending, idempotency_key};
use evens_sandbox_provider::core::{
    Amount, Currency as SandboxCurrency, Fate, Fault, IdempotencyKey, KeyedOperation, Operation, Payout,
    PayoutStatus, Reference, Refusal, SendPayout, ValueError,
};
use evens_sealing::SealingKeys;
use evens_simulated_table::item::text;
use jiff::{SignedDuration, Timestamp};

/// The largest clock error of a process.
const SKEW_MAX: SignedDuration = SignedDuration::from_secs(2);

/// The test key that seals payees.
pub(crate) fn payee_keys() -> SealingKeys {
    SealingKeys::from_bytes("simulator", [7; 32])
}

impl Simulated {
    pub(super) async fn pay_out(&self, request: PayoutRequest<'_>) -> Result<PayoutReport, CallError> {
        let (id, name) = (request.terms.id, self.name().clone());
        self.check_sleeper(id);
        let (key, asked) = asked(&request).map_err(|_| CallError::Unknown)?;
        let is_repeat = request.sending == Sending::Repeat;
        let sent = self.call(Operation::SendPayout, move |state, now| {
            let is_new_key = is_repeat && state.has(Mutation::NewKeyOnRepeat);
            let key = if is_new_key { other_key(state)? } else { key };
            Ok(state.send_payout(key, asked, now))
        });
        let sent = sent.await?.map_err(|refusal| {
            let sentence = format!("The provider refused the payout of {id}: {refusal}.");
            self.world.violated(Violation::new("provider", sentence));
            CallError::Unknown
        })?;
        report(&sent, id, &name).ok_or(CallError::Unknown)
    }

    /// Checks that a process does not send after a long pause between its claim and its call.
    fn check_sleeper(&self, id: OrderId) {
        let PayoutTiming { lease, send_within, .. } = PayoutTiming::default();
        let lease_until: Option<Timestamp> = {
            let state = self.world.lock();
            let order = state.table.get(&(format!("ORDER#{id}"), "ORDER".to_owned()));
            order.and_then(|order| text(order, "lease_until").parse().ok())
        };
        let age = lease_until.map(|until| self.world.now().duration_since(until - lease));
        if let Some(age) = age.filter(|age| *age > send_within + SKEW_MAX) {
            let sentence = format!("The payout of {id} is sent {} s after its claim.", age.as_secs());
            self.world.violated(Violation::new("provider", sentence));
        }
    }

    pub(super) async fn payouts(&self, reference: OrderId) -> Result<Vec<PayoutReport>, CallError> {
        let name = self.name().clone();
        let of = Reference::parse(&reference.to_string()).map_err(|_| CallError::Unknown)?;
        let reports = self.call(Operation::FindPayouts, move |state, now| {
            state.provider.core.advance(now);
            let found: Vec<Payout> = state.provider.core.payouts_of(&of).cloned().collect();
            let is_absent = found.is_empty() && state.has(Mutation::PayoutAbsenceAsFailure);
            let reports = found.iter().map(|payout| report(payout, reference, &name));
            let failed = is_absent.then(|| failed(state, reference, &name)).into_iter();
            reports.chain(failed).collect::<Option<Vec<_>>>().ok_or(CallError::Unknown)
        });
        reports.await
    }
}

impl State {
    /// Handles a payout request at the provider.
    fn send_payout(
        &mut self,
        key: IdempotencyKey,
        request: SendPayout,
        now: Timestamp,
    ) -> Result<Payout, Refusal> {
        if self.strike(Hazard::PayoutKeyForgotten) {
            self.provider.forget_key(KeyedOperation::SendPayout);
        }
        if request.account.fate() == Fate::Failed {
            self.provoke(Hazard::PayoutRevived, |_| Some(Fault::ProcessAfterFailure));
        } else {
            self.provoke(Hazard::PayoutReturned, |_| Some(Fault::ReverseAfterProcessed));
        }
        let (bits, provider) = (self.provider.bits(), &mut self.provider);
        let (reference, to_forget) = (request.reference.as_str().to_owned(), provider.keys_to_forget());
        let sent = provider.core.send_payout(key, request, bits, now);
        if provider.keys_to_forget() < to_forget {
            provider.forgotten.insert(reference);
        }
        provider.stirred.notify_one();
        sent
    }
}

impl super::Provider {
    /// The number of payout keys that will still be forgotten.
    fn keys_to_forget(&self) -> u32 {
        let fault = Fault::ForgetKey(KeyedOperation::SendPayout);
        self.core.pending_faults().iter().filter(|pending| pending.fault == fault).map(|one| one.times).sum()
    }
}

/// The request for a withdrawal and its key, which are the same on every retry.
fn asked(request: &PayoutRequest<'_>) -> Result<(IdempotencyKey, SendPayout), ValueError> {
    let PayoutRequest { terms, attempt, account, .. } = *request;
    let units = u64::try_from(terms.money.minor_units()).map_err(|_| ValueError::Amount)?;
    let asked = SendPayout {
        amount: Amount::new(units)?,
        currency: SandboxCurrency::parse(terms.money.currency().code())?,
        reference: Reference::parse(&terms.id.to_string())?,
        account: evens_sandbox_provider::core::AccountNumber::parse(account.expose())?,
    };
    Ok((IdempotencyKey::parse(&idempotency_key(KeyedCall::SendPayout, terms.id, attempt))?, asked))
}

/// The key that a defect uses for a retry.
fn other_key(state: &mut State) -> Result<IdempotencyKey, CallError> {
    IdempotencyKey::parse(&state.provider.bits().to_string()).map_err(|_| CallError::Unknown)
}

/// The provider's report about a payout.
fn report(payout: &Payout, reference: OrderId, name: &ProviderName) -> Option<PayoutReport> {
    let state = match payout.status {
        PayoutStatus::Queued | PayoutStatus::Processing => PayoutState::Processing,
        PayoutStatus::Processed => PayoutState::Paid,
        PayoutStatus::Failed => PayoutState::Failed,
        PayoutStatus::Reversed => PayoutState::Returned,
    };
    Some(PayoutReport {
        provider: name.clone(),
        id: payout.id.to_string().parse().ok()?,
        reference,
        money: money(payout)?,
        state,
        at: Some(payout.changed_at),
        source: ReportSource::Asked,
    })
}

/// The money of a payout in the platform's type.
pub(super) fn money(payout: &Payout) -> Option<Money> {
    let currency = Currency::from_code(&payout.currency.to_string())?;
    Money::from_minor_units(payout.amount.units(), currency).ok()
}

/// The failed payout of the order's amount that a defect reports in place of a missing one.
fn failed(state: &State, reference: OrderId, name: &ProviderName) -> Option<PayoutReport> {
    let order = state.table.get(&(format!("ORDER#{reference}"), "ORDER".to_owned()))?;
    let amount = crate::answers::number(order, "amount").to_string().parse().ok()?;
    Some(PayoutReport {
        provider: name.clone(),
        id: "po_of-nobody".parse().ok()?,
        reference,
        money: Money::parse(amount, Currency::INR).ok()?,
        state: PayoutState::Failed,
        at: None,
        source: ReportSource::Asked,
    })
}

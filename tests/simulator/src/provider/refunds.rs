//! Refunds as processes request them, with a key that the provider may forget.

use super::adapter::Simulated;
use crate::hazard::Hazard;
use crate::violation::Violation;
use evens_payments::{CallError, PayoutState, RefundReport, ReportSource};
use evens_providers::{KeyedCall, PaymentProvider as _, RefundRequest, idempotency_key};
use evens_sandbox_provider::core::{
    Amount, IdempotencyKey, KeyedOperation, MakeRefund, Operation, RefundStatus, Refusal,
};

impl Simulated {
    pub(super) async fn give_back(&self, request: RefundRequest<'_>) -> Result<RefundReport, CallError> {
        let (reference, money) = (request.reference, request.money);
        let (key, asked) = asked(&request).ok_or(CallError::Unknown)?;
        let made = self.call(Operation::MakeRefund, move |state, now| {
            if state.strike(Hazard::RefundKeyForgotten) {
                state.provider.forget_key(KeyedOperation::MakeRefund);
            }
            let (bits, provider) = (state.provider.bits(), &mut state.provider);
            let made = provider.core.make_refund(key, asked, bits, now);
            provider.stirred.notify_one();
            Ok(made)
        });
        let refund = made.await?.map_err(|refusal| {
            // Other refusals mean a dispute or a forgotten key: a refunded payment is not refunded again.
            if matches!(refusal, Refusal::UnknownPayment | Refusal::KeyUsedForAnotherRequest) {
                let sentence = format!("The provider refused a refund for {reference}: {refusal}.");
                self.world.violated(Violation::new("provider", sentence));
            }
            CallError::Refused { code: refusal.to_string() }
        })?;
        let state = match refund.status {
            RefundStatus::Processing => PayoutState::Processing,
            RefundStatus::Processed => PayoutState::Paid,
            RefundStatus::Failed => PayoutState::Failed,
        };
        let id = refund.id.to_string().parse().map_err(|_| CallError::Unknown)?;
        let (provider, source) = (self.name().clone(), ReportSource::Asked);
        Ok(RefundReport { provider, id, reference, money, state, source })
    }
}

/// The request for a refund and its key, which are the same on every retry.
fn asked(request: &RefundRequest<'_>) -> Option<(IdempotencyKey, MakeRefund)> {
    let RefundRequest { reference, payment, money, attempt, .. } = *request;
    let units = u64::try_from(money.minor_units()).ok()?;
    let asked = MakeRefund { payment: payment.as_str().parse().ok()?, amount: Amount::new(units).ok()? };
    let key = idempotency_key(KeyedCall::Refund(payment), reference, attempt);
    Some((IdempotencyKey::parse(&key).ok()?, asked))
}

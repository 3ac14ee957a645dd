//! The provider's port as handlers call it, over a network that loses and delays calls and answers.
//!
//! The product's own adapter verifies and parses callbacks. Statements are not simulated, because nothing in a run
//! requests them.

use super::call::Call;
use super::{NAME, PAY_PAGE, SECRET};
use crate::hazard::Hazard;
use crate::mutation::Mutation;
use crate::seam::leave;
use crate::violation::Violation;
use crate::world::{State, Who, World};
use anyhow::Context as _;
use async_trait::async_trait;
use axum::Router;
use evens_ledger::ProviderName;
use evens_payments::{
    CallError, Currency, DepositRules, Dispute, DisputeReport, Money, OrderId, OrderTerms, PaymentReport,
    PaymentState, PayoutReport, RefundReport, ReportSource, StatementLine, WithdrawalRules,
};
use evens_providers::{
    Checkout, EventFault, KeyedCall, PaymentProvider, PaymentRequest, PaymentSettings, Payments,
    PayoutRequest, PendingPayment, Providers, RefundRequest, Sandbox, SandboxSettings, SignatureFault,
    StatementFault, StatementSource, Verified, idempotency_key,
};
use evens_runtime::{Clock, Context};
use evens_sandbox_provider::core::{
    Amount, IdempotencyKey, KeyedOperation, OpenPayment, Operation, Payment, PaymentStatus, Reference,
    ValueError,
};
use evens_sandbox_provider::{Signer, core};
use jiff::Timestamp;
use jiff::civil::Date;
use std::collections::BTreeMap;
use std::future::pending;
use std::io::Write;
use std::sync::Arc;
use tokio::sync::oneshot;

/// The configuration shared by processes and the provider.
#[derive(Clone)]
pub(crate) struct ProviderSetup {
    format: Arc<Sandbox>,
    pub(super) signer: Signer,
    deposits: DepositRules,
    withdrawals: WithdrawalRules,
}

impl ProviderSetup {
    /// A provider for deposits and withdrawals with these rules.
    pub(crate) fn new(deposits: DepositRules, withdrawals: WithdrawalRules) -> anyhow::Result<Self> {
        // No request goes to this address: the product's adapter only parses callbacks here.
        let signer = SECRET.parse().context("no secret to sign with")?;
        let settings = SandboxSettings {
            name: "sandbox".parse().context("no name")?,
            endpoint: "http://127.0.0.1:1".parse().context("no address")?,
            key: "a-key-that-is-nobodys".parse().context("no key")?,
            secrets: SECRET.parse().context("no secret to check with")?,
        };
        Ok(Self { format: Arc::new(Sandbox::new(settings)?), signer, deposits, withdrawals })
    }

    /// The first-deposit bonus.
    pub(crate) fn first_bonus(&self) -> evens_ledger::Amount {
        self.deposits.first_bonus
    }

    /// The routes for cashiers' decisions on orders.
    pub(crate) fn cashier_routes(&self) -> Router<Context> {
        let currency = PaymentSettings::default().currency;
        evens_operate_payments::router(self.withdrawals.holds, self.deposits.clone(), currency)
    }

    /// The payments of one life of a process, which remembers nothing of earlier lives.
    pub(crate) fn payments(&self, world: &World, who: Who, clock: &Clock) -> Payments {
        let provider = Simulated { world: world.clone(), who, format: Arc::clone(&self.format) };
        let providers = Providers::new(Arc::new(provider), [], clock);
        let (deposits, withdrawals) = (self.deposits.clone(), self.withdrawals.clone());
        let settings = PaymentSettings { deposits, withdrawals, ..PaymentSettings::default() };
        Payments::with_providers(settings, providers.ok())
    }
}

/// The provider, as one process reaches it.
#[derive(Debug)]
pub(super) struct Simulated {
    pub(super) world: World,
    who: Who,
    format: Arc<Sandbox>,
}

impl Simulated {
    /// Sends a call. It is a task of the world, so it may arrive after its caller has ended or given up.
    pub(super) async fn call<T: Send + 'static>(
        &self,
        operation: Operation,
        effect: impl FnOnce(&mut State, Timestamp) -> Result<T, CallError> + Send + 'static,
    ) -> Result<T, CallError> {
        leave(&self.world, self.who, operation.name()).await;
        let (answer, answered) = oneshot::channel();
        let world = self.world.clone();
        let call = Call { world: world.clone(), who: self.who, operation };
        world.lock().provider.under_way += 1;
        tokio::spawn(async move {
            let served = call.serve(effect).await;
            world.lock().provider.under_way -= 1;
            if let Some(result) = served {
                // Sending fails if the caller has given up.
                let _ = answer.send(result);
            }
        });
        let result = answered.await;
        self.world.go_on(self.who).await;
        match result {
            Ok(result) => result,
            // The caller's own timeout ends this.
            Err(_) => pending().await,
        }
    }
}

/// The request for an order and its key, which are the same on every retry.
fn asked(terms: &OrderTerms) -> Result<(IdempotencyKey, OpenPayment), ValueError> {
    let units = u64::try_from(terms.money.minor_units()).map_err(|_| ValueError::Amount)?;
    let request = OpenPayment {
        amount: Amount::new(units)?,
        currency: core::Currency::parse(terms.money.currency().code())?,
        reference: Reference::parse(&terms.id.to_string())?,
        return_url: None,
    };
    Ok((IdempotencyKey::parse(&idempotency_key(KeyedCall::OpenPayment, terms.id, 1))?, request))
}

/// The provider's report about a payment.
fn report(payment: &Payment, reference: OrderId, name: &ProviderName) -> Option<PaymentReport> {
    let state = match payment.status {
        PaymentStatus::Open => PaymentState::Open,
        PaymentStatus::Succeeded => PaymentState::Paid,
        PaymentStatus::Failed | PaymentStatus::Disputed => PaymentState::Failed,
    };
    Some(PaymentReport {
        provider: name.clone(),
        id: payment.id.to_string().parse().ok()?,
        reference,
        money: money(payment)?,
        state,
        at: Some(payment.changed_at),
        source: ReportSource::Asked,
    })
}

/// The money of a payment in the platform's type.
pub(super) fn money(payment: &Payment) -> Option<Money> {
    let currency = Currency::from_code(&payment.currency.to_string())?;
    Money::from_minor_units(payment.amount.units(), currency).ok()
}

/// The failed payment that a defect reports in place of a missing one.
fn failed(reference: OrderId, name: &ProviderName) -> Option<PaymentReport> {
    let (provider, id) = (name.clone(), "pay_of-nobody".parse().ok()?);
    let money = Money::from_minor_units(1, Currency::INR).ok()?;
    let (state, source) = (PaymentState::Failed, ReportSource::Asked);
    Some(PaymentReport { provider, id, reference, money, state, at: None, source })
}

#[async_trait]
impl PaymentProvider for Simulated {
    fn name(&self) -> &ProviderName {
        self.format.name()
    }

    async fn open_payment(&self, request: PaymentRequest<'_>) -> Result<PendingPayment, CallError> {
        let id = request.terms.id;
        let (key, request) = asked(request.terms).map_err(|_| CallError::Unknown)?;
        let payment = self.call(Operation::OpenPayment, move |state, now| {
            let bits = state.provider.bits();
            if state.strike(Hazard::KeyForgotten) {
                state.provider.forget_key(KeyedOperation::OpenPayment);
            }
            Ok(state.provider.core.open_payment(key, request, bits, now))
        });
        let payment = payment.await?.map_err(|refusal| {
            let sentence = format!("The provider refused to open the payment of {id}: {refusal}.");
            self.world.violated(Violation::new("provider", sentence));
            CallError::Unknown
        })?;
        let id = payment.id.to_string().parse().map_err(|_| CallError::Unknown)?;
        let checkout = Checkout::new(&format!("{PAY_PAGE}{}", payment.id), BTreeMap::new());
        Ok(PendingPayment { id, checkout: checkout.map_err(|_| CallError::Unknown)? })
    }

    async fn find_payments(&self, reference: OrderId) -> Result<Vec<PaymentReport>, CallError> {
        let name = self.name().clone();
        let of = Reference::parse(&reference.to_string()).map_err(|_| CallError::Unknown)?;
        let reports = self.call(Operation::FindPayments, move |state, _| {
            let found: Vec<Payment> = state.provider.core.payments_of(&of).cloned().collect();
            let is_absent = found.is_empty() && state.has(Mutation::AbsenceAsFailure);
            let reports = found.iter().map(|payment| report(payment, reference, &name));
            let failed = is_absent.then(|| failed(reference, &name)).into_iter();
            reports.chain(failed).collect::<Option<Vec<_>>>().ok_or(CallError::Unknown)
        });
        reports.await
    }

    async fn find_dispute(&self, report: &DisputeReport) -> Result<Option<Dispute>, CallError> {
        self.dispute(report.clone()).await
    }

    async fn refund(&self, request: RefundRequest<'_>) -> Result<RefundReport, CallError> {
        self.give_back(request).await
    }

    async fn send_payout(&self, request: PayoutRequest<'_>) -> Result<PayoutReport, CallError> {
        self.pay_out(request).await
    }

    async fn find_payouts(&self, reference: OrderId) -> Result<Vec<PayoutReport>, CallError> {
        self.payouts(reference).await
    }

    fn verify<'a>(
        &self,
        headers: &axum::http::HeaderMap,
        body: &'a [u8],
        now: Timestamp,
    ) -> Result<Verified<'a>, SignatureFault> {
        self.format.verify(headers, body, now)
    }

    fn read(&self, callback: Verified<'_>) -> Result<Vec<evens_payments::ProviderEvent>, EventFault> {
        self.format.read(callback)
    }

    async fn fetch_statement(&self, _: Date, _: &mut (dyn Write + Send)) -> Result<(), CallError> {
        Err(CallError::Refused { code: "not-simulated".to_owned() })
    }

    fn read_statement(
        &self,
        source: &mut dyn StatementSource,
        each: &mut dyn FnMut(StatementLine),
    ) -> Result<(), StatementFault> {
        self.format.read_statement(source, each)
    }
}

/// The path of the provider's callbacks.
pub(super) fn callback_path() -> String {
    format!("/api/payments/callback/{NAME}")
}

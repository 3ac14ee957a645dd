//! [`GuardedProvider`]: a provider behind a circuit breaker, a time limit and a rate limit.

use crate::pace::{Pace, TooMany, Turn};
use crate::{
    CallFuture, EventFault, PayeeAccount, PaymentProvider, PaymentRequest, PayoutRequest, PendingPayment,
    RefundRequest, Sending, SignatureFault, StatementFault, StatementSource, Verified,
};
use async_trait::async_trait;
use evens_breaker::{CALL_TIMEOUT, Outcome, SharedBreaker, State, TRIAL_LIMIT, Ticket};
use evens_ledger::ProviderName;
use evens_payments::{
    CallError, Dispute, DisputeReport, Money, OrderId, PaymentReport, PayoutLimit, PayoutReport,
    ProviderEvent, ProviderId, RefundReport, StatementCalendar, StatementLine,
};
use evens_runtime::Clock;
use hyper::HeaderMap;
use jiff::Timestamp;
use jiff::civil::Date;
use std::io::Write;
use std::num::NonZeroU32;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::timeout;

/// Time limit for fetching a statement. A busy day takes some hundred answers. Only the reconciliation waits for it,
/// and it has 15 minutes.
pub const STATEMENT_TIMEOUT: Duration = Duration::from_mins(3);

/// Wraps any provider and implements the rules of [`PaymentProvider`] about time and repeats.
///
/// A call takes at most [`CALL_TIMEOUT`], a statement [`STATEMENT_TIMEOUT`]. The circuit breaker counts
/// [`CallError::Unknown`] and failed connections as failures; a refusal is an answer. While the breaker is open, no
/// call is made: [`CallError::NotSent`]. A call during a trial waits for its result, so that one successful trial lets
/// all calls through.
///
/// If the provider has a rate limit, queries about deposits and disputes, and refunds, wait for their turn. If that
/// takes too long, they end with [`CallError::NotSent`]. Payouts and player-initiated payments are called at once and
/// take precedence.
#[derive(Debug)]
pub struct GuardedProvider {
    provider: Arc<dyn PaymentProvider>,
    pace: Option<Pace>,
    breaker: SharedBreaker,
    /// Tells calls that wait for a trial that the breaker changed its state.
    trial_ended: Notify,
    clock: Clock,
}

impl GuardedProvider {
    /// Wraps `provider` with a circuit breaker of its own.
    pub fn new(provider: Arc<dyn PaymentProvider>, clock: Clock) -> Self {
        let pace = provider.asked_per_second().map(Pace::new);
        Self { provider, pace, breaker: SharedBreaker::new(), trial_ended: Notify::new(), clock }
    }

    /// The state of the circuit breaker.
    pub fn state(&self) -> State {
        self.breaker.state()
    }

    /// Returns `true` if the breaker is open and makes no trial yet. A call now would end with [`CallError::NotSent`].
    pub fn refuses_calls(&self) -> bool {
        self.breaker.refuses_trials(self.clock.now())
    }

    /// The permission for one call. If another call is the trial, its result decides.
    async fn admit(&self) -> Result<Ticket, CallError> {
        let mut ended = pin!(self.trial_ended.notified());
        // Registered before the breaker is asked, so that no result is missed.
        ended.as_mut().enable();
        let admitted = self.breaker.admit(self.clock.now());
        if admitted.is_ok() || self.breaker.state() == State::Open {
            return admitted.map_err(|_| CallError::NotSent);
        }
        // A trial without a result is lost, and this call is the next one.
        let _ = timeout(TRIAL_LIMIT, ended).await;
        self.breaker.admit(self.clock.now()).map_err(|_| CallError::NotSent)
    }

    /// The breaker needs the time at the end of the call, so the clock is read again.
    async fn within<T>(&self, limit: Duration, call: CallFuture<'_, T>) -> Result<T, CallError> {
        let ticket = self.admit().await?;
        let result = timeout(limit, call).await.unwrap_or_else(|_| {
            self.log_timeout(limit);
            Err(CallError::Unknown)
        });
        let outcome = match &result {
            Ok(_) | Err(CallError::Refused { .. }) => Outcome::Success,
            Err(CallError::NotSent | CallError::Unknown) => Outcome::Failure,
        };
        if let Some(state) = self.breaker.record(ticket, outcome, self.clock.now()) {
            self.log_state(state);
            self.trial_ended.notify_waiters();
        }
        result
    }

    async fn within_call<T>(&self, turn: Turn, call: CallFuture<'_, T>) -> Result<T, CallError> {
        if let Some(pace) = &self.pace {
            pace.wait(turn).await.map_err(|TooMany| CallError::NotSent)?;
        }
        self.within(CALL_TIMEOUT, call).await
    }

    async fn send<T>(&self, turn: Turn, sending: Sending, call: CallFuture<'_, T>) -> Result<T, CallError> {
        let result = self.within_call(turn, call).await;
        match sending {
            Sending::First => result,
            Sending::Repeat => result.map_err(CallError::of_repeat),
        }
    }

    fn log_timeout(&self, limit: Duration) {
        let (provider, seconds) = (self.name(), limit.as_secs());
        tracing::warn!(
            "provider.name" = %provider,
            limit_s = seconds,
            "The provider {provider} did not answer within {seconds} s"
        );
    }

    fn log_state(&self, state: State) {
        let provider = self.name();
        match state {
            State::Open => tracing::warn!(
                "provider.name" = %provider,
                "Opened the circuit breaker: the provider {provider} does not answer"
            ),
            State::Closed => tracing::info!(
                "provider.name" = %provider,
                "Closed the circuit breaker: the provider {provider} answers again"
            ),
            State::HalfOpen => {}
        }
    }
}

#[async_trait]
impl PaymentProvider for GuardedProvider {
    fn name(&self) -> &ProviderName {
        self.provider.name()
    }

    async fn open_payment(&self, request: PaymentRequest<'_>) -> Result<PendingPayment, CallError> {
        self.send(Turn::First, request.sending, self.provider.open_payment(request)).await
    }

    async fn find_payments(&self, reference: OrderId) -> Result<Vec<PaymentReport>, CallError> {
        self.within_call(Turn::Waits, self.provider.find_payments(reference)).await
    }

    async fn find_dispute(&self, report: &DisputeReport) -> Result<Option<Dispute>, CallError> {
        self.within_call(Turn::Waits, self.provider.find_dispute(report)).await
    }

    async fn refund(&self, request: RefundRequest<'_>) -> Result<RefundReport, CallError> {
        self.send(Turn::Waits, request.sending, self.provider.refund(request)).await
    }

    async fn send_payout(&self, request: PayoutRequest<'_>) -> Result<PayoutReport, CallError> {
        self.send(Turn::First, request.sending, self.provider.send_payout(request)).await
    }

    async fn find_payouts(&self, reference: OrderId) -> Result<Vec<PayoutReport>, CallError> {
        self.within_call(Turn::First, self.provider.find_payouts(reference)).await
    }

    async fn find_order(&self, record: &ProviderId) -> Result<Option<OrderId>, CallError> {
        self.within_call(Turn::Waits, self.provider.find_order(record)).await
    }

    fn verify<'a>(
        &self,
        headers: &HeaderMap,
        body: &'a [u8],
        now: Timestamp,
    ) -> Result<Verified<'a>, SignatureFault> {
        self.provider.verify(headers, body, now)
    }

    fn read(&self, callback: Verified<'_>) -> Result<Vec<ProviderEvent>, EventFault> {
        self.provider.read(callback)
    }

    fn asked_per_second(&self) -> Option<NonZeroU32> {
        self.provider.asked_per_second()
    }

    fn pays_to(&self, account: &str) -> bool {
        self.provider.pays_to(account)
    }

    fn may_exceed_payout_limit(&self, money: Money) -> bool {
        self.provider.may_exceed_payout_limit(money)
    }

    async fn find_payout_limit(&self, account: &PayeeAccount) -> Result<Option<PayoutLimit>, CallError> {
        self.within_call(Turn::First, self.provider.find_payout_limit(account)).await
    }

    fn calendar(&self) -> StatementCalendar {
        self.provider.calendar()
    }

    async fn fetch_statement(&self, day: Date, into: &mut (dyn Write + Send)) -> Result<(), CallError> {
        self.within(STATEMENT_TIMEOUT, self.provider.fetch_statement(day, into)).await
    }

    fn read_statement(
        &self,
        source: &mut dyn StatementSource,
        each: &mut dyn FnMut(StatementLine),
    ) -> Result<(), StatementFault> {
        self.provider.read_statement(source, each)
    }
}

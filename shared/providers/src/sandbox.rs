//! [`Sandbox`]: the adapter for `infra/sandbox-provider`, whose README documents the protocol.

mod statement;

use crate::caller::{Caller, Credentials};
use crate::keys::{KeyedCall, idempotency_key};
use crate::values::{self, WrongField};
use crate::{
    ApiKey, Checkout, EventFault, PaymentProvider, PaymentRequest, PayoutRequest, PendingPayment,
    ProvidersFault, RefundRequest, Sending, SignatureFault, StatementFault, StatementSource, Verified,
};
use async_trait::async_trait;
use evens_ledger::ProviderName;
use evens_outbound::{Endpoint, Signer};
use evens_payments::{
    CallError, Dispute, DisputeReport, DisputeState, Money, OrderId, PaymentReport, PaymentState,
    PayoutReport, PayoutState, ProviderEvent, RefundReport, ReportSource, StatementLine,
};
use hyper::HeaderMap;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::io::Write;

/// Maximum size of a statement: some hundred thousand lines.
const STATEMENT_BYTES_MAX: usize = 64 * 1024 * 1024;

/// The sandbox's address and our credentials there.
#[derive(Debug, Clone)]
pub struct SandboxSettings {
    /// Our name for this provider; different for each sandbox.
    pub name: ProviderName,
    /// The address, without `/v1`.
    pub endpoint: Endpoint,
    /// Our API key.
    pub key: ApiKey,
    /// The callback signing secrets.
    pub secrets: Signer,
}

/// The provider for development and tests.
#[derive(Debug)]
pub struct Sandbox {
    name: ProviderName,
    caller: Caller,
    secrets: Signer,
}

impl Sandbox {
    /// Creates the adapter. Nothing is called yet.
    ///
    /// # Errors
    /// The endpoint uses TLS, and this machine has no CA certificates to verify it.
    pub fn new(settings: SandboxSettings) -> Result<Self, ProvidersFault> {
        let SandboxSettings { name, endpoint, key, secrets } = settings;
        let credentials = Credentials { scheme: "Bearer", text: key.expose() };
        let caller = Caller::new(name.clone(), endpoint, &credentials, code_of)
            .map_err(|cause| ProvidersFault::NoCertificates { provider: name.clone(), cause })?;
        Ok(Self { name, caller, secrets })
    }

    fn payment(&self, record: &Ours, source: ReportSource) -> Result<PaymentReport, WrongField> {
        let state = match record.status.as_str() {
            "open" => PaymentState::Open,
            "succeeded" => PaymentState::Paid,
            // The money of a disputed payment arrived and is gone again. Crediting it would give it away.
            "failed" | DISPUTED => PaymentState::Failed,
            _ => return Err(WrongField("status")),
        };
        let Ours { reference, at, .. } = *record;
        let (provider, id) = (self.name.clone(), values::provider_id(&record.id)?);
        Ok(PaymentReport { provider, id, reference, money: record.money()?, state, at: Some(at), source })
    }

    fn payout(&self, record: &Ours, source: ReportSource) -> Result<PayoutReport, WrongField> {
        let state = match record.status.as_str() {
            "queued" | "processing" => PayoutState::Processing,
            "processed" => PayoutState::Paid,
            "failed" => PayoutState::Failed,
            "reversed" => PayoutState::Returned,
            _ => return Err(WrongField("status")),
        };
        let Ours { reference, at, .. } = *record;
        let (provider, id) = (self.name.clone(), values::provider_id(&record.id)?);
        Ok(PayoutReport { provider, id, reference, money: record.money()?, state, at: Some(at), source })
    }

    fn refund(&self, record: &Ours, source: ReportSource) -> Result<RefundReport, WrongField> {
        let state = match record.status.as_str() {
            "processing" => PayoutState::Processing,
            "processed" => PayoutState::Paid,
            "failed" => PayoutState::Failed,
            _ => return Err(WrongField("status")),
        };
        let (provider, id) = (self.name.clone(), values::provider_id(&record.id)?);
        Ok(RefundReport { provider, id, reference: record.reference, money: record.money()?, state, source })
    }

    /// A dispute is announced once the money is gone. There is at most one per payment, without an id of its own.
    fn dispute(&self, record: &Ours, source: ReportSource) -> Result<DisputeReport, WrongField> {
        let id = record.id.parse().map_err(|_| WrongField("id"))?;
        let (provider, reference, state) = (self.name.clone(), Some(record.reference), DisputeState::Lost);
        Ok(DisputeReport { provider, id, reference, state, source })
    }
}

#[async_trait]
impl PaymentProvider for Sandbox {
    fn name(&self) -> &ProviderName {
        &self.name
    }

    async fn open_payment(&self, request: PaymentRequest<'_>) -> Result<PendingPayment, CallError> {
        let terms = request.terms;
        let body = OpenBody {
            amount: terms.money.minor_units(),
            currency: terms.money.currency().code(),
            reference: terms.id.to_string(),
        };
        let key = idempotency_key(KeyedCall::OpenPayment, terms.id, 1);
        let opened: OpenedAnswer = self.caller.post("/v1/payments", Some((KEY, &key)), &body).await?;
        let id = values::provider_id(&opened.id).map_err(unreadable)?;
        let checkout = Checkout::new(&opened.pay_url, BTreeMap::new()).map_err(unreadable)?;
        Ok(PendingPayment { id, checkout })
    }

    async fn find_payments(&self, reference: OrderId) -> Result<Vec<PaymentReport>, CallError> {
        let found: Payments = self.caller.get(&format!("/v1/payments?reference={reference}")).await?;
        let report = |record: Record| self.payment(&record.about(reference)?, ReportSource::Asked);
        found.payments.into_iter().map(report).collect::<Result<_, _>>().map_err(unreadable)
    }

    /// A dispute has the id of its payment, and is already lost when it is announced.
    async fn find_dispute(&self, report: &DisputeReport) -> Result<Option<Dispute>, CallError> {
        let Some(reference) = report.reference else { return Ok(None) };
        let found: Payments = self.caller.get(&format!("/v1/payments?reference={reference}")).await?;
        let is_it = |record: &Record| record.id == report.id.as_str() && record.status == DISPUTED;
        let Some(record) = found.payments.into_iter().find(is_it) else { return Ok(None) };
        let dispute = |record: &Ours| {
            let (provider, id, state) = (self.name.clone(), report.id.clone(), DisputeState::Lost);
            let (payment, money) = (values::provider_id(&record.id)?, record.money()?);
            Ok(Dispute { provider, id, reference, payment, money, state })
        };
        record.about(reference).and_then(|record| dispute(&record)).map(Some).map_err(unreadable)
    }

    /// The sandbox answers a repeat like the first call, so the refund's current state is queried then: it may have
    /// failed since.
    async fn refund(&self, request: RefundRequest<'_>) -> Result<RefundReport, CallError> {
        let RefundRequest { reference, payment, money, attempt, sending } = request;
        let path = format!("/v1/payments/{}/refunds", values::path_segment(payment)?);
        let key = idempotency_key(KeyedCall::Refund(payment), reference, attempt);
        let body = RefundBody { amount: money.minor_units() };
        let accepted: Record = self.caller.post(&path, Some((KEY, &key)), &body).await?;
        let record = match sending {
            Sending::First => accepted,
            Sending::Repeat => {
                let id = values::provider_id(&accepted.id).map_err(unreadable)?;
                self.caller.get(&format!("/v1/refunds/{}", values::path_segment(&id)?)).await?
            }
        };
        let report = record.about(reference).and_then(|record| self.refund(&record, ReportSource::Asked));
        report.map_err(unreadable)
    }

    async fn send_payout(&self, request: PayoutRequest<'_>) -> Result<PayoutReport, CallError> {
        let PayoutRequest { terms, attempt, account, .. } = request;
        let body = PayoutBody {
            amount: terms.money.minor_units(),
            currency: terms.money.currency().code(),
            reference: terms.id.to_string(),
            account: account.expose(),
        };
        let key = idempotency_key(KeyedCall::SendPayout, terms.id, attempt);
        let record: Record = self.caller.post("/v1/payouts", Some((KEY, &key)), &body).await?;
        let report = record.about(terms.id).and_then(|record| self.payout(&record, ReportSource::Asked));
        report.map_err(unreadable)
    }

    async fn find_payouts(&self, reference: OrderId) -> Result<Vec<PayoutReport>, CallError> {
        let found: Payouts = self.caller.get(&format!("/v1/payouts?reference={reference}")).await?;
        let report = |record: Record| self.payout(&record.about(reference)?, ReportSource::Asked);
        found.payouts.into_iter().map(report).collect::<Result<_, _>>().map_err(unreadable)
    }

    fn verify<'a>(
        &self,
        headers: &HeaderMap,
        body: &'a [u8],
        now: Timestamp,
    ) -> Result<Verified<'a>, SignatureFault> {
        Verified::by_standard_webhooks(&self.secrets, headers, body, now)
    }

    fn read(&self, callback: Verified<'_>) -> Result<Vec<ProviderEvent>, EventFault> {
        let unreadable = |_| EventFault::Unreadable;
        let event: EventBody<'_> = serde_json::from_slice(callback.body()).map_err(unreadable)?;
        let Some(kind) = EventKind::of(&event.kind) else { return Ok(Vec::new()) };
        let record: Record = serde_json::from_str(event.data.get()).map_err(unreadable)?;
        let record = record.ours().ok_or(EventFault::ForeignReference)?;
        let source = callback.source();
        let event = match kind {
            EventKind::Payment => self.payment(&record, source).map(ProviderEvent::Payment),
            EventKind::Dispute => self.dispute(&record, source).map(ProviderEvent::Dispute),
            EventKind::Refund => self.refund(&record, source).map(ProviderEvent::Refund),
            EventKind::Payout => self.payout(&record, source).map(ProviderEvent::Payout),
        };
        Ok(vec![event?])
    }

    /// The statement is one answer, which is held in memory until it is written.
    async fn fetch_statement(&self, day: Date, into: &mut (dyn Write + Send)) -> Result<(), CallError> {
        let path = format!("/v1/statements/{day}.csv");
        let file = self.caller.get_bytes(&path, STATEMENT_BYTES_MAX).await?;
        into.write_all(&file).map_err(|_| CallError::Unknown)
    }

    fn read_statement(
        &self,
        source: &mut dyn StatementSource,
        each: &mut dyn FnMut(StatementLine),
    ) -> Result<(), StatementFault> {
        statement::read(source, each)
    }
}

/// The status of a payment that was charged back.
const DISPUTED: &str = "disputed";

/// The idempotency key header.
const KEY: &str = "Idempotency-Key";

#[derive(Serialize)]
struct OpenBody {
    amount: i128,
    currency: &'static str,
    reference: String,
}

#[derive(Serialize)]
struct RefundBody {
    amount: i128,
}

#[derive(Serialize)]
struct PayoutBody<'a> {
    amount: i128,
    currency: &'static str,
    reference: String,
    account: &'a str,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OpenedAnswer {
    id: String,
    pay_url: String,
}

#[derive(Deserialize)]
struct Payments {
    payments: Vec<Record>,
}

#[derive(Deserialize)]
struct Payouts {
    payouts: Vec<Record>,
}

#[derive(Deserialize)]
struct Problem {
    code: String,
}

fn code_of(body: &[u8]) -> Option<String> {
    serde_json::from_slice(body).ok().map(|Problem { code }| code)
}

fn unreadable<Fault>(_: Fault) -> CallError {
    CallError::Unknown
}

#[derive(Deserialize)]
struct EventBody<'a> {
    #[serde(rename = "type")]
    kind: String,
    #[serde(borrow)]
    data: &'a RawValue,
}

/// The subject of a callback.
enum EventKind {
    Payment,
    Dispute,
    Refund,
    Payout,
}

impl EventKind {
    /// `None` for unknown types.
    fn of(name: &str) -> Option<Self> {
        match name {
            "payment.succeeded" | "payment.failed" => Some(Self::Payment),
            "payment.disputed" => Some(Self::Dispute),
            "refund.processed" | "refund.failed" => Some(Self::Refund),
            "payout.processed" | "payout.failed" | "payout.reversed" => Some(Self::Payout),
            _ => None,
        }
    }
}

/// A payment, payout or refund in an answer or a callback.
#[derive(Deserialize)]
struct Record {
    id: String,
    status: String,
    amount: u64,
    currency: String,
    reference: String,
    #[serde(rename = "changedAt", alias = "at")]
    at: Timestamp,
}

/// A record with one of our references.
struct Ours {
    id: String,
    status: String,
    amount: u64,
    currency: String,
    reference: OrderId,
    at: Timestamp,
}

impl Record {
    fn ours(self) -> Option<Ours> {
        let reference = values::reference(Some(&self.reference))?;
        let Self { id, status, amount, currency, at, .. } = self;
        Some(Ours { id, status, amount, currency, reference, at })
    }

    /// Rejects a record about another order than the queried one.
    fn about(self, reference: OrderId) -> Result<Ours, WrongField> {
        self.ours().filter(|ours| ours.reference == reference).ok_or(WrongField("reference"))
    }
}

impl Ours {
    fn money(&self) -> Result<Money, WrongField> {
        values::money(self.amount, &self.currency)
    }
}

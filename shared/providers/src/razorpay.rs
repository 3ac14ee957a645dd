//! [`Razorpay`]: the adapter for Razorpay. Its orders take deposits, and its payouts (`RazorpayX`) pay withdrawals.
//!
//! A deposit is first an order at Razorpay (`order_…`), then a payment once money arrived (`pay_…`). Orders have no
//! idempotency key, so we find repeats by the receipt; payouts and refunds have keys. Amounts are in paise.

mod bodies;
mod callback;
mod payout_mode;
mod records;
mod settings;
mod statement;
mod statement_lists;

pub use settings::{RazorpayKeyId, RazorpaySettings, RazorpayWordFault, SourceAccount};

use crate::caller::{Caller, Credentials};
use crate::keys::{KeyedCall, idempotency_key};
use crate::values;
use crate::{
    Checkout, EventFault, PayeeAccount, PaymentProvider, PaymentRequest, PayoutRequest, PendingPayment,
    ProvidersFault, RefundRequest, Sending, SignatureFault, StatementFault, StatementSource, Verified,
};
use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bodies::{OrderBody, PayoutBody, RefundBody};
use evens_ledger::ProviderName;
use evens_payments::{
    CallError, Currency, Dispute, DisputeReport, Money, OrderId, OrderTerms, PaymentReport, PayoutLimit,
    PayoutReport, ProviderEvent, ProviderId, RefundReport, ReportSource, StatementCalendar, StatementLine,
};
use evens_players::AttendanceOffset;
use hyper::HeaderMap;
use jiff::Timestamp;
use jiff::civil::Date;
use payout_mode::AccountKind;
use records::{
    About, Collection, DisputeRecord, FundAccountRecord, OrderRecord, OurNotes, PaymentRecord, PayoutRecord,
    RefundRecord,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::Write;
use std::num::NonZeroU32;

/// Maximum number of records per answer.
const RECORDS_MAX: usize = 100;

/// Razorpay allows five calls per second, and a query takes up to two.
const ASKED_PER_SECOND: Option<NonZeroU32> = NonZeroU32::new(2);

/// Days within which a payment is settled and thus appears in a file: two working days, plus weekends and holidays.
const SETTLED_WITHIN_DAYS: u8 = 7;

#[derive(Debug)]
pub struct Razorpay {
    settings: RazorpaySettings,
    caller: Caller,
}

impl Razorpay {
    /// Creates the adapter. Nothing is called yet.
    ///
    /// # Errors
    /// The endpoint uses TLS, and this machine has no CA certificates to verify it.
    pub fn new(settings: RazorpaySettings) -> Result<Self, ProvidersFault> {
        let RazorpaySettings { name, endpoint, key_id, key_secret, .. } = &settings;
        let credentials = STANDARD.encode(format!("{}:{}", key_id.as_str(), key_secret.expose()));
        let credentials = Credentials { scheme: "Basic", text: &credentials };
        let caller = Caller::new(name.clone(), endpoint.clone(), &credentials, code_of)
            .map_err(|cause| ProvidersFault::NoCertificates { provider: name.clone(), cause })?;
        Ok(Self { settings, caller })
    }

    fn payment_page(&self, order: &OrderRecord, terms: &OrderTerms) -> Result<PendingPayment, CallError> {
        let RazorpaySettings { endpoint, key_id, shop, return_to, .. } = &self.settings;
        let fields = [
            ("key_id", key_id.as_str().to_owned()),
            ("order_id", order.id.clone()),
            ("amount", terms.money.minor_units().to_string()),
            ("currency", INR.to_owned()),
            ("name", shop.clone()),
            ("notes[order]", terms.id.to_string()),
            ("callback_url", return_to.uri().to_string()),
            ("cancel_url", return_to.uri().to_string()),
        ];
        let fields: BTreeMap<String, String> =
            fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let id = values::provider_id(&order.id).map_err(unreadable)?;
        let form = endpoint.at("/checkout/embedded").map_err(unreadable)?;
        let checkout = Checkout::new(&form.to_string(), fields).map_err(unreadable)?;
        Ok(PendingPayment { id, checkout })
    }

    /// All attempts to pay an order, earliest first.
    async fn payments_of(&self, order: &OrderRecord) -> Result<Vec<PaymentRecord>, CallError> {
        let id = values::provider_id(&order.id).map_err(unreadable)?;
        let path = format!("/orders/{}/payments", values::path_segment(&id).map_err(unreadable)?);
        let found: Collection<PaymentRecord> = self.caller.get(&path).await.map_err(unknown_if_own_fault)?;
        let mut payments = found.items;
        if payments.iter().any(|payment| payment.order_id.as_ref() != Some(&order.id)) {
            return Err(CallError::Unknown);
        }
        payments.sort_by_key(|payment| payment.created_at);
        Ok(payments)
    }

    /// The orders with that receipt, earliest first. Razorpay's search may return others, too.
    async fn orders(&self, reference: OrderId) -> Result<Vec<OrderRecord>, CallError> {
        let path = format!("/orders?receipt={reference}&count={RECORDS_MAX}");
        let mut orders: Vec<OrderRecord> = self.all(&path).await?;
        orders.retain(|order| order.reference() == Some(reference));
        orders.sort_by_key(|order| order.created_at);
        Ok(orders)
    }

    /// Our order by the receipt of the payment's order.
    async fn order_of_payment(&self, id: &str) -> Result<Option<OrderId>, CallError> {
        let payment: PaymentRecord = self.record("payments", id).await?;
        if payment.id != id {
            return Err(CallError::Unknown);
        }
        let Some(order_id) = payment.order_id else { return Ok(None) };
        let order: OrderRecord = self.record("orders", &order_id).await?;
        if order.id == order_id { Ok(order.reference()) } else { Err(CallError::Unknown) }
    }

    async fn order_of_payout(&self, id: &str) -> Result<Option<OrderId>, CallError> {
        let payout: PayoutRecord = self.record("payouts", id).await?;
        if payout.id == id { Ok(payout.reference()) } else { Err(CallError::Unknown) }
    }

    /// One record by its id.
    async fn record<Record: DeserializeOwned>(&self, kind: &str, id: &str) -> Result<Record, CallError> {
        let id = values::provider_id(id).map_err(unreadable)?;
        let path = format!("/{kind}/{}", values::path_segment(&id)?);
        self.caller.get(&path).await.map_err(unknown_if_own_fault)
    }

    /// Finds the refund that an earlier call made, because Razorpay does not say how long it keeps keys. Or a refund of
    /// the same amount made by hand in Razorpay's dashboard, so that it is not made twice.
    async fn refund_with(
        &self,
        payment: &str,
        key: &str,
        paise: i128,
    ) -> Result<Option<RefundRecord>, CallError> {
        let path = format!("/payments/{payment}/refunds?count={RECORDS_MAX}");
        let mut refunds: Vec<RefundRecord> = self.all(&path).await?;
        let made = refunds.iter().position(|refund| refund.receipt.as_deref() == Some(key));
        let found = made.or_else(|| refunds.iter().position(|refund| refund.gives_back(paise)));
        Ok(found.map(|place| refunds.swap_remove(place)))
    }

    /// The kind of a fund account. A failure to read it leaves the payout unsent.
    async fn account_kind(&self, id: &str) -> Result<AccountKind, CallError> {
        let found: Result<FundAccountRecord, _> = self.caller.get(&format!("/fund_accounts/{id}")).await;
        found.map(|found| found.account_type).map_err(unknown_if_own_fault).map_err(|error| match error {
            CallError::Unknown => CallError::NotSent,
            error => error,
        })
    }

    fn about(&self, reference: OrderId) -> About<'_> {
        // Razorpay's answers do not say when a record entered its state.
        About { provider: &self.settings.name, reference, at: None, source: ReportSource::Asked }
    }

    /// All records of a search. A full answer may be incomplete and counts as unknown.
    async fn all<Item: DeserializeOwned>(&self, path: &str) -> Result<Vec<Item>, CallError> {
        let found: Collection<Item> = self.caller.get(path).await.map_err(unknown_if_own_fault)?;
        if found.items.len() < RECORDS_MAX { Ok(found.items) } else { Err(CallError::Unknown) }
    }

    async fn post<Answer: DeserializeOwned>(
        &self,
        path: &str,
        key: Option<(&'static str, &str)>,
        body: &impl Serialize,
    ) -> Result<Answer, CallError> {
        self.caller.post(path, key, body).await.map_err(unknown_if_own_fault)
    }
}

#[async_trait]
impl PaymentProvider for Razorpay {
    fn name(&self) -> &ProviderName {
        &self.settings.name
    }

    /// Orders have no idempotency key, so a repeat first searches for the order. If two calls create one each
    /// nevertheless, both have the same receipt, and a second payment is recognized by it.
    async fn open_payment(&self, request: PaymentRequest<'_>) -> Result<PendingPayment, CallError> {
        let terms = request.terms;
        let amount = paise(terms.money)?;
        let known = match request.sending {
            Sending::First => None,
            Sending::Repeat => self.orders(terms.id).await?.into_iter().next(),
        };
        let order = if let Some(order) = known {
            order
        } else {
            let (currency, receipt, notes) = (INR, terms.id.to_string(), OurNotes::of(terms.id));
            self.post("/orders", None, &OrderBody { amount, currency, receipt, notes }).await?
        };
        let is_ours = order.reference() == Some(terms.id) && order.money() == Ok(terms.money);
        if is_ours { self.payment_page(&order, terms) } else { Err(CallError::Unknown) }
    }

    /// The received payments of each order, and the order itself while it can be paid: a failed attempt does not end
    /// it.
    async fn find_payments(&self, reference: OrderId) -> Result<Vec<PaymentReport>, CallError> {
        let mut reports = Vec::new();
        for order in self.orders(reference).await? {
            let payments = self.payments_of(&order).await?;
            let come = payments.iter().filter(|payment| payment.has_come());
            let come = come.map(|payment| payment.report(self.about(reference)));
            let open = order.open(self.about(reference)).transpose();
            let of_order: Vec<_> = come.chain(open).collect::<Result<_, _>>().map_err(unreadable)?;
            // The order is paid but has no payment, so one of the two answers is outdated.
            if of_order.is_empty() {
                return Err(CallError::Unknown);
            }
            reports.extend(of_order);
        }
        Ok(reports)
    }

    /// Follows the dispute to its payment, the payment's order and the order's receipt, which is ours. The payment's
    /// notes are not used: a payer can write them, and would choose whose wallet is debited.
    async fn find_dispute(&self, report: &DisputeReport) -> Result<Option<Dispute>, CallError> {
        let record: DisputeRecord = self.record("disputes", report.id.as_str()).await?;
        if record.id != report.id.as_str() {
            return Err(CallError::Unknown);
        }
        let Some(reference) = self.order_of_payment(&record.payment_id).await? else { return Ok(None) };
        record.dispute(&self.settings.name, reference).map(Some).map_err(unreadable)
    }

    async fn refund(&self, request: RefundRequest<'_>) -> Result<RefundReport, CallError> {
        let RefundRequest { reference, payment, money, attempt, sending } = request;
        let payment_segment = values::path_segment(payment)?;
        let amount = paise(money)?;
        let key = idempotency_key(KeyedCall::Refund(payment), reference, attempt);
        let known = match sending {
            Sending::First => None,
            Sending::Repeat => self.refund_with(payment_segment, &key, amount).await?,
        };
        let refund = if let Some(refund) = known {
            refund
        } else {
            let notes = OurNotes::of(reference);
            let body = RefundBody { amount, speed: "normal", receipt: &key, notes };
            let path = format!("/payments/{payment_segment}/refund");
            self.post(&path, Some(("X-Refund-Idempotency", &key)), &body).await?
        };
        if refund.payment_id != payment.as_str() {
            return Err(CallError::Unknown);
        }
        refund.report(self.about(reference)).map_err(unreadable)
    }

    async fn send_payout(&self, request: PayoutRequest<'_>) -> Result<PayoutReport, CallError> {
        let PayoutRequest { terms, attempt, account, .. } = request;
        // Accounts stored by older versions may be invalid. Razorpay is not called with them.
        if !is_fund_account(account.expose()) {
            return Err(CallError::Refused { code: "no-fund-account".to_owned() });
        }
        let paise = paise(terms.money)?;
        let mode = payout_mode::of(self.account_kind(account.expose()).await?, paise);
        let mode = mode.map_err(|fault| CallError::Refused { code: fault.to_string() })?;
        let body = PayoutBody {
            account_number: self.settings.source.expose(),
            fund_account_id: account.expose(),
            amount: paise,
            currency: INR,
            mode,
            purpose: "payout",
            reference_id: terms.id.to_string(),
            queue_if_low_balance: false,
            notes: OurNotes::of(terms.id),
        };
        let key = idempotency_key(KeyedCall::SendPayout, terms.id, attempt);
        let payout: PayoutRecord = self.post("/payouts", Some(("X-Payout-Idempotency", &key)), &body).await?;
        if payout.reference() != Some(terms.id) {
            return Err(CallError::Unknown);
        }
        payout.report(self.about(terms.id)).map_err(unreadable)
    }

    async fn find_payouts(&self, reference: OrderId) -> Result<Vec<PayoutReport>, CallError> {
        let account = self.settings.source.expose();
        let path = format!("/payouts?account_number={account}&reference_id={reference}&count={RECORDS_MAX}");
        let mut payouts: Vec<PayoutRecord> = self.all(&path).await?;
        payouts.retain(|payout| payout.reference() == Some(reference));
        payouts.sort_by_key(|payout| payout.created_at);
        let report = |payout: &PayoutRecord| payout.report(self.about(reference));
        payouts.iter().map(report).collect::<Result<_, _>>().map_err(unreadable)
    }

    /// The prefix of an id names the kind of its record.
    async fn find_order(&self, record: &ProviderId) -> Result<Option<OrderId>, CallError> {
        match record.as_str().split_once('_') {
            Some(("pay", _)) => self.order_of_payment(record.as_str()).await,
            Some(("pout", _)) => self.order_of_payout(record.as_str()).await,
            _ => Ok(None),
        }
    }

    /// The signature covers no timestamp, so a callback stays valid as long as its secret.
    fn verify<'a>(
        &self,
        headers: &HeaderMap,
        body: &'a [u8],
        _: Timestamp,
    ) -> Result<Verified<'a>, SignatureFault> {
        callback::verify(&self.settings.secrets, headers, body)
    }

    fn read(&self, callback: Verified<'_>) -> Result<Vec<ProviderEvent>, EventFault> {
        callback::read(&self.settings.name, &callback).map(Vec::from_iter)
    }

    fn asked_per_second(&self) -> Option<NonZeroU32> {
        ASKED_PER_SECOND
    }

    fn pays_to(&self, account: &str) -> bool {
        is_fund_account(account)
    }

    fn may_exceed_payout_limit(&self, money: Money) -> bool {
        paise(money).is_ok_and(|paise| paise > payout_mode::UPI_PAISE_MAX)
    }

    /// An account of which no payout can be made has no limit: its payout is refused when it is sent.
    async fn find_payout_limit(&self, account: &PayeeAccount) -> Result<Option<PayoutLimit>, CallError> {
        if !is_fund_account(account.expose()) {
            return Ok(None);
        }
        let kind = self.account_kind(account.expose()).await?;
        Ok(payout_mode::limit(kind))
    }

    fn calendar(&self) -> StatementCalendar {
        StatementCalendar::new(AttendanceOffset::INDIA.offset(), SETTLED_WITHIN_DAYS)
    }

    async fn fetch_statement(&self, day: Date, into: &mut (dyn Write + Send)) -> Result<(), CallError> {
        statement::fetch(&self.caller, &self.settings.source, day, into).await.map_err(unknown_if_own_fault)
    }

    fn read_statement(
        &self,
        source: &mut dyn StatementSource,
        each: &mut dyn FnMut(StatementLine),
    ) -> Result<(), StatementFault> {
        statement::read(source, each)
    }
}

const INR: &str = "INR";

/// An amount in paise.
///
/// # Errors
/// Another currency. Nothing is sent.
fn paise(money: Money) -> Result<i128, CallError> {
    if money.currency() == Currency::INR {
        Ok(money.minor_units())
    } else {
        Err(CallError::Refused { code: "currency".to_owned() })
    }
}

#[derive(Deserialize)]
struct Problem {
    error: ProblemCause,
}

#[derive(Deserialize)]
struct ProblemCause {
    code: String,
    reason: Option<String>,
}

/// Razorpay pays only to fund accounts registered there, by their ids.
fn is_fund_account(text: &str) -> bool {
    let id = text.strip_prefix("fa_").unwrap_or_default();
    !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// The reason, which is more specific than the code. Only the code if the fault may be Razorpay's.
fn code_of(body: &[u8]) -> Option<String> {
    let Problem { error: ProblemCause { code, reason } } = serde_json::from_slice(body).ok()?;
    let says_something = |reason: &String| !matches!(reason.as_str(), "" | "NA" | "null");
    Some(if is_own_fault(&code) { code } else { reason.filter(says_something).unwrap_or(code) })
}

/// `SERVER_ERROR`, `GATEWAY_ERROR` and the like.
fn is_own_fault(code: &str) -> bool {
    code.ends_with("SERVER_ERROR") || code.ends_with("GATEWAY_ERROR")
}

/// Whatever the status, a server-side fault does not say whether the call was carried out.
fn unknown_if_own_fault(error: CallError) -> CallError {
    match error {
        CallError::Refused { code } if is_own_fault(&code) => CallError::Unknown,
        error => error,
    }
}

fn unreadable<Fault>(_: Fault) -> CallError {
    CallError::Unknown
}

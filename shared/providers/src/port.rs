//! [`PaymentProvider`]: the operations that a payment provider must offer.

use crate::{EventFault, PayeeAccount, SignatureFault, StatementFault, StatementSource, Verified};
use async_trait::async_trait;
use evens_ledger::ProviderName;
use evens_payments::{
    CallError, Dispute, DisputeReport, Money, OrderId, OrderTerms, PaymentReport, PayoutLimit, PayoutReport,
    ProviderEvent, ProviderId, RefundReport, StatementCalendar, StatementLine,
};
use futures::future::BoxFuture;
use hyper::{HeaderMap, Uri};
use jiff::Timestamp;
use jiff::civil::Date;
use std::collections::BTreeMap;
use std::fmt;
use std::io::Write;
use std::num::NonZeroU32;

/// A call that is made when it is polled, not before.
pub type CallFuture<'a, T> = BoxFuture<'a, Result<T, CallError>>;

/// A payment provider.
///
/// How an unsuccessful call ends:
///
/// | answer | error |
/// |---|---|
/// | 408, 409, 425, 429, 5xx | [`CallError::Unknown`] |
/// | another 4xx | [`CallError::Refused`], with the provider's code |
/// | another 4xx, if the provider may have had the call before | [`CallError::Unknown`] |
/// | a timeout or a broken connection | [`CallError::Unknown`] |
/// | no connection could be made, so no call was sent | [`CallError::NotSent`] |
/// | a redirect, an unreadable answer, or one about another order | [`CallError::Unknown`] |
/// | no call, because our text does not fit into a request | [`CallError::Refused`] with `unwritable` |
/// | no call, because the provider does not support the currency | [`CallError::Refused`] with `currency` |
///
/// Callers use a provider through [`crate::GuardedProvider`], which limits the time and knows of repeats.
#[async_trait]
pub trait PaymentProvider: fmt::Debug + Send + Sync {
    /// The provider's name in orders, in ledger accounts and in the path of its callbacks.
    fn name(&self) -> &ProviderName;

    /// Opens a payment, or finds the one that an earlier call opened. Returns where to send the player.
    async fn open_payment(&self, request: PaymentRequest<'_>) -> Result<PendingPayment, CallError>;

    /// All payments with that reference, earliest first. An empty result does not prove that a call failed: the payment
    /// may still be on its way.
    async fn find_payments(&self, reference: OrderId) -> Result<Vec<PaymentReport>, CallError>;

    /// The provider's current record of a dispute that a callback announced. `None` if there is none, or if it is not
    /// about one of our orders. The order must be identified through records that we created, never through text that a
    /// payer can write.
    async fn find_dispute(&self, report: &DisputeReport) -> Result<Option<Dispute>, CallError>;

    /// Refunds a payment in full or in part.
    async fn refund(&self, request: RefundRequest<'_>) -> Result<RefundReport, CallError>;

    /// Sends a payout. All calls of one attempt lead to at most one payout, as long as the provider remembers the
    /// attempt's key.
    async fn send_payout(&self, request: PayoutRequest<'_>) -> Result<PayoutReport, CallError>;

    /// All payouts with that reference, earliest first. An empty result does not prove that a call failed.
    async fn find_payouts(&self, reference: OrderId) -> Result<Vec<PayoutReport>, CallError>;

    /// Our order behind the provider's payment or payout with that id. `None` if it is none of our orders, or if lines
    /// of the provider's statements always name the order.
    async fn find_order(&self, _record: &ProviderId) -> Result<Option<OrderId>, CallError> {
        Ok(None)
    }

    /// Checks that a callback is authentic. Pure: no call, no clock.
    ///
    /// # Errors
    /// In the order of [`SignatureFault`].
    fn verify<'a>(
        &self,
        headers: &HeaderMap,
        body: &'a [u8],
        now: Timestamp,
    ) -> Result<Verified<'a>, SignatureFault>;

    /// Parses a callback. The result is empty if the callback concerns no order. Pure.
    ///
    /// # Errors
    /// In the order of [`EventFault`].
    fn read(&self, callback: Verified<'_>) -> Result<Vec<ProviderEvent>, EventFault>;

    /// Maximum number of queries per second and process, or `None` if the provider has no limit.
    fn asked_per_second(&self) -> Option<NonZeroU32> {
        None
    }

    /// Returns `true` if a text has the form of an account that the provider can pay to. Pure.
    fn pays_to(&self, _account: &str) -> bool {
        true
    }

    /// Returns `false` if every kind of account can get a payout of this amount. Pure.
    fn may_exceed_payout_limit(&self, _money: Money) -> bool {
        false
    }

    /// The limit of a payout to this account, or `None` if the account has none.
    async fn find_payout_limit(&self, _account: &PayeeAccount) -> Result<Option<PayoutLimit>, CallError> {
        Ok(None)
    }

    /// The provider's time zone, and the statement files that cover a day.
    fn calendar(&self) -> StatementCalendar {
        StatementCalendar::UTC
    }

    /// Writes the file with the movements of a day in the provider's time zone, as input for
    /// [`PaymentProvider::read_statement`]. A write error is [`CallError::Unknown`] as well.
    async fn fetch_statement(&self, day: Date, into: &mut (dyn Write + Send)) -> Result<(), CallError>;

    /// Parses a statement and passes on each line without holding it, because a day may have millions. Only the file is
    /// read.
    ///
    /// # Errors
    /// In the order of [`StatementFault`], of the first faulty line. Earlier lines were passed on.
    fn read_statement(
        &self,
        source: &mut dyn StatementSource,
        each: &mut dyn FnMut(StatementLine),
    ) -> Result<(), StatementFault>;
}

/// Certainty about earlier calls. After one, a refusal may concern only the call's key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sending {
    /// Certainly the first call: the caller recorded that before.
    First,
    /// Possibly a repeat.
    Repeat,
}

/// A payment to open.
#[derive(Debug, Clone, Copy)]
pub struct PaymentRequest<'a> {
    pub terms: &'a OrderTerms,
    pub sending: Sending,
}

/// A full or partial refund to make.
#[derive(Debug, Clone, Copy)]
pub struct RefundRequest<'a> {
    /// The deposit that was paid.
    pub reference: OrderId,
    /// The provider's id of the payment.
    pub payment: &'a ProviderId,
    /// The amount to refund.
    pub money: Money,
    /// Starts at 1. It increases only after the provider's record says that the previous attempt failed.
    pub attempt: u32,
    pub sending: Sending,
}

/// A payout to send.
#[derive(Debug, Clone, Copy)]
pub struct PayoutRequest<'a> {
    pub terms: &'a OrderTerms,
    /// The number of the claimed attempt.
    pub attempt: u32,
    /// The destination. The same for all calls of an attempt.
    pub account: &'a PayeeAccount,
    pub sending: Sending,
}

/// A payment that waits for its player.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingPayment {
    /// The provider's id of the payment.
    pub id: ProviderId,
    pub checkout: Checkout,
}

/// The player's way to pay. The browser opens the URL, or, if there are parameters, posts them to it as a form. The URL
/// gives access: anyone who has it can see and pay the amount.
#[derive(Clone, PartialEq, Eq)]
pub struct Checkout {
    url: Uri,
    parameters: BTreeMap<String, String>,
}

/// The URL is relative, or its scheme is neither `https` nor `http`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the page to pay on must have an absolute http or https URL")]
pub struct CheckoutFault;

impl Checkout {
    /// A checkout at that URL.
    ///
    /// # Errors
    /// A URL that a browser must not be sent to.
    pub fn new(url: &str, parameters: BTreeMap<String, String>) -> Result<Self, CheckoutFault> {
        let url: Uri = url.parse().map_err(|_| CheckoutFault)?;
        let is_web = matches!(url.scheme_str(), Some("https" | "http"));
        if is_web && url.host().is_some_and(|host| !host.is_empty()) {
            Ok(Self { url, parameters })
        } else {
            Err(CheckoutFault)
        }
    }

    pub fn url(&self) -> &Uri {
        &self.url
    }

    /// The fields of the form. Empty if the URL is simply opened.
    pub fn parameters(&self) -> &BTreeMap<String, String> {
        &self.parameters
    }
}

/// Prints the host only.
impl fmt::Debug for Checkout {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Checkout(at {})", self.url.host().unwrap_or_default())
    }
}

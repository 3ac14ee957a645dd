//! [`PaymentProvider`]: all that is asked of a payment provider.

use crate::{EventFault, PayeeAccount, SignatureFault, StatementFault, StatementSource, Verified};
use evens_ledger::ProviderName;
use evens_payments::{
    CallError, Dispute, DisputeReport, Money, OrderId, OrderTerms, PaymentReport, PayoutReport,
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

/// A call that goes out when it is waited for, not before.
pub type Calling<'a, T> = BoxFuture<'a, Result<T, CallError>>;

/// A payment provider.
///
/// How a call ends that gave nothing:
///
/// | answer | error |
/// |---|---|
/// | 408, 409, 425, 429, 5xx | [`CallError::Unknown`] |
/// | another 4xx | [`CallError::Refused`], with the provider's code |
/// | another 4xx, where the provider may have had the call before | [`CallError::Unknown`] |
/// | none in time, a connection that broke | [`CallError::Unknown`] |
/// | no call, as no connection could be made | [`CallError::NotSent`] |
/// | a redirect, or what cannot be read, or is about another order | [`CallError::Unknown`] |
/// | no call, as a text of ours fits into no request | [`CallError::Refused`] with `unwritable` |
/// | no call, as the provider does not move such a currency | [`CallError::Refused`] with `currency` |
///
/// Whoever uses a provider has it behind [`crate::Guarded`], which limits the time and knows of repeats.
pub trait PaymentProvider: fmt::Debug + Send + Sync {
    /// What the provider is called: in orders, in accounts and in the address of its callbacks.
    fn name(&self) -> &ProviderName;

    /// Opens a payment, or finds the one that an earlier call opened: where the player is to be sent.
    fn open_payment<'a>(&'a self, request: PaymentRequest<'a>) -> Calling<'a, Opened>;

    /// All payments with that reference, earlier ones first. None does not mean that a call has failed: it may still
    /// be on its way.
    fn find_payments(&self, reference: OrderId) -> Calling<'_, Vec<PaymentReport>>;

    /// The dispute that a callback told of, as the record has it now. None where there is none, or it is about no order
    /// of ours. Which order it is about follows from what we have made ourselves, and from nothing that a payer wrote.
    fn find_dispute<'a>(&'a self, told: &'a DisputeReport) -> Calling<'a, Option<Dispute>>;

    /// Gives a payment back, all of it or a part.
    fn refund<'a>(&'a self, request: RefundRequest<'a>) -> Calling<'a, RefundReport>;

    /// Pays money out. However often it is called with one attempt, the provider pays once, as long as it remembers
    /// the attempt's key.
    fn send_payout<'a>(&'a self, request: PayoutRequest<'a>) -> Calling<'a, PayoutReport>;

    /// All payouts with that reference, earlier ones first. None does not mean that a call has failed.
    fn find_payouts(&self, reference: OrderId) -> Calling<'_, Vec<PayoutReport>>;

    /// Checks that a callback is the provider's. Pure: no call, no clock.
    ///
    /// # Errors
    /// In the order of [`SignatureFault`].
    fn verify<'a>(
        &self,
        headers: &HeaderMap,
        body: &'a [u8],
        now: Timestamp,
    ) -> Result<Verified<'a>, SignatureFault>;

    /// What a callback tells. Empty where it tells of something that no order has to do with. Pure.
    ///
    /// # Errors
    /// In the order of [`EventFault`].
    fn read(&self, callback: Verified<'_>) -> Result<Vec<ProviderEvent>, EventFault>;

    /// How often the provider is asked in a second at most, by one process; none where it does not say.
    fn asked_per_second(&self) -> Option<NonZeroU32> {
        None
    }

    /// Whether a text can be an account that the provider pays to, by its form. Pure.
    fn pays_to(&self, _account: &str) -> bool {
        true
    }

    /// When the provider's days are, and which files tell of one.
    fn calendar(&self) -> StatementCalendar {
        StatementCalendar::UTC
    }

    /// Writes the file of what moved on a day, by the provider's calendar, for [`PaymentProvider::read_statement`]. A
    /// file that takes no more is [`CallError::Unknown`], too.
    fn fetch_statement<'a>(&'a self, day: Date, into: &'a mut (dyn Write + Send)) -> Calling<'a, ()>;

    /// Hands out what a statement says, line by line, and holds none of them: a day may have millions. Nothing but the
    /// file is read.
    ///
    /// # Errors
    /// In the order of [`StatementFault`], of the first line that has one. Those before it were handed out.
    fn read_statement(
        &self,
        source: &mut dyn StatementSource,
        each: &mut dyn FnMut(StatementLine),
    ) -> Result<(), StatementFault>;
}

/// Whether the provider may have had a call before: then a refusal may be of its key alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sending {
    /// Surely not: whoever calls wrote that down before.
    First,
    /// Perhaps.
    Repeat,
}

/// A payment to be opened.
#[derive(Debug, Clone, Copy)]
pub struct PaymentRequest<'a> {
    /// The deposit.
    pub terms: &'a OrderTerms,
    /// Whether the provider may have had the call before.
    pub sending: Sending,
}

/// A payment, or a part of it, to be given back.
#[derive(Debug, Clone, Copy)]
pub struct RefundRequest<'a> {
    /// The deposit that the payment came for.
    pub reference: OrderId,
    /// What the provider calls the payment.
    pub payment: &'a ProviderId,
    /// How much of it.
    pub money: Money,
    /// 1 for the first; a new one only where the provider's record says that the last one failed.
    pub attempt: u32,
    /// Whether the provider may have had the call before.
    pub sending: Sending,
}

/// A payout to be sent.
#[derive(Debug, Clone, Copy)]
pub struct PayoutRequest<'a> {
    /// The withdrawal.
    pub terms: &'a OrderTerms,
    /// The number of the attempt, as it was claimed.
    pub attempt: u32,
    /// Where the money goes. The same for all calls of an attempt.
    pub account: &'a PayeeAccount,
    /// Whether the provider may have had the call before.
    pub sending: Sending,
}

/// A payment that waits for its player.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// What the provider calls it.
    pub id: ProviderId,
    /// Where the player pays.
    pub checkout: Checkout,
}

/// Where a player pays. Without parameters the browser opens the address; with some it posts them there as a form.
/// Whoever knows it can pay, and see what is to be paid.
#[derive(Clone, PartialEq, Eq)]
pub struct Checkout {
    url: Uri,
    parameters: BTreeMap<String, String>,
}

/// The address is no whole one, or neither `https` nor `http`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a player pays at a whole https or http address")]
pub struct CheckoutFault;

impl Checkout {
    /// The checkout at that address.
    ///
    /// # Errors
    /// Not an address that a browser may be sent to.
    pub fn new(url: &str, parameters: BTreeMap<String, String>) -> Result<Self, CheckoutFault> {
        let url: Uri = url.parse().map_err(|_| CheckoutFault)?;
        let is_web = matches!(url.scheme_str(), Some("https" | "http"));
        if is_web && url.host().is_some_and(|host| !host.is_empty()) {
            Ok(Self { url, parameters })
        } else {
            Err(CheckoutFault)
        }
    }

    /// The address.
    pub fn url(&self) -> &Uri {
        &self.url
    }

    /// The fields of the form; none where the address is simply opened.
    pub fn parameters(&self) -> &BTreeMap<String, String> {
        &self.parameters
    }
}

/// The host alone.
impl fmt::Debug for Checkout {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Checkout(at {})", self.url.host().unwrap_or_default())
    }
}

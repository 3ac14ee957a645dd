//! The messages of payment providers in our terms: reports of payments and payouts, events, and the results of calls.
//!
//! A report was parsed by an adapter and, if it came in a callback, verified. It is still only a hint: the order
//! decides about its effect.

use crate::{DisputeId, HistoryLine, Money, OrderId, ProviderId};
use evens_ledger::{Digest, ProviderName};
use jiff::Timestamp;
use strum::{AsRefStr, Display, EnumString, IntoStaticStr, VariantArray};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReportSource {
    /// A callback with this SHA-256. It may be late, repeated or out of order, and its secret may have been stolen.
    Callback(Digest),
    /// Our own query just now: the current record of the provider.
    Asked,
}

/// The state of a payment at the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[derive(AsRefStr, Display, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "kebab-case")]
pub enum PaymentState {
    /// The provider waits for the player.
    Open,
    /// The money has arrived.
    Paid,
    /// No money will arrive, as far as the provider knows.
    Failed,
}

/// A provider's report of a payment to us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentReport {
    pub provider: ProviderName,
    pub id: ProviderId,
    pub reference: OrderId,
    pub money: Money,
    pub state: PaymentState,
    /// The time of this state by the provider's clock.
    pub at: Option<Timestamp>,
    pub source: ReportSource,
}

/// The state of a payout at the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[derive(AsRefStr, Display, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "kebab-case")]
pub enum PayoutState {
    Processing,
    Paid,
    /// Not paid, and never will be, as far as the provider knows.
    Failed,
    /// The money came back to us.
    Returned,
}

/// A provider's report of a payout to a player.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayoutReport {
    pub provider: ProviderName,
    pub id: ProviderId,
    pub reference: OrderId,
    pub money: Money,
    pub state: PayoutState,
    /// The time of this state by the provider's clock.
    pub at: Option<Timestamp>,
    pub source: ReportSource,
}

/// A message that a provider sends on its own initiative.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProviderEvent {
    Payment(PaymentReport),
    Payout(PayoutReport),
    Dispute(DisputeReport),
    Refund(RefundReport),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[derive(AsRefStr, Display, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "kebab-case")]
pub enum DisputeState {
    /// The payer demands the money back.
    Opened,
    /// Decided in our favour.
    Won,
    /// Decided in favour of the payer.
    Lost,
}

/// A provider's report of a dispute. It is a reason to query the dispute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisputeReport {
    pub provider: ProviderName,
    pub id: DisputeId,
    /// The deposit, if it is proven.
    pub reference: Option<OrderId>,
    pub state: DisputeState,
    pub source: ReportSource,
}

/// A dispute as in the provider's current record, from a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dispute {
    pub provider: ProviderName,
    pub id: DisputeId,
    pub reference: OrderId,
    pub payment: ProviderId,
    /// The amount that the payer demands or got back.
    pub money: Money,
    pub state: DisputeState,
}

/// A provider's report of a refund of a deposit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundReport {
    pub provider: ProviderName,
    pub id: ProviderId,
    pub reference: OrderId,
    pub money: Money,
    /// The same states as those of a payout.
    pub state: PayoutState,
    pub source: ReportSource,
}

/// The reason why a call to a provider has no usable answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// The provider answered that it did nothing.
    #[error("the provider refused: {code}")]
    Refused {
        /// The provider's short code for the reason.
        code: String,
    },
    /// Nothing was sent: no connection, an open circuit breaker, or no free slot.
    #[error("the provider could not be called")]
    NotSent,
    /// The provider may or may not have acted: a time-out, a broken connection, 408, 409, 425, 429, 5xx, or an
    /// unreadable answer.
    #[error("the result of the provider's call is unknown")]
    Unknown,
}

impl CallError {
    /// The meaning of the error for a call with a key that was used before. A refusal may be about the key alone, and
    /// an earlier call may have been sent, so the result of the first call is unknown.
    #[must_use]
    pub fn of_repeat(self) -> Self {
        match self {
            Self::Refused { .. } | Self::NotSent | Self::Unknown => Self::Unknown,
        }
    }
}

impl ReportSource {
    /// A history line about a report.
    pub(crate) fn line(self, cause: String, provider_at: Option<Timestamp>, now: Timestamp) -> HistoryLine {
        let callback = match self {
            Self::Callback(digest) => Some(digest),
            Self::Asked => None,
        };
        HistoryLine { at: now, provider_at, cause, callback }
    }
}

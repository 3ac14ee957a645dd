//! What a payment provider says, in our words: its reports of payments and payouts, its events, and how a call ended.
//!
//! The reports are what an adapter has parsed and, for a callback, verified. They are hints all the same: an order
//! decides what becomes of them.

use crate::{DisputeId, HistoryLine, Money, OrderId, ProviderId};
use evens_ledger::{Digest, ProviderName};
use jiff::Timestamp;
use strum::{AsRefStr, Display, EnumString, IntoStaticStr, VariantArray};

/// How a report came to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReportSource {
    /// In a callback with that SHA-256. It may be late, repeated or out of order; and a secret can be stolen.
    Callback(Digest),
    /// By our own question, just now: it is what the provider's record says at present.
    Asked,
}

/// Where a payment stands at the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[derive(AsRefStr, Display, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "kebab-case")]
pub enum PaymentState {
    /// The provider waits for the player.
    Open,
    /// The money is there.
    Paid,
    /// No money will come, as far as the provider knows.
    Failed,
}

/// What a provider says of a payment to us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentReport {
    /// Who says so.
    pub provider: ProviderName,
    /// What they call the payment.
    pub id: ProviderId,
    /// The order that it is for.
    pub reference: OrderId,
    /// How much.
    pub money: Money,
    /// Where it stands.
    pub state: PaymentState,
    /// When that was, by the provider's clock.
    pub at: Option<Timestamp>,
    /// How we know.
    pub source: ReportSource,
}

/// Where a payout stands at the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[derive(AsRefStr, Display, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "kebab-case")]
pub enum PayoutState {
    /// On its way; nobody knows its end.
    Processing,
    /// Paid.
    Paid,
    /// Not paid, and it will not be, as far as the provider knows.
    Failed,
    /// The money came back to us.
    Returned,
}

/// What a provider says of a payout to a player.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayoutReport {
    /// Who says so.
    pub provider: ProviderName,
    /// What they call the payout.
    pub id: ProviderId,
    /// The order that it is for.
    pub reference: OrderId,
    /// How much.
    pub money: Money,
    /// Where it stands.
    pub state: PayoutState,
    /// When that was, by the provider's clock.
    pub at: Option<Timestamp>,
    /// How we know.
    pub source: ReportSource,
}

/// What a provider tells of its own accord.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProviderEvent {
    /// About a payment to us.
    Payment(PaymentReport),
    /// About a payout.
    Payout(PayoutReport),
    /// About a dispute over a payment.
    Dispute(DisputeReport),
    /// About a deposit that we give back.
    Refund(RefundReport),
}

/// How a dispute stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[derive(AsRefStr, Display, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "kebab-case")]
pub enum DisputeState {
    /// Whoever paid asks for their money back.
    Opened,
    /// They do not get it.
    Won,
    /// They got it.
    Lost,
}

/// What a provider says of a dispute: that somebody should ask about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisputeReport {
    /// Who says so.
    pub provider: ProviderName,
    /// What they call the dispute.
    pub id: DisputeId,
    /// The deposit that it is about, where that is proven.
    pub reference: Option<OrderId>,
    /// How it stands.
    pub state: DisputeState,
    /// How we know.
    pub source: ReportSource,
}

/// A dispute as the provider's present record has it, when asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dispute {
    /// Whose record it is.
    pub provider: ProviderName,
    /// What they call the dispute.
    pub id: DisputeId,
    /// The deposit that it is about.
    pub reference: OrderId,
    /// What they call the payment that it is about.
    pub payment: ProviderId,
    /// How much whoever paid wants back, or has got back.
    pub money: Money,
    /// How it stands.
    pub state: DisputeState,
}

/// What a provider says of a deposit that is given back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundReport {
    /// Who says so.
    pub provider: ProviderName,
    /// What they call the refund.
    pub id: ProviderId,
    /// The deposit.
    pub reference: OrderId,
    /// How much.
    pub money: Money,
    /// Where it stands, as a payout does.
    pub state: PayoutState,
    /// How we know.
    pub source: ReportSource,
}

/// Why a call of a provider gave no answer that can be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// The provider answered, and did nothing.
    #[error("the provider refused: {code}")]
    Refused {
        /// Why, in the provider's short code.
        code: String,
    },
    /// Nothing was sent: no connection was made, the circuit breaker is open, or no turn came.
    #[error("nothing was sent to the provider")]
    NotSent,
    /// Nobody knows what the provider did: a time-out, a broken connection, 408, 409, 425, 429, 5xx, an answer that
    /// cannot be read.
    #[error("nobody knows what the provider did")]
    Unknown,
}

impl CallError {
    /// What the error means of a call with a key that was used before: a refusal may be of the key alone, and what was
    /// not sent now may have been sent before, so nobody knows what became of the first call.
    #[must_use]
    pub fn of_repeat(self) -> Self {
        match self {
            Self::Refused { .. } | Self::NotSent | Self::Unknown => Self::Unknown,
        }
    }
}

impl ReportSource {
    /// A line of history about something that was reported.
    pub(crate) fn line(self, cause: String, provider_at: Option<Timestamp>, now: Timestamp) -> HistoryLine {
        let callback = match self {
            Self::Callback(digest) => Some(digest),
            Self::Asked => None,
        };
        HistoryLine { at: now, provider_at, cause, callback }
    }
}

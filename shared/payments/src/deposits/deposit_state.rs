//! [`DepositState`]: the states of a deposit, and the events that lead from one to another.

use crate::orders::wire_status::WireStatus;
use strum::{AsRefStr, Display, EnumString, IntoStaticStr, VariantArray};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[derive(AsRefStr, Display, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum DepositState {
    /// Stored, with its limit reserved. The provider may not know it yet.
    Created,
    /// The provider knows it and waits for the player.
    Pending,
    Completed,
    /// The provider reported a failure, or the payment was never opened. Money may still arrive.
    Failed,
    /// The time to pay is over without a payment. Money may still arrive.
    Expired,
    /// Money arrived that may not be credited. It is in suspense until a cashier decides.
    Unclaimed,
    /// Money that was not credited was sent back.
    Returned,
    /// Money that could not be credited was given to the player by cashiers.
    Claimed,
    /// Credited, then sent back to its source.
    Refunded,
    /// Credited, and now disputed by the payer.
    Disputed,
    /// Taken back by the payer: from the wallet, after the money was credited or given by cashiers, or from suspense.
    ChargedBack,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[derive(AsRefStr, Display, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "kebab-case")]
pub enum DepositEvent {
    /// The provider answered with its id.
    ProviderKnown,
    /// The exact amount arrived, and the player may have it.
    Credited,
    /// The provider reported a failure, or the payment was never opened.
    FailureReported,
    /// The time to pay is over, and the provider was queried.
    TimeOver,
    /// Money arrived that may not be credited.
    MoneyUnclaimed,
    /// Money in suspense was sent back.
    MoneyReturned,
    /// Cashiers gave money in suspense to the player.
    MoneyClaimed,
    /// A cashier refunded a credited deposit.
    Refund,
    /// The payer disputes the payment.
    DisputeOpened,
    /// The payer lost the dispute.
    DisputeWon,
    /// The payer won the dispute.
    ChargeBack,
    /// The payer won the dispute while the money was in suspense or on its way back.
    MoneyTakenBack,
}

impl DepositState {
    /// The state after an event. Returns `None` if the event is not possible in this state.
    pub fn after(self, event: DepositEvent) -> Option<Self> {
        use DepositEvent as Event;
        match (self, event) {
            (Self::Created, Event::ProviderKnown) => Some(Self::Pending),
            (Self::Created | Self::Pending | Self::Failed | Self::Expired, Event::Credited)
            | (Self::Disputed, Event::DisputeWon) => Some(Self::Completed),
            (Self::Created | Self::Pending, Event::FailureReported) => Some(Self::Failed),
            (Self::Created | Self::Pending, Event::TimeOver) => Some(Self::Expired),
            (Self::Created | Self::Pending | Self::Failed | Self::Expired, Event::MoneyUnclaimed) => {
                Some(Self::Unclaimed)
            }
            (Self::Unclaimed, Event::MoneyReturned) => Some(Self::Returned),
            (Self::Unclaimed, Event::MoneyClaimed) => Some(Self::Claimed),
            (Self::Completed, Event::Refund) => Some(Self::Refunded),
            (Self::Completed, Event::DisputeOpened) => Some(Self::Disputed),
            (Self::Completed | Self::Claimed | Self::Disputed, Event::ChargeBack)
            | (Self::Unclaimed | Self::Returned, Event::MoneyTakenBack) => Some(Self::ChargedBack),
            _ => None,
        }
    }

    /// Returns `true` if the amount is reserved in the player's limits: neither credited nor released.
    pub fn is_reserved(self) -> bool {
        matches!(self, Self::Created | Self::Pending)
    }

    /// The public status. A credited deposit that was taken back is shown as cancelled. Money that could not be
    /// credited is shown as processing until it was sent back.
    pub fn wire_status(self) -> WireStatus {
        match self {
            Self::Created | Self::Pending => WireStatus::Pending,
            Self::Unclaimed => WireStatus::Processing,
            Self::Completed | Self::Disputed | Self::Claimed => WireStatus::Completed,
            Self::Failed | Self::Returned => WireStatus::Failed,
            Self::Expired | Self::Refunded | Self::ChargedBack => WireStatus::Cancelled,
        }
    }
}

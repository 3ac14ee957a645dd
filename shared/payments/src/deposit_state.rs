//! [`DepositState`]: where a deposit stands, and which event takes it where.

use crate::wire_status::WireStatus;
use strum::{AsRefStr, Display, EnumString, IntoStaticStr, VariantArray};

/// Where a deposit stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[derive(AsRefStr, Display, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum DepositState {
    /// Written down, its limit reserved; the provider may not know of it.
    Created,
    /// The provider knows of it and waits for the player.
    Pending,
    /// Credited.
    Completed,
    /// The provider said that it failed, or was never asked to open it. Money may still come.
    Failed,
    /// Its time is over and no money was there. Money may still come.
    Expired,
    /// Money came that may not be credited; it waits in suspense for a cashier.
    Unclaimed,
    /// Money that was not credited went back.
    Returned,
    /// Money that could not be credited was given to the player by cashiers.
    Claimed,
    /// Credited, then given back to where it came from.
    Refunded,
    /// Credited, and whoever paid asks for it back.
    Disputed,
    /// Taken back by whoever paid: after it was credited or given to the player by cashiers, or out of suspense.
    ChargedBack,
}

/// What happens to a deposit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[derive(AsRefStr, Display, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "kebab-case")]
pub enum DepositEvent {
    /// The provider answered with its id.
    ProviderKnown,
    /// The exact money came, and the player may have it.
    Credited,
    /// The provider said that it failed, or was never asked to open it.
    FailureReported,
    /// Its time is over, and the provider was asked.
    TimeOver,
    /// Money came that may not be credited.
    MoneyUnclaimed,
    /// Money in suspense went back.
    MoneyReturned,
    /// Cashiers gave money in suspense to the player.
    MoneyClaimed,
    /// A cashier gave a credited deposit back.
    Refund,
    /// Whoever paid asks for it back.
    DisputeOpened,
    /// They did not get it back.
    DisputeWon,
    /// They got it back.
    ChargeBack,
    /// They got it back while it was in suspense, or on its way back.
    MoneyTakenBack,
}

impl DepositState {
    /// The state after an event; none where the event may not happen in this state.
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

    /// Whether the deposit's amount is reserved in the player's limits: neither credited nor given up.
    pub fn is_reserved(self) -> bool {
        matches!(self, Self::Created | Self::Pending)
    }

    /// The word of the public interface. What is taken back after it was credited is told as cancelled; money that
    /// could not be credited is told as processing until it went back.
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

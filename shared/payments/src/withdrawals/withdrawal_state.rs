//! [`WithdrawalState`]: the states of a withdrawal, and the events that lead from one to another.

use crate::orders::wire_status::WireStatus;
use strum::{AsRefStr, Display, EnumString, IntoStaticStr, VariantArray};

/// The state of a withdrawal. Its money left the wallet when it was requested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[derive(AsRefStr, Display, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum WithdrawalState {
    /// Waits for cashiers.
    Held,
    /// May be sent, but no process has begun.
    Approved,
    /// A process has claimed an attempt. From now on the provider may have it, even if it has not answered.
    Processing,
    Completed,
    /// The provider's record shows that it will not be paid, or cashiers gave it up. The money is back in the wallet.
    Failed,
    /// A cashier rejected it. The money is back in the wallet.
    Rejected,
    /// The player cancelled it. The money is back in the wallet.
    Cancelled,
    /// The provider paid it, but the payment came back. The money is back in the wallet.
    Returned,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[derive(AsRefStr, Display, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "kebab-case")]
pub enum WithdrawalEvent {
    /// Enough cashiers approved it.
    Approval,
    Rejection,
    Cancellation,
    /// A process claims an attempt to send it.
    Claim,
    /// The player's account is held now, so cashiers review it before it is sent.
    AccountHeld,
    /// The provider's record shows that it is paid.
    Paid,
    /// The provider's record shows that it will not be paid.
    PayoutFailed,
    /// The provider's record shows that the money came back after it was paid.
    MoneyReturned,
    /// Cashiers ended it, because the provider neither made nor refused it.
    GivenUp,
}

impl WithdrawalState {
    /// The state after an event. Returns `None` if the event is not possible in this state.
    pub fn after(self, event: WithdrawalEvent) -> Option<Self> {
        use WithdrawalEvent as Event;
        match (self, event) {
            (Self::Held, Event::Approval) => Some(Self::Approved),
            (Self::Held, Event::Rejection) => Some(Self::Rejected),
            (Self::Held | Self::Approved, Event::Cancellation) => Some(Self::Cancelled),
            (Self::Approved, Event::AccountHeld) => Some(Self::Held),
            // An attempt with an expired lease is claimed again.
            (Self::Approved | Self::Processing, Event::Claim) => Some(Self::Processing),
            (Self::Processing, Event::Paid) => Some(Self::Completed),
            (Self::Processing, Event::PayoutFailed | Event::GivenUp) => Some(Self::Failed),
            (Self::Completed, Event::MoneyReturned) => Some(Self::Returned),
            _ => None,
        }
    }

    /// Returns `true` if its money is in the account `withdrawals`: neither paid out nor returned to the wallet.
    pub fn is_unfinished(self) -> bool {
        matches!(self, Self::Held | Self::Approved | Self::Processing)
    }

    /// Returns `true` if its money is back in the wallet.
    pub fn is_given_back(self) -> bool {
        matches!(self, Self::Failed | Self::Rejected | Self::Cancelled | Self::Returned)
    }

    pub fn wire_status(self) -> WireStatus {
        match self {
            Self::Held | Self::Approved => WireStatus::Pending,
            Self::Processing => WireStatus::Processing,
            Self::Completed => WireStatus::Completed,
            Self::Failed | Self::Returned => WireStatus::Failed,
            Self::Rejected | Self::Cancelled => WireStatus::Cancelled,
        }
    }
}

//! [`WithdrawalState`]: where a withdrawal stands, and which event takes it where.

use crate::wire_status::WireStatus;
use strum::{AsRefStr, Display, EnumString, IntoStaticStr, VariantArray};

/// Where a withdrawal stands. Its money has left the wallet since it was requested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[derive(AsRefStr, Display, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum WithdrawalState {
    /// Cashiers decide.
    Held,
    /// It may be sent, and nobody has begun to.
    Approved,
    /// A process has claimed an attempt: from now on the provider may have it, whatever was heard.
    Processing,
    /// The provider paid it.
    Completed,
    /// The provider's record says that it will not be paid, or cashiers gave it up; the money is back in the wallet.
    Failed,
    /// A cashier refused it; the money is back in the wallet.
    Rejected,
    /// The player took it back; the money is back in the wallet.
    Cancelled,
    /// The provider paid it, and the money came back; it is back in the wallet.
    Returned,
}

/// What happens to a withdrawal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[derive(AsRefStr, Display, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "kebab-case")]
pub enum WithdrawalEvent {
    /// Enough cashiers agreed to it.
    Approval,
    /// A cashier refused it.
    Rejection,
    /// The player takes it back.
    Cancellation,
    /// A process claims an attempt to send it.
    Claim,
    /// Its player's account is held by now: cashiers look at it before it is sent.
    AccountHeld,
    /// The provider's record says that it is paid.
    Paid,
    /// The provider's record says that it will not be paid.
    PayoutFailed,
    /// The provider's record says that the money came back after it was paid.
    MoneyReturned,
    /// Cashiers ended it, as the provider neither made nor refused it.
    GivenUp,
}

impl WithdrawalState {
    /// The state after an event; none where the event may not happen in this state.
    pub fn after(self, event: WithdrawalEvent) -> Option<Self> {
        use WithdrawalEvent as Event;
        match (self, event) {
            (Self::Held, Event::Approval) => Some(Self::Approved),
            (Self::Held, Event::Rejection) => Some(Self::Rejected),
            (Self::Held | Self::Approved, Event::Cancellation) => Some(Self::Cancelled),
            (Self::Approved, Event::AccountHeld) => Some(Self::Held),
            // A lease that ran out is claimed again.
            (Self::Approved | Self::Processing, Event::Claim) => Some(Self::Processing),
            (Self::Processing, Event::Paid) => Some(Self::Completed),
            (Self::Processing, Event::PayoutFailed | Event::GivenUp) => Some(Self::Failed),
            (Self::Completed, Event::MoneyReturned) => Some(Self::Returned),
            _ => None,
        }
    }

    /// Whether its money is in the account `withdrawals`: neither paid out nor given back.
    pub fn is_unfinished(self) -> bool {
        matches!(self, Self::Held | Self::Approved | Self::Processing)
    }

    /// Whether its money is back in the wallet.
    pub fn is_given_back(self) -> bool {
        matches!(self, Self::Failed | Self::Rejected | Self::Cancelled | Self::Returned)
    }

    /// The word of the public interface.
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

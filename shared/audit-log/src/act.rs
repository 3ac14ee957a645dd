//! [`Act`]: an actor, their action, its subject and their reason.

use evens_ledger::UserId;
use std::fmt;
use std::str::FromStr;
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Actor {
    /// The user named by the token.
    User(UserId),
    /// An operator with access to the table who runs commands such as `evens user`.
    CommandLine,
    /// The platform, on a schedule.
    Schedule,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a user's number, `command-line` or `schedule`")]
pub struct ActorError;

const COMMAND_LINE: &str = "command-line";
const SCHEDULE: &str = "schedule";

impl fmt::Display for Actor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(user) => user.fmt(formatter),
            Self::CommandLine => formatter.write_str(COMMAND_LINE),
            Self::Schedule => formatter.write_str(SCHEDULE),
        }
    }
}

impl FromStr for Actor {
    type Err = ActorError;

    fn from_str(text: &str) -> Result<Self, ActorError> {
        match text {
            COMMAND_LINE => Ok(Self::CommandLine),
            SCHEDULE => Ok(Self::Schedule),
            user => user.parse().map(Self::User).map_err(|_| ActorError),
        }
    }
}

/// The kind of an act. Its text in the log never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Display, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "kebab-case")]
pub enum Action {
    ApproveWithdrawal,
    RejectWithdrawal,
    /// A cashier wants a payout without a result to be sent in a new attempt.
    RetryPayout,
    /// A cashier wants the money of a payout without a result to be returned to the wallet.
    GiveBackPayout,
    /// A cashier refunded a credited deposit to its payer.
    RefundDeposit,
    /// A cashier sent back money that could not be credited.
    ReturnDeposit,
    /// A cashier wants money in suspense to be credited to the player.
    ClaimSuspended,
    WriteOffDebt,
    /// A cashier ended the hold of a player's withdrawals.
    ReleaseAccount,
    /// A cashier wants to adjust a wallet by hand.
    AdjustWallet,
    /// A payments recorded the result of an identity check.
    NoteIdentity,
    /// A cashier wants to release a bank account to another player.
    FreeAccount,
    /// A cashier compared a statement file of a payment provider with the books.
    CompareStatement,
    BlockUser,
    UnblockUser,
    SetRole,
    /// Every session of an account was ended.
    EndSessions,
    /// The unmatched part of a bet was refunded.
    RefundBet,
    VoidMatch,
    /// The terms of a jackpot were changed or proposed.
    UpdateJackpot,
    /// A jackpot win was awarded or proposed.
    AwardJackpot,
    CancelPeriod,
    OpenRound,
    CloseRound,
    /// An oracle reported the result of a round.
    ResultRound,
    CancelRound,
    /// A job in the dead-letter queue was sent again.
    RedriveDeadLetter,
    /// A job in the dead-letter queue was deleted.
    DeleteDeadLetter,
    ImportReferrals,
    /// A switch of the stage was set: players may or may not do something.
    SetSwitch,
    /// The platform sealed the books up to the end of a day.
    SealDay,
}

/// An act of an operator, cashier or oracle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    pub actor: Actor,
    pub action: Action,
    /// The id of the order, user, bet, match, period, round, dead letter, report, file or day.
    pub subject: String,
    /// The actor's reason in their words. Empty if none is required.
    pub reason: String,
    /// The state of the subject before the act.
    pub before: String,
    /// The state of the subject after the act.
    pub after: String,
}

//! [`Act`]: who did what, to what, and why.

use evens_ledger::UserId;
use std::fmt;
use std::str::FromStr;
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

/// Who did something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Actor {
    /// Whom the token named.
    User(UserId),
    /// Whoever may run commands at the table, such as `evens user`.
    CommandLine,
}

/// The text names nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is neither a user's number nor `command-line`")]
pub struct ActorError;

const COMMAND_LINE: &str = "command-line";

impl fmt::Display for Actor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(user) => user.fmt(formatter),
            Self::CommandLine => formatter.write_str(COMMAND_LINE),
        }
    }
}

impl FromStr for Actor {
    type Err = ActorError;

    fn from_str(text: &str) -> Result<Self, ActorError> {
        match text {
            COMMAND_LINE => Ok(Self::CommandLine),
            user => user.parse().map(Self::User).map_err(|_| ActorError),
        }
    }
}

/// What was done. The word for it in the log stays for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Display, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "kebab-case")]
pub enum Action {
    /// A cashier agreed to a withdrawal.
    ApproveWithdrawal,
    /// A cashier refused a withdrawal.
    RejectWithdrawal,
    /// A cashier wants a payout that does not come to its end to be sent in a new attempt.
    RetryPayout,
    /// A cashier wants a payout that does not come to its end to be given back.
    GiveBackPayout,
    /// A cashier gave a credited deposit back to whoever paid it.
    RefundDeposit,
    /// A cashier sent money back that could not be credited.
    ReturnDeposit,
    /// A cashier wants money in suspense to be the player's.
    ClaimSuspended,
    /// A cashier gave up what a player owes.
    WriteOffDebt,
    /// A cashier ended that all withdrawals of a player wait for one.
    ReleaseAccount,
    /// A cashier wants a wallet to be put right by hand.
    AdjustWallet,
    /// A cashier noted what is known of who a player is.
    NoteIdentity,
    /// A cashier wants a bank account to be another player's.
    FreeAccount,
    /// An account was shut.
    BlockUser,
    /// An account was opened again.
    UnblockUser,
    /// An account got another role.
    SetRole,
    /// What of a bet still waited was given back.
    RefundBet,
    /// Both stakes of a match were given back.
    VoidMatch,
    /// The terms of a jackpot were changed.
    UpdateJackpot,
    /// Somebody was to win a jackpot.
    AwardJackpot,
    /// A period of a game was cancelled.
    CancelPeriod,
    /// A round was opened.
    OpenRound,
    /// A round was closed.
    CloseRound,
    /// An oracle said the result of a round.
    ResultRound,
    /// A round was cancelled.
    CancelRound,
    /// A job that was given up was to be sent again.
    RedriveDeadLetter,
    /// A job that was given up was to be forgotten.
    DeleteDeadLetter,
    /// Referrals were taken over from where they were kept before.
    ImportReferrals,
}

/// What somebody does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    /// Who.
    pub actor: Actor,
    /// What.
    pub action: Action,
    /// To which order, user, bet, match, period, round, dead letter or file.
    pub subject: String,
    /// Why, in their words; empty where nobody asked.
    pub reason: String,
    /// How the subject stood before.
    pub before: String,
    /// How it stands afterwards.
    pub after: String,
}

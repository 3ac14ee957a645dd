//! The command line of the commands that find and return stuck money.

use super::HomeArgs;
use clap::{Args, Subcommand};
use evens_exchange::{MatchId, RoundId};
use evens_games::PeriodId;
use evens_idempotency::BetId;
use evens_ledger::UserId;
use evens_payments::ActReason;

/// `evens bets`.
#[derive(Debug, Clone, Args)]
pub(crate) struct BetsArgs {
    #[command(subcommand)]
    pub(crate) command: BetsCommand,
}

/// The commands for bets.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum BetsCommand {
    /// Refund its unmatched part, whatever the state of its round
    Refund(RefundArgs),
}

/// `evens bets refund`.
#[derive(Debug, Clone, Args)]
pub(crate) struct RefundArgs {
    /// The bet
    #[arg(value_name = "ID")]
    pub(crate) id: BetId,
    /// The reason, for the audit log
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: ActReason,
    #[command(flatten)]
    pub(crate) home: HomeArgs,
}

/// `evens matches`.
#[derive(Debug, Clone, Args)]
pub(crate) struct MatchesArgs {
    #[command(subcommand)]
    pub(crate) command: MatchesCommand,
}

/// The commands for matches.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum MatchesCommand {
    /// Return both stakes, if the match is ten minutes overdue and its winner cannot be paid
    Void(VoidArgs),
}

/// `evens matches void`.
#[derive(Debug, Clone, Args)]
pub(crate) struct VoidArgs {
    /// Its round
    #[arg(value_name = "ROUND")]
    pub(crate) round: RoundId,
    /// The match
    #[arg(value_name = "ID")]
    pub(crate) id: MatchId,
    /// The reason, for the audit log
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: ActReason,
    #[command(flatten)]
    pub(crate) home: HomeArgs,
}

/// `evens periods`.
#[derive(Debug, Clone, Args)]
pub(crate) struct PeriodsArgs {
    #[command(subcommand)]
    pub(crate) command: PeriodsCommand,
}

/// The commands for game periods.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum PeriodsCommand {
    /// Cancel it if it has no result, and return every stake
    Cancel(CancelPeriodArgs),
}

/// `evens periods cancel`.
#[derive(Debug, Clone, Args)]
pub(crate) struct CancelPeriodArgs {
    /// The period, such as wingo-30-20261123000000042
    #[arg(value_name = "ID")]
    pub(crate) id: PeriodId,
    /// The reason, for the audit log
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: ActReason,
    #[command(flatten)]
    pub(crate) home: HomeArgs,
}

/// `evens ledger`.
#[derive(Debug, Clone, Args)]
pub(crate) struct LedgerArgs {
    /// The idempotency key of an entry, such as `BET:` followed by the bet's id
    #[arg(long, value_name = "KEY", conflicts_with = "reference", required_unless_present = "reference")]
    pub(crate) key: Option<String>,
    /// The bet, match or order that the entries refer to
    #[arg(long, value_name = "ID")]
    pub(crate) reference: Option<String>,
    /// The user whose ledger is searched; required unless the key or reference implies it
    #[arg(long, value_name = "ID")]
    pub(crate) user: Option<UserId>,
    /// Print one JSON object, as the API returns it
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) home: HomeArgs,
}

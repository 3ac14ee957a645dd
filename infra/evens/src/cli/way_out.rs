//! The command line of the commands that find stuck money and return it.

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

/// What to do with a bet.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum BetsCommand {
    /// Give back what of it still waits, however its round stands
    Refund(RefundArgs),
}

/// `evens bets refund`.
#[derive(Debug, Clone, Args)]
pub(crate) struct RefundArgs {
    /// The bet
    #[arg(value_name = "ID")]
    pub(crate) id: BetId,
    /// Why; it stays in the audit log
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

/// What to do with a match.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum MatchesCommand {
    /// Give both stakes back, if it should have ended for ten minutes and its winner cannot be paid
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
    /// Why; it stays in the audit log
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

/// What to do with a period of a game.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum PeriodsCommand {
    /// Cancel it, if it has no result: every stake goes back
    Cancel(CancelPeriodArgs),
}

/// `evens periods cancel`.
#[derive(Debug, Clone, Args)]
pub(crate) struct CancelPeriodArgs {
    /// The period, such as wingo-30-20261123000000042
    #[arg(value_name = "ID")]
    pub(crate) id: PeriodId,
    /// Why; it stays in the audit log
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: ActReason,
    #[command(flatten)]
    pub(crate) home: HomeArgs,
}

/// `evens ledger`.
#[derive(Debug, Clone, Args)]
pub(crate) struct LedgerArgs {
    /// The idempotency key of an entry, such as `BET:` and the bet's id
    #[arg(long, value_name = "KEY", conflicts_with = "reference", required_unless_present = "reference")]
    pub(crate) key: Option<String>,
    /// What the entries are about: a bet, a match or an order
    #[arg(long, value_name = "ID")]
    pub(crate) reference: Option<String>,
    /// Whose ledger; needed where the key or the reference does not say
    #[arg(long, value_name = "ID")]
    pub(crate) user: Option<UserId>,
    /// Print one JSON object, as the route answers
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) home: HomeArgs,
}

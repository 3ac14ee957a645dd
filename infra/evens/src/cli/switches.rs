//! The command line of `evens switches`.

use super::HomeArgs;
use clap::{Args, Subcommand, ValueEnum};
use evens_payments::ActReason;
use evens_switches::{SwitchName, SwitchState};

/// `evens switches`.
#[derive(Debug, Clone, Args)]
pub(crate) struct SwitchesArgs {
    #[command(subcommand)]
    pub(crate) command: SwitchesCommand,
}

/// The commands for switches of the stage.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum SwitchesCommand {
    /// List them, with their reasons
    List(SwitchListArgs),
    /// Set one; all processes follow within seconds
    Set(SetSwitchArgs),
}

/// `evens switches list`.
#[derive(Debug, Clone, Args)]
pub(crate) struct SwitchListArgs {
    /// Print one JSON object, as the API returns it
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) home: HomeArgs,
}

/// `evens switches set`.
#[derive(Debug, Clone, Args)]
pub(crate) struct SetSwitchArgs {
    /// The switch
    #[arg(value_enum, value_name = "SWITCH")]
    pub(crate) switch: SwitchArg,
    /// The new state
    #[arg(value_enum, value_name = "STATE")]
    pub(crate) state: StateArg,
    /// The reason, for the audit log
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: ActReason,
    #[command(flatten)]
    pub(crate) home: HomeArgs,
}

/// A switch on the command line.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum SwitchArg {
    /// All changes of players; also no payout is sent
    All,
    /// New bets in rounds and on house games
    Bets,
    /// New deposits
    Deposits,
    /// New withdrawals
    Withdrawals,
}

/// A state on the command line.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum StateArg {
    /// Requests are accepted
    On,
    /// Requests are refused
    Off,
}

impl SwitchArg {
    pub(crate) fn name(self) -> SwitchName {
        match self {
            Self::All => SwitchName::All,
            Self::Bets => SwitchName::Bets,
            Self::Deposits => SwitchName::Deposits,
            Self::Withdrawals => SwitchName::Withdrawals,
        }
    }
}

impl StateArg {
    pub(crate) fn state(self) -> SwitchState {
        match self {
            Self::On => SwitchState::On,
            Self::Off => SwitchState::Off,
        }
    }
}

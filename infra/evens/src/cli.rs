//! The command line.

mod dead_letters;
mod reconcile;
mod switches;
mod way_out;

pub(crate) use dead_letters::{ActArgs, DeadLettersArgs, DeadLettersCommand};
pub(crate) use reconcile::ReconcileArgs;
pub(crate) use switches::{SetSwitchArgs, SwitchListArgs, SwitchesArgs, SwitchesCommand};
pub(crate) use way_out::{
    BetsArgs, BetsCommand, CancelPeriodArgs, LedgerArgs, MatchesArgs, MatchesCommand, PeriodsArgs,
    PeriodsCommand, RefundArgs, VoidArgs,
};

use crate::commands::verify_recent::VerifyRecentArgs;
use clap::{Args, Parser, Subcommand, ValueEnum};
use evens_exchange::RoundId;
use evens_games::PeriodId;
use evens_ledger::{Amount, UserId};
use evens_players::Role;
use std::path::PathBuf;

/// Bets at even odds: the whole platform in one process.
#[derive(Debug, Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) serve: ServeArgs,
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

/// The commands. Without one, `evens` serves.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve the API and process the queues (the default)
    Serve(ServeArgs),
    /// Create the table and the queues if they are missing; safe to repeat
    Migrate(HomeArgs),
    /// List, show, block and unblock accounts, and set their roles
    User(UserArgs),
    /// Import referrals from the previous system
    ImportReferrals(ImportReferralsArgs),
    /// Cancel the open rounds of a table that was restored from a copy
    Rounds(RoundsArgs),
    /// Find ledger entries by key or by reference
    Ledger(LedgerArgs),
    /// Refund the unmatched part of a bet
    Bets(BetsArgs),
    /// Return both stakes of a stuck match
    Matches(MatchesArgs),
    /// Cancel a game period that has no result
    Periods(PeriodsArgs),
    /// Stop bets, deposits, withdrawals or all changes of players, and allow them again
    Switches(SwitchesArgs),
    /// Generate a token signing key, or a key that encrypts payee accounts
    Key(KeyArgs),
    /// Credit a wallet from the house (local stage only)
    Fund(FundArgs),
    /// Show waiting jobs, jobs in progress and dead letters by queue
    Queues(SharedArgs),
    /// List, redrive or delete dead letters, the jobs that were given up
    DeadLetters(DeadLettersArgs),
    /// Check the books and the draws; exit code 0 clean, 1 violations, 2 check failed
    Verify(VerifyArgs),
    /// Export the books into a new folder for an auditor; exit code 0 clean, 1 violations, 2 export failed
    Export(ExportArgs),
    /// Compare a payment provider's day with our books; exit code 0 equal, 1 differences, 2 comparison failed
    Reconcile(ReconcileArgs),
    /// Copy the embedded table into a new folder for `--data`; works while evens is running
    Backup(BackupArgs),
    /// Load a running server: place bets, wait until all have ended, print latencies (local stage only)
    Play(PlayArgs),
}

/// The location of the data.
#[derive(Debug, Clone, Args)]
pub(crate) struct HomeArgs {
    /// The folder with the data of the embedded engines and the local keys
    #[arg(long, env = "EVENS_DATA", default_value = ".evens", value_name = "FOLDER")]
    pub(crate) data: PathBuf,
}

/// The arguments of commands that print a result.
#[derive(Debug, Clone, Args)]
pub(crate) struct SharedArgs {
    /// Print one JSON object
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) home: HomeArgs,
}

/// `evens serve`.
#[derive(Debug, Clone, Args)]
pub(crate) struct ServeArgs {
    /// The address of the API; a host name is resolved, as in localhost:8080
    #[arg(long, env = "EVENS_LISTEN", default_value = "127.0.0.1:8080", value_name = "ADDRESS:PORT")]
    pub(crate) listen: String,
    /// The address of GET /metrics, which needs no token; without it, no metrics are served
    #[arg(long, env = "EVENS_METRICS_LISTEN", value_name = "ADDRESS:PORT")]
    pub(crate) metrics_listen: Option<String>,
    /// The address of the console outside the stage local, where it is served nowhere else
    #[arg(long, env = "EVENS_CONSOLE_LISTEN", value_name = "ADDRESS:PORT")]
    pub(crate) console_listen: Option<String>,
    /// How long to keep serving after the stop signal, while GET /health/ready reports that the process is draining
    #[arg(long, env = "EVENS_DRAIN_SECONDS", default_value_t = 0, value_name = "SECONDS")]
    pub(crate) drain_seconds: u64,
    #[command(flatten)]
    pub(crate) home: HomeArgs,
}

/// `evens user`.
#[derive(Debug, Clone, Args)]
pub(crate) struct UserArgs {
    #[command(subcommand)]
    pub(crate) command: UserCommand,
}

/// The commands for accounts.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum UserCommand {
    /// List accounts, newest first; reads the whole table
    List(UserListArgs),
    /// Show an account with its wallet, sessions, referrals and attendance streak
    Show(UserShowArgs),
    /// List the players against whom an account won more than three matches, among its newest 400 ledger entries
    Opponents(UserShowArgs),
    /// Block an account and end its sessions
    Block(WhoArgs),
    /// Unblock an account, so that it can log in again
    Unblock(WhoArgs),
    /// Set an account's role and end its sessions
    Role(UserRoleArgs),
}

/// The account.
#[derive(Debug, Clone, Args)]
pub(crate) struct WhoArgs {
    /// The user's id, or the phone number of the sign-up
    #[arg(value_name = "ID|PHONE")]
    pub(crate) user: String,
    #[command(flatten)]
    pub(crate) home: HomeArgs,
}

/// `evens import-referrals`.
#[derive(Debug, Clone, Args)]
pub(crate) struct ImportReferralsArgs {
    /// A text file with one referral per line: referrer, comma, referred user; each by id or phone number
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) home: HomeArgs,
}

/// `evens user list`.
#[derive(Debug, Clone, Args)]
pub(crate) struct UserListArgs {
    /// Only accounts with this role
    #[arg(long, value_enum)]
    pub(crate) role: Option<RoleArg>,
    /// Only blocked accounts
    #[arg(long)]
    pub(crate) blocked: bool,
    /// The maximum number of results
    #[arg(long, default_value = "50", value_name = "N", value_parser = number_from_one)]
    pub(crate) limit: usize,
    #[command(flatten)]
    pub(crate) shared: SharedArgs,
}

/// `evens user show`.
#[derive(Debug, Clone, Args)]
pub(crate) struct UserShowArgs {
    #[command(flatten)]
    pub(crate) who: WhoArgs,
    /// Print one JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

/// `evens user role`.
#[derive(Debug, Clone, Args)]
pub(crate) struct UserRoleArgs {
    /// The user's id, or the phone number of the sign-up
    #[arg(value_name = "ID|PHONE")]
    pub(crate) user: String,
    /// The new role, effective from the next login
    #[arg(value_enum)]
    pub(crate) role: RoleArg,
    #[command(flatten)]
    pub(crate) home: HomeArgs,
}

/// A role on the command line.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum RoleArg {
    /// Places bets
    Player,
    /// Opens, closes and cancels rounds
    Operator,
    /// Reports results of rounds
    Oracle,
    /// Decides on held withdrawals
    Cashier,
    /// Reads the audit log
    Auditor,
    /// Contributes to jackpots
    Contributor,
}

impl RoleArg {
    pub(crate) fn role(self) -> Role {
        match self {
            Self::Player => Role::Player,
            Self::Operator => Role::Operator,
            Self::Oracle => Role::Oracle,
            Self::Cashier => Role::Cashier,
            Self::Auditor => Role::Auditor,
            Self::Contributor => Role::Contributor,
        }
    }
}

/// `evens rounds`.
#[derive(Debug, Clone, Args)]
pub(crate) struct RoundsArgs {
    #[command(subcommand)]
    pub(crate) command: RoundsCommand,
}

/// The commands for rounds.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum RoundsCommand {
    /// Cancel every open round; reads the whole table
    CancelOpen(HomeArgs),
}

/// `evens key`.
#[derive(Debug, Clone, Args)]
pub(crate) struct KeyArgs {
    #[command(subcommand)]
    pub(crate) command: KeyCommand,
}

/// The commands for keys.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum KeyCommand {
    /// Print a new private key to stdout as an environment variable, and its public key to stderr
    Generate(KeyGenerateArgs),
}

/// `evens key generate`.
#[derive(Debug, Clone, Args)]
pub(crate) struct KeyGenerateArgs {
    /// The key's name, which is part of everything it signs or encrypts; by default today's date and four random digits
    #[arg(long, value_name = "NAME")]
    pub(crate) kid: Option<String>,
    /// Generate a key that encrypts payee accounts; it has no public key
    #[arg(long)]
    pub(crate) payees: bool,
}

/// `evens fund`.
#[derive(Debug, Clone, Args)]
pub(crate) struct FundArgs {
    #[command(flatten)]
    pub(crate) who: FundWho,
    /// The amount, for example 500 or 12.50
    #[arg(long, value_name = "AMOUNT", allow_hyphen_values = true)]
    pub(crate) amount: Amount,
    /// The order id; an order is credited only once. By default, one order per user, amount and day (UTC)
    #[arg(long, value_name = "ORDER")]
    pub(crate) order: Option<String>,
    #[command(flatten)]
    pub(crate) home: HomeArgs,
}

/// The credited wallet.
#[derive(Debug, Clone, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct FundWho {
    /// The wallet of the user with this id
    #[arg(long, value_name = "ID")]
    pub(crate) user: Option<UserId>,
    /// The wallet of the user who signed up with this phone number
    #[arg(long, value_name = "NUMBER")]
    pub(crate) phone: Option<String>,
}

/// `evens verify`.
#[derive(Debug, Clone, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct VerifyArgs {
    #[command(subcommand)]
    pub(crate) command: Option<VerifyCommand>,
    /// Print one JSON object
    #[arg(long)]
    pub(crate) json: bool,
    /// Print every violation instead of the first of each invariant
    #[arg(long)]
    pub(crate) all: bool,
    /// Require that every bet has ended: for an idle system whose refund time has passed
    #[arg(long)]
    pub(crate) ended: bool,
    #[command(flatten)]
    pub(crate) home: HomeArgs,
}

/// The checks of a part of the books.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum VerifyCommand {
    /// Recompute the draws of one round from its public seed
    Round(VerifyRoundArgs),
    /// Recompute the draw of one game period from its public seed
    Period(VerifyPeriodArgs),
    /// Check the movements of the last hours, in a time that follows their number
    Recent(VerifyRecentArgs),
    /// Check all ledgers part by part, for a table that does not fit into memory
    History(SharedArgs),
}

/// `evens verify round`.
#[derive(Debug, Clone, Args)]
pub(crate) struct VerifyRoundArgs {
    /// The round
    #[arg(value_name = "ID")]
    pub(crate) id: RoundId,
    #[command(flatten)]
    pub(crate) shared: SharedArgs,
}

/// `evens verify period`.
#[derive(Debug, Clone, Args)]
pub(crate) struct VerifyPeriodArgs {
    /// The period, such as wingo-30-20261123000000042
    #[arg(value_name = "ID")]
    pub(crate) id: PeriodId,
    #[command(flatten)]
    pub(crate) shared: SharedArgs,
}

/// `evens export`.
#[derive(Debug, Clone, Args)]
pub(crate) struct ExportArgs {
    /// The folder to create, or an empty folder
    #[arg(value_name = "FOLDER")]
    pub(crate) folder: PathBuf,
    #[command(flatten)]
    pub(crate) home: HomeArgs,
}

/// `evens backup`.
#[derive(Debug, Clone, Args)]
pub(crate) struct BackupArgs {
    /// The folder to create
    #[arg(value_name = "FOLDER")]
    pub(crate) folder: PathBuf,
    #[command(flatten)]
    pub(crate) home: HomeArgs,
}

/// `evens play`.
#[derive(Debug, Clone, Args)]
pub(crate) struct PlayArgs {
    /// The number of players, who sign up first
    #[arg(long, default_value = "100", value_name = "N", value_parser = number_from_one)]
    pub(crate) users: usize,
    /// The number of bets, on random sides with random stakes
    #[arg(long, default_value_t = 1_000, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) bets: u64,
    /// The server; by default the one that uses the data folder, or else the one on port 8080
    #[arg(long, value_name = "URL")]
    pub(crate) url: Option<String>,
    /// The number of concurrent bets
    #[arg(long, default_value = "16", value_name = "N", value_parser = number_from_one)]
    pub(crate) connections: usize,
    /// The round to bet on; by default new rounds
    #[arg(long, value_name = "ID", conflicts_with = "rounds")]
    pub(crate) round: Option<RoundId>,
    /// The number of new rounds to bet on
    #[arg(long, default_value_t = 1, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) rounds: u32,
    /// The minimum stake; by default the minimum of a server with this environment
    #[arg(long, value_name = "AMOUNT")]
    pub(crate) stake_min: Option<Amount>,
    /// The maximum stake
    #[arg(long, default_value = "37", value_name = "AMOUNT")]
    pub(crate) stake_max: Amount,
    #[command(flatten)]
    pub(crate) home: HomeArgs,
}

fn number_from_one(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) => Err("is zero".to_owned()),
        Ok(number) => Ok(number),
        Err(error) => Err(format!("is not a number: {error}")),
    }
}

//! The command line.

mod dead_letters;
mod reconcile;
mod way_out;

pub(crate) use dead_letters::{ActArgs, DeadLettersArgs, DeadLettersCommand, QueuesArgs};
pub(crate) use reconcile::ReconcileArgs;
pub(crate) use way_out::{
    BetsArgs, BetsCommand, CancelPeriodArgs, LedgerArgs, MatchesArgs, MatchesCommand, PeriodsArgs,
    PeriodsCommand, RefundArgs, VoidArgs,
};

use clap::{Args, Parser, Subcommand, ValueEnum};
use evens_exchange::RoundId;
use evens_games::PeriodId;
use evens_ledger::{Amount, UserId};
use evens_players::Role;
use std::net::SocketAddr;
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

/// What there is to do. Without one of these, `evens` serves.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve the API and work on the queues (the same as no command)
    Serve(ServeArgs),
    /// Create the table and the queues where they are missing; may be repeated
    Migrate(HomeArgs),
    /// Look at accounts, block and unblock them, and give them roles
    User(UserArgs),
    /// Import who brought whom from the system before
    ImportReferrals(ImportReferralsArgs),
    /// Cancel the rounds of a table that was brought back from a copy
    Rounds(RoundsArgs),
    /// Find ledger entries by their key, or by what they are about
    Ledger(LedgerArgs),
    /// Give back what of a bet waits
    Bets(BetsArgs),
    /// Give back both stakes of a match that should have ended, and has not
    Matches(MatchesArgs),
    /// Cancel a period of a game that has no result
    Periods(PeriodsArgs),
    /// Make the key that tokens are signed with, or one that the accounts of payees are sealed with
    Key(KeyArgs),
    /// Credit a wallet from the house (local stage only)
    Fund(FundArgs),
    /// Show how many jobs wait, are worked on and were given up, queue by queue
    Queues(QueuesArgs),
    /// Look at jobs that were given up, send them again, or delete what is known of them
    DeadLetters(DeadLettersArgs),
    /// Check that no coin was made or lost and no draw was rigged; exit code 0 clean, 1 offenders, 2 could not look
    Verify(VerifyArgs),
    /// Write the books into a new folder for an auditor; exit code 0 clean, 1 offenders, 2 not written
    Export(ExportArgs),
    /// Compare a payment provider's day with our books; exit code 0 agrees, 1 differs, 2 could not compare
    Reconcile(ReconcileArgs),
    /// Copy the embedded table, while it is in use or not, into a new folder that `--data` takes
    Backup(BackupArgs),
    /// Play against a running server: place bets, wait until all have ended, show how long it took (local stage only)
    Play(PlayArgs),
}

/// Where the data is.
#[derive(Debug, Clone, Args)]
pub(crate) struct HomeArgs {
    /// The folder of the embedded engines and of the local keys
    #[arg(long, env = "EVENS_DATA", default_value = ".evens", value_name = "FOLDER")]
    pub(crate) data: PathBuf,
}

/// `evens serve`.
#[derive(Debug, Clone, Args)]
pub(crate) struct ServeArgs {
    /// The address of the API
    #[arg(long, env = "EVENS_LISTEN", default_value = "127.0.0.1:8080", value_name = "ADDRESS:PORT")]
    pub(crate) listen: SocketAddr,
    /// The address of GET /metrics, which needs no token; without it there is none
    #[arg(long, env = "EVENS_METRICS_LISTEN", value_name = "ADDRESS:PORT")]
    pub(crate) metrics_listen: Option<SocketAddr>,
    /// How long to go on serving after the signal to stop, saying at GET /health/ready that nothing new should come
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

/// What to do with accounts.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum UserCommand {
    /// List accounts, the newest first; reads the whole table
    List(UserListArgs),
    /// Show an account, its wallet, and how many sessions, referrals and days in a row it has
    Show(UserShowArgs),
    /// Refuse everything that an account asks for, and end its sessions
    Block(WhoArgs),
    /// Let a blocked account log in again
    Unblock(WhoArgs),
    /// Give an account another role, and end its sessions
    Role(UserRoleArgs),
}

/// Whose account.
#[derive(Debug, Clone, Args)]
pub(crate) struct WhoArgs {
    /// The user's number, or the phone number that the user signed up with
    #[arg(value_name = "ID|PHONE")]
    pub(crate) user: String,
    #[command(flatten)]
    pub(crate) home: HomeArgs,
}

/// `evens import-referrals`.
#[derive(Debug, Clone, Args)]
pub(crate) struct ImportReferralsArgs {
    /// A text with a line for each referral: who brought, a comma, who was brought; each by number or phone number
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
    /// How many at most
    #[arg(long, default_value = "50", value_name = "N", value_parser = number_from_one)]
    pub(crate) limit: usize,
    /// Print one JSON object
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) home: HomeArgs,
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
    /// The user's number, or the phone number that the user signed up with
    #[arg(value_name = "ID|PHONE")]
    pub(crate) user: String,
    /// What the account may do from the next login on
    #[arg(value_enum)]
    pub(crate) role: RoleArg,
    #[command(flatten)]
    pub(crate) home: HomeArgs,
}

/// A role as it is written on the command line.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum RoleArg {
    /// Places bets
    Player,
    /// Opens, closes and cancels rounds
    Operator,
    /// Says results of rounds
    Oracle,
    /// Decides about withdrawals that are held
    Cashier,
    /// Reads what operators and cashiers did
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

/// What to do with rounds.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum RoundsCommand {
    /// Cancel every round that takes bets; reads the whole table
    CancelOpen(HomeArgs),
}

/// `evens key`.
#[derive(Debug, Clone, Args)]
pub(crate) struct KeyArgs {
    #[command(subcommand)]
    pub(crate) command: KeyCommand,
}

/// What to do with keys.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum KeyCommand {
    /// Print a new private key to stdout, as the variable that functions read, and its public half to stderr
    Generate(KeyGenerateArgs),
}

/// `evens key generate`.
#[derive(Debug, Clone, Args)]
pub(crate) struct KeyGenerateArgs {
    /// The key's name, which all that it signs or seals repeats; without it, today's date and four random digits
    #[arg(long, value_name = "NAME")]
    pub(crate) kid: Option<String>,
    /// Make a key that the accounts of payees are sealed with; it has no public half
    #[arg(long)]
    pub(crate) payees: bool,
}

/// `evens fund`.
#[derive(Debug, Clone, Args)]
pub(crate) struct FundArgs {
    #[command(flatten)]
    pub(crate) who: FundWho,
    /// How much, for example 500 or 12.50
    #[arg(long, value_name = "AMOUNT", allow_hyphen_values = true)]
    pub(crate) amount: Amount,
    /// The order that this credits; the same order is credited once. Without it, each call is one of its own
    #[arg(long, value_name = "ORDER")]
    pub(crate) order: Option<String>,
    #[command(flatten)]
    pub(crate) home: HomeArgs,
}

/// Whose wallet is credited.
#[derive(Debug, Clone, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct FundWho {
    /// Whose wallet, by the user's number
    #[arg(long, value_name = "ID")]
    pub(crate) user: Option<UserId>,
    /// Whose wallet, by the phone number that the user signed up with
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
    /// Demand that every bet has ended: for a quiet system whose refund time has passed
    #[arg(long)]
    pub(crate) ended: bool,
    #[command(flatten)]
    pub(crate) home: HomeArgs,
}

/// What to verify instead of all books.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum VerifyCommand {
    /// Make the draws of one round again from its public seed
    Round(VerifyRoundArgs),
    /// Draw one period of a game again from its public seed
    Period(VerifyPeriodArgs),
}

/// `evens verify round`.
#[derive(Debug, Clone, Args)]
pub(crate) struct VerifyRoundArgs {
    /// The round
    #[arg(value_name = "ID")]
    pub(crate) id: RoundId,
    /// Print one JSON object
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) home: HomeArgs,
}

/// `evens verify period`.
#[derive(Debug, Clone, Args)]
pub(crate) struct VerifyPeriodArgs {
    /// The period, such as wingo-30-20261123000000042
    #[arg(value_name = "ID")]
    pub(crate) id: PeriodId,
    /// Print one JSON object
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) home: HomeArgs,
}

/// `evens export`.
#[derive(Debug, Clone, Args)]
pub(crate) struct ExportArgs {
    /// The folder that is made, or an empty one
    #[arg(value_name = "FOLDER")]
    pub(crate) folder: PathBuf,
    #[command(flatten)]
    pub(crate) home: HomeArgs,
}

/// `evens backup`.
#[derive(Debug, Clone, Args)]
pub(crate) struct BackupArgs {
    /// The folder that is made
    #[arg(value_name = "FOLDER")]
    pub(crate) folder: PathBuf,
    #[command(flatten)]
    pub(crate) home: HomeArgs,
}

/// `evens play`.
#[derive(Debug, Clone, Args)]
pub(crate) struct PlayArgs {
    /// How many players, who sign up first
    #[arg(long, default_value = "100", value_name = "N", value_parser = number_from_one)]
    pub(crate) users: usize,
    /// How many bets, on random sides with random stakes
    #[arg(long, default_value_t = 1_000, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) bets: u64,
    /// The server; without it, the evens that runs on the data folder, else the one on port 8080
    #[arg(long, value_name = "URL")]
    pub(crate) url: Option<String>,
    /// How many bets are under way at once
    #[arg(long, default_value = "16", value_name = "N", value_parser = number_from_one)]
    pub(crate) connections: usize,
    /// The round to bet on; without it, new ones
    #[arg(long, value_name = "ID", conflicts_with = "rounds")]
    pub(crate) round: Option<RoundId>,
    /// How many new rounds to bet on
    #[arg(long, default_value_t = 1, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) rounds: u32,
    /// The least stake; without it, the least that a server with this environment takes
    #[arg(long, value_name = "AMOUNT")]
    pub(crate) stake_min: Option<Amount>,
    /// The largest stake
    #[arg(long, default_value = "37", value_name = "AMOUNT")]
    pub(crate) stake_max: Amount,
    #[command(flatten)]
    pub(crate) home: HomeArgs,
}

fn number_from_one(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) => Err("is zero".to_owned()),
        Ok(number) => Ok(number),
        Err(error) => Err(format!("is no number: {error}")),
    }
}

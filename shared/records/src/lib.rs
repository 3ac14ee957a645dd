//! [`Record`]: what is in the books, one by one. The table hands them out, and the auditor takes them in.
//!
//! Architecture invariant: a record says what it is and knows neither the table nor a rule. A list of records, in any
//! order, is all that can be known of the books.

mod seal;

pub use seal::{DaySeal, SealedParts};

use evens_audit_log::{AuditHead, AuditLine};
use evens_draws::Seed;
use evens_exchange::{Bet, Match, Round, RoundId, UnmatchedBet};
use evens_games::{Drawn, GameBet, GameBetRecord, Period, PeriodId};
use evens_jackpots::{Award, Contribution, JackpotConfig, Meter, Pool, Win};
use evens_ledger::{Amount, Digest, Entry, Transfer, UserId, Wallet};
use evens_own_limits::PlayLimits;
use evens_payments::{Cashier, DepositOrder, Direction, OrderId, Payee, WithdrawalOrder};
use evens_players::{Account, PhoneNumber, Referral, ReferralCode};
use jiff::Timestamp;

/// One thing that is in the books.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Record {
    /// A wallet, without the entries and the limits that it carries.
    Wallet(Wallet),
    /// What the wallet says that its player's bets are held to, where it says anything.
    PlayLimits(UserId, Box<PlayLimits>),
    /// A ledger entry.
    Entry(Entry),
    /// A movement between two accounts of the system.
    Transfer(Transfer),
    /// A deposit.
    Deposit(Box<DepositOrder>),
    /// A withdrawal.
    Withdrawal(Box<WithdrawalOrder>),
    /// What is known of a player's payments.
    Cashier(Box<Cashier>),
    /// Where an order stands among its player's.
    OrderPlace(OrderPlace),
    /// Where a player is paid.
    Payee(Box<Payee>),
    /// Whose an account is, by its fingerprint.
    PayeeOwner(Digest, UserId),
    /// What an operator did.
    AuditLine(Box<AuditLine>),
    /// The newest line of what operators did.
    AuditHead(AuditHead),
    /// A bet.
    Bet(Bet),
    /// An unmatched bet.
    Waiting(UnmatchedBet),
    /// A match.
    Match(Match),
    /// A round.
    Round(Round),
    /// A round's secret.
    Seed(RoundId, Seed),
    /// A bet against the house.
    GameBet(Box<GameBet>),
    /// A period of a game.
    Period(Box<Period>),
    /// Part of a period's bets.
    PeriodShard(PeriodShard),
    /// What was drawn for a period, as its room's history has it.
    PeriodResult(PeriodId, Drawn),
    /// A period's secret.
    PeriodSeed(PeriodId, Seed),
    /// Something of a jackpot.
    Jackpot(Box<JackpotRecord>),
    /// What makes an order of the house be credited once.
    Funding(Funding),
    /// An account.
    Account(Account),
    /// To whose account a name leads.
    Name(Name, UserId),
    /// That one player referred another.
    Referral(Referral),
    /// That a player was there: a session, or a day. There may be many of one player.
    Visit(UserId),
    /// What the books came to when a day ended.
    Seal(Box<DaySeal>),
    /// What nothing depends on: a counter of requests, what a round added up to, or a report.
    Aside,
}

/// Part of the bets of a period: what settles it, and what it may cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeriodShard {
    /// The period.
    pub period: PeriodId,
    /// Which of its shards, from 0 on.
    pub number: u16,
    /// Since when it takes no bet any more; none while it may.
    pub closed_at: Option<Timestamp>,
    /// A record of each bet, in the order of their ids.
    pub bets: Vec<GameBetRecord>,
}

/// Something of a jackpot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JackpotRecord {
    /// A version of the terms of a group.
    Config(JackpotConfig),
    /// The pool of a group.
    Pool(Pool),
    /// A meter.
    Meter(Meter),
    /// A contribution. What it moved between accounts of the ledger comes as transfers beside it.
    Contribution(Contribution),
    /// A win that is proposed, or has begun.
    Award(Award),
    /// A win that was paid.
    Win(Win),
}

/// An order by which the house credited a wallet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Funding {
    /// Under this name it is credited once.
    pub order: String,
    /// Who was credited.
    pub user: UserId,
    /// How much.
    pub amount: Amount,
    /// The number of the entry that did it.
    pub entry: u64,
}

/// Where an order stands among its player's, which is where its player finds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct OrderPlace {
    /// The order.
    pub order: OrderId,
    /// Which way its money goes.
    pub direction: Direction,
    /// Whose list it is in.
    pub user: UserId,
    /// When it was given, by which the list is sorted.
    pub created_at: Timestamp,
}

/// What leads to an account, and to one only.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Name {
    /// What its player logs in with.
    Phone(PhoneNumber),
    /// What its player hands on.
    Code(ReferralCode),
}

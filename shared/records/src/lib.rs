//! [`Record`]: an item of the books. The store reads records from the table, and the auditor checks them.
//!
//! Architecture invariant: a record describes itself and knows neither the table nor a rule. A list of records, in any
//! order, is all that can be known of the books.

mod name;
mod pair;
mod seal;

pub use name::RecordName;
pub use pair::Pair;
pub use seal::{DaySeal, SealedDays, SealedParts};

use evens_audit_log::{AuditHead, AuditLine};
use evens_draws::Seed;
use evens_exchange::{Bet, Match, Round, RoundId, UnmatchedBet};
use evens_games::{DrawnSymbols, GameBet, GameBetRecord, Period, PeriodId};
use evens_jackpots::{Award, Contribution, JackpotConfig, Meter, Pool, Win};
use evens_ledger::{Amount, Digest, Entry, Transfer, UserId, Wallet};
use evens_own_limits::{PerPeriod, PlayRules, PlaySum};
use evens_payments::{
    DepositOrder, Direction, OrderId, Payee, PaymentsRecord, SettingsEntry, WithdrawalOrder,
};
use evens_players::{Account, PhoneNumber, Referral, ReferralCode, Role};
use evens_switches::Switches;
use jiff::Timestamp;

/// An item of the books.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Record {
    /// A wallet, without the entries and limits stored in it.
    Wallet(Wallet),
    /// The limits of play stored in a wallet, if there are any.
    PlayLimits(Box<StoredLimits>),
    /// The copy that a wallet has of its account, if it restricts what the player may do.
    Access(UserId, Access),
    Entry(Entry),
    /// A movement between two system accounts.
    Transfer(Transfer),
    Deposit(Box<DepositOrder>),
    Withdrawal(Box<WithdrawalOrder>),
    Cashier(Box<PaymentsRecord>),
    /// A change of a player's own settings.
    Settings(Box<SettingsEntry>),
    /// The position of an order in its player's list.
    OrderPlace(OrderPlace),
    /// A player's bank account.
    Payee(Box<Payee>),
    /// The owner of a bank account, by its fingerprint.
    PayeeOwner(Digest, UserId),
    AuditLine(Box<AuditLine>),
    /// The newest line of the audit log.
    AuditHead(AuditHead),
    Bet(Bet),
    Waiting(UnmatchedBet),
    Match(Match),
    Round(Round),
    /// A round's secret.
    Seed(RoundId, Seed),
    GameBet(Box<GameBet>),
    Period(Box<Period>),
    /// A period that was drawn without bets. It is its own result in the history of its room, and keeps no secret.
    ArchivedPeriod(Box<Period>),
    /// A part of a period's bets.
    PeriodShard(PeriodShard),
    /// The result of a period in the history of its room.
    PeriodResult(PeriodId, DrawnSymbols),
    /// A period's secret.
    PeriodSeed(PeriodId, Seed),
    Jackpot(Box<JackpotRecord>),
    /// The idempotency record of a credit from the house.
    Funding(Funding),
    Account(Account),
    /// The account that a name leads to.
    Name(Name, UserId),
    Referral(Referral),
    /// A session, or a day of attendance. A player may have many of them.
    Visit(UserId),
    /// The seal of the books at the end of a day.
    Seal(Box<DaySeal>),
    /// The switches of the stage, if any was ever set.
    Switches(Box<Switches>),
    /// An item that no rule depends on: a counter of requests, the totals of a round, or a report.
    Aside,
}

/// The part of an account that restricts what its player may do with money. The wallet has a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Access {
    pub role: Role,
    pub is_blocked: bool,
    /// How often all sessions of the account were ended.
    pub session_epoch: u64,
    /// When the player last got a new password by a code. It holds withdrawals.
    pub recovered_at: Option<Timestamp>,
}

impl Access {
    /// Returns `true` if a wallet with this copy restricts its player as the account does. Earlier versions ended
    /// sessions without a copy, so the wallet's epoch may be lower.
    pub fn is_copy_of(self, account: Self) -> bool {
        self.session_epoch <= account.session_epoch
            && (self.role, self.is_blocked, self.recovered_at)
                == (account.role, account.is_blocked, account.recovered_at)
    }
}

/// A part of the bets of a period. Settlement and exposure are computed from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeriodShard {
    pub period: PeriodId,
    /// The number of the shard, starting at 0.
    pub number: u16,
    /// When the shard stopped taking bets. `None` while it takes them.
    pub closed_at: Option<Timestamp>,
    /// Ordered by bet id.
    pub bets: Vec<GameBetRecord>,
}

impl Record {
    /// The ledger transfer that the record is, or those that a contribution makes.
    pub fn transfers(&self) -> Vec<Transfer> {
        match self {
            Self::Transfer(transfer) => vec![transfer.clone()],
            Self::Jackpot(record) => match record.as_ref() {
                JackpotRecord::Contribution(made) => made.transfers(),
                _ => Vec::new(),
            },
            _ => Vec::new(),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JackpotRecord {
    /// A version of the terms of a group.
    Config(JackpotConfig),
    Pool(Pool),
    Meter(Meter),
    /// A contribution. Its ledger transfers follow from it and are no records.
    Contribution(Contribution),
    /// A proposed win, or one that has begun.
    Award(Award),
    Win(Win),
}

/// A credit of a wallet by the house.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Funding {
    /// The name under which it is credited once.
    pub order: String,
    pub user: UserId,
    pub amount: Amount,
    /// The number of the ledger entry.
    pub entry: u64,
}

/// The limits of play stored in a wallet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredLimits {
    pub user: UserId,
    pub rules: PlayRules,
    /// `None` in a wallet of an earlier version, before its player's next stake.
    pub sums: Option<PerPeriod<PlaySum>>,
    /// The wallet's fence, which each change of the settings replaces. Never used twice.
    pub fence: Option<String>,
}

/// The position of an order in its player's list, by which the player finds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct OrderPlace {
    pub order: OrderId,
    pub direction: Direction,
    pub user: UserId,
    /// The time of the order, by which the list is sorted.
    pub created_at: Timestamp,
}

/// A name that leads to exactly one account.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Name {
    /// The phone number for the login.
    Phone(PhoneNumber),
    /// The referral code that the player gives to others.
    Code(ReferralCode),
}

//! The table of request budgets.

use evens_players::Budget;
use std::time::Duration;

/// A budget of requests, with counters of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Rate {
    /// Sign-ups from one address.
    SignUp,
    /// Logins from one address, and codes of recoveries that are tried from it.
    Login,
    /// Sign-ups and logins with one phone number.
    Phone,
    /// Refreshes and logouts from one address.
    Session,
    /// Changes of one user's password. Each one tries the current password.
    Password,
    /// Payees that one user adds. Each answer tells whether the bank account belongs to another player.
    Payees,
    /// Requests of one user that make us call the payment provider about a deposit.
    DepositCalls,
    /// Codes that are sent to one phone number.
    PhoneCode,
    /// Codes that are requested from one address.
    CodeAddress,
    /// Requests for a new password with one phone number, whether or not it has an account.
    Recovery,
    /// Requests for a new password from one address.
    RecoveryAddress,
    /// One user's bets.
    Bets,
    /// Other changes by one user.
    Changes,
    /// Rounds and their matches, read from one address.
    Rounds,
    /// Games, their periods and results, read from one address.
    Games,
    /// Reads of the API document from one address.
    Document,
    /// Requests from one address that are refused without a valid token, path or signature. Each process counts its
    /// own, in memory.
    Refused,
    /// Attempts to open a socket of the live channel from one address. Each process counts its own, in memory.
    Upgrades,
    /// Reads by one user.
    Reads,
    /// Messages that one user sends on all of their sockets.
    Live,
    /// Requests of one operator.
    Operations,
    /// Statements that one cashier has compared. Each one reads the whole table.
    Statements,
    /// Contributions to jackpots by one operator, usually a system of our own.
    Contributions,
}

/// The key by which requests are counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RateSubject {
    /// The client's address.
    Address,
    /// The phone number in the request.
    Phone,
    /// The user.
    User,
}

/// The rules of a budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateRules {
    /// The name, in settings and in the header `RateLimit`.
    pub name: &'static str,
    /// The key by which requests are counted together.
    pub subject: RateSubject,
    /// The number of requests and the time window.
    pub budget: Budget,
    /// Maximum number of requests that a process reserves in the counter at once. With 1, every request is a write.
    /// With more, there are fewer writes, and a process that ends loses its unused reservation. The budget itself never
    /// grows.
    pub lease: u32,
}

const DAY: Duration = Duration::from_hours(24);
const HOUR: Duration = Duration::from_hours(1);
const QUARTER_HOUR: Duration = Duration::from_mins(15);
const MINUTE: Duration = Duration::from_mins(1);

impl Rate {
    /// Every budget.
    pub const ALL: [Self; 23] = [
        Self::SignUp,
        Self::Login,
        Self::Phone,
        Self::Session,
        Self::Password,
        Self::Payees,
        Self::DepositCalls,
        Self::PhoneCode,
        Self::CodeAddress,
        Self::Recovery,
        Self::RecoveryAddress,
        Self::Bets,
        Self::Changes,
        Self::Rounds,
        Self::Games,
        Self::Document,
        Self::Refused,
        Self::Upgrades,
        Self::Reads,
        Self::Live,
        Self::Operations,
        Self::Statements,
        Self::Contributions,
    ];

    /// The budget's rules.
    pub fn rules(self) -> RateRules {
        use RateSubject::{Address, Phone, User};
        let row = |name, subject, limit, window, lease| RateRules {
            name,
            subject,
            budget: Budget { limit, window },
            lease,
        };
        match self {
            Self::SignUp => row("sign-up", Address, 100, QUARTER_HOUR, 1),
            Self::Login => row("login", Address, 100, QUARTER_HOUR, 1),
            Self::Phone => row("phone", Phone, 10, QUARTER_HOUR, 1),
            Self::Session => row("session", Address, 1_000, QUARTER_HOUR, 10),
            Self::Password => row("password", User, 10, QUARTER_HOUR, 1),
            Self::Payees => row("payees", User, 20, DAY, 1),
            Self::DepositCalls => row("deposit-calls", User, 30, MINUTE, 3),
            Self::PhoneCode => row("phone-code", Phone, 10, HOUR, 1),
            Self::CodeAddress => row("code-address", Address, 100, HOUR, 1),
            Self::Recovery => row("recovery", Phone, 10, DAY, 1),
            Self::RecoveryAddress => row("recovery-address", Address, 20, HOUR, 1),
            Self::Bets => row("bets", User, 1_200, MINUTE, 30),
            Self::Changes => row("changes", User, 120, MINUTE, 5),
            Self::Rounds => row("rounds", Address, 600, MINUTE, 30),
            Self::Games => row("games", Address, 1_200, MINUTE, 60),
            Self::Document => row("document", Address, 60, MINUTE, 6),
            Self::Refused => row("refused", Address, 600, MINUTE, 1),
            // As many as the sockets of an address, which all come back after a restart.
            Self::Upgrades => row("upgrades", Address, 1_250, MINUTE, 1),
            Self::Reads => row("reads", User, 1_200, MINUTE, 30),
            Self::Live => row("live", User, 120, MINUTE, 10),
            Self::Operations => row("operations", User, 600, MINUTE, 10),
            Self::Statements => row("statements", User, 10, MINUTE, 1),
            Self::Contributions => row("contributions", User, 600_000, MINUTE, 1_000),
        }
    }
}

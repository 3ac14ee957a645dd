//! The table of request budgets: who may ask how often.

use evens_players::Budget;
use std::time::Duration;

/// A budget of requests, with counters of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Rate {
    /// Sign-ups from one address.
    SignUp,
    /// Logins from one address.
    Login,
    /// Sign-ups and logins with one phone number.
    Phone,
    /// Refreshes and logouts from one address.
    Session,
    /// Changes of one user's password: each tries the current one.
    Password,
    /// Accounts that one user adds to be paid to: each answer tells whether an account is another's.
    Payees,
    /// Codes that are sent to one phone number.
    PhoneCode,
    /// Codes that are asked for from one address.
    CodeAddress,
    /// One user's bets.
    Bets,
    /// What else one user changes.
    Changes,
    /// Rounds and their matches, read from one address.
    Rounds,
    /// Games, their periods and results, read from one address.
    Games,
    /// What one user reads.
    Reads,
    /// Messages that one user sends on all of their sockets.
    Live,
    /// What one operator does.
    Operations,
    /// What one operator, mostly a system of our own, contributes to jackpots.
    Contributions,
}

/// Whose requests are counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RateSubject {
    /// Those from one address.
    Address,
    /// Those with one phone number.
    Phone,
    /// Those of one user.
    User,
}

/// The rules of a budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateRules {
    /// Its name, in settings and in the header `RateLimit`.
    pub name: &'static str,
    /// Whose requests are counted together.
    pub subject: RateSubject,
    /// How many requests in what time.
    pub budget: Budget,
    /// How many requests a process takes out of the counter at once, at most. With 1 every request is a write; with
    /// more, fewer are, and a process that ends takes what it has not used with it. It never makes the budget larger.
    pub lease: u32,
}

const DAY: Duration = Duration::from_hours(24);
const HOUR: Duration = Duration::from_hours(1);
const QUARTER_HOUR: Duration = Duration::from_mins(15);
const MINUTE: Duration = Duration::from_mins(1);

impl Rate {
    /// Every budget.
    pub const ALL: [Self; 16] = [
        Self::SignUp,
        Self::Login,
        Self::Phone,
        Self::Session,
        Self::Password,
        Self::Payees,
        Self::PhoneCode,
        Self::CodeAddress,
        Self::Bets,
        Self::Changes,
        Self::Rounds,
        Self::Games,
        Self::Reads,
        Self::Live,
        Self::Operations,
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
            Self::PhoneCode => row("phone-code", Phone, 10, HOUR, 1),
            Self::CodeAddress => row("code-address", Address, 100, HOUR, 1),
            Self::Bets => row("bets", User, 1_200, MINUTE, 30),
            Self::Changes => row("changes", User, 120, MINUTE, 5),
            Self::Rounds => row("rounds", Address, 600, MINUTE, 30),
            Self::Games => row("games", Address, 1_200, MINUTE, 60),
            Self::Reads => row("reads", User, 1_200, MINUTE, 30),
            Self::Live => row("live", User, 120, MINUTE, 10),
            Self::Operations => row("operations", User, 600, MINUTE, 10),
            Self::Contributions => row("contributions", User, 600_000, MINUTE, 1_000),
        }
    }
}

//! Load on a running system over HTTP: a [`Plan`] says what is sent and when, a [`Run`] sends it, a [`Report`] says
//! what became of it. [`follow`] watches accepted bets until they have ended.
//!
//! Players either are registered over HTTP, as anybody is, or have tokens from a key that the system believes, where
//! nothing but bets is to be measured.
//!
//! The driver shares the machine with what it measures, so a request costs as little as it can: one connection for each
//! worker, no pool, bodies written and read without a tree of values between.
//!
//! Architecture invariant: nothing here starts or stops a system, and nothing reads `/proc`. A latency counts from the
//! moment at which a request was due, so that a system that stalls cannot hide it by being asked less.

mod accounts;
mod ask;
mod connection;
mod follow;
mod games;
mod latency;
mod payments;
mod plan;
mod players;
mod report;
mod run;
mod session;
mod target;

pub use accounts::{AttendanceReading, Referred, RegisterError};
pub use connection::{Connection, TransportError};
pub use follow::{Ended, Following, follow};
pub use games::GameOrder;
pub use latency::Latency;
pub use payments::OpenedDeposit;
pub use plan::{Limit, Mix, Order, Pace, Plan, Rounds, Shares};
pub use players::{FundError, Player, Players};
pub use report::{Outcomes, Report};
pub use run::{Ordered, Placed, Progress, Run};
pub(crate) use session::Session;
pub use target::{BetReading, Dialect, PlaceBetAnswer, ReadError, Target, TargetError, WalletReading};

//! Load on a running system over HTTP. A [`Plan`] lists the requests with their times, a [`Run`] sends them, and a
//! [`Report`] has the results. [`follow`] watches accepted bets until they have ended.
//!
//! Players either register over HTTP like real ones, or have tokens signed with a key that the system accepts, if only
//! bets are to be measured.
//!
//! The driver shares the machine with the measured system, so its requests are cheap. Each worker has one connection,
//! there is no pool, and bodies are written and read without a tree of values.
//!
//! Architecture invariant: this crate neither starts nor stops a system, and does not read `/proc`. A latency counts
//! from the time at which a request was due, so that a stalling system cannot hide it by receiving fewer requests.

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

pub use accounts::{AttendanceReading, ReferredPlayers, RegisterError};
pub use connection::{Connection, TransportError};
pub use follow::{FinishedBet, FollowParameters, follow};
pub use games::GameOrder;
pub use latency::Latency;
pub use payments::OpenedDeposit;
pub use plan::{Limit, Mix, Order, Pace, Plan, Rounds, Shares};
pub use players::{FundError, Player, Players};
pub use report::{Outcomes, Report};
pub use run::{AcceptedBet, AcceptedOrder, Progress, Run};
pub(crate) use session::Session;
pub use target::{BetReading, Dialect, PlaceBetAnswer, ReadError, Target, TargetError, WalletReading};

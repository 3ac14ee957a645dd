//! What crosses a wire: HTTP bodies, problems, queue jobs, and the tables of routes and of queues.
//!
//! A body or a job is parsed here, once, into types that cannot be wrong; behind this crate nothing is validated again.
//!
//! Architecture invariant: no I/O and no AWS type. What the template declares (routes, queues, time-outs) is compared
//! with the tables here by a test, so neither can drift.

mod answer;
mod body;
mod cursor;
mod job;
mod money;
mod openapi;
mod problem;
mod queue;
mod request;
mod route;
mod text;

pub use answer::{
    BetAnswer, BetBody, BetListAnswer, EntryBody, HealthAnswer, LedgerAnswer, MatchBody, MatchListAnswer,
    OracleBody, PlaceBetAnswer, PlacedBetBody, RefundAnswer, RefundBody, RoundAnswer, RoundBody, SideAmounts,
    TransactionBody, TransactionMetadataBody, WalletAnswer, WalletBody,
};
pub use body::Body;
pub use cursor::{Cursor, MatchCursor};
pub use job::{FinishRoundJob, Job, JobFault, MatchJob, RefundJob, SettleJob};
pub use money::Money;
pub use openapi::openapi;
pub use problem::{Problem, ProblemBody, ProblemKind};
pub use queue::{Backoff, Queue, QueueRules};
pub use request::{OpenRoundRequest, PlaceBetRequest, ResultRequest, parse_bet_id, parse_round_id};
pub use route::{Access, Method, ROUTES, Route, RouteBody};

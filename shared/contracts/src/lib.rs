//! What crosses a wire: HTTP bodies, problems, queue jobs, and the tables of routes and of queues.
//!
//! A body or a job is parsed here, once, into types that cannot be wrong; behind this crate nothing is validated again.
//!
//! Architecture invariant: no I/O and no AWS type. What the template declares (routes, queues, time-outs) is compared
//! with the tables here by a test, so neither can drift.

mod account_answer;
mod account_request;
mod answer;
mod body;
mod cursor;
mod dead_letter;
mod dead_letter_request;
mod exchange;
mod jobs;
mod money;
mod notifications;
mod openapi;
mod operations;
mod operator_answer;
mod payments;
mod players;
mod problem;
mod queue;
mod rate;
mod request;
mod round_answer;
mod route;
mod schema;
mod text;
mod trace_parent;

pub use account_answer::{
    AttendanceAnswer, AttendanceBody, DayBody, DoneAnswer, LoginAnswer, NewTokensBody, ReferralBody,
    ReferralListAnswer, SessionBody, SignUpAnswer, TokensAnswer, TokensBody, UserAnswer, UserBody,
};
pub use account_request::{LoginRequest, PasswordRequest, ProfileRequest, RefreshRequest, SignUpRequest};
pub use answer::{
    BetAnswer, BetBody, BetListAnswer, EntryBody, HealthAnswer, LedgerAnswer, LiveAnswer, PlaceBetAnswer,
    PlacedBetBody, ReadyAnswer, RefundAnswer, RefundBody, TransactionBody, TransactionMetadataBody,
    WalletAnswer, WalletBody,
};
pub use body::Body;
pub use cursor::{Cursor, MatchCursor, OrderCursor};
pub use dead_letter::{
    DeadLetterFacts, DeadLetterFilter, DeadLetterId, DeadLetterIdError, JobType, UnknownJobType,
};
pub use dead_letter_request::{
    DeadLetterAction, DeadLetterLimit, DeadLetterLimitError, DeadLettersRequest, FilterText, FilterTextError,
    FilterTime, FilterTimeError, UnknownAction,
};
pub use exchange::jobs::*;
pub use jobs::*;
pub use money::Money;
pub use notifications::jobs::*;
pub use openapi::openapi;
pub use operator_answer::{
    DeadLetterActionAnswer, DeadLetterActionBody, DeadLetterActionListAnswer, DeadLetterAnswer,
    DeadLetterBody, DeadLetterListAnswer, FullDeadLetterBody, QueueBody, QueueListAnswer, StandingBody,
};
pub use payments::answer::{CheckoutBody, DepositAnswer, DepositBody, DepositListAnswer};
pub use payments::jobs::*;
pub use payments::request::{OpenDepositRequest, parse_order_id};
pub use players::jobs::*;
pub use problem::{Problem, ProblemBody, ProblemKind};
pub use queue::{Backoff, QueueRules, UnknownQueue};
pub use rate::{Rate, RateRules, RateSubject};
pub use request::{OpenRoundRequest, PlaceBetRequest, ResultRequest, parse_bet_id, parse_round_id};
pub use round_answer::{MatchBody, MatchListAnswer, OracleBody, RoundAnswer, RoundBody, SideAmounts};
pub use route::{Access, BlockCheck, Method, Parameter, ROUTES, RequestBody, Route, RouteAnswer, RouteBody};
pub use trace_parent::{TraceParent, TraceParentError};

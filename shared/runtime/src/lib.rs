//! The runtime of every function: settings, clients, logging, the batch loop.
//!
//! A function's main is one expression. It builds the [`Context`] from the environment, which reads every variable and
//! builds each client once. Then it passes its handler to [`run_jobs`] or [`run_schedule`], or its router to `run_http`
//! of `evens-http`. The `evens` binary hosts the same handlers ([`poll`]) and routers.
//!
//! Architecture invariant: only [`Clock`] reads the wall clock. Only this crate reads the environment, while the
//! program starts and never again.
//!
//! Architecture invariant: nothing here knows a function, and nothing here decides about money.

mod batch;
mod bounded_cache;
mod changes;
mod clients;
mod clock;
mod context;
mod draining;
mod durability;
mod embedded_metrics;
mod entropy;
mod function;
mod identity;
mod jackpot_operation;
mod job;
mod lambda;
mod poller;
mod rate_limits;
mod rates;
mod request_token;
mod required_variables;
mod secret;
mod settings;
mod spans;
mod sqs_event;
mod stage_switches;
mod start_error;
mod stop;
mod store_counts;
mod table_timer;
pub mod telemetry;
mod timed_queues;
mod timed_table;
pub mod tokens;
mod trust;

pub use batch::process_batch;
pub use bounded_cache::BoundedCache;
pub use changes::{ChangeListener, Changes};
pub use clients::{Clients, Endpoints, is_this_machine};
pub use clock::Clock;
pub use context::Context;
pub use draining::DrainFlag;
pub use durability::{Durability, NotDurable};
pub use entropy::{Entropy, NoRandomness};
pub use evens_metrics::LineAlarm;
pub use function::{Calls, Function, Schedule, Size, Slow, Stack, Stages, Start};
pub use identity::Identity;
pub use jackpot_operation::JackpotOperation;
pub use job::{JobDone, JobError, JobHandler, ScheduleHandler};
pub use lambda::{LambdaHost, run_jobs, run_schedule};
pub use poller::{poll, repeat};
pub use rate_limits::RateLimits;
pub use rates::{Quota, Rates};
pub use required_variables::require_set;
pub use secret::{read_said_or_secret, read_secret};
pub use settings::{Settings, Stage, parse_switch, table as settings_table, variable};
pub use spans::{Span, SpanCollector, SpanKind, Spans};
pub use stage_switches::StageSwitches;
pub use start_error::StartError;
pub use stop::stopped;

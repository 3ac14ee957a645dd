//! Metrics, in two formats: the embedded metric format of `CloudWatch`, a JSON line on stdout, and the text format of
//! Prometheus. [`Metric`] is the only table of names, units and labels; both formats, the alarms and the manual follow
//! it.
//!
//! Sums are integers in the smallest part of the metric: a microsecond, or a unit of money. They do not drift, and are
//! converted to decimals only when they are written.
//!
//! Architecture invariant: the value of a label is a `&'static str`. Data from a client cannot become one, so there are
//! no more series than the tables of queues and routes allow, and none contains data of a player.
//!
//! Architecture invariant: no clock and no I/O, and no decision about money depends on a metric. A write whose answer
//! was lost is not counted, and a count ends with its process: the books are the truth.

mod embedded;
mod history;
mod line_alarm;
mod metric;
mod prometheus;
mod record;
mod registry;
mod sockets;

pub use embedded::Source;
pub use history::{MINUTES_MAX, MoneyMoved, QueueJobs, Traffic, TrafficReport, TrafficSpan, money_text};
pub use line_alarm::LineAlarm;
pub use metric::{Definition, Kind, Metric, Unit};
pub use record::{Cache, ConflictKind, JackpotOutcome, JobCounts, JobStatus, QueueState};
pub use registry::Metrics;
pub use sockets::{SocketCount, SocketRefusal, SocketReport};

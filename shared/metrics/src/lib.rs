//! What is counted and measured, and the two formats in which it is told: the embedded metric format of `CloudWatch`,
//! a JSON line on stdout, and the text that Prometheus reads. [`Metric`] is the one table of names, units and labels;
//! both formats, the alarms and the manual follow it.
//!
//! Sums are integers of the metric's smallest part: a microsecond, a unit of money. They do not drift, and become
//! decimals only where they are written.
//!
//! Architecture invariant: a label's value is a `&'static str`. What a client sends cannot become one, so there are no
//! more series than the tables of queues and routes allow, and nothing of a player is in any of them.
//!
//! Architecture invariant: no clock and no I/O; and nobody decides about money by what stands here. A write whose
//! answer was lost is not counted, and a count ends with its process: the books are the truth.

mod embedded;
mod metric;
mod prometheus;
mod record;
mod registry;

pub use embedded::Source;
pub use metric::{Definition, Kind, Metric, Unit};
pub use record::{Cache, ConflictKind, JackpotOutcome, JobCounts, JobStatus, QueueState, RetryCause};
pub use registry::Metrics;

//! Writes the templates of the stacks: `cargo run -p evens-stacks`.
//!
//! It also writes the rows of tables in documents: settings, queues, metrics, and refusals.
//!
//! Each template has a part that is written by hand, `parts/{stack}.yaml`, with marks such as `#: functions`. A mark is
//! replaced by lines that follow from the functions' code and their [`evens_runtime::Function`], and from the tables of
//! routes, queues and settings. The output is committed, so that a reader sees the whole template and a review sees
//! what changed. `tests/tests/tidy/written.rs` fails if it is not up to date.
//!
//! Architecture invariant: a right follows from a call. Policies (`tests/tests/tidy/role_*.rs`) read the output and say
//! which rights no call may bring.

mod alarm_names;
mod block;
mod calls;
mod code;
mod documents;
mod environment;
mod functions;
mod jobs;
mod lines;
mod manual;
mod marks;
mod parts;
mod queues;
mod refusals;
mod render;
mod repository;
mod role;
mod routes;
mod rules;
mod slow;
mod writers;
mod yaml;

pub use calls::calls;
pub use code::{Allowed, Code, codes, dead_letters, resource};
pub use functions::functions;
pub use jobs::jobs_of_every_type;
pub use render::{RenderError, render};
pub use repository::{Source, is_of_kind, root, sources};
pub use rules::LOCAL_CALLS;

//! Answers to operators: the ended jobs of each queue by minute.

use crate::Time;
use serde::Serialize;
use utoipa::ToSchema;

/// The jobs that one process has ended, by minute. It equals the counters of its metrics.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct QueueMinutesBody {
    /// The end of each complete minute (RFC 3339), the earliest first; at most 60.
    pub minutes: Vec<Time>,
    /// Every queue.
    pub queues: Vec<QueueJobsBody>,
}

/// The ended jobs of a queue, in the order of the minutes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct QueueJobsBody {
    /// The queue's short name.
    pub queue: &'static str,
    /// Jobs that were done.
    pub completed: Vec<u64>,
    /// Jobs that became dead letters.
    pub failed: Vec<u64>,
}

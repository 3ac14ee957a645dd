//! [`WireStatus`]: the five words in which players are told where an order stands.

use crate::names::words;

/// Where an order stands, in the words of the public interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum WireStatus {
    /// Nothing has moved at the provider.
    Pending,
    /// Somebody is at it.
    Processing,
    /// Done.
    Completed,
    /// Not done, and it will not be.
    Failed,
    /// Taken back.
    Cancelled,
}

words!(WireStatus {
    Pending = "pending",
    Processing = "processing",
    Completed = "completed",
    Failed = "failed",
    Cancelled = "cancelled",
});

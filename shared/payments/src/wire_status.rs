//! [`WireStatus`]: the five words in which players are told where an order stands.

use strum::{AsRefStr, Display, EnumString, IntoStaticStr, VariantArray};

/// Where an order stands, in the words of the public interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[derive(AsRefStr, Display, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "kebab-case")]
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

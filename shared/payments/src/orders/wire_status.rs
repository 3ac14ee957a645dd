//! [`WireStatus`]: the five statuses of an order that players see.

use strum::{AsRefStr, Display, EnumString, IntoStaticStr, VariantArray};

/// The public status of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[derive(AsRefStr, Display, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "kebab-case")]
pub enum WireStatus {
    /// Nothing has moved at the provider.
    Pending,
    /// In progress.
    Processing,
    Completed,
    /// Not done, and never will be.
    Failed,
    Cancelled,
}

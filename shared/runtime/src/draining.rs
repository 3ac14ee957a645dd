//! [`DrainFlag`]: the shutdown flag.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Set when the process is about to stop and should get no new work. Clones share it. Lambda stops functions between
/// invocations without notice.
#[derive(Debug, Clone, Default)]
pub struct DrainFlag(Arc<AtomicBool>);

impl DrainFlag {
    /// Announces the shutdown. It cannot be revoked.
    pub fn begin(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Returns `true` after [`DrainFlag::begin`].
    pub fn has_begun(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

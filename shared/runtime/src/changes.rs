//! [`Changes`]: where a process passes on what its table has changed.

use evens_store::Changed;
use std::fmt;
use std::sync::{Arc, OnceLock};

/// Receives what changed. It is called in the middle of a transaction's request, so it must neither wait nor fail.
pub trait ChangeListener: Send + Sync {
    /// Something changed, or may have.
    fn changed(&self, changed: &Changed);
}

/// Passes on what the table has changed; without a listener nothing happens. Clones share the listener.
#[derive(Clone, Default)]
pub struct Changes(Arc<OnceLock<Arc<dyn ChangeListener>>>);

impl Changes {
    /// Sets the listener. The first one stays.
    pub fn listen(&self, listener: Arc<dyn ChangeListener>) {
        // A second hub in a process would be a mistake of the program, and the first one goes on.
        let _ = self.0.set(listener);
    }

    /// Passes on a change.
    pub fn tell(&self, changed: &Changed) {
        if let Some(listener) = self.0.get() {
            listener.changed(changed);
        }
    }
}

impl fmt::Debug for Changes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = if self.0.get().is_some() { "listened to" } else { "not listened to" };
        write!(formatter, "Changes({state})")
    }
}

//! Logs that a test reads while others of its binary run beside it.

use std::sync::Once;

/// Gives every thread somebody who listens. Where only one thread has, `tracing` may ask another one, which has nobody,
/// whether a span is wanted, and remember for all of them that it is not.
pub fn listen_everywhere() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let nobody_before = tracing::subscriber::set_global_default(tracing_subscriber::registry());
        nobody_before.unwrap();
    });
}

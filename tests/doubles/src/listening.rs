//! Log capture in a test while other tests of the same binary run in parallel.

use std::sync::Once;

/// Installs a subscriber for all threads. Without it, `tracing` may evaluate a span's interest on a thread without a
/// subscriber, and cache for all threads that it is disabled.
pub fn listen_everywhere() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let nobody_before = tracing::subscriber::set_global_default(tracing_subscriber::registry());
        nobody_before.unwrap();
    });
}

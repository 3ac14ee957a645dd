//! Nothing but the features in its manifest: other crates depend on it, and no code uses it.

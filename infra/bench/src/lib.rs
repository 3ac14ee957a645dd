//! Measures Evens, beside its peer where that is running.

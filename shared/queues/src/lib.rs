//! SQS: sending, receiving, back-off, dead letters.

//! [`compression`]: answers of a kilobyte and more are sent compressed to clients that take it (G11).
//!
//! Invariant: only answers to GET are compressed. Tokens are in answers to POST, and how far an answer shrinks would
//! tell somebody who chooses a part of it what else is in it (BREACH).

use axum::body::HttpBody;
use axum::http::Response;
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{And, Predicate, SizeAbove};

/// From this size on an answer is compressed, in bytes: a smaller one gains nothing that its reader would notice.
const COMPRESSED_FROM: u16 = 1_024;

/// Marks the answer to a request that only reads.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AnswerToRead;

/// Whether an answer has the mark [`AnswerToRead`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct OnlyReads;

/// The layer that compresses with gzip, which each client that asks for compression takes.
pub(crate) fn compression() -> CompressionLayer<And<SizeAbove, OnlyReads>> {
    CompressionLayer::new()
        .quality(CompressionLevel::Fastest)
        .compress_when(SizeAbove::new(COMPRESSED_FROM).and(OnlyReads))
}

impl Predicate for OnlyReads {
    fn should_compress<B: HttpBody>(&self, response: &Response<B>) -> bool {
        response.extensions().get::<AnswerToRead>().is_some()
    }
}

//! [`compression`]: compresses answers of a kilobyte and more for clients that accept it (G11).
//!
//! Invariant: only answers to GET are compressed. Answers to POST contain tokens. If an attacker can choose a part of
//! such an answer, its compressed size reveals the rest (BREACH).

use axum::body::HttpBody;
use axum::http::Response;
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{And, Predicate, SizeAbove};

/// Minimum size of a compressed answer in bytes. Smaller ones gain nothing noticeable.
const COMPRESSED_FROM: u16 = 1_024;

/// Marks the answer to a read-only request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AnswerToRead;

/// Selects answers marked with [`AnswerToRead`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct OnlyReads;

/// The layer. It uses gzip, which every client that accepts compression supports.
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

//! [`TronNode`]: reads blocks of the TRON chain from a node over HTTP.
//!
//! A block is returned if it is the first of its time and has a successor. Every answer of a node is checked against
//! another one: heights against ids, and a block against the previous and the next one.

use crate::{BlockFault, Blocks};
use bytes::Bytes;
use evens_games::{Block, BlockId, BlockOrigin, BlockSource};
use evens_outbound::{Endpoint, HttpsClient, NoCertificates};
use futures::future::BoxFuture;
use http_body_util::Full;
use hyper::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use hyper::{Request, StatusCode};
use jiff::Timestamp;
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;
use tokio::time::timeout;

/// Minimum interval between blocks.
const EACH_MS: i64 = 3_000;

/// Time limit of one call.
const CALL_TIMEOUT: Duration = Duration::from_secs(3);

/// Maximum size of an answer. It contains the block's transactions and may have some megabytes.
const BYTES_MAX: usize = 16 << 20;

/// The API key header of TronGrid.
const API_KEY: HeaderName = HeaderName::from_static("tron-pro-api-key");

/// A node of the TRON chain.
#[derive(Debug, Clone)]
pub struct TronNode {
    endpoint: Endpoint,
    key: Option<ApiKey>,
    client: HttpsClient,
}

/// An API key of a node. Never printed.
#[derive(Clone)]
pub struct ApiKey(HeaderValue);

/// The text is not a valid header value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("has characters that a header cannot have")]
pub struct ApiKeyError;

/// A node's answer. It is empty if the node does not have the block.
#[derive(Deserialize)]
struct NodeAnswer {
    #[serde(rename = "blockID")]
    id: Option<String>,
    block_header: Option<Header>,
    #[serde(rename = "Error")]
    error: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct Header {
    raw_data: RawData,
}

#[derive(Deserialize)]
struct RawData {
    number: u64,
    timestamp: i64,
    #[serde(rename = "parentHash")]
    parent: String,
}

impl TronNode {
    /// A node whose API is at `endpoint`, up to `/wallet`. Nothing is called yet.
    ///
    /// # Errors
    /// The endpoint uses TLS, and this machine has no CA certificates to verify it.
    pub fn new(endpoint: Endpoint, key: Option<ApiKey>) -> Result<Self, NoCertificates> {
        let client = HttpsClient::new(&endpoint)?;
        Ok(Self { endpoint, key, client })
    }

    async fn first(&self, at: Timestamp) -> Result<Block, BlockFault> {
        let newest =
            self.fetch_block("/wallet/getnowblock", "{}").await?.ok_or(BlockFault::Unreadable(None))?;
        if newest.timestamp() < at {
            return Err(BlockFault::NotYet);
        }
        // Blocks are never closer together, so the first one has at least this number, and usually exactly this one.
        let late_ms = newest.timestamp().as_millisecond() - at.as_millisecond();
        let mut least = newest.number().saturating_sub(u64::try_from(late_ms / EACH_MS).unwrap_or_default());
        let mut first = newest;
        let mut probe = least;
        while least < first.number() {
            let block = self.numbered(probe).await?.ok_or(BlockFault::Gap { number: probe })?;
            if block.timestamp() < at {
                least = probe + 1;
            } else {
                first = block;
            }
            probe = least + (first.number() - least) / 2;
        }
        self.check(at, &first).await?;
        Ok(first)
    }

    /// Checks that the block is the first one at that time, and on the chain.
    async fn check(&self, at: Timestamp, first: &Block) -> Result<(), BlockFault> {
        let number = first.number();
        let before = self.numbered(number - 1).await?.ok_or(BlockFault::Gap { number: number - 1 })?;
        if first.origin() != BlockOrigin::Tron(before.id()) {
            return Err(BlockFault::WrongParent { number });
        }
        if before.timestamp() >= at.min(first.timestamp()) {
            return Err(BlockFault::NotFirst { number });
        }
        let behind = self.numbered(number + 1).await?.ok_or(BlockFault::NotYet)?;
        if behind.origin() != BlockOrigin::Tron(first.id()) {
            return Err(BlockFault::Reorganised { number });
        }
        Ok(())
    }

    /// The block of that number, if the node has it.
    async fn numbered(&self, number: u64) -> Result<Option<Block>, BlockFault> {
        let answered = self.fetch_block("/wallet/getblockbynum", &format!("{{\"num\":{number}}}")).await?;
        match answered {
            Some(block) if block.number() != number => {
                Err(BlockFault::WrongNumber { asked: number, answered: block.number() })
            }
            answered => Ok(answered),
        }
    }

    async fn fetch_block(&self, path: &str, body: &str) -> Result<Option<Block>, BlockFault> {
        let uri = self.endpoint.at(path).map_err(|_| BlockFault::Unreadable(None))?;
        let mut request = Request::post(uri).header(CONTENT_TYPE, "application/json");
        if let Some(ApiKey(key)) = &self.key {
            request = request.header(API_KEY, key);
        }
        let request = request.body(Full::new(Bytes::copy_from_slice(body.as_bytes())));
        let request = request.map_err(|_| BlockFault::Unreadable(None))?;
        let answer = timeout(CALL_TIMEOUT, self.client.call(request, BYTES_MAX)).await;
        let answer = answer.map_err(|_| BlockFault::Silent)?.map_err(BlockFault::Unreachable)?;
        if answer.status() != StatusCode::OK {
            return Err(BlockFault::Refused(answer.status().as_u16()));
        }
        let answered: NodeAnswer =
            serde_json::from_slice(answer.body()).map_err(|error| BlockFault::Unreadable(Some(error)))?;
        answered.block()
    }
}

impl NodeAnswer {
    fn block(self) -> Result<Option<Block>, BlockFault> {
        let unreadable = || BlockFault::Unreadable(None);
        let (id, header) = match self {
            Self { id: Some(id), block_header: Some(header), error: None } => (id, header),
            Self { id: None, block_header: None, error: None } => return Ok(None),
            Self { .. } => return Err(unreadable()),
        };
        let RawData { number, timestamp, parent } = header.raw_data;
        let id: BlockId = id.parse().map_err(|_| unreadable())?;
        let parent: BlockId = parent.parse().map_err(|_| unreadable())?;
        let block = Block::new(number, timestamp, id, BlockOrigin::Tron(parent));
        block.map(Some).map_err(BlockFault::NoBlock)
    }
}

impl Blocks for TronNode {
    fn source(&self) -> BlockSource {
        BlockSource::Tron
    }

    fn first_block_at_or_after(&self, at: Timestamp) -> BoxFuture<'_, Result<Block, BlockFault>> {
        Box::pin(self.first(at))
    }

    fn block_of_number(&self, number: u64) -> BoxFuture<'_, Result<Block, BlockFault>> {
        Box::pin(async move { self.numbered(number).await?.ok_or(BlockFault::Gap { number }) })
    }
}

impl FromStr for ApiKey {
    type Err = ApiKeyError;

    fn from_str(text: &str) -> Result<Self, ApiKeyError> {
        let mut value: HeaderValue = text.parse().map_err(|_| ApiKeyError)?;
        value.set_sensitive(true);
        Ok(Self(value))
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ApiKey(secret)")
    }
}

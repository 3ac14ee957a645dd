//! [`Node`]: a fake TRON node that serves a chain made by the test, valid or not, over HTTP.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use axum::{Json, Router};
use evens_block_sources::TronNode;
use evens_games::BlockId;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::future::pending;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;

/// The chain that a node serves.
#[derive(Debug, Clone, Default)]
pub(crate) struct Chain {
    pub(crate) blocks: BTreeMap<u64, Value>,
    /// Answer and status returned instead of any block.
    pub(crate) instead: Option<(u16, Value)>,
    pub(crate) is_silent: bool,
    /// Number of requests, and the key of the last one.
    pub(crate) asked: usize,
    pub(crate) key: Option<String>,
}

/// A fake node.
#[derive(Debug, Clone, Default)]
pub(crate) struct Node(pub(crate) Arc<Mutex<Chain>>);

/// The id of a block with that number, on the named branch.
pub(crate) fn id(number: u64, branch: u8) -> BlockId {
    let mut bytes = [branch; 32];
    bytes[..8].copy_from_slice(&number.to_be_bytes());
    BlockId::from_bytes(bytes)
}

/// A block in the node's format, with a transaction in it.
pub(crate) fn block_json(number: u64, branch: u8, stamped_ms: i64, parent: BlockId) -> Value {
    json!({
        "blockID": id(number, branch).to_string(),
        "block_header": {
            "raw_data": {
                "number": number, "txTrieRoot": "00", "witness_address": "41", "version": 31,
                "timestamp": stamped_ms, "parentHash": parent.to_string(),
            },
            "witness_signature": "00",
        },
        "transactions": [{ "txID": "00", "ret": [{ "contractRet": "SUCCESS" }] }],
    })
}

impl Node {
    /// A chain with a block every three seconds, except in the `missed` slots. The block numbered `first` has timestamp
    /// 0; a few come before it.
    pub(crate) fn of(first: u64, slots: i64, missed: &[i64]) -> Self {
        let mut chain = Chain::default();
        let slots = (-20..slots).filter(|slot| !missed.contains(slot));
        for (number, slot) in (first - 20..).zip(slots) {
            chain.blocks.insert(number, block_json(number, 1, slot * 3_000, id(number - 1, 1)));
        }
        Self(Arc::new(Mutex::new(chain)))
    }

    pub(crate) fn change(&self, change: impl FnOnce(&mut Chain)) {
        change(&mut self.0.lock().expect("a chain"));
    }

    /// Starts the node and returns a client for it.
    pub(crate) async fn start(&self, key: Option<&str>) -> TronNode {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let endpoint = format!("http://{}/api", listener.local_addr().expect("an address"));
        let routes = Router::new()
            .route("/api/wallet/getnowblock", post(newest))
            .route("/api/wallet/getblockbynum", post(numbered))
            .with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        let key = key.map(|key| key.parse().expect("a key"));
        TronNode::new(endpoint.parse().expect("an endpoint"), key).expect("a client")
    }
}

async fn newest(State(node): State<Node>, headers: HeaderMap) -> (StatusCode, Json<Value>) {
    let newest = |chain: &Chain| chain.blocks.values().next_back().cloned();
    answer(&node, &headers, newest).await
}

async fn numbered(
    State(node): State<Node>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> (StatusCode, Json<Value>) {
    let number = body["num"].as_u64().expect("a number");
    answer(&node, &headers, |chain| chain.blocks.get(&number).cloned()).await
}

async fn answer(
    node: &Node,
    headers: &HeaderMap,
    block: impl FnOnce(&Chain) -> Option<Value>,
) -> (StatusCode, Json<Value>) {
    let (is_silent, answer) = {
        let mut chain = node.0.lock().expect("a chain");
        chain.asked += 1;
        let key = headers.get("tron-pro-api-key").map(|key| key.to_str().expect("a text").to_owned());
        chain.key = key;
        let block = block(&chain).unwrap_or_else(|| json!({}));
        (chain.is_silent, chain.instead.clone().unwrap_or((200, block)))
    };
    if is_silent {
        pending::<()>().await;
    }
    (StatusCode::from_u16(answer.0).expect("a status"), Json(answer.1))
}

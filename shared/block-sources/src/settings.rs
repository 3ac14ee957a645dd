//! The block source from the environment.

use crate::{Blocks, LocalChain, SignedOracle, TronNode};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use evens_games::OraclePublicKey;
use evens_outbound::Endpoint;
use evens_runtime::{Stage, StartError, require_set};
use std::fmt::Display;
use std::str::FromStr;
use std::sync::Arc;

const SOURCE: &str = "EVENS_BLOCK_SOURCE";
const URL: &str = "EVENS_BLOCK_SOURCE_URL";
const KEY: &str = "EVENS_BLOCK_SOURCE_KEY";

/// Creates the block source that the variables describe. An empty value counts as unset.
///
/// | variable | default | meaning |
/// |---|---|---|
/// | `EVENS_BLOCK_SOURCE` | `local` in the local stage, else `none` | the source whose blocks draw periods, together with their seeds: `none`; `local`, only in the local stage; `tron`, a node of the TRON chain; `oracle`, which submits signed blocks |
/// | `EVENS_BLOCK_SOURCE_URL` | none | for `tron`: the address of the node, up to `/wallet` |
/// | `EVENS_BLOCK_SOURCE_KEY` | none | for `tron`: the API key, if the node needs one. For `oracle`: its Ed25519 public key in base64 |
///
/// # Errors
/// 1. The source is unknown, or `local` in another stage.
/// 2. A setting of the source is missing or malformed, in the order of the table.
pub fn blocks_from_lookup(
    stage: Stage,
    lookup: impl Fn(&str) -> Option<String>,
) -> Result<Option<Arc<dyn Blocks>>, StartError> {
    let lookup = |name: &str| lookup(name).filter(|text| !text.is_empty());
    let default = if stage == Stage::Local { "local" } else { "none" };
    let source = lookup(SOURCE);
    match source.as_deref().unwrap_or(default) {
        "none" => Ok(None),
        "local" if stage == Stage::Local => Ok(Some(Arc::new(LocalChain))),
        "local" => {
            let message = format!("local blocks cannot draw results in the stage {}", stage.as_str());
            Err(StartError::new(message, format!("set {SOURCE} to tron, oracle or none, or unset it")))
        }
        "tron" => {
            let endpoint: Endpoint = needed(lookup(URL), URL, "tron", "the https address of a node")?;
            let key = lookup(KEY).map(|text| parse(&text, KEY, "our API key at the node")).transpose()?;
            let node = TronNode::new(endpoint, key).map_err(|error| {
                let hint = "install CA certificates, such as the package ca-certificates";
                StartError::new("the TRON node cannot be called", hint).caused_by(error)
            })?;
            Ok(Some(Arc::new(node)))
        }
        "oracle" => {
            let wanted = "the base64 of the oracle's Ed25519 public key";
            let PublicKey(key) = needed(lookup(KEY), KEY, "oracle", wanted)?;
            Ok(Some(Arc::new(SignedOracle(key))))
        }
        other => Err(StartError::new(
            format!("{SOURCE} cannot be {other:?}"),
            format!("set {SOURCE} to none, local, tron or oracle"),
        )),
    }
}

/// The same for a function, which has no default.
///
/// # Errors
/// 1. `EVENS_BLOCK_SOURCE` is missing ([`require_set`]).
/// 2. Those of [`blocks_from_lookup`].
pub fn blocks_of_function(
    stage: Stage,
    lookup: impl Fn(&str) -> Option<String>,
) -> Result<Option<Arc<dyn Blocks>>, StartError> {
    require_set(stage, [SOURCE].into_iter(), &lookup)?;
    blocks_from_lookup(stage, lookup)
}

fn needed<T: FromStr<Err: Display>>(
    text: Option<String>,
    name: &str,
    source: &str,
    wanted: &str,
) -> Result<T, StartError> {
    let missing = || {
        let message = format!("{SOURCE} is {source}, but {name} is not set");
        StartError::new(message, format!("set {name} to {wanted}"))
    };
    parse(&text.ok_or_else(missing)?, name, wanted)
}

/// The error does not repeat the text, which may be a secret.
fn parse<T: FromStr<Err: Display>>(text: &str, name: &str, wanted: &str) -> Result<T, StartError> {
    let failed =
        |fault| StartError::new(format!("{name} cannot be used: {fault}"), format!("set {name} to {wanted}"));
    text.trim().parse().map_err(failed)
}

struct PublicKey(OraclePublicKey);

impl FromStr for PublicKey {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        let bytes = BASE64_STANDARD.decode(text).ok().and_then(|bytes| bytes.try_into().ok());
        bytes.map(OraclePublicKey::from_bytes).map(Self).ok_or("it is not 32 bytes in base64")
    }
}

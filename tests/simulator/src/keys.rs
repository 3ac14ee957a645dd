//! [`Keys`]: what signs tokens and results. Always the same, so that nothing signed differs between runs.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use evens_exchange::{RoundId, Side, SignedResult};
use evens_ledger::UserId;
use evens_runtime::tokens::{Role, TokenSigner};
use jiff::Timestamp;
use ring::signature::{Ed25519KeyPair, KeyPair};
use std::time::Duration;

/// The keys of a run.
pub(crate) struct Keys {
    pub(crate) signer: TokenSigner,
    oracle: Ed25519KeyPair,
}

/// An Ed25519 key as PKCS#8, version 2: what stands before the private key, and between it and the public one.
const PKCS8: [&[u8]; 2] =
    [&[0x30, 0x51, 2, 1, 1, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20], &[0x81, 0x21, 0]];

impl Keys {
    pub(crate) fn new() -> anyhow::Result<Self> {
        let pair = |seed: [u8; 32]| {
            Ed25519KeyPair::from_seed_unchecked(&seed).map_err(|error| anyhow::anyhow!("no key: {error}"))
        };
        let (seed, tokens) = ([1; 32], pair([1; 32])?);
        let pkcs8 = [PKCS8[0], &seed, PKCS8[1], tokens.public_key().as_ref()].concat();
        let signer = TokenSigner::from_pkcs8("simulator", &pkcs8, "evens-local", "evens-api-local")?;
        Ok(Self { signer, oracle: pair([2; 32])? })
    }

    /// A token that outlives the run.
    pub(crate) fn token(&self, user: UserId, role: Role, now: Timestamp) -> anyhow::Result<String> {
        Ok(self.signer.sign(user, role, now, Duration::from_hours(24))?)
    }

    /// The oracle's public key, as it is sent.
    pub(crate) fn oracle_public_key(&self) -> String {
        BASE64_STANDARD.encode(self.oracle.public_key().as_ref())
    }

    /// What the oracle signs for that outcome, as it is sent.
    pub(crate) fn oracle_signature(&self, round: &RoundId, winner: Side) -> String {
        BASE64_STANDARD.encode(self.oracle.sign(SignedResult::message(round, winner).as_bytes()).as_ref())
    }
}

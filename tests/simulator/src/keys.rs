//! [`Keys`]: fixed keys for tokens and results, so that signatures do not differ between runs.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use evens_exchange::{RoundId, Side, SignedResult};
use evens_ledger::UserId;
use evens_runtime::tokens::{Role, TokenSigner, TokenSubject};
use jiff::Timestamp;
use ring::signature::{Ed25519KeyPair, KeyPair};
use std::time::Duration;

pub(crate) struct Keys {
    pub(crate) signer: TokenSigner,
    oracle: Ed25519KeyPair,
}

/// An Ed25519 key in PKCS#8 version 2: the bytes before the private key, and those between the private and the public
/// key.
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

    /// The same for a user who logs in now.
    pub(crate) fn login_token(&self, subject: TokenSubject, now: Timestamp) -> anyhow::Result<String> {
        Ok(self.signer.sign_login(subject, now, Duration::from_hours(24))?)
    }

    /// The oracle's public key in Base64.
    pub(crate) fn oracle_public_key(&self) -> String {
        BASE64_STANDARD.encode(self.oracle.public_key().as_ref())
    }

    /// The oracle's signature for this outcome in Base64.
    pub(crate) fn oracle_signature(&self, round: &RoundId, winner: Side) -> String {
        BASE64_STANDARD.encode(self.oracle.sign(SignedResult::message(round, winner).as_bytes()).as_ref())
    }
}

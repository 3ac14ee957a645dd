//! Loads the private token signing key that the environment names.

use crate::CredentialSettings;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use evens_runtime::tokens::TokenSigner;
use evens_runtime::{Identity, Settings, StartError, read_secret};

const HINT: &str = "set EVENS_TOKEN_SIGNING_KEY_SECRET to the name of a secret with kid:base64 of an Ed25519 \
                    key in PKCS#8, or EVENS_TOKEN_SIGNING_KEY to that text; docs/deploy.md explains how to \
                    make a key";

/// Loads the signer whose key the environment names. A secret is read with the credentials of `identity`.
///
/// # Errors
/// 1. No variable names a key.
/// 2. Secrets Manager does not return it.
/// 3. It is malformed, or its public key is not among `EVENS_TOKEN_PUBLIC_KEYS`, so that its tokens would be rejected.
pub async fn load_signing_key(
    identity: &Identity,
    credentials: &CredentialSettings,
    settings: &Settings,
) -> Result<TokenSigner, StartError> {
    let text = match (&credentials.signing_key_secret, &credentials.signing_key) {
        (Some(secret), _) => read_secret(identity, secret, HINT).await?,
        (None, Some(key)) => key.clone(),
        (None, None) => return Err(StartError::new("no token signing key is set", HINT)),
    };
    let signer = parse(&text, settings)?;
    let public = signer.public_key();
    if !settings.token_public_keys.contains(&public) {
        let message = format!(
            "the public key of the signing key {} is missing, so its tokens would be rejected",
            public.kid
        );
        return Err(StartError::new(message, format!("add {public} to EVENS_TOKEN_PUBLIC_KEYS")));
    }
    Ok(signer)
}

fn parse(text: &str, settings: &Settings) -> Result<TokenSigner, StartError> {
    let unreadable = || StartError::new("the token signing key cannot be read", HINT);
    let (kid, encoded) = text.trim().split_once(':').ok_or_else(unreadable)?;
    let pkcs8 = BASE64_STANDARD.decode(encoded).map_err(|_| unreadable())?;
    let (issuer, audience) = (settings.token_issuer.clone(), settings.token_audience.clone());
    TokenSigner::from_pkcs8(kid, &pkcs8, issuer, audience).map_err(|error| unreadable().caused_by(error))
}

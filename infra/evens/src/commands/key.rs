//! `evens key`: generates the key that signs tokens, and keys that encrypt payees.
//!
//! Only the secret goes to stdout, as a line for an environment or a secret, so that it can be redirected without being
//! seen: `evens key generate > key.env`. Public text goes to stderr: the public half of a signing key, and the variable
//! for a key that encrypts payees.

use crate::cli::{KeyArgs, KeyCommand, KeyGenerateArgs};
use crate::commands::output;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use evens_runtime::tokens::{SigningKeyError, TokenSigner};
use evens_runtime::{Clock, Entropy, StartError};
use evens_sealing::{SealingKeyFault, SealingKeys};
use std::process::ExitCode;

const NO_RANDOMNESS: &str = "check the system's random number generator";

pub(crate) fn run(args: &KeyArgs) -> Result<ExitCode, StartError> {
    match &args.command {
        KeyCommand::Generate(args) => generate(args),
    }
}

fn generate(args: &KeyGenerateArgs) -> Result<ExitCode, StartError> {
    let kid = args.kid.clone().unwrap_or_else(new_name);
    let generate = if args.payees { generate_for_payees } else { generate_for_tokens };
    generate(&kid)?;
    Ok(ExitCode::SUCCESS)
}

fn generate_for_tokens(kid: &str) -> Result<(), StartError> {
    let failed = |error| {
        let hint = match error {
            SigningKeyError::Name => "use --kid with letters, digits, '-', '_' and '.'",
            SigningKeyError::Form | SigningKeyError::NoRandomness => NO_RANDOMNESS,
        };
        StartError::new("the key cannot be generated", hint).caused_by(error)
    };
    let pkcs8 = TokenSigner::generate_pkcs8().map_err(failed)?;
    // The signer is used only for its public key here, so it needs neither issuer nor audience.
    let signer = TokenSigner::from_pkcs8(kid, &pkcs8, "", "").map_err(failed)?;
    output::note(format_args!("EVENS_TOKEN_PUBLIC_KEYS={}", signer.public_key()));
    output::line(format_args!("EVENS_TOKEN_SIGNING_KEY={kid}:{}", BASE64_STANDARD.encode(pkcs8)));
    Ok(())
}

fn generate_for_payees(kid: &str) -> Result<(), StartError> {
    let failed = |hint| StartError::new("the key cannot be generated", hint);
    let keys = SealingKeys::generate(kid, &Entropy::system());
    let text = keys.map_err(|error| failed(NO_RANDOMNESS).caused_by(error))?.reveal();
    // Parsed again, because a process that starts with this key parses it and its name.
    text.parse::<SealingKeys>().map_err(|error: SealingKeyFault| {
        failed("use --kid with 1 to 16 of a-z, 0-9 and '-'").caused_by(error)
    })?;
    output::note(format_args!(
        "Put it before existing keys: EVENS_PAYEE_KEYS={kid}:...,older:... Keep every older key, in the same \
         order: each decrypts the accounts it encrypted, and the last one detects duplicate accounts."
    ));
    output::line(format_args!("EVENS_PAYEE_KEYS={text}"));
    Ok(())
}

/// A name that is unique unless very many keys are made on one day.
fn new_name() -> String {
    format!("{}-{:04x}", Clock::system().now().strftime("%Y-%m-%d"), rand::random::<u16>())
}

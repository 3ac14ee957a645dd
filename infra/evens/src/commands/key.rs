//! `evens key`: makes the key that tokens are signed with.
//!
//! The private half alone goes to stdout, as the line that an environment or a secret takes, so that it can be sent
//! there without being seen: `evens key generate > key.env`. The public half, for everybody else, goes to stderr.

use crate::cli::{KeyArgs, KeyCommand, KeyGenerateArgs};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use evens_runtime::tokens::{SigningKeyError, TokenSigner};
use evens_runtime::{Clock, StartError};
use std::process::ExitCode;

pub(crate) fn run(args: &KeyArgs) -> Result<ExitCode, StartError> {
    match &args.command {
        KeyCommand::Generate(args) => generate(args),
    }
}

fn generate(args: &KeyGenerateArgs) -> Result<ExitCode, StartError> {
    let failed = |error| {
        let hint = match error {
            SigningKeyError::Name => "use --kid with letters, digits, '-', '_' and '.'",
            SigningKeyError::Form | SigningKeyError::NoRandomness => {
                "see whether the system gives random numbers"
            }
        };
        StartError::new("the key cannot be made", hint).caused_by(error)
    };
    let kid = args.kid.clone().unwrap_or_else(new_name);
    let pkcs8 = TokenSigner::generate_pkcs8().map_err(failed)?;
    // Nothing is signed with it here, so it needs neither issuer nor audience.
    let signer = TokenSigner::from_pkcs8(kid.clone(), &pkcs8, "", "").map_err(failed)?;
    eprintln!("EVENS_TOKEN_PUBLIC_KEYS={}", signer.public_key());
    println!("EVENS_TOKEN_SIGNING_KEY={kid}:{}", BASE64_STANDARD.encode(pkcs8));
    Ok(ExitCode::SUCCESS)
}

/// A name that no other key has, as long as not very many are made in a day.
fn new_name() -> String {
    format!("{}-{:04x}", Clock::system().now().strftime("%Y-%m-%d"), rand::random::<u16>())
}

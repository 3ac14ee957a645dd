//! `evens token`: prints a signed token, and nothing else.

use crate::cli::{RoleArg, TokenArgs};
use crate::signing_key;
use evens_runtime::tokens::Role;
use evens_runtime::{Clock, Settings, Stage, StartError};
use std::process::ExitCode;
use std::time::Duration;

/// How long a token of the local stage holds.
pub(crate) const TOKEN_LIFETIME: Duration = Duration::from_hours(24);

pub(crate) fn run(args: &TokenArgs) -> Result<ExitCode, StartError> {
    let settings = Settings::from_env()?;
    require_local(&settings, "token")?;
    let signer = signing_key::load_or_create(&args.home.data, &settings)?;
    let role = args.role.map_or(Role::Player, RoleArg::role);
    let token = signer.sign(args.user, role, Clock::system().now(), TOKEN_LIFETIME);
    let token = token.map_err(|error| {
        StartError::new("the token cannot be signed", "see whether the system gives random numbers")
            .caused_by(error)
    })?;
    println!("{token}");
    Ok(ExitCode::SUCCESS)
}

/// Refuses what only somebody's own machine may do.
pub(crate) fn require_local(settings: &Settings, command: &str) -> Result<(), StartError> {
    if settings.stage == Stage::Local {
        return Ok(());
    }
    let message = format!("`evens {command}` is refused in the stage {}", settings.stage.as_str());
    Err(StartError::new(message, "it is for the local stage only; unset EVENS_STAGE"))
}

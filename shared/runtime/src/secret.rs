//! [`read_secret`]: reads a secret from Secrets Manager during the start. [`read_said_or_secret`]: the same, or a value
//! from the environment.

use crate::clients::sdk_config;
use crate::{Identity, StartError};

/// Reads the secret with that name or ARN, using the credentials of `identity`. The error carries `hint`.
///
/// # Errors
/// 1. The region is not known.
/// 2. Secrets Manager does not return the secret, or it is not text.
pub async fn read_secret(identity: &Identity, id: &str, hint: &str) -> Result<String, StartError> {
    let failed = || StartError::new(format!("the secret {id} cannot be read"), hint);
    let client = aws_sdk_secretsmanager::Client::new(&sdk_config(identity, "SECRETS_MANAGER")?);
    let answer = client.get_secret_value().secret_id(id).send().await;
    let answer = answer.map_err(|error| failed().caused_by(error))?;
    answer.secret_string.ok_or_else(failed)
}

/// Reads the secret that the first variable names, or else the value of the second variable. Returns `None` if neither
/// is set. An empty variable counts as unset.
///
/// # Errors
/// Those of [`read_secret`].
pub async fn read_said_or_secret(
    identity: &Identity,
    [secret, said]: [&str; 2],
    hint: &str,
    lookup: impl Fn(&str) -> Option<String>,
) -> Result<Option<String>, StartError> {
    let lookup = |name: &str| lookup(name).filter(|text| !text.is_empty());
    match (lookup(secret), lookup(said)) {
        (Some(id), _) => read_secret(identity, &id, hint).await.map(Some),
        (None, said) => Ok(said),
    }
}

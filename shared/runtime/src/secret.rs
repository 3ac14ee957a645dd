//! [`read_secret`]: a text that Secrets Manager keeps, read while the program starts; and [`read_said_or_secret`],
//! where the environment may have it instead.

use crate::clients::sdk_config;
use crate::{Identity, StartError};

/// The text of the secret with that name or ARN, read as that identity. Where it is not to be had, the error carries
/// the hint of whoever needs it.
///
/// # Errors
/// 1. The region is not known.
/// 2. Secrets Manager does not give it, or it is no text.
pub async fn read_secret(identity: &Identity, id: &str, hint: &str) -> Result<String, StartError> {
    let failed = || StartError::new(format!("the secret {id} cannot be read"), hint);
    let client = aws_sdk_secretsmanager::Client::new(&sdk_config(identity, "SECRETS_MANAGER")?);
    let answer = client.get_secret_value().secret_id(id).send().await;
    let answer = answer.map_err(|error| failed().caused_by(error))?;
    answer.secret_string.ok_or_else(failed)
}

/// What one variable names a secret of, as that identity, or else another one says; none where neither is set. An empty
/// variable counts as not set.
///
/// # Errors
/// As [`read_secret`].
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

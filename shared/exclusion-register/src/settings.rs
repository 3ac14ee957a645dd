//! [`RegisterSettings`], parsed from one JSON text: the description of a register of exclusions.

use crate::{ExclusionRegister, HttpsRegister, ListedPlayers, RegisterKey, RegisterKeyFault};
use evens_ledger::UserId;
use evens_outbound::{Endpoint, EndpointFault, NoCertificates};
use evens_runtime::{Identity, Settings, Stage, StartError, read_said_or_secret, variable};
use serde::Deserialize;

/// The variable with the description.
const REGISTER: &str = "EVENS_EXCLUSION_REGISTER";

/// The variable with the name of a secret in Secrets Manager that contains the description. It takes precedence.
const REGISTER_SECRET: &str = "EVENS_EXCLUSION_REGISTER_SECRET";

const HINT: &str = "set EVENS_EXCLUSION_REGISTER_SECRET to the name of a secret with the JSON of a register, \
                    or EVENS_EXCLUSION_REGISTER to that JSON; docs/manual.md describes it";

/// The settings of a register, one variant per adapter.
#[derive(Debug, Clone)]
pub enum RegisterSettings {
    /// Queried over HTTPS.
    Https { endpoint: Endpoint, key: RegisterKey },
    /// Listed in the setting.
    Listed(ListedPlayers),
}

/// The JSON text.
#[derive(Deserialize)]
#[serde(tag = "register", rename_all = "lowercase", deny_unknown_fields)]
enum Text {
    Https { url: String, key: String },
    Listed { players: Vec<u64> },
}

impl RegisterSettings {
    /// Reads the secret that `EVENS_EXCLUSION_REGISTER_SECRET` names, with the credentials of `identity`, or else
    /// `EVENS_EXCLUSION_REGISTER`. Returns `None` if neither is set.
    ///
    /// # Errors
    /// Those of [`RegisterSettings::from_lookup`].
    pub async fn from_env(identity: &Identity, settings: &Settings) -> Result<Option<Self>, StartError> {
        Self::from_lookup(identity, settings, variable).await
    }

    /// Reads variables through `lookup`. An empty value counts as unset.
    ///
    /// # Errors
    /// 1. Secrets Manager does not return the secret.
    /// 2. The text is malformed ([`RegisterSettings::from_text`]).
    pub async fn from_lookup(
        identity: &Identity,
        settings: &Settings,
        lookup: impl Fn(&str) -> Option<String>,
    ) -> Result<Option<Self>, StartError> {
        let text = read_said_or_secret(identity, [REGISTER_SECRET, REGISTER], HINT, lookup).await?;
        text.map(|text| Self::from_text(&text, settings.stage)).transpose()
    }

    /// Parses a JSON object. `register` selects the kind, and the rest are its settings:
    ///
    /// | `register` | settings |
    /// |---|---|
    /// | `https` | `url`, the endpoint; `key`, our API key |
    /// | `listed` | `players`, the ids of the excluded players. Not allowed in prod |
    ///
    /// # Errors
    /// The first that applies. The text is never repeated, because it may contain secrets.
    ///
    /// 1. It is not such a JSON object.
    /// 2. The URL is malformed, or would be called unencrypted.
    /// 3. The key is malformed.
    /// 4. `listed` in prod.
    /// 5. An invalid player id.
    pub fn from_text(text: &str, stage: Stage) -> Result<Self, StartError> {
        match serde_json::from_str::<Text>(text).map_err(|_| unusable("is not valid JSON of a register"))? {
            Text::Https { url, key } => {
                let endpoint = url
                    .parse()
                    .map_err(|fault: EndpointFault| unusable(&format!("has an invalid url: {fault}")))?;
                let key = key
                    .parse()
                    .map_err(|fault: RegisterKeyFault| unusable(&format!("has an invalid key: {fault}")))?;
                Ok(Self::Https { endpoint, key })
            }
            Text::Listed { .. } if stage == Stage::Prod => {
                Err(unusable("is a list, which is not allowed in prod"))
            }
            Text::Listed { players } => {
                let players = players.into_iter().map(UserId::new).collect::<Result<Vec<_>, _>>();
                let players = players
                    .map_err(|fault| unusable(&format!("lists an invalid player id, which {fault}")))?;
                Ok(Self::Listed(ListedPlayers::new(players)))
            }
        }
    }

    pub(crate) fn connect(self) -> Result<Box<dyn ExclusionRegister>, NoCertificates> {
        Ok(match self {
            Self::Https { endpoint, key } => Box::new(HttpsRegister::new(endpoint, key)?),
            Self::Listed(players) => Box::new(players),
        })
    }
}

fn unusable(why: &str) -> StartError {
    StartError::new(format!("the exclusion register {why}"), HINT)
}

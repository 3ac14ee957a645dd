//! [`RegisterSettings`], read from one JSON text: what a process is told of a register of exclusions.

use crate::{ExclusionRegister, HttpsRegister, ListedPlayers, RegisterKey, RegisterKeyFault};
use evens_ledger::UserId;
use evens_outbound::{Endpoint, EndpointFault, NoCertificates};
use evens_runtime::{Identity, Settings, Stage, StartError, read_said_or_secret, variable};
use serde::Deserialize;

/// The variable that says it.
const REGISTER: &str = "EVENS_EXCLUSION_REGISTER";

/// The variable that names the secret in Secrets Manager that says it. It goes before the other one.
const REGISTER_SECRET: &str = "EVENS_EXCLUSION_REGISTER_SECRET";

const HINT: &str = "set EVENS_EXCLUSION_REGISTER_SECRET to a secret that holds the JSON of a register, or \
                    EVENS_EXCLUSION_REGISTER to that JSON; docs/manual.md says what it has";

/// A register to be asked, as settings say: one variant for each adapter.
#[derive(Debug, Clone)]
pub enum RegisterSettings {
    /// One that is asked over HTTPS.
    Https {
        /// Where.
        endpoint: Endpoint,
        /// What it knows us by.
        key: RegisterKey,
    },
    /// One that a setting lists.
    Listed(ListedPlayers),
}

/// The text as it is written.
#[derive(Deserialize)]
#[serde(tag = "register", rename_all = "lowercase", deny_unknown_fields)]
enum Text {
    Https { url: String, key: String },
    Listed { players: Vec<u64> },
}

impl RegisterSettings {
    /// Reads the secret that `EVENS_EXCLUSION_REGISTER_SECRET` names, as that identity, or else
    /// `EVENS_EXCLUSION_REGISTER`. Where neither is set, nobody is asked.
    ///
    /// # Errors
    /// As [`RegisterSettings::from_lookup`].
    pub async fn from_env(identity: &Identity, settings: &Settings) -> Result<Option<Self>, StartError> {
        Self::from_lookup(identity, settings, variable).await
    }

    /// Reads variables from wherever they are. An empty one counts as not set.
    ///
    /// # Errors
    /// 1. Secrets Manager does not give the secret.
    /// 2. The text cannot be used ([`RegisterSettings::from_text`]).
    pub async fn from_lookup(
        identity: &Identity,
        settings: &Settings,
        lookup: impl Fn(&str) -> Option<String>,
    ) -> Result<Option<Self>, StartError> {
        let text = read_said_or_secret(identity, [REGISTER_SECRET, REGISTER], HINT, lookup).await?;
        text.map(|text| Self::from_text(&text, settings.stage)).transpose()
    }

    /// Reads a JSON object. `register` says which kind, and the rest what it needs:
    ///
    /// | `register` | has |
    /// |---|---|
    /// | `https` | `url`, where it is asked about each player; `key`, what it knows us by |
    /// | `listed` | `players`, the ids of those who are in it. Not in prod |
    ///
    /// # Errors
    /// The first that holds; no text is repeated, as each may be a secret.
    ///
    /// 1. It is no such JSON object.
    /// 2. The address is none, or what is asked could be read on its way.
    /// 3. The key is none.
    /// 4. In prod, a register that a setting lists.
    /// 5. A player that it lists has no such id.
    pub fn from_text(text: &str, stage: Stage) -> Result<Self, StartError> {
        match serde_json::from_str::<Text>(text).map_err(|_| unusable("is not the JSON of one"))? {
            Text::Https { url, key } => {
                let endpoint =
                    url.parse().map_err(|fault: EndpointFault| unusable(&format!("has no url: {fault}")))?;
                let key = key
                    .parse()
                    .map_err(|fault: RegisterKeyFault| unusable(&format!("has no key: {fault}")))?;
                Ok(Self::Https { endpoint, key })
            }
            Text::Listed { .. } if stage == Stage::Prod => {
                Err(unusable("is a list, which prod does not take"))
            }
            Text::Listed { players } => {
                let players = players.into_iter().map(UserId::new).collect::<Result<Vec<_>, _>>();
                let players =
                    players.map_err(|fault| unusable(&format!("lists a player whose id {fault}")))?;
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
    StartError::new(format!("the register of exclusions {why}"), HINT)
}

//! [`Stage`]: where the program runs.

use crate::StartError;
use std::str::FromStr;

/// Where the program runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// On somebody's machine.
    Local,
    /// For developers.
    Dev,
    /// For the last tests.
    Staging,
    /// For players.
    Prod,
}

impl Stage {
    /// Every stage.
    pub const ALL: [Self; 4] = [Self::Local, Self::Dev, Self::Staging, Self::Prod];

    /// The stage's name, as in names of queues.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Dev => "dev",
            Self::Staging => "staging",
            Self::Prod => "prod",
        }
    }

    /// Who issues its tokens, unless the environment says otherwise: a token of one stage is foreign to all others,
    /// even where two were given the same key.
    pub(super) fn token_issuer(self) -> String {
        format!("evens-{}", self.as_str())
    }

    /// Whom its tokens are for, in the same way.
    pub(super) fn token_audience(self) -> String {
        format!("evens-api-{}", self.as_str())
    }
}

impl FromStr for Stage {
    type Err = StartError;

    fn from_str(name: &str) -> Result<Self, StartError> {
        let stage = Self::ALL.into_iter().find(|stage| stage.as_str() == name);
        stage.ok_or_else(|| {
            let message = format!("there is no stage {name:?}");
            StartError::new(message, "set EVENS_STAGE to local, dev, staging or prod")
        })
    }
}

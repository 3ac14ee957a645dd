//! [`Stage`]: the environment in which the program runs.

use crate::StartError;
use std::str::FromStr;

/// The environment in which the program runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// A developer's machine.
    Local,
    /// For development.
    Dev,
    /// For final tests.
    Staging,
    /// For players.
    Prod,
}

impl Stage {
    pub const ALL: [Self; 4] = [Self::Local, Self::Dev, Self::Staging, Self::Prod];

    /// The stage's name, which is part of queue names.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Dev => "dev",
            Self::Staging => "staging",
            Self::Prod => "prod",
        }
    }

    /// The default issuer of tokens. A token of one stage is invalid in all others, even if two share a key.
    pub(super) fn token_issuer(self) -> String {
        format!("evens-{}", self.as_str())
    }

    /// The default audience of tokens, for the same reason.
    pub(super) fn token_audience(self) -> String {
        format!("evens-api-{}", self.as_str())
    }
}

impl FromStr for Stage {
    type Err = StartError;

    fn from_str(name: &str) -> Result<Self, StartError> {
        let stage = Self::ALL.into_iter().find(|stage| stage.as_str() == name);
        stage.ok_or_else(|| {
            let message = format!("the stage {name:?} is unknown");
            StartError::new(message, "set EVENS_STAGE to local, dev, staging or prod")
        })
    }
}

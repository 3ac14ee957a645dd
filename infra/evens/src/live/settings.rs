//! [`LiveSettings`]: how many sockets there may be.

use crate::server::Limits;
use evens_runtime::{StartError, variable};

/// How many sockets there may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LiveSettings {
    /// The maximum number of sockets of the process.
    pub(crate) sockets_max: usize,
}

impl LiveSettings {
    const VARIABLE: &'static str = "EVENS_SOCKETS_MAX";
    const SOCKETS_MAX: usize = 10_000;

    /// Reads the environment.
    ///
    /// # Errors
    /// The variable is no number from 1 to 1,000,000.
    pub(crate) fn from_env() -> Result<Self, StartError> {
        Self::parse(variable(Self::VARIABLE).as_deref())
    }

    fn parse(text: Option<&str>) -> Result<Self, StartError> {
        let Some(text) = text else { return Ok(Self { sockets_max: Self::SOCKETS_MAX }) };
        let number = text.parse().ok().filter(|number| (1..=1_000_000).contains(number));
        let sockets_max = number.ok_or_else(|| {
            let message = format!("{} cannot be {text:?}", Self::VARIABLE);
            StartError::new(message, "write a number from 1 to 1000000")
        })?;
        Ok(Self { sockets_max })
    }

    /// The same, but no more than the process can hold: each socket is an open file.
    pub(crate) fn within(self, limits: Limits) -> Self {
        let Self { sockets_max } = self;
        let sockets = sockets_max.min(limits.sockets);
        if sockets < sockets_max {
            tracing::warn!(sockets, "Only {sockets} sockets fit into the limit of open files (ulimit -n)");
        }
        Self { sockets_max: sockets }
    }
}

#[cfg(test)]
mod tests {
    use super::LiveSettings;

    #[test]
    fn a_maximum_is_a_number_from_1_to_1_000_000() {
        let rows = [
            (None, Some(10_000)),
            (Some("1"), Some(1)),
            (Some("1000000"), Some(1_000_000)),
            (Some("0"), None),
            (Some("1000001"), None),
            (Some("many"), None),
            (Some(""), None),
        ];
        for (text, expected) in rows {
            let parsed = LiveSettings::parse(text).ok().map(|settings| settings.sockets_max);
            assert_eq!(parsed, expected, "{text:?}");
        }
    }
}

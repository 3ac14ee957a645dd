//! [`EngineChoice`]: the engines that a process uses.

use evens_runtime::{StartError, variable};

/// The engines that a process uses: `EVENS_ENGINES`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EngineChoice {
    /// DynamoDB and SQS as the SDK finds them: on AWS, or at its endpoint variables.
    Aws,
    /// The embedded engines of the data folder.
    Embedded,
}

impl EngineChoice {
    const VARIABLE: &'static str = "EVENS_ENGINES";

    /// Reads the environment. By default: AWS if its endpoint variables are set, or else the embedded engines.
    pub(crate) fn from_env() -> Result<Self, StartError> {
        Self::from_lookup(variable)
    }

    fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, StartError> {
        let lookup = |name: &str| lookup(name).filter(|value| !value.is_empty());
        match lookup(Self::VARIABLE).as_deref() {
            Some("aws") => Ok(Self::Aws),
            Some("embedded") => Ok(Self::Embedded),
            Some(other) => {
                let message = format!("{} cannot be {other:?}", Self::VARIABLE);
                Err(StartError::new(message, format!("set {} to aws or embedded", Self::VARIABLE)))
            }
            None => {
                let endpoints = ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL_SQS"];
                let is_said = endpoints.into_iter().any(|name| lookup(name).is_some());
                Ok(if is_said { Self::Aws } else { Self::Embedded })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::EngineChoice::{self, Aws, Embedded};

    #[test]
    fn the_setting_overrides_the_engines_chosen_by_endpoints() {
        let local = "http://127.0.0.1:1";
        let rows = [
            ("", "", Some(Embedded)),
            ("", local, Some(Aws)),
            ("aws", "", Some(Aws)),
            ("aws", local, Some(Aws)),
            ("embedded", "", Some(Embedded)),
            ("embedded", local, Some(Embedded)),
            ("AWS", "", None),
            ("localstack", local, None),
        ];
        for (choice, endpoint, expected) in rows {
            for variable in ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL_SQS"] {
                let variables = [("EVENS_ENGINES", choice), (variable, endpoint)];
                let found = |name: &str| variables.iter().find(|(known, _)| *known == name);
                let chosen =
                    EngineChoice::from_lookup(|name| found(name).map(|(_, value)| (*value).to_owned()));
                assert_eq!(chosen.ok(), expected, "{variables:?}");
            }
        }
    }
}

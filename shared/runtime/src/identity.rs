//! [`Identity`]: AWS credentials and region of a process.

use aws_sdk_sqs::config::{Credentials, Region, SharedCredentialsProvider};

/// AWS credentials and region of a process.
///
/// Lambda sets both in a function's environment, so a function reads only that. The SDK's own search through profiles,
/// containers and instance metadata would slow every start. A program that needs that search runs it itself and passes
/// the result here.
#[derive(Debug, Clone, Default)]
pub struct Identity {
    pub region: Option<Region>,
    /// Credentials that sign requests.
    pub credentials: Option<SharedCredentialsProvider>,
}

impl Identity {
    /// Reads `AWS_REGION` or `AWS_DEFAULT_REGION`, and `AWS_ACCESS_KEY_ID` with `AWS_SECRET_ACCESS_KEY` and, for
    /// temporary credentials, `AWS_SESSION_TOKEN`. They are read once: a function's credentials outlive its process.
    pub fn from_env() -> Self {
        Self::from_lookup(crate::variable)
    }

    /// Credentials for the embedded engines of another process, in any region. The engines check only the id of the
    /// access key.
    pub fn of_engines(access_key: &str) -> Self {
        let credentials = Credentials::new(access_key, access_key, None, None, "engines");
        Self { region: None, credentials: Some(SharedCredentialsProvider::new(credentials)) }
    }

    fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name| lookup(name).filter(|value| !value.trim().is_empty());
        let keys = set("AWS_ACCESS_KEY_ID").zip(set("AWS_SECRET_ACCESS_KEY"));
        let credentials = keys
            .map(|(id, secret)| Credentials::new(id, secret, set("AWS_SESSION_TOKEN"), None, "environment"));
        Self {
            region: set("AWS_REGION").or_else(|| set("AWS_DEFAULT_REGION")).map(Region::new),
            credentials: credentials.map(SharedCredentialsProvider::new),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Identity;
    use aws_sdk_sqs::config::{ProvideCredentials, Region};

    const KEYS: &[(&str, &str)] = &[("AWS_ACCESS_KEY_ID", "id"), ("AWS_SECRET_ACCESS_KEY", "secret")];

    fn of(variables: &[(&str, &str)]) -> Identity {
        let find = |name: &str| variables.iter().find(|(known, _)| *known == name);
        Identity::from_lookup(|name| find(name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn the_region_is_the_first_that_is_set() {
        let cases: [(&[_], Option<&'static str>); 5] = [
            (&[], None),
            (&[("AWS_REGION", "")], None),
            (&[("AWS_DEFAULT_REGION", "eu-west-2")], Some("eu-west-2")),
            (&[("AWS_REGION", ""), ("AWS_DEFAULT_REGION", "eu-west-2")], Some("eu-west-2")),
            (&[("AWS_REGION", "eu-west-1"), ("AWS_DEFAULT_REGION", "eu-west-2")], Some("eu-west-1")),
        ];
        for (variables, expected) in cases {
            assert_eq!(of(variables).region, expected.map(Region::from_static), "{variables:?}");
        }
    }

    #[tokio::test]
    async fn credentials_are_there_with_both_keys_and_have_the_token() {
        for (index, key) in KEYS.iter().enumerate() {
            assert!(of(&[*key]).credentials.is_none(), "only {key:?}");
            let mut emptied = KEYS.to_vec();
            emptied[index].1 = " ";
            assert!(of(&emptied).credentials.is_none(), "{emptied:?}");
        }
        for token in [None, Some("token")] {
            let mut variables = KEYS.to_vec();
            variables.extend(token.map(|token| ("AWS_SESSION_TOKEN", token)));
            let found = of(&variables).credentials.unwrap().provide_credentials().await.unwrap();
            assert_eq!((found.access_key_id(), found.secret_access_key()), ("id", "secret"));
            assert_eq!((found.session_token(), found.expiry()), (token, None));
        }
    }
}

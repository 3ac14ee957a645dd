//! [`Clients`]: the two SDK clients, which share one HTTP client.

use crate::request_token::RemoveRequestToken;
use crate::table_timer::TableTimer;
use crate::{Identity, StartError, trust};
use aws_sdk_sqs::config::retry::RetryConfig;
use aws_sdk_sqs::config::timeout::TimeoutConfig;
use aws_sdk_sqs::config::{
    BehaviorVersion, Credentials, Region, SharedCredentialsProvider, SharedHttpClient,
    StalledStreamProtectionConfig,
};
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_types::SdkConfig;
use evens_metrics::Metrics;
use evens_queues::QueueService;
use evens_table::Table;
use http::Uri;
use http::uri::Scheme;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

/// Endpoints that replace those the SDK would find: the embedded engines.
#[derive(Debug, Clone, Default)]
pub struct Endpoints {
    /// Replaces `AWS_ENDPOINT_URL_DYNAMODB` and `AWS_ENDPOINT_URL`.
    pub dynamodb: Option<String>,
    /// Replaces `AWS_ENDPOINT_URL_SQS` and `AWS_ENDPOINT_URL`.
    pub sqs: Option<String>,
    /// A client that replaces network connections, for engines in this process.
    pub http_client: Option<SharedHttpClient>,
    /// The table of the settings in an engine of this process. The store calls it without the SDK.
    pub table: Option<Arc<dyn Table>>,
    /// The queues of an engine of this process. Jobs are sent and received without the SDK.
    pub queues: Option<Arc<dyn QueueService>>,
}

impl Endpoints {
    /// Fills missing endpoints from the SDK's variables.
    #[must_use]
    pub fn or_from_env(&self) -> Self {
        Self {
            dynamodb: endpoint(self.dynamodb.as_deref(), "AWS_ENDPOINT_URL_DYNAMODB"),
            sqs: endpoint(self.sqs.as_deref(), "AWS_ENDPOINT_URL_SQS"),
            http_client: self.http_client.clone(),
            table: self.table.clone(),
            queues: self.queues.clone(),
        }
    }

    /// Returns `true` if both endpoints are on this machine and unencrypted.
    pub fn are_local(&self) -> bool {
        self.all().iter().all(|endpoint| endpoint.is_some_and(is_loopback))
    }

    /// Returns `true` if both services are those of AWS.
    pub fn are_aws(&self) -> bool {
        self.all().iter().all(Option::is_none)
    }

    fn all(&self) -> [Option<&str>; 2] {
        [self.dynamodb.as_deref(), self.sqs.as_deref()]
    }
}

#[derive(Debug, Clone)]
pub struct Clients {
    pub dynamodb: aws_sdk_dynamodb::Client,
    pub sqs: aws_sdk_sqs::Client,
}

impl Clients {
    const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
    /// The old system's statement timeout (B19). One attempt is shorter, so that a second one fits.
    pub const OPERATION_TIMEOUT: Duration = Duration::from_secs(5);
    const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(2);
    /// Maximum number of attempts by the SDK.
    pub const ATTEMPTS_MAX: u32 = 3;

    /// The time limits of a call.
    pub fn timeouts() -> TimeoutConfig {
        TimeoutConfig::builder()
            .connect_timeout(Self::CONNECT_TIMEOUT)
            .operation_attempt_timeout(Self::ATTEMPT_TIMEOUT)
            .operation_timeout(Self::OPERATION_TIMEOUT)
            .build()
    }

    /// Builds the clients with the identity from the environment. Nothing is called yet.
    ///
    /// # Errors
    /// No region is set, although an endpoint of AWS needs one.
    pub fn connect(endpoints: &Endpoints) -> Result<Self, StartError> {
        Self::connect_as(&Identity::from_env(), endpoints)
    }

    /// The same with another identity.
    ///
    /// # Errors
    /// Those of [`Clients::connect`].
    pub fn connect_as(identity: &Identity, endpoints: &Endpoints) -> Result<Self, StartError> {
        Self::connect_with(identity, endpoints, None)
    }

    /// The same, with latency metrics of the table.
    ///
    /// # Errors
    /// Those of [`Clients::connect`].
    pub(crate) fn connect_measured(
        identity: &Identity,
        endpoints: &Endpoints,
        metrics: &Metrics,
    ) -> Result<Self, StartError> {
        Self::connect_with(identity, endpoints, Some(TableTimer::new(metrics.clone())))
    }

    fn connect_with(
        identity: &Identity,
        endpoints: &Endpoints,
        timer: Option<TableTimer>,
    ) -> Result<Self, StartError> {
        let found = endpoints.or_from_env();
        let config = config(identity, found.are_local(), found.are_aws(), found.http_client)?;
        let mut for_dynamodb = aws_sdk_dynamodb::config::Builder::from(&config);
        for_dynamodb.set_endpoint_url(found.dynamodb);
        if endpoints.dynamodb.is_some() {
            for_dynamodb = for_dynamodb.interceptor(RemoveRequestToken);
        }
        // Requests to engines in this process cannot be intercepted, and signatures would take a twentieth of the time
        // of a bet there.
        let is_in_process = endpoints.http_client.is_some();
        if is_in_process {
            for_dynamodb = for_dynamodb.allow_no_auth();
        }
        if let Some(timer) = timer {
            for_dynamodb = for_dynamodb.interceptor(timer);
        }
        let mut for_sqs = aws_sdk_sqs::config::Builder::from(&config);
        for_sqs.set_endpoint_url(found.sqs);
        if is_in_process {
            for_sqs = for_sqs.allow_no_auth();
        }
        Ok(Self {
            dynamodb: aws_sdk_dynamodb::Client::from_conf(for_dynamodb.build()),
            sqs: aws_sdk_sqs::Client::from_conf(for_sqs.build()),
        })
    }
}

/// The same configuration for the client of another service, at the endpoint in the SDK's variables
/// `AWS_ENDPOINT_URL_{SERVICE}` and `AWS_ENDPOINT_URL`.
///
/// # Errors
/// Those of [`Clients::connect`].
pub(crate) fn sdk_config(identity: &Identity, service: &str) -> Result<SdkConfig, StartError> {
    let endpoint = endpoint(None, &format!("AWS_ENDPOINT_URL_{service}"));
    let is_local = endpoint.as_deref().is_some_and(is_loopback);
    let config = config(identity, is_local, endpoint.is_none(), None)?;
    let mut builder = config.into_builder();
    builder.set_endpoint_url(endpoint);
    Ok(builder.build())
}

/// The configuration shared by all clients.
fn config(
    identity: &Identity,
    is_local: bool,
    is_aws: bool,
    given: Option<SharedHttpClient>,
) -> Result<SdkConfig, StartError> {
    // Other engines have no regions, so any value works.
    let anywhere = || (!is_aws).then(|| Region::from_static("us-east-1"));
    let region = identity.region.clone().or_else(anywhere).ok_or_else(|| {
        StartError::new("the AWS region is not known", "set AWS_REGION, for example to eu-west-1")
    })?;
    let anybody = || is_local.then(|| Credentials::new("test", "test", None, None, "local"));
    let credentials = identity.credentials.clone().or_else(|| anybody().map(SharedCredentialsProvider::new));
    // Without credentials, where that is allowed, requests are not signed.
    let credentials = credentials.filter(|_| given.is_none());
    let http_client = match given {
        Some(client) => client,
        None => http_client(is_local, is_aws, &region)?,
    };
    let mut builder = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .http_client(http_client)
        .timeout_config(Clients::timeouts())
        .retry_config(RetryConfig::standard().with_max_attempts(Clients::ATTEMPTS_MAX))
        // Answers are short and are read within the timeout of an attempt.
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .region(region);
    builder.set_credentials_provider(credentials);
    Ok(builder.build())
}

/// One connection pool for all services. Without encryption no CA certificates are loaded.
fn http_client(is_local: bool, is_aws: bool, region: &Region) -> Result<SharedHttpClient, StartError> {
    let builder = aws_smithy_http_client::Builder::new();
    if is_local {
        return Ok(builder.build_http());
    }
    let builder = builder.tls_provider(Provider::Rustls(CryptoMode::Ring));
    Ok(builder.tls_context(trust::context(is_aws, region)?).build_https())
}

/// The endpoint in the SDK's order: the given one, the service's variable, the common variable.
fn endpoint(given: Option<&str>, variable: &str) -> Option<String> {
    let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let given = given.map(str::to_owned);
    given.or_else(|| set(variable)).or_else(|| set("AWS_ENDPOINT_URL"))
}

/// Returns `true` if the endpoint is on this machine and unencrypted.
fn is_loopback(endpoint: &str) -> bool {
    let endpoint = endpoint.parse::<Uri>().ok().filter(|endpoint| endpoint.scheme() == Some(&Scheme::HTTP));
    endpoint.is_some_and(|endpoint| endpoint.host().is_some_and(is_this_machine))
}

/// Returns `true` if the host of a URI is this machine, without resolving names.
pub fn is_this_machine(host: &str) -> bool {
    let ip = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost") || ip.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::{Endpoints, config, is_loopback};
    use crate::Identity;
    use aws_sdk_sqs::config::{ProvideCredentials, Region};

    #[test]
    fn endpoints_are_classified_as_local_or_aws() {
        let (local, elsewhere) = (Some("http://localhost:1"), Some("https://localstack:4566"));
        #[rustfmt::skip]
        let table = [
            //  dynamodb   sqs        local  AWS
            (None,      None,      false, true),
            (local,     None,      false, false),
            (local,     local,     true,  false),
            (local,     elsewhere, false, false),
            (elsewhere, elsewhere, false, false),
        ];
        for (dynamodb, sqs, is_local, is_aws) in table {
            let endpoints = Endpoints {
                dynamodb: dynamodb.map(str::to_owned),
                sqs: sqs.map(str::to_owned),
                ..Endpoints::default()
            };
            assert_eq!((endpoints.are_local(), endpoints.are_aws()), (is_local, is_aws), "{endpoints:?}");
        }
    }

    #[tokio::test]
    async fn aws_needs_a_region_and_this_machine_needs_no_credentials() {
        let nobody = Identity::default();
        assert_eq!(
            config(&nobody, false, true, None).unwrap_err().to_string(),
            "the AWS region is not known"
        );
        let elsewhere = config(&nobody, false, false, None).unwrap();
        assert_eq!(elsewhere.region().map(Region::as_ref), Some("us-east-1"));
        assert!(elsewhere.credentials_provider().is_none(), "nobody signs for somebody else");
        let local = config(&nobody, true, false, None).unwrap().credentials_provider().unwrap();
        assert_eq!(local.provide_credentials().await.unwrap().access_key_id(), "test");
        let in_process = aws_smithy_http_client::Builder::new().build_http();
        let in_process = config(&nobody, true, false, Some(in_process)).unwrap();
        assert!(in_process.credentials_provider().is_none(), "what stays in this process is not signed");
    }

    /// The SDK parses the certificates when a client is built, and panics if one is malformed.
    #[test]
    fn clients_of_aws_are_made_with_the_certificates_of_amazon() {
        let identity = Identity { region: Some(Region::from_static("eu-west-1")), credentials: None };
        let config = config(&identity, false, true, None).unwrap();
        let client = aws_sdk_dynamodb::Client::new(&config);
        assert_eq!(client.config().region().map(Region::as_ref), Some("eu-west-1"));
    }

    #[test]
    fn endpoints_on_this_machine() {
        let cases = [
            ("http://127.0.0.1:8000", true),
            ("http://127.1.2.3:8000/path", true),
            ("http://localhost", true),
            ("http://[::1]:9324", true),
            ("https://127.0.0.1:8000", false),
            ("http://127.0.0.1.example.com", false),
            ("http://localstack:4566", false),
            ("http://10.0.0.7:8000", false),
            ("https://sqs.eu-west-1.amazonaws.com", false),
            ("127.0.0.1:8000", false),
            ("http://localhost:80@example.com", false),
            ("http://LOCALHOST:8000", true),
        ];
        for (endpoint, expected) in cases {
            assert_eq!(is_loopback(endpoint), expected, "{endpoint}");
        }
    }
}

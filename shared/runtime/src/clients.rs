//! [`Clients`]: the two clients of the SDK, over one HTTP client.

use crate::StartError;
use crate::request_token::WithoutRequestToken;
use crate::table_timer::TableTimer;
use aws_config::environment::EnvironmentVariableRegionProvider;
use aws_config::meta::region::RegionProviderChain;
use aws_config::retry::RetryConfig;
use aws_config::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_sqs::config::{Credentials, SharedHttpClient};
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use evens_metrics::Metrics;
use std::time::Duration;

/// Where DynamoDB and SQS are, if not where the SDK finds them: the embedded engines.
#[derive(Debug, Clone, Default)]
pub struct Endpoints {
    /// Instead of `AWS_ENDPOINT_URL_DYNAMODB` and `AWS_ENDPOINT_URL`.
    pub dynamodb: Option<String>,
    /// Instead of `AWS_ENDPOINT_URL_SQS` and `AWS_ENDPOINT_URL`.
    pub sqs: Option<String>,
    /// What requests are made with, instead of connections: where the engines are in this process.
    pub http_client: Option<SharedHttpClient>,
}

/// The clients of the SDK.
#[derive(Debug, Clone)]
pub struct Clients {
    /// For the table.
    pub dynamodb: aws_sdk_dynamodb::Client,
    /// For the queues.
    pub sqs: aws_sdk_sqs::Client,
}

impl Clients {
    const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
    /// The old system's limit for a statement (B19): one attempt is shorter, so that a second one fits into it.
    const OPERATION_TIMEOUT: Duration = Duration::from_secs(5);
    const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(2);
    const ATTEMPTS_MAX: u32 = 3;

    /// Builds the clients. Nothing is called but what finds region and credentials, and neither is looked for where
    /// both endpoints are on this machine.
    ///
    /// # Errors
    /// No region is set, and no endpoint says that none is needed.
    pub async fn connect(endpoints: &Endpoints) -> Result<Self, StartError> {
        Self::connect_with(endpoints, None).await
    }

    /// The same, measuring how long the table takes.
    ///
    /// # Errors
    /// As [`Clients::connect`].
    pub(crate) async fn connect_measured(
        endpoints: &Endpoints,
        metrics: &Metrics,
    ) -> Result<Self, StartError> {
        Self::connect_with(endpoints, Some(TableTimer::new(metrics.clone()))).await
    }

    async fn connect_with(endpoints: &Endpoints, timer: Option<TableTimer>) -> Result<Self, StartError> {
        let dynamodb = endpoint(endpoints.dynamodb.as_deref(), "AWS_ENDPOINT_URL_DYNAMODB");
        let sqs = endpoint(endpoints.sqs.as_deref(), "AWS_ENDPOINT_URL_SQS");
        let found = [&dynamodb, &sqs];
        let is_local = found.iter().all(|endpoint| endpoint.as_deref().is_some_and(is_loopback));
        let config = load_config(
            is_local,
            found.iter().any(|endpoint| endpoint.is_some()),
            endpoints.http_client.clone().unwrap_or_else(|| http_client(is_local)),
        )
        .await?;
        let mut for_dynamodb = aws_sdk_dynamodb::config::Builder::from(&config);
        if let Some(endpoint) = dynamodb {
            for_dynamodb = for_dynamodb.endpoint_url(endpoint);
        }
        if endpoints.dynamodb.is_some() {
            for_dynamodb = for_dynamodb.interceptor(WithoutRequestToken);
        }
        if let Some(timer) = timer {
            for_dynamodb = for_dynamodb.interceptor(timer);
        }
        let mut for_sqs = aws_sdk_sqs::config::Builder::from(&config);
        if let Some(endpoint) = sqs {
            for_sqs = for_sqs.endpoint_url(endpoint);
        }
        Ok(Self {
            dynamodb: aws_sdk_dynamodb::Client::from_conf(for_dynamodb.build()),
            sqs: aws_sdk_sqs::Client::from_conf(for_sqs.build()),
        })
    }
}

/// The same configuration for the client of another service, where the SDK's own variables say that it is.
///
/// # Errors
/// As [`Clients::connect`].
pub async fn sdk_config() -> Result<SdkConfig, StartError> {
    let common = endpoint(None, "AWS_ENDPOINT_URL");
    let is_local = common.as_deref().is_some_and(is_loopback);
    load_config(is_local, common.is_some(), http_client(is_local)).await
}

async fn load_config(
    is_local: bool,
    is_elsewhere: bool,
    http_client: SharedHttpClient,
) -> Result<SdkConfig, StartError> {
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .http_client(http_client)
        .timeout_config(timeouts())
        .retry_config(RetryConfig::standard().with_max_attempts(Clients::ATTEMPTS_MAX))
        // Answers are short and read whole within the time-out of an attempt.
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
    if is_local && !has_credentials() {
        loader = loader.credentials_provider(Credentials::new("test", "test", None, None, "local"));
    }
    if is_elsewhere {
        // An engine that is not AWS has no regions: anything will do, and the machine's metadata is not asked.
        let variable = RegionProviderChain::first_try(EnvironmentVariableRegionProvider::new());
        loader = loader.region(variable.or_else(Region::from_static("us-east-1")));
    }
    let config = loader.load().await;
    if config.region().is_none() {
        let hint = "set AWS_REGION, for example to eu-west-1";
        return Err(StartError::new("the AWS region is not known", hint));
    }
    Ok(config)
}

fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(Clients::CONNECT_TIMEOUT)
        .operation_attempt_timeout(Clients::ATTEMPT_TIMEOUT)
        .operation_timeout(Clients::OPERATION_TIMEOUT)
        .build()
}

/// One pool of connections for both services. Loading the machine's certificates takes longer than the rest of a
/// local start, so it is left out where nothing is encrypted.
fn http_client(is_local: bool) -> SharedHttpClient {
    let builder = aws_smithy_http_client::Builder::new();
    if is_local {
        builder.build_http()
    } else {
        builder.tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https()
    }
}

/// The endpoint in the SDK's own order: what was handed in, the service's variable, the common one.
fn endpoint(given: Option<&str>, variable: &str) -> Option<String> {
    let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let given = given.map(str::to_owned);
    given.or_else(|| set(variable)).or_else(|| set("AWS_ENDPOINT_URL"))
}

/// Whether an endpoint is on this machine and not encrypted.
fn is_loopback(endpoint: &str) -> bool {
    let Some(rest) = endpoint.strip_prefix("http://") else {
        return false;
    };
    let authority = rest.split('/').next().unwrap_or_default();
    let host = match authority.strip_prefix('[') {
        Some(ipv6) => ipv6.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    };
    host == "localhost" || host.parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback())
}

/// Whether anything in the environment says where credentials are.
fn has_credentials() -> bool {
    const SOURCES: [&str; 5] = [
        "AWS_ACCESS_KEY_ID",
        "AWS_PROFILE",
        "AWS_WEB_IDENTITY_TOKEN_FILE",
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    ];
    SOURCES.iter().any(|name| std::env::var_os(name).is_some())
}

#[cfg(test)]
mod tests {
    use super::is_loopback;

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
        ];
        for (endpoint, expected) in cases {
            assert_eq!(is_loopback(endpoint), expected, "{endpoint}");
        }
    }
}

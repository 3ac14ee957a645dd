//! The AWS identity of this process, if its environment alone does not define it.
//!
//! A function finds its identity in its environment ([`Identity::from_env`]). A user who runs `evens` may have a
//! profile or the role of the machine, which the SDK's own search finds.

use aws_config::environment::EnvironmentVariableRegionProvider;
use aws_config::meta::region::RegionProviderChain;
use aws_config::{BehaviorVersion, Region};
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use evens_runtime::{Endpoints, Identity, variable};

/// Finds region and credentials as every program with the SDK does. If both endpoints are on this machine and no source
/// of credentials is configured, it looks for neither.
pub(crate) async fn find(endpoints: &Endpoints) -> Identity {
    let endpoints = endpoints.or_from_env();
    if endpoints.are_local() && !has_credentials() {
        return Identity::from_env();
    }
    let client =
        aws_smithy_http_client::Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https();
    let mut loader = aws_config::defaults(BehaviorVersion::latest()).http_client(client);
    if !endpoints.are_aws() {
        // An engine other than AWS has no regions, so any value works, and the machine's metadata is not read.
        let variable = RegionProviderChain::first_try(EnvironmentVariableRegionProvider::new());
        loader = loader.region(variable.or_else(Region::from_static("us-east-1")));
    }
    let config = loader.load().await;
    Identity { region: config.region().cloned(), credentials: config.credentials_provider() }
}

/// Returns whether any source of credentials is configured in the environment.
fn has_credentials() -> bool {
    const SOURCES: [&str; 5] = [
        "AWS_ACCESS_KEY_ID",
        "AWS_PROFILE",
        "AWS_WEB_IDENTITY_TOKEN_FILE",
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    ];
    SOURCES.into_iter().any(|name| variable(name).is_some())
}

//! The sandbox provider of the local stage: a payment provider in this process. It knows no more of Evens than any
//! other provider, and calls it back over HTTP. Its state is a file of the data folder.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use evens_providers::ProviderSettings;
use evens_runtime::{Entropy, Stage, StartError};
use evens_sandbox_provider::{ApiKey, Callbacks, Settings, core, serve};
use serde::{Deserialize, Serialize};
use std::future::Future;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;
use tokio::net::TcpListener;

/// The file with the provider's state.
const STATE_FILE: &str = "sandbox-provider.json";

/// The provider's URL, API key and signing secret, in the format of `EVENS_PAYMENT_PROVIDER`. With it, a test or an
/// operator can read the provider's state, make it fail, or send callbacks in its place.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct SandboxAddress {
    provider: String,
    url: String,
    key: String,
    secret: String,
}

impl SandboxAddress {
    pub(crate) fn settings(&self) -> Result<ProviderSettings, StartError> {
        let text = serde_json::to_string(self).map_err(|error| {
            StartError::new("the address of the sandbox provider cannot be encoded", "report this")
                .caused_by(error)
        })?;
        ProviderSettings::from_text(&text, Stage::Local)
    }
}

/// Starts the provider beside the API at that address, until `stop` resolves. Key and secret are new at each start,
/// because both sides are in this process.
pub(crate) async fn start(
    folder: &Path,
    api: SocketAddr,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(ProviderSettings, SandboxAddress), StartError> {
    let hint = "report this, or set EVENS_PAYMENT_PROVIDER to another sandbox";
    let failed =
        |message: &str| StartError::new(format!("the sandbox provider did not start: {message}"), hint);
    let no_port = |error| failed("no port is available").caused_by(error);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(no_port)?;
    let url = format!("http://{}", listener.local_addr().map_err(no_port)?);
    let entropy = Entropy::system();
    let random = || entropy.bytes::<32>().map(|bytes| BASE64_STANDARD.encode(bytes));
    let key = random().map_err(|error| failed("cannot generate its key").caused_by(error))?;
    let secret = random().map_err(|error| failed("cannot generate its secret").caused_by(error))?;
    let secret = format!("whsec_{secret}");
    let callback = format!("http://{}/api/payments/callback/sandbox", reachable(api));
    let callback =
        callback.parse().map_err(|error| failed("its callback address is invalid").caused_by(error))?;
    let signer = secret.parse().map_err(|error| failed("its secret is invalid").caused_by(error))?;
    let sandbox = Settings {
        rules: core::Settings::default(),
        key: ApiKey::new(&key).map_err(|error| failed("its key is invalid").caused_by(error))?,
        callbacks: Some(
            Callbacks::new(callback, signer)
                .map_err(|error| failed("no callback address").caused_by(error))?,
        ),
        public_url: None,
        state_file: Some(folder.join(STATE_FILE)),
    };
    tokio::spawn(async move {
        if let Err(error) = serve(listener, sandbox, stop).await {
            tracing::error!(%error, "The sandbox provider stopped: {error}");
        }
    });
    let address = SandboxAddress { provider: "sandbox".to_owned(), url, key, secret };
    Ok((address.settings()?, address))
}

/// An API that listens on all addresses can be reached at the loopback address.
fn reachable(api: SocketAddr) -> SocketAddr {
    let ip = match api.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, api.port())
}

//! [`Bank`]: the payment provider of a measured system. It outlives the system's process, and stores nothing on disk.

use anyhow::Context;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use evens_outbound::Signer;
use evens_runtime::Entropy;
use evens_sandbox_provider::{ApiKey, Callbacks, Settings, core, serve};
use serde_json::json;
use std::net::SocketAddr;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// The sandbox provider, in this process. It ends on drop.
#[derive(Debug)]
pub(crate) struct Bank {
    key: String,
    secret: String,
    address: SocketAddr,
    served: JoinHandle<()>,
}

impl Bank {
    /// Opens it for the API at this address. If `tells` is false, it sends no callbacks, and the measurement sends them
    /// instead.
    pub(crate) async fn open(api: SocketAddr, tells: bool) -> anyhow::Result<Self> {
        let entropy = Entropy::system();
        let random = || entropy.bytes::<32>().map(|bytes| STANDARD.encode(bytes));
        let (key, secret) = (random()?, format!("whsec_{}", random()?));
        let callback = format!("http://{api}/api/payments/callback/sandbox").parse()?;
        let callbacks = Callbacks::new(callback, secret.parse()?)?;
        let settings = Settings {
            rules: core::Settings::default(),
            key: ApiKey::new(&key)?,
            callbacks: tells.then_some(callbacks),
            public_url: None,
            state_file: None,
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.context("no port for a provider")?;
        let address = listener.local_addr()?;
        let served = tokio::spawn(async move {
            if let Err(error) = serve(listener, settings, std::future::pending()).await {
                eprintln!("the provider ended: {error}");
            }
        });
        Ok(Self { key, secret, address, served })
    }

    /// The value of `EVENS_PAYMENT_PROVIDER` for this provider.
    pub(crate) fn variable(&self) -> String {
        let url = format!("http://{}", self.address);
        json!({ "provider": "sandbox", "url": url, "key": self.key, "secret": self.secret }).to_string()
    }

    /// The signer of callbacks.
    pub(crate) fn signer(&self) -> anyhow::Result<Signer> {
        self.secret.parse().context("the secret of the provider")
    }
}

impl Drop for Bank {
    fn drop(&mut self) {
        self.served.abort();
    }
}

//! [`Platform`]: the table, the queues, and the environment of a function.

use crate::tls::Certificate;
use anyhow::Result;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use evens_engines::Engines;
use evens_queues::create_queues;
use evens_runtime::tokens::TokenSigner;
use evens_runtime::{Clients, Endpoints, Identity};
use evens_store::Store;
use std::net::SocketAddr;
use tempfile::TempDir;

/// The transport to table and queues.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Transport {
    /// The endpoints of AWS. No call is made, so functions are not invoked.
    Aws,
    /// Local engines behind TLS, with the machine's certificates and one more.
    Tls,
    /// Local engines without TLS.
    Plain,
}

impl Transport {
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Aws => "Table and queues on AWS: the start as on AWS, without any call",
            Self::Tls => "Local table and queues over TLS: invocations as on AWS, without the network",
            Self::Plain => "Local table and queues in plain text",
        }
    }
}

/// The engines and settings of functions.
pub(crate) struct Platform {
    engines: Engines,
    /// The TLS addresses of the table and of the queues.
    encrypted: [SocketAddr; 2],
    certificate: Certificate,
    pub(crate) store: Store,
    pub(crate) signer: TokenSigner,
    signing_key: String,
    _folder: TempDir,
}

impl Platform {
    const TABLE: &str = "evens-local";
    const PAYEE_KEYS: &str = "start:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";

    pub(crate) async fn start() -> Result<Self> {
        let engines = Engines::start(None).await?;
        let endpoints = Endpoints {
            dynamodb: Some(engines.dynamodb_url()),
            sqs: Some(engines.sqs_url()),
            ..Endpoints::default()
        };
        let clients = Clients::connect_as(&Identity::of_engines(engines.access_key()), &endpoints)?;
        evens_store::migrate(&clients.dynamodb, Self::TABLE).await?;
        create_queues(&clients.sqs, "local").await?;
        let folder = tempfile::tempdir()?;
        let certificate = Certificate::make(folder.path())?;
        let mut encrypted = Vec::new();
        for url in [engines.dynamodb_url(), engines.sqs_url()] {
            let address = url.trim_start_matches("http://").parse()?;
            encrypted.push(certificate.listen_before(address).await?);
        }
        let pkcs8 = TokenSigner::generate_pkcs8()?;
        Ok(Self {
            store: Store::new(clients.dynamodb, Self::TABLE.to_owned()),
            signer: TokenSigner::from_pkcs8("start", &pkcs8, "evens-local", "evens-api-local")?,
            signing_key: format!("start:{}", BASE64_STANDARD.encode(&pkcs8)),
            encrypted: [encrypted[0], encrypted[1]],
            engines,
            certificate,
            _folder: folder,
        })
    }

    pub(crate) async fn stop(self) {
        self.engines.stop().await;
    }

    /// The template's variables for a function. `register` and `login` also get their key, which they read from Secrets
    /// Manager on AWS.
    pub(crate) fn variables(&self, transport: Transport) -> Vec<(String, String)> {
        let [dynamodb, sqs] = match transport {
            // An empty variable counts as unset.
            Transport::Aws => [const { String::new() }; 2],
            Transport::Tls => self.encrypted.map(|address| format!("https://{address}")),
            Transport::Plain => [self.engines.dynamodb_url(), self.engines.sqs_url()],
        };
        let variables = [
            ("AWS_ENDPOINT_URL_DYNAMODB", dynamodb),
            ("EVENS_QUEUE_URL_PREFIX", format!("{sqs}/000000000000/evens-local-")),
            ("AWS_ENDPOINT_URL_SQS", sqs),
            ("AWS_ACCESS_KEY_ID", self.engines.access_key().to_owned()),
            ("EVENS_STAGE", "local".to_owned()),
            ("EVENS_TABLE", Self::TABLE.to_owned()),
            ("EVENS_TOKEN_PUBLIC_KEYS", self.signer.public_key().to_string()),
            ("EVENS_TOKEN_SIGNING_KEY", self.signing_key.clone()),
            ("EVENS_PAYEE_KEYS", Self::PAYEE_KEYS.to_owned()),
            ("SSL_CERT_FILE", self.certificate.trusted.display().to_string()),
            ("NODE_EXTRA_CA_CERTS", self.certificate.own.display().to_string()),
        ]
        .map(|(name, value)| (name.to_owned(), value));
        variables.into()
    }
}

//! [`Platform`]: the table, the queues, and what a function finds in its environment.

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

/// Where table and queues are, for a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Transport {
    /// On AWS. Nothing is called, and so nothing is invoked.
    Aws,
    /// Here, behind TLS, with all the certificates that a machine has and one more.
    Tls,
    /// Here, in plain text.
    Plain,
}

impl Transport {
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Aws => "Table and queues on AWS: the start as it is there; nothing is called",
            Self::Tls => {
                "Table and queues here, over TLS: invocations as they are on AWS, but for the network"
            }
            Self::Plain => "Table and queues here, in plain text",
        }
    }
}

/// What functions work with.
pub(crate) struct Platform {
    engines: Engines,
    /// Behind TLS: the table, and the queues.
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

    /// What the template gives a function, and to `register` and `login` also their key: on AWS they ask for it.
    pub(crate) fn variables(&self, transport: Transport) -> Vec<(String, String)> {
        let [dynamodb, sqs] = match transport {
            // As variables that are empty: not set.
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

//! TLS in front of a local server, with a generated certificate.

use anyhow::Result;
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// The machine's certificates, which a client loads if it does not know that it connects to AWS.
const MACHINE_CERTIFICATES: [&str; 2] =
    ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt"];

/// A certificate for this machine, and the file with the trusted certificates for clients.
pub(crate) struct Certificate {
    acceptor: TlsAcceptor,
    pub(crate) trusted: PathBuf,
    pub(crate) own: PathBuf,
}

impl Certificate {
    pub(crate) fn make(folder: &Path) -> Result<Self> {
        let names = ["localhost".to_owned(), "127.0.0.1".to_owned()];
        let CertifiedKey { cert, signing_key } = generate_simple_self_signed(names)?;
        let machine = MACHINE_CERTIFICATES.iter().find_map(|path| std::fs::read_to_string(path).ok());
        let (trusted, own) = (folder.join("trusted.pem"), folder.join("own.pem"));
        std::fs::write(&trusted, machine.unwrap_or_default() + &cert.pem())?;
        std::fs::write(&own, cert.pem())?;
        let key = PrivateKeyDer::try_from(signing_key.serialize_der()).map_err(anyhow::Error::msg)?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![cert.der().clone()], key)?;
        Ok(Self { acceptor: TlsAcceptor::from(Arc::new(config)), trusted, own })
    }

    /// Listens in front of a server, and returns the address.
    pub(crate) async fn listen_before(&self, server: SocketAddr) -> Result<SocketAddr> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let acceptor = self.acceptor.clone();
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                let acceptor = acceptor.clone();
                tokio::spawn(async move { pass(connection, &acceptor, server).await });
            }
        });
        Ok(address)
    }
}

/// An error means that the connection has ended, because measured processes are killed.
async fn pass(connection: TcpStream, acceptor: &TlsAcceptor, server: SocketAddr) -> std::io::Result<()> {
    connection.set_nodelay(true)?;
    let mut client = acceptor.accept(connection).await?;
    let mut server = TcpStream::connect(server).await?;
    server.set_nodelay(true)?;
    copy_bidirectional(&mut client, &mut server).await.map(|_| ())
}

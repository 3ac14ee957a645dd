//! [`Endpoint`]: an external address that may be called.

use evens_runtime::is_this_machine;
use hyper::Uri;
use hyper::http::uri::{Authority, InvalidUri, Scheme};
use std::fmt;
use std::str::FromStr;

/// An absolute URL: `https`, or `http` to this machine. Its path and query may contain a secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Endpoint(Uri);

/// The reasons why a text is not an [`Endpoint`], in the order of the checks. The text is not repeated.
#[derive(Debug, thiserror::Error)]
pub enum EndpointFault {
    /// Not a URL.
    #[error("it is not a URL")]
    NotUrl(#[source] InvalidUri),
    /// A relative URL.
    #[error("it is not an absolute URL")]
    NotWhole,
    /// It contains a user name, which would be ignored.
    #[error("it contains a user name, which would be ignored")]
    UserName,
    /// No host, or an invalid port.
    #[error("its host is missing or its port is invalid")]
    HostOrPort,
    /// `http` to another machine, which would be unencrypted.
    #[error("it is unencrypted and not on this machine")]
    Unencrypted,
    /// Neither `https` nor `http`.
    #[error("it is neither https nor http")]
    Scheme,
}

impl Endpoint {
    pub fn uri(&self) -> &Uri {
        &self.0
    }

    /// The URL of a path, with an optional query, below this one.
    ///
    /// # Errors
    /// The path contains an invalid character.
    pub fn at(&self, path_and_query: &str) -> Result<Uri, hyper::http::Error> {
        let base = self.0.path().trim_end_matches('/');
        let (scheme, authority) = (self.0.scheme_str().unwrap_or_default(), self.0.authority());
        let authority = authority.map(Authority::as_str).unwrap_or_default();
        Uri::builder()
            .scheme(scheme)
            .authority(authority)
            .path_and_query(format!("{base}{path_and_query}"))
            .build()
    }

    /// Returns `true` if requests are encrypted. If not, they stay on this machine.
    pub fn is_encrypted(&self) -> bool {
        self.0.scheme() == Some(&Scheme::HTTPS)
    }
}

impl FromStr for Endpoint {
    type Err = EndpointFault;

    fn from_str(text: &str) -> Result<Self, EndpointFault> {
        let url: Uri = text.parse().map_err(EndpointFault::NotUrl)?;
        let (Some(scheme), Some(authority)) = (url.scheme(), url.authority()) else {
            return Err(EndpointFault::NotWhole);
        };
        if authority.as_str().contains('@') {
            return Err(EndpointFault::UserName);
        }
        if authority.host().is_empty() || has_bad_port(authority) {
            return Err(EndpointFault::HostOrPort);
        }
        match scheme.as_str() {
            "https" => Ok(Self(url)),
            "http" if is_this_machine(authority.host()) => Ok(Self(url)),
            "http" => Err(EndpointFault::Unencrypted),
            _ => Err(EndpointFault::Scheme),
        }
    }
}

/// [`Authority`] accepts a non-numeric port and ignores it, so it is checked here.
fn has_bad_port(authority: &Authority) -> bool {
    authority.as_str().len() > authority.host().len() && authority.port_u16().is_none_or(|port| port == 0)
}

/// Prints the host only.
impl fmt::Debug for Endpoint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Endpoint({})", self.0.host().unwrap_or_default())
    }
}

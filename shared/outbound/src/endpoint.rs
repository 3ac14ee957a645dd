//! [`Endpoint`]: an address outside that may be called.

use evens_runtime::is_this_machine;
use hyper::Uri;
use hyper::http::uri::{Authority, InvalidUri, Scheme};
use std::fmt;
use std::str::FromStr;

/// A whole address: `https`, or `http` on this machine. Its path and query may be what the one who is called knows us
/// by.
#[derive(Clone, PartialEq, Eq)]
pub struct Endpoint(Uri);

/// Why a text is no [`Endpoint`], in the order of the checks. It does not say what the text is.
#[derive(Debug, thiserror::Error)]
pub enum EndpointFault {
    /// Not a URL at all.
    #[error("it is not a URL")]
    NotUrl(#[source] InvalidUri),
    /// A part of one.
    #[error("it is not a whole URL")]
    NotWhole,
    /// A user name, which would be ignored.
    #[error("it contains a user name, which would be ignored")]
    UserName,
    /// No host, or a port that is none.
    #[error("its host is missing, or its port is not valid")]
    HostOrPort,
    /// What is sent could be read on its way.
    #[error("it is not encrypted, and not on this machine")]
    Unencrypted,
    /// Neither of the two schemes.
    #[error("it is neither https nor http")]
    Scheme,
}

impl Endpoint {
    /// The whole address.
    pub fn uri(&self) -> &Uri {
        &self.0
    }

    /// The address of a path, and perhaps a query, below this one.
    ///
    /// # Errors
    /// The path has a character that an address cannot have.
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

    /// Whether what is sent there is encrypted; where it is not, it stays on this machine.
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

/// A port that is no number is not none to [`Authority`]; it would be left out.
fn has_bad_port(authority: &Authority) -> bool {
    authority.as_str().len() > authority.host().len() && authority.port_u16().is_none_or(|port| port == 0)
}

/// The host alone.
impl fmt::Debug for Endpoint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Endpoint({})", self.0.host().unwrap_or_default())
    }
}

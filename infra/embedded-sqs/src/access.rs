//! [`Access`]: the clients that a server on a local port answers.
//!
//! A web page open on the machine can send requests to the port. If its own host name resolves to this machine, it can
//! also read the answers. Therefore a request must come from a program: it names this machine as the host and has no
//! origin, which browsers send for pages. With an [`AccessKey`], it must also hold that key.
//!
//! Architecture invariant: a refusal depends only on the head of a request. Its body is not read, and nothing has
//! changed.

use std::{fmt, net::IpAddr, sync::Arc};

use axum::{
    Router,
    extract::Request,
    http::{HeaderMap, StatusCode, header, uri::Authority},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use ring::{
    hmac,
    rand::{SecureRandom, SystemRandom},
};
use serde_json::json;
use thiserror::Error;

/// The clients that are answered.
#[derive(Clone, Debug, Default)]
pub enum Access {
    /// Every client that reaches the port, by any host name.
    Anybody,
    /// Programs on this machine.
    #[default]
    ThisMachine,
    /// Programs on this machine that hold a key.
    Holders(AccessKey),
}

/// An access key in the format of AWS, whose id is the secret. Signatures are not checked. Clones are the same key.
#[derive(Clone)]
pub struct AccessKey(Arc<Secret>);

struct Secret {
    id: String,
    /// Compares an id in constant time.
    prover: hmac::Key,
    proof: hmac::Tag,
}

/// The operating system returned no random numbers.
#[derive(Clone, Copy, Debug, Error)]
#[error("the system's random number generator failed")]
pub struct NoRandomness;

impl AccessKey {
    /// 128 bits cannot be guessed.
    const BYTES: usize = 16;

    /// A new random key.
    pub fn random() -> Result<Self, NoRandomness> {
        let random = SystemRandom::new();
        let mut bytes = [0; Self::BYTES];
        random.fill(&mut bytes).map_err(|_| NoRandomness)?;
        let id = hex::encode(bytes);
        let prover = hmac::Key::generate(hmac::HMAC_SHA256, &random).map_err(|_| NoRandomness)?;
        let proof = hmac::sign(&prover, id.as_bytes());
        Ok(Self(Arc::new(Secret { id, prover, proof })))
    }

    /// The key's id, which is the value of `AWS_ACCESS_KEY_ID` for its holders.
    pub fn id(&self) -> &str {
        &self.0.id
    }

    fn is(&self, id: &str) -> bool {
        hmac::verify(&self.0.prover, id.as_bytes(), self.0.proof.as_ref()).is_ok()
    }
}

/// Omits the id.
impl fmt::Debug for AccessKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("AccessKey")
    }
}

impl Access {
    /// Wraps a router so that other clients get 403.
    pub fn guard(self, router: Router) -> Router {
        match self {
            Self::Anybody => router,
            Self::ThisMachine => router.layer(middleware::from_fn(|request: Request, next: Next| {
                answer(check_program(request.headers()), request, next)
            })),
            Self::Holders(key) => router.layer(middleware::from_fn(move |request: Request, next: Next| {
                let headers = request.headers();
                let checked = check_program(headers).and_then(|()| check_key(headers, &key));
                answer(checked, request, next)
            })),
        }
    }
}

/// The reasons for a refusal, in the order of the checks.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
enum DenialReason {
    #[error("Requests from web pages are not allowed.")]
    WebPage,
    #[error("The Host header does not name this machine.")]
    OtherHost,
    #[error("The request does not use the access key of this server.")]
    OtherKey,
}

async fn answer(checked: Result<(), DenialReason>, request: Request, next: Next) -> Response {
    match checked {
        Ok(()) => next.run(request).await,
        Err(denied) => denied.into_response(),
    }
}

fn check_program(headers: &HeaderMap) -> Result<(), DenialReason> {
    if headers.contains_key(header::ORIGIN) {
        return Err(DenialReason::WebPage);
    }
    let mut hosts = headers.get_all(header::HOST).iter();
    match (hosts.next().and_then(|host| host.to_str().ok()), hosts.next()) {
        (Some(host), None) if is_this_machine(host) => Ok(()),
        _ => Err(DenialReason::OtherHost),
    }
}

/// Returns whether the host, with or without a port, is this machine, independently of any resolver.
fn is_this_machine(host: &str) -> bool {
    let Ok(authority) = host.parse::<Authority>() else { return false };
    let name = authority.host();
    let ip = name.trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost") || ip.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
}

fn check_key(headers: &HeaderMap, key: &AccessKey) -> Result<(), DenialReason> {
    let authorization = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let id = authorization.and_then(key_id).ok_or(DenialReason::OtherKey)?;
    if key.is(id) { Ok(()) } else { Err(DenialReason::OtherKey) }
}

/// The id in `AWS4-HMAC-SHA256 Credential=ID/20260101/us-east-1/sqs/aws4_request, SignedHeaders=...`.
fn key_id(authorization: &str) -> Option<&str> {
    let (_algorithm, parts) = authorization.split_once(' ')?;
    let scope = parts.split(',').find_map(|part| part.trim().strip_prefix("Credential="))?;
    scope.split('/').next()
}

impl IntoResponse for DenialReason {
    fn into_response(self) -> Response {
        let shape = match self {
            Self::WebPage | Self::OtherHost => "AccessDeniedException",
            Self::OtherKey => "UnrecognizedClientException",
        };
        let shape = format!("com.amazon.coral.service#{shape}");
        let body = json!({ "__type": shape, "message": self.to_string() }).to_string();
        (StatusCode::FORBIDDEN, [(header::CONTENT_TYPE, "application/x-amz-json-1.0")], body).into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::{AccessKey, is_this_machine, key_id};

    #[test]
    fn hosts_that_are_this_machine() {
        #[rustfmt::skip]
        let table = [
            ("127.0.0.1:9324",              true),
            ("127.0.0.1",                   true),
            ("127.1.2.3:1",                 true),
            ("localhost:9324",              true),
            ("LOCALHOST",                   true),
            ("[::1]:9324",                  true),
            ("",                            false),
            ("evil.example:9324",           false),
            ("localhost.evil.example:9324", false),
            ("127.0.0.1.evil.example",      false),
            ("localhost@evil.example",      false),
            ("0.0.0.0:9324",                false),
            ("10.0.0.7:9324",               false),
            ("[::2]:9324",                  false),
            ("127.0.0.1:9324/path",         false),
        ];
        for (host, expected) in table {
            assert_eq!(is_this_machine(host), expected, "{host}");
        }
    }

    #[test]
    fn the_id_is_where_a_signature_has_it() {
        #[rustfmt::skip]
        let table = [
            ("AWS4-HMAC-SHA256 Credential=id/20260101/us-east-1/sqs/aws4_request, SignedHeaders=host, Signature=0", Some("id")),
            ("AWS4-HMAC-SHA256 SignedHeaders=host,Credential=id/20260101,Signature=0",                              Some("id")),
            ("AWS4-HMAC-SHA256 Credential=",                                                                        Some("")),
            ("AWS4-HMAC-SHA256 SignedHeaders=host",                                                                 None),
            ("Credential=id/20260101",                                                                              None),
            ("Bearer id",                                                                                           None),
            ("",                                                                                                    None),
        ];
        for (authorization, expected) in table {
            assert_eq!(key_id(authorization), expected, "{authorization}");
        }
    }

    #[test]
    fn a_key_knows_its_id_and_does_not_print_it() {
        let (key, other) = (AccessKey::random().unwrap(), AccessKey::random().unwrap());
        assert!(key.is(key.id()) && key.clone().is(key.id()));
        for id in ["", other.id(), &key.id()[1..], &format!("{}0", key.id()), &key.id().to_uppercase()] {
            assert!(!key.is(id), "{id}");
        }
        assert_eq!(format!("{key:?}"), "AccessKey");
    }
}

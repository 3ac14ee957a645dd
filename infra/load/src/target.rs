//! [`Target`]: the system under load, and how its API is spoken.

use crate::{Connection, Order, Player, TransportError};
use bytes::Bytes;
use evens_contracts::{Money, ProblemKind};
use evens_exchange::BetId;
use evens_ledger::Amount;
use http_body_util::Full;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use hyper::http::request::Builder;
use hyper::{Request, StatusCode};
use jiff::Timestamp;
use serde::Deserialize;
use std::net::SocketAddr;

/// Whose API it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// Evens: the token says who it is.
    Evens,
    /// The system that Evens replaces: no tokens, another answer to reads.
    Predecessor,
}

/// The system under load. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Target {
    address: SocketAddr,
    dialect: Dialect,
}

/// The answer to a bet.
#[derive(Debug)]
pub enum PlaceBetAnswer {
    /// It was placed.
    Accepted(BetId),
    /// The balance is too low.
    Insufficient,
    /// Any other answer: its status.
    Refused(u16),
    /// None.
    NoAnswer(TransportError),
}

/// A bet as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BetReading {
    /// `PENDING`, `MATCHED`, `SETTLED` or `REFUNDED`.
    pub status: String,
    /// The part that was given back; zero where the system does not say.
    pub refunded: Amount,
    /// When it was placed and when it last changed, by the system's own clock, if it says so.
    pub times: Option<(Timestamp, Timestamp)>,
}

impl BetReading {
    /// Whether nothing of it waits or is undecided any more.
    pub fn has_ended(&self) -> bool {
        matches!(self.status.as_str(), "SETTLED" | "REFUNDED")
    }
}

/// A wallet as it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WalletReading {
    /// What can be spent.
    pub balance: Amount,
}

/// Why something could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// No answer.
    #[error(transparent)]
    NoAnswer(#[from] TransportError),
    /// An answer of another status than hoped for.
    #[error("answered with {0}")]
    Refused(u16),
    /// A body that is not what this API answers.
    #[error("answered with a body that cannot be read")]
    Body(#[from] serde_json::Error),
}

/// Why a URL is no target.
#[derive(Debug, thiserror::Error)]
pub enum TargetError {
    /// Not `http://host:port`.
    #[error("{0:?} is not of the form http://host:port")]
    Form(String),
    /// No such host.
    #[error("the host of {url} is not known")]
    Host {
        /// The URL.
        url: String,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
}

impl Target {
    /// A system whose address is known.
    pub fn new(address: SocketAddr, dialect: Dialect) -> Self {
        Self { address, dialect }
    }

    /// The system at `http://host:port`.
    ///
    /// # Errors
    /// In the order of [`TargetError`].
    pub async fn at(url: &str, dialect: Dialect) -> Result<Self, TargetError> {
        let form = || TargetError::Form(url.to_owned());
        let authority = url.strip_prefix("http://").ok_or_else(form)?.trim_end_matches('/');
        let authority =
            if authority.contains(':') { authority.to_owned() } else { format!("{authority}:80") };
        let found = tokio::net::lookup_host(authority).await;
        let mut found = found.map_err(|source| TargetError::Host { url: url.to_owned(), source })?;
        Ok(Self::new(found.next().ok_or_else(form)?, dialect))
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Places a bet, once. The key makes it one of its own.
    pub async fn place_bet(
        &self,
        connection: &mut Connection,
        player: &Player,
        order: Order<'_>,
        key: &str,
    ) -> PlaceBetAnswer {
        let (user, round, side, amount) = (player.user, order.round, order.side, order.stake.amount());
        let body = format!(r#"{{"userId":{user},"roundId":"{round}","amount":{amount},"side":"{side}"}}"#);
        let request = self
            .request("POST", "/api/bets", player)
            .header(CONTENT_TYPE, "application/json")
            .header("idempotency-key", key);
        match connection.send(whole(request, body)).await {
            Ok((StatusCode::ACCEPTED, body)) => accepted(&body),
            Ok((StatusCode::BAD_REQUEST, body)) if is_insufficient(&body) => PlaceBetAnswer::Insufficient,
            Ok((status, _)) => PlaceBetAnswer::Refused(status.as_u16()),
            Err(error) => PlaceBetAnswer::NoAnswer(error),
        }
    }

    /// Reads a bet of the player.
    ///
    /// # Errors
    /// In the order of [`ReadError`].
    pub async fn read_bet(
        &self,
        connection: &mut Connection,
        player: &Player,
        bet: BetId,
    ) -> Result<BetReading, ReadError> {
        let request = self.request("GET", &format!("/api/bets/{bet}"), player);
        let body = read(connection, request).await?;
        let BetBody { status, refunded, created_at, updated_at } =
            serde_json::from_slice::<Answer<BetBody>>(&body)?.data;
        let refunded = refunded.map(Money::amount).unwrap_or_default();
        Ok(BetReading { status, refunded, times: created_at.zip(updated_at) })
    }

    /// Asks for what of a bet still waits. `false` where nothing waits.
    ///
    /// # Errors
    /// In the order of [`ReadError`].
    pub async fn request_refund(
        &self,
        connection: &mut Connection,
        player: &Player,
        bet: BetId,
    ) -> Result<bool, ReadError> {
        let request = self.request("POST", &format!("/api/bets/{bet}/refund"), player);
        match connection.send(whole(request, String::new())).await? {
            (status, _) if status.is_success() => Ok(true),
            (StatusCode::CONFLICT, _) => Ok(false),
            (status, _) => Err(ReadError::Refused(status.as_u16())),
        }
    }

    /// Reads the player's wallet.
    ///
    /// # Errors
    /// In the order of [`ReadError`].
    pub async fn read_wallet(
        &self,
        connection: &mut Connection,
        player: &Player,
    ) -> Result<WalletReading, ReadError> {
        let path = match self.dialect {
            Dialect::Evens => "/api/wallet".to_owned(),
            Dialect::Predecessor => format!("/api/wallets/{}", player.user),
        };
        let body = read(connection, self.request("GET", &path, player)).await?;
        let wallet = serde_json::from_slice::<Answer<WalletBody>>(&body)?.data;
        Ok(WalletReading { balance: wallet.balance.amount() })
    }

    fn request(&self, method: &str, path: &str, player: &Player) -> Builder {
        let request = Request::builder().method(method).uri(path).header(HOST, self.address.to_string());
        match self.dialect {
            Dialect::Evens => request.header(AUTHORIZATION, format!("Bearer {}", player.token)),
            Dialect::Predecessor => request,
        }
    }
}

/// Paths and headers are made of ids and tokens, which are printable: nothing of it can be refused.
fn whole(request: Builder, body: String) -> Request<Full<Bytes>> {
    let body = Full::new(Bytes::from(body));
    request.body(body).unwrap_or_else(|error| unreachable!("a request of ids and tokens: {error}"))
}

async fn read(connection: &mut Connection, request: Builder) -> Result<Bytes, ReadError> {
    match connection.send(whole(request, String::new())).await? {
        (StatusCode::OK, body) => Ok(body),
        (status, _) => Err(ReadError::Refused(status.as_u16())),
    }
}

/// What every answer is wrapped in.
#[derive(Deserialize)]
struct Answer<T> {
    data: T,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PlacedBody<'a> {
    bet_id: &'a str,
}

/// A bet in either dialect; the predecessor has other names for the rest, which nobody needs.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct BetBody {
    status: String,
    #[serde(default)]
    refunded: Option<Money>,
    #[serde(default)]
    created_at: Option<Timestamp>,
    #[serde(default)]
    updated_at: Option<Timestamp>,
}

#[derive(Deserialize)]
struct WalletBody {
    balance: Money,
}

/// Accepted without an id that can be read is an answer that nobody can do anything with.
fn accepted(body: &[u8]) -> PlaceBetAnswer {
    let placed = serde_json::from_slice::<Answer<PlacedBody<'_>>>(body).ok();
    match placed.and_then(|placed| placed.data.bet_id.parse().ok()) {
        Some(bet) => PlaceBetAnswer::Accepted(bet),
        None => PlaceBetAnswer::Refused(StatusCode::ACCEPTED.as_u16()),
    }
}

/// Both dialects say it in their body; other faults have the same status.
fn is_insufficient(body: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Refusal<'a> {
        code: Option<&'a str>,
        error: Option<&'a str>,
    }
    serde_json::from_slice::<Refusal<'_>>(body).is_ok_and(|refusal| {
        refusal.code == Some(ProblemKind::InsufficientBalance.code())
            || refusal.error == Some("Insufficient balance")
    })
}

#[cfg(test)]
mod tests {
    use super::{Answer, BetBody, PlaceBetAnswer, accepted, is_insufficient};

    #[test]
    fn answers_of_both_dialects() {
        let evens = br#"{"status":202,"data":{"betId":"c0ffee00-0000-8000-8000-000000000001","status":"PENDING","balance":1,"message":"m"}}"#;
        assert!(matches!(accepted(evens), PlaceBetAnswer::Accepted(_)));
        assert!(matches!(accepted(br#"{"data":{}}"#), PlaceBetAnswer::Refused(202)));
        for (body, expected) in [
            (r#"{"code":"insufficient-balance","message":"m"}"#, true),
            (r#"{"error":"Insufficient balance"}"#, true),
            (r#"{"code":"malformed-body"}"#, false),
            ("no JSON", false),
        ] {
            assert_eq!(is_insufficient(body.as_bytes()), expected, "{body}");
        }
        let evens = r#"{"data":{"status":"SETTLED","refunded":0.5,"createdAt":"2026-11-20T08:00:00Z","updatedAt":"2026-11-20T08:00:01Z"}}"#;
        let bet = serde_json::from_str::<Answer<BetBody>>(evens).unwrap().data;
        assert_eq!(bet.refunded.unwrap().amount().to_string(), "0.5");
        assert!(bet.created_at < bet.updated_at);
        let predecessor = r#"{"data":{"status":"PENDING","created_at":"2026-11-20 08:00:00"}}"#;
        let bet = serde_json::from_str::<Answer<BetBody>>(predecessor).unwrap().data;
        assert_eq!((bet.status.as_str(), bet.created_at), ("PENDING", None));
    }
}

//! [`Target`]: the system under load, and the dialect of its API.

use crate::ask::Ask;
use crate::{Connection, Order, Player, TransportError};
use bytes::Bytes;
use evens_contracts::{Money, ProblemKind};
use evens_exchange::RoundId;
use evens_idempotency::BetId;
use evens_ledger::Amount;
use hyper::StatusCode;
use jiff::Timestamp;
use serde::Deserialize;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The API's dialect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// Evens, which identifies users by token.
    Evens,
    /// The predecessor of Evens, without tokens and with other answers to reads.
    Predecessor,
}

#[derive(Debug, Clone)]
pub struct Target {
    address: SocketAddr,
    dialect: Dialect,
    pub(crate) waits: Arc<AtomicU64>,
}

#[derive(Debug)]
pub enum PlaceBetAnswer {
    /// The bet was placed.
    Accepted(BetId),
    /// The balance is too low.
    Insufficient,
    /// The status of any other answer.
    Refused(u16),
    /// The request had no answer.
    NoAnswer(TransportError),
}

impl PlaceBetAnswer {
    /// Returns whether the outcome is unknown, so that the bet must be sent again with the same key.
    pub(crate) fn leaves_open(&self) -> bool {
        matches!(self, Self::NoAnswer(_) | Self::Refused(408 | 503))
    }
}

/// The state of a bet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BetReading {
    /// `PENDING`, `MATCHED`, `SETTLED` or `REFUNDED`.
    pub status: String,
    /// The refunded part. Zero if the system does not report it.
    pub refunded: Amount,
    /// The times of placing and of the last change by the system's own clock, if reported.
    pub times: Option<(Timestamp, Timestamp)>,
}

impl BetReading {
    /// Returns whether the bet is final.
    pub fn has_ended(&self) -> bool {
        matches!(self.status.as_str(), "SETTLED" | "REFUNDED")
    }
}

/// The state of a wallet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WalletReading {
    /// The spendable balance.
    pub balance: Amount,
    /// The bonus balance. Zero if the system has none.
    pub bonus: Amount,
}

/// The reason why a read failed.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The request had no answer.
    #[error(transparent)]
    NoAnswer(#[from] TransportError),
    /// The answer had an unexpected status.
    #[error("answered with {0}")]
    Refused(u16),
    /// The body is not a valid answer.
    #[error("unreadable answer")]
    Body(#[from] serde_json::Error),
}

/// The reason why a URL is not a target.
#[derive(Debug, thiserror::Error)]
pub enum TargetError {
    /// The URL is not `http://host:port`.
    #[error("{0:?} is not a URL such as http://host:port")]
    Form(String),
    /// The host does not exist.
    #[error("the host of {url} is unknown")]
    Host {
        url: String,
        #[source]
        source: std::io::Error,
    },
}

impl Target {
    /// A system at a known address.
    pub fn new(address: SocketAddr, dialect: Dialect) -> Self {
        Self { address, dialect, waits: Arc::default() }
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

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// The number of requests that had to wait for a rate limit.
    pub fn waits(&self) -> u64 {
        self.waits.load(Ordering::Relaxed)
    }

    /// Places a bet once, with this idempotency key.
    pub async fn place_bet(
        &self,
        connection: &mut Connection,
        player: &Player,
        order: Order<'_>,
        key: &str,
    ) -> PlaceBetAnswer {
        let (user, round, side, amount) = (player.user, order.round, order.side, order.stake.amount());
        let body = format!(r#"{{"userId":{user},"roundId":"{round}","amount":{amount},"side":"{side}"}}"#);
        let ask = Ask::post("/api/bets", body).with_key(key);
        match self.ask(connection, player, &ask).await {
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
        let body = self.read(connection, player, &format!("/api/bets/{bet}")).await?;
        let BetBody { status, refunded, created_at, updated_at } =
            serde_json::from_slice::<Answer<BetBody>>(&body)?.data;
        let refunded = refunded.map(Money::amount).unwrap_or_default();
        Ok(BetReading { status, refunded, times: created_at.zip(updated_at) })
    }

    /// Requests a refund of a bet. Returns `false` if nothing is unmatched.
    ///
    /// # Errors
    /// In the order of [`ReadError`].
    pub async fn request_refund(
        &self,
        connection: &mut Connection,
        player: &Player,
        bet: BetId,
    ) -> Result<bool, ReadError> {
        let path = format!("/api/bets/{bet}/refund");
        match self.ask(connection, player, &Ask::post(&path, String::new())).await? {
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
        let body = self.read(connection, player, &path).await?;
        let WalletBody { balance, bonus_balance } = serde_json::from_slice::<Answer<WalletBody>>(&body)?.data;
        let bonus = bonus_balance.map(Money::amount).unwrap_or_default();
        Ok(WalletReading { balance: balance.amount(), bonus })
    }

    /// Reads one of the pages that players look at, in turn by `number`: wallet, bets, round, and ledger. The
    /// predecessor has only the first.
    pub(crate) async fn look(
        &self,
        connection: &mut Connection,
        player: &Player,
        round: &RoundId,
        number: u64,
    ) -> Result<(), ReadError> {
        let read = match (self.dialect, number % 4) {
            (Dialect::Predecessor, _) | (Dialect::Evens, 0) => {
                return self.read_wallet(connection, player).await.map(drop);
            }
            (Dialect::Evens, 1) => self.read(connection, player, "/api/bets").await,
            (Dialect::Evens, 2) => self.read(connection, player, &format!("/api/rounds/{round}")).await,
            (Dialect::Evens, _) => self.read(connection, player, "/api/wallet/ledger").await,
        };
        match read {
            // A round opens with its first bet, and may be read earlier.
            Err(ReadError::Refused(404)) if number % 4 == 2 => Ok(()),
            read => read.map(drop),
        }
    }

    pub(crate) async fn read(
        &self,
        connection: &mut Connection,
        player: &Player,
        path: &str,
    ) -> Result<Bytes, ReadError> {
        match self.ask(connection, player, &Ask::get(path)).await? {
            (StatusCode::OK, body) => Ok(body),
            (status, _) => Err(ReadError::Refused(status.as_u16())),
        }
    }
}

/// The envelope of every answer.
#[derive(Deserialize)]
pub(crate) struct Answer<T> {
    pub(crate) data: T,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PlacedBody<'a> {
    bet_id: &'a str,
}

/// A bet in either dialect. The predecessor's other fields have different names and are not needed.
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
#[serde(rename_all = "camelCase")]
struct WalletBody {
    balance: Money,
    #[serde(default)]
    bonus_balance: Option<Money>,
}

/// An accepted bet without a readable id counts as a failure.
fn accepted(body: &[u8]) -> PlaceBetAnswer {
    let placed = serde_json::from_slice::<Answer<PlacedBody<'_>>>(body).ok();
    match placed.and_then(|placed| placed.data.bet_id.parse().ok()) {
        Some(bet) => PlaceBetAnswer::Accepted(bet),
        None => PlaceBetAnswer::Refused(StatusCode::ACCEPTED.as_u16()),
    }
}

/// Both dialects report it in the body, because other errors have the same status.
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

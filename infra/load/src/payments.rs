//! Deposits and withdrawals as players make them: a deposit that is opened and paid, and a withdrawal to a payee.

use crate::ask::Ask;
use crate::target::Answer;
use crate::{Connection, Player, ReadError, Target};
use bytes::Bytes;
use evens_payments::{Direction, OrderId, PayeeId, WireStatus};
use http_body_util::Full;
use hyper::header::HOST;
use hyper::{Request, StatusCode};
use serde::{Deserialize, Deserializer};
use std::fmt::Display;
use std::net::SocketAddr;
use std::str::FromStr;

/// An open deposit and its payment page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenedDeposit {
    pub order: OrderId,
    /// The address of the provider.
    pub provider: SocketAddr,
    /// The path of the payment page.
    pub page: String,
}

impl OpenedDeposit {
    /// The provider's id of the payment, which is the end of the page's path.
    pub fn payment(&self) -> &str {
        self.page.rsplit('/').next().unwrap_or_default()
    }
}

impl Target {
    /// Opens a deposit of this many whole units.
    ///
    /// # Errors
    /// In the order of [`ReadError`]. [`ReadError::Refused`] with 201 if the answer has no payment page.
    pub async fn open_deposit(
        &self,
        connection: &mut Connection,
        player: &Player,
        amount: u32,
        key: &str,
    ) -> Result<OpenedDeposit, ReadError> {
        let ask = Ask::post("/api/deposits", format!(r#"{{"amount":{amount}}}"#)).with_key(key);
        match self.ask(connection, player, &ask).await? {
            (StatusCode::CREATED, body) => {
                let DepositBody { order_id: order, checkout } =
                    serde_json::from_slice::<Answer<DepositBody>>(&body)?.data;
                let page = page_at(&checkout.url).ok_or(ReadError::Refused(StatusCode::CREATED.as_u16()))?;
                Ok(OpenedDeposit { order, provider: page.0, page: page.1 })
            }
            (status, _) => Err(ReadError::Refused(status.as_u16())),
        }
    }

    /// Pays a deposit on the provider's page.
    ///
    /// # Errors
    /// In the order of [`ReadError`].
    pub async fn pay(&self, connection: &mut Connection, deposit: &OpenedDeposit) -> Result<(), ReadError> {
        let request =
            Request::post(format!("{}/pay", deposit.page)).header(HOST, deposit.provider.to_string());
        let request = request.body(Full::new(Bytes::new()));
        // The path is a part of a URL, so building cannot fail.
        let request = request.unwrap_or_else(|error| unreachable!("a request to a page: {error}"));
        match connection.send(request).await? {
            (StatusCode::SEE_OTHER, _) => Ok(()),
            (status, _) => Err(ReadError::Refused(status.as_u16())),
        }
    }

    /// Withdraws this many whole units to the player's payee, which is added before the first withdrawal.
    ///
    /// # Errors
    /// In the order of [`ReadError`].
    pub async fn withdraw(
        &self,
        connection: &mut Connection,
        player: &Player,
        amount: u32,
        key: &str,
    ) -> Result<OrderId, ReadError> {
        let payee = player.payee().get_or_try_init(|| self.add_payee(connection, player)).await?;
        let body = format!(r#"{{"amount":{amount},"payeeId":"{payee}"}}"#);
        match self.ask(connection, player, &Ask::post("/api/withdrawals", body).with_key(key)).await? {
            (StatusCode::ACCEPTED, body) => {
                Ok(serde_json::from_slice::<Answer<WithdrawalBody>>(&body)?.data.order_id)
            }
            (status, _) => Err(ReadError::Refused(status.as_u16())),
        }
    }

    async fn add_payee(&self, connection: &mut Connection, player: &Player) -> Result<PayeeId, ReadError> {
        let body = format!(r#"{{"account":"IN{:010}"}}"#, player.user.number());
        match self.ask(connection, player, &Ask::post("/api/payees", body)).await? {
            (status, body) if status.is_success() => {
                Ok(serde_json::from_slice::<Answer<PayeeBody>>(&body)?.data.payee_id)
            }
            (status, _) => Err(ReadError::Refused(status.as_u16())),
        }
    }

    /// Reads the status of the player's order.
    ///
    /// # Errors
    /// In the order of [`ReadError`].
    pub async fn read_order(
        &self,
        connection: &mut Connection,
        player: &Player,
        direction: Direction,
        order: OrderId,
    ) -> Result<WireStatus, ReadError> {
        let orders = match direction {
            Direction::Deposit => "deposits",
            Direction::Withdrawal => "withdrawals",
        };
        let body = self.read(connection, player, &format!("/api/{orders}/{order}")).await?;
        Ok(serde_json::from_slice::<Answer<OrderBody>>(&body)?.data.status)
    }
}

/// The address and path of a URL `http://address:port/path`.
fn page_at(url: &str) -> Option<(SocketAddr, String)> {
    let (address, path) = url.strip_prefix("http://")?.split_once('/')?;
    Some((address.parse().ok()?, format!("/{path}")))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DepositBody {
    #[serde(deserialize_with = "parsed")]
    order_id: OrderId,
    checkout: CheckoutBody,
}

#[derive(Deserialize)]
struct CheckoutBody {
    url: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WithdrawalBody {
    #[serde(deserialize_with = "parsed")]
    order_id: OrderId,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PayeeBody {
    #[serde(deserialize_with = "parsed")]
    payee_id: PayeeId,
}

#[derive(Deserialize)]
struct OrderBody {
    #[serde(deserialize_with = "parsed")]
    status: WireStatus,
}

/// Deserialises a text into a parsed type.
fn parsed<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: Display>,
{
    String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::{OpenedDeposit, page_at};

    #[test]
    fn a_page_is_at_an_address() {
        let (provider, page) = page_at("http://127.0.0.1:8080/pay/pay_1").unwrap();
        assert_eq!((provider.port(), page.as_str()), (8080, "/pay/pay_1"));
        let order = "0196b0de-0000-8000-8000-000000000001".parse().unwrap();
        assert_eq!(OpenedDeposit { order, provider, page }.payment(), "pay_1");
        for url in ["https://127.0.0.1:8080/pay/1", "http://provider.example/pay/1", "http://127.0.0.1:80"] {
            assert_eq!(page_at(url), None, "{url}");
        }
    }
}

//! Requests of players: with the current token, once more with a new one if it has expired, and after a pause if a rate
//! limit is reached.

use crate::{Connection, Dialect, Player, ReadError, Session, Target, TransportError};
use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST, HeaderMap, RETRY_AFTER};
use hyper::{Request, StatusCode};
use serde::Deserialize;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::time::sleep;

/// A request before its token is chosen.
#[derive(Debug, Clone)]
pub(crate) struct Ask<'a> {
    method: &'static str,
    path: &'a str,
    key: Option<&'a str>,
    body: Bytes,
}

impl<'a> Ask<'a> {
    pub(crate) fn get(path: &'a str) -> Self {
        Self { method: "GET", path, key: None, body: Bytes::new() }
    }

    pub(crate) fn post(path: &'a str, body: String) -> Self {
        Self { method: "POST", path, key: None, body: body.into() }
    }

    /// Adds an idempotency key.
    pub(crate) fn with_key(self, key: &'a str) -> Self {
        Self { key: Some(key), ..self }
    }

    fn request(&self, target: &Target, token: &str) -> Request<Full<Bytes>> {
        let request = Request::builder().method(self.method).uri(self.path);
        let mut request = request.header(HOST, target.address().to_string());
        if !self.body.is_empty() {
            request = request.header(CONTENT_TYPE, "application/json");
        }
        if let Some(key) = self.key {
            request = request.header("idempotency-key", key);
        }
        if !token.is_empty() && target.dialect() == Dialect::Evens {
            request = request.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        // Paths and headers consist of ids and tokens, which are printable, so building cannot fail.
        let request = request.body(Full::new(self.body.clone()));
        request.unwrap_or_else(|error| unreachable!("a request of ids and tokens: {error}"))
    }
}

/// The tokens in an answer.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TokensBody {
    access_token: String,
    refresh_token: String,
}

impl TokensBody {
    pub(crate) fn into_session(self) -> Session {
        Session::new(&self.access_token, self.refresh_token)
    }
}

impl Target {
    /// The longest wait for a rate limit: a window of one minute, with a margin.
    const WAIT_MAX: Duration = Duration::from_secs(70);
    /// The number of times that a request waits for a rate limit.
    const WAITS: u32 = 3;

    /// Sends a request as a player.
    pub(crate) async fn ask(
        &self,
        connection: &mut Connection,
        player: &Player,
        ask: &Ask<'_>,
    ) -> Result<(StatusCode, Bytes), TransportError> {
        let token = player.token();
        let (status, body) = self.send_within_budget(connection, ask, &token).await?;
        let Some(session) = player.session().filter(|_| status == StatusCode::UNAUTHORIZED) else {
            return Ok((status, body));
        };
        match self.renew(connection, session, &token).await {
            Ok(()) => self.send_within_budget(connection, ask, &player.token()).await,
            // The original answer is more informative than the failed refresh.
            Err(_) => Ok((status, body)),
        }
    }

    /// Sends a request without a token.
    pub(crate) async fn ask_openly(
        &self,
        connection: &mut Connection,
        ask: &Ask<'_>,
    ) -> Result<(StatusCode, Bytes), TransportError> {
        self.send_within_budget(connection, ask, "").await
    }

    async fn send_within_budget(
        &self,
        connection: &mut Connection,
        ask: &Ask<'_>,
        token: &str,
    ) -> Result<(StatusCode, Bytes), TransportError> {
        for _ in 0..Self::WAITS {
            let (parts, body) = connection.send_for_parts(ask.request(self, token)).await?;
            match wait(parts.status, &parts.headers).filter(|wait| *wait <= Self::WAIT_MAX) {
                Some(wait) => {
                    self.waits.fetch_add(1, Ordering::Relaxed);
                    sleep(wait).await;
                }
                None => return Ok((parts.status, body)),
            }
        }
        let (parts, body) = connection.send_for_parts(ask.request(self, token)).await?;
        Ok((parts.status, body))
    }

    /// Refreshes the tokens of a logged-in player, whether or not they are still valid.
    ///
    /// # Errors
    /// In the order of [`ReadError`].
    pub async fn refresh(&self, connection: &mut Connection, player: &Player) -> Result<(), ReadError> {
        match player.session() {
            Some(session) => self.renew(connection, session, &session.access_token()).await,
            None => Ok(()),
        }
    }

    /// Refreshes the tokens of a session, unless another task has already replaced the `stale` one.
    async fn renew(
        &self,
        connection: &mut Connection,
        session: &Session,
        stale: &str,
    ) -> Result<(), ReadError> {
        #[derive(Deserialize)]
        struct Body {
            data: Data,
        }
        #[derive(Deserialize)]
        struct Data {
            tokens: TokensBody,
        }
        let held = session.refresh_token().await;
        if *session.access_token() != *stale {
            return Ok(());
        }
        let ask = Ask::post("/api/users/refresh", format!(r#"{{"refreshToken":"{}"}}"#, *held));
        match self.ask_openly(connection, &ask).await? {
            (StatusCode::OK, body) => {
                let TokensBody { access_token, refresh_token } =
                    serde_json::from_slice::<Body>(&body)?.data.tokens;
                session.replace(held, &access_token, refresh_token);
                Ok(())
            }
            (status, _) => Err(ReadError::Refused(status.as_u16())),
        }
    }
}

/// The requested pause after a 429, if any.
fn wait(status: StatusCode, headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.parse().ok()?;
    (status == StatusCode::TOO_MANY_REQUESTS).then(|| Duration::from_secs(seconds))
}

#[cfg(test)]
mod tests {
    use crate::{Connection, Dialect, Player, Session, Target};
    use evens_ledger::UserId;
    use std::net::SocketAddr;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    const WALLET: &str = r#"{"data":{"balance":7,"bonusBalance":25.00}}"#;
    const TOKENS: &str = r#"{"data":{"tokens":{"accessToken":"second","refreshToken":"R2"}}}"#;

    /// A server that gives these answers in order. It returns the requests it received.
    async fn serve(answers: Vec<String>) -> (SocketAddr, tokio::task::JoinHandle<Vec<String>>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let served = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut asked = Vec::new();
            for answer in answers {
                let mut buffer = vec![0; 4_096];
                let read = stream.read(&mut buffer).await.unwrap();
                asked.push(String::from_utf8(buffer[..read].to_vec()).unwrap());
                stream.write_all(answer.as_bytes()).await.unwrap();
            }
            asked
        });
        (address, served)
    }

    fn answer(status: &str, headers: &str, body: &str) -> String {
        format!("HTTP/1.1 {status}\r\n{headers}content-length: {}\r\n\r\n{body}", body.len())
    }

    fn player() -> Player {
        Player::logged_in(UserId::new(7).unwrap(), Session::new("first", "R1".to_owned()))
    }

    #[tokio::test]
    async fn a_token_that_holds_no_more_is_replaced_and_the_request_repeated() {
        let answers = [answer("401 U", "", "{}"), answer("200 OK", "", TOKENS), answer("200 OK", "", WALLET)];
        let (address, served) = serve(answers.to_vec()).await;
        let (target, player) = (Target::new(address, Dialect::Evens), player());
        let wallet = target.read_wallet(&mut Connection::new(address), &player).await.unwrap();
        assert_eq!((wallet.balance.to_string(), wallet.bonus.to_string()), ("7".to_owned(), "25".to_owned()));
        assert_eq!((&*player.token(), player.refreshes()), ("second", 1));
        let asked = served.await.unwrap();
        assert!(asked[0].contains("Bearer first"), "{}", asked[0]);
        assert!(asked[1].ends_with(r#"{"refreshToken":"R1"}"#), "{}", asked[1]);
        assert!(asked[2].contains("Bearer second"), "{}", asked[2]);
    }

    #[tokio::test]
    async fn a_session_that_has_ended_leaves_the_first_answer() {
        let answers = [answer("401 U", "", "{}"), answer("401 U", "", "{}")];
        let (address, served) = serve(answers.to_vec()).await;
        let (target, player) = (Target::new(address, Dialect::Evens), player());
        let read = target.read_wallet(&mut Connection::new(address), &player).await;
        assert_eq!(read.unwrap_err().to_string(), "answered with 401");
        assert_eq!((player.refreshes(), served.await.unwrap().len()), (0, 2));
    }

    #[tokio::test]
    async fn a_budget_that_is_used_up_is_waited_for() {
        let limited = |seconds: &str| answer("429 T", &format!("retry-after: {seconds}\r\n"), "{}");
        let (address, served) = serve(vec![limited("0"), answer("200 OK", "", WALLET)]).await;
        let (target, player) = (Target::new(address, Dialect::Evens), player());
        target.read_wallet(&mut Connection::new(address), &player).await.unwrap();
        assert_eq!((target.waits(), served.await.unwrap().len()), (1, 2));

        // A wait of a quarter of an hour is too long.
        let (address, served) = serve(vec![limited("900")]).await;
        let target = Target::new(address, Dialect::Evens);
        let read = target.read_wallet(&mut Connection::new(address), &player).await;
        assert_eq!(read.unwrap_err().to_string(), "answered with 429");
        assert_eq!(served.await.unwrap().len(), 1);
    }
}

//! [`SessionCookie`]: the refresh token in a cookie that scripts of a page cannot read.
//!
//! A browser adds its cookies to requests of any page. So the token counts only where the browser says that a page of
//! this very origin sent the request.

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::header::{COOKIE, HOST, HeaderName, HeaderValue, SET_COOKIE};
use axum::http::request::Parts;
use axum::response::AppendHeaders;
use evens_contracts::{Problem, ProblemKind, RefreshRequest, TokenKeeper, TokensBody};
use evens_players::{REFRESH_TOKEN_LIFETIME, RefreshToken};
use evens_runtime::{Context, Stage};
use std::convert::Infallible;
use std::fmt;

/// Browsers take this name only with `Secure`, `Path=/` and no `Domain`, so no other host can set it.
const NAME: &str = "__Host-evens";

/// The name without `Secure`, for browsers that refuse the other one over plain http on their own machine.
const LOCAL_NAME: &str = "evens-local";

const SEC_FETCH_SITE: &str = "sec-fetch-site";

/// The headers of an answer that set or remove cookies.
pub type SetCookies = AppendHeaders<Vec<(HeaderName, HeaderValue)>>;

/// The session cookie of a request.
#[derive(Clone)]
pub struct SessionCookie {
    token: Option<String>,
    is_same_origin: bool,
    is_local: bool,
}

/// A refresh token and where it came from, which is where its successor goes.
#[derive(Debug)]
pub struct PresentedToken {
    /// The token.
    pub token: RefreshToken,
    /// The place in the request that had it.
    pub keeper: TokenKeeper,
}

impl SessionCookie {
    fn of(headers: &HeaderMap, stage: Stage) -> Self {
        let is_local = stage == Stage::Local && is_loopback(headers);
        let names = [Some(NAME), is_local.then_some(LOCAL_NAME)];
        let token = names.into_iter().flatten().find_map(|name| cookie(headers, name)).map(str::to_owned);
        let is_same_origin = headers.get(SEC_FETCH_SITE).is_some_and(|site| site == "same-origin");
        Self { token, is_same_origin, is_local }
    }

    /// The token in the body, or else the one in the cookie.
    ///
    /// # Errors
    /// `422` where there is neither; then `403` where no page of this origin sent the cookie; then `401` where it is
    /// not a refresh token.
    pub fn presented(&self, request: RefreshRequest) -> Result<PresentedToken, Problem> {
        if let Some(token) = request.token {
            return Ok(PresentedToken { token, keeper: TokenKeeper::Client });
        }
        let text = self.token.as_deref().ok_or_else(RefreshRequest::missing)?;
        if !self.is_same_origin {
            let detail = "The session cookie counts only in requests from a page of this address \
                          (Sec-Fetch-Site: same-origin). Send the refreshToken in the body instead.";
            return Err(Problem::new(ProblemKind::Forbidden, detail));
        }
        let detail = "The session cookie is not valid. Log in again.";
        let token = text.parse().map_err(|_| Problem::new(ProblemKind::SessionEnded, detail))?;
        Ok(PresentedToken { token, keeper: TokenKeeper::Cookie })
    }

    /// Puts the refresh token where its client keeps it: into the cookie or into the body.
    pub fn keep(&self, keeper: TokenKeeper, tokens: TokensBody) -> (SetCookies, TokensBody) {
        match (keeper, &tokens.refresh_token) {
            (TokenKeeper::Cookie, Some(token)) => {
                let cookies = self.set(token, REFRESH_TOKEN_LIFETIME.as_secs());
                (cookies, TokensBody { refresh_token: None, ..tokens })
            }
            (TokenKeeper::Cookie, None) | (TokenKeeper::Client, _) => (AppendHeaders(Vec::new()), tokens),
        }
    }

    /// Removes the cookie of a session that has ended.
    pub fn remove(&self, keeper: TokenKeeper) -> SetCookies {
        match keeper {
            TokenKeeper::Cookie => self.set("", 0),
            TokenKeeper::Client => AppendHeaders(Vec::new()),
        }
    }

    fn set(&self, value: &str, seconds: i64) -> SetCookies {
        let attributes = format!("Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict");
        let secure = format!("{NAME}={value}; {attributes}; Secure");
        let local = self.is_local.then(|| format!("{LOCAL_NAME}={value}; {attributes}"));
        let cookies = std::iter::once(secure).chain(local);
        // Refresh tokens are base64url, so that each is a value of a header.
        let headers = cookies.filter_map(|cookie| Some((SET_COOKIE, HeaderValue::from_str(&cookie).ok()?)));
        AppendHeaders(headers.collect())
    }
}

impl FromRequestParts<Context> for SessionCookie {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, context: &Context) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.headers, context.settings.stage))
    }
}

/// Never prints the token.
impl fmt::Debug for SessionCookie {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "SessionCookie(present: {})", self.token.is_some())
    }
}

/// The value of a cookie. An empty one counts as none. Other cookies may hold any bytes.
fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let pairs = headers.get_all(COOKIE).iter().flat_map(|value| value.as_bytes().split(|byte| *byte == b';'));
    let mut cookies = pairs.filter_map(|pair| str::from_utf8(pair).ok()?.trim().split_once('='));
    cookies.find_map(|(found, value)| (found == name && !value.is_empty()).then_some(value))
}

/// Returns `true` if the browser is on this machine, according to the address that it opened.
fn is_loopback(headers: &HeaderMap) -> bool {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()));
    matches!(name.map_or(host, |(name, _)| name), "localhost" | "127.0.0.1" | "[::1]")
}

#[cfg(test)]
mod tests {
    use super::{SessionCookie, TokenKeeper};
    use axum::http::HeaderMap;
    use axum::http::header::{COOKIE, HOST, HeaderName, HeaderValue};
    use axum::response::AppendHeaders;
    use evens_contracts::{RefreshRequest, TokensBody};
    use evens_ledger::UserId;
    use evens_players::{FamilyId, RefreshToken};
    use evens_runtime::Stage;

    fn headers(lines: &[(&'static str, &str)]) -> HeaderMap {
        let line = |(name, value): &(&'static str, &str)| {
            (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap())
        };
        lines.iter().map(line).collect()
    }

    fn token(number: u8) -> RefreshToken {
        RefreshToken::new(UserId::new(41).unwrap(), FamilyId::from_random([number; 16]), [number; 32])
    }

    /// Each row repairs one fault of the row above.
    #[test]
    fn a_cookie_counts_in_requests_of_its_own_page() {
        let (good, other) = (token(1).reveal(), token(2).reveal());
        let (secure, local) = (format!("a=b; __Host-evens={good}"), format!("evens-local={good}"));
        let both = format!("evens-local={other}; __Host-evens={good}");
        let (own, near, far) = ("same-origin", "same-site", "cross-site");
        #[rustfmt::skip]
        let table = [
            (Stage::Prod,  "evens.test",     "a=b",                 own,  Err(422)),
            (Stage::Prod,  "evens.test",     "__Host-evens=",       own,  Err(422)),
            (Stage::Prod,  "localhost:8080", &*local,               own,  Err(422)),
            (Stage::Local, "evens.test",     &local,                own,  Err(422)),
            (Stage::Local, "localhost.test", &local,                own,  Err(422)),
            (Stage::Prod,  "evens.test",     "__Host-evens=garbage", far, Err(403)),
            (Stage::Prod,  "evens.test",     &secure,               near, Err(403)),
            (Stage::Prod,  "evens.test",     &secure,               "none", Err(403)),
            (Stage::Prod,  "evens.test",     "__Host-evens=garbage", own, Err(401)),
            (Stage::Prod,  "evens.test",     &secure,               own,  Ok(())),
            (Stage::Local, "localhost:8080", &local,                own,  Ok(())),
            (Stage::Local, "127.0.0.1:8080", &local,                own,  Ok(())),
            (Stage::Local, "[::1]:8080",     &local,                own,  Ok(())),
            (Stage::Local, "localhost",      &both,                 own,  Ok(())),
        ];
        for (stage, host, cookie, site, expected) in table {
            let lines = headers(&[("host", host), ("cookie", cookie), ("sec-fetch-site", site)]);
            let presented = SessionCookie::of(&lines, stage).presented(RefreshRequest { token: None });
            let found = presented.map(|presented| {
                assert_eq!((presented.token.reveal(), presented.keeper), (good.clone(), TokenKeeper::Cookie));
            });
            assert_eq!(found.map_err(|problem| problem.kind.status()), expected, "{stage:?} {host} {cookie}");
        }
        // A cookie of another program may hold any bytes.
        let mut lines = headers(&[("host", "evens.test"), ("sec-fetch-site", own)]);
        let beside = [&b"a=\xc3\xa9; "[..], secure.as_bytes()].concat();
        lines.insert(COOKIE, HeaderValue::from_bytes(&beside).unwrap());
        let presented = SessionCookie::of(&lines, Stage::Prod).presented(RefreshRequest { token: None });
        assert_eq!(presented.unwrap().token.reveal(), good);
        let unsaid = headers(&[("host", "evens.test"), ("cookie", &secure)]);
        let refused = SessionCookie::of(&unsaid, Stage::Prod).presented(RefreshRequest { token: None });
        assert_eq!(refused.unwrap_err().kind.status(), 403);
    }

    #[test]
    fn a_token_in_the_body_counts_before_the_cookie() {
        let cookie = format!("__Host-evens={}", token(1).reveal());
        let lines = headers(&[("cookie", &cookie), ("sec-fetch-site", "cross-site")]);
        let request = RefreshRequest { token: Some(token(2)) };
        let presented = SessionCookie::of(&lines, Stage::Prod).presented(request).unwrap();
        assert_eq!((presented.token.reveal(), presented.keeper), (token(2).reveal(), TokenKeeper::Client));
    }

    #[test]
    fn the_refresh_token_is_in_the_cookie_or_in_the_body() {
        let tokens = || TokensBody::new("access".to_owned(), &token(1));
        let text = token(1).reveal();
        let secure = |value: &str, age: u32| {
            format!("__Host-evens={value}; Path=/; Max-Age={age}; HttpOnly; SameSite=Strict; Secure")
        };
        let local = |value: &str, age: u32| {
            format!("evens-local={value}; Path=/; Max-Age={age}; HttpOnly; SameSite=Strict")
        };
        let values = |AppendHeaders(lines): super::SetCookies| -> Vec<String> {
            lines.into_iter().map(|(_, value)| value.to_str().unwrap().to_owned()).collect()
        };
        let month = 30 * 24 * 3_600;
        for (stage, is_local) in [(Stage::Prod, false), (Stage::Local, true)] {
            let cookie = SessionCookie::of(&headers(&[(HOST.as_str(), "localhost:8080")]), stage);
            let expected = |value: &str, age: u32| {
                let mut expected = vec![secure(value, age)];
                expected.extend(is_local.then(|| local(value, age)));
                expected
            };
            let (set, body) = cookie.keep(TokenKeeper::Cookie, tokens());
            assert_eq!((values(set), body.refresh_token), (expected(&text, month), None));
            let (set, body) = cookie.keep(TokenKeeper::Client, tokens());
            assert_eq!((values(set), body.refresh_token), (Vec::new(), Some(text.clone())));
            assert_eq!(values(cookie.remove(TokenKeeper::Cookie)), expected("", 0));
            assert_eq!(values(cookie.remove(TokenKeeper::Client)), Vec::<String>::new());
        }
        let shown = SessionCookie::of(&headers(&[(COOKIE.as_str(), &secure(&text, 1))]), Stage::Prod);
        assert_eq!(format!("{shown:?}"), "SessionCookie(present: true)");
    }
}

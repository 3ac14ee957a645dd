//! [`SessionCookie`]: the refresh token in a cookie that scripts of a page cannot read.
//!
//! A browser adds its cookies to requests of any page. So the token counts only where the browser says that a page of
//! this very origin sent the request.

use crate::cookie_name::{CookieName, is_loopback};
use axum::extract::FromRequestParts;
use axum::http::header::{COOKIE, HOST, HeaderName, HeaderValue, ORIGIN, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Uri};
use axum::response::AppendHeaders;
use evens_contracts::{Problem, ProblemKind, RefreshRequest, TokenKeeper, TokensBody};
use evens_http::only_line;
use evens_players::{REFRESH_TOKEN_LIFETIME, RefreshToken};
use evens_runtime::{Context, Stage};
use std::convert::Infallible;
use std::fmt;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The headers of an answer that set or remove cookies.
pub type SetCookies = AppendHeaders<Vec<(HeaderName, HeaderValue)>>;

/// The page whose session a cookie keeps. A process that serves the console on a listener of its own adds this to the
/// requests of that listener as an extension. Browsers send cookies to every port of a host, so each page has a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SessionPage {
    /// The player page, or both pages at one address.
    #[default]
    Player,
    Console,
}

/// The session cookie of a request.
#[derive(Clone)]
pub struct SessionCookie {
    token: Option<String>,
    is_same_origin: bool,
    name: CookieName,
    /// The cookies of earlier versions that the request has. The next answer removes them.
    earlier: Vec<CookieName>,
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
    fn of(headers: &HeaderMap, stage: Stage, page: SessionPage) -> Self {
        let host = only(headers, &HOST).unwrap_or_default();
        let name = CookieName::of(host, stage, page);
        let earlier = name.earlier(page).into_iter().filter(|name| cookie(headers, name.as_str()).is_some());
        let earlier: Vec<_> = earlier.collect();
        let mut names = std::iter::once(&name).chain(&earlier);
        let token = names.find_map(|name| cookie(headers, name.as_str())).map(str::to_owned);
        Self { token, is_same_origin: is_same_origin(headers, host), name, earlier }
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
                          (Sec-Fetch-Site: same-origin, or its Origin). Send the refreshToken in the body instead.";
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
        let earlier = self.earlier.iter().map(|name| name.cookie("", 0));
        let cookies = std::iter::once(self.name.cookie(value, seconds)).chain(earlier);
        // Refresh tokens are base64url, so that each is a value of a header.
        let headers = cookies.filter_map(|cookie| Some((SET_COOKIE, HeaderValue::from_str(&cookie).ok()?)));
        AppendHeaders(headers.collect())
    }
}

impl FromRequestParts<Context> for SessionCookie {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, context: &Context) -> Result<Self, Infallible> {
        let page = parts.extensions.get::<SessionPage>().copied().unwrap_or_default();
        Ok(Self::of(&parts.headers, context.settings.stage, page))
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

/// The value of a header that the request has once.
fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    only_line(headers, name)?.to_str().ok()
}

/// Returns `true` if the browser says that a page of this origin sent the request. Browsers without `Sec-Fetch-Site`
/// name the origin of the page.
fn is_same_origin(headers: &HeaderMap, host: &str) -> bool {
    if headers.contains_key(SEC_FETCH_SITE) {
        return only(headers, &SEC_FETCH_SITE) == Some("same-origin");
    }
    only(headers, &ORIGIN).is_some_and(|origin| is_origin_of(origin, host))
}

/// Returns `true` for the origin of a page at this host. A page that came over plain http counts on the browser's own
/// machine only: elsewhere, others may have changed it.
fn is_origin_of(origin: &str, host: &str) -> bool {
    let (Some((scheme, page)), Ok(uri)) = (origin.split_once("://"), origin.parse::<Uri>()) else {
        return false;
    };
    let port = match scheme {
        "https" => ":443",
        "http" if is_loopback(host) => ":80",
        _ => return false,
    };
    let without_default =
        |authority: &str| authority.strip_suffix(port).unwrap_or(authority).to_ascii_lowercase();
    uri.authority().is_some_and(|authority| authority == page)
        && without_default(page) == without_default(host)
}

#[cfg(test)]
mod tests {
    use super::{SessionCookie, SessionPage, TokenKeeper};
    use axum::http::HeaderMap;
    use axum::http::header::{COOKIE, HeaderName, HeaderValue};
    use axum::response::AppendHeaders;
    use evens_contracts::{RefreshRequest, TokensBody};
    use evens_ledger::UserId;
    use evens_players::{FamilyId, RefreshToken};
    use evens_runtime::Stage;

    fn headers(lines: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
        }
        headers
    }

    fn token(number: u8) -> RefreshToken {
        RefreshToken::new(UserId::new(41).unwrap(), FamilyId::from_random([number; 16]), [number; 32])
    }

    /// The status of the refusal, or that the good token is presented.
    fn presented(headers: &HeaderMap, stage: Stage, page: SessionPage) -> Result<(), u16> {
        let presented = SessionCookie::of(headers, stage, page).presented(RefreshRequest { token: None });
        let found = presented.map(|presented| {
            let expected = (token(1).reveal(), TokenKeeper::Cookie);
            assert_eq!((presented.token.reveal(), presented.keeper), expected);
        });
        found.map_err(|problem| problem.kind.status())
    }

    /// Each row repairs one fault of the row above.
    #[test]
    fn a_cookie_counts_in_requests_of_its_own_page() {
        use SessionPage::{Console, Player};
        let (good, other) = (token(1).reveal(), token(2).reveal());
        let secure = format!("a=b; __Host-evens={good}");
        let console = format!("__Host-evens={other}; __Host-evens-console={good}");
        let (local, earlier) = (format!("evens-local-8080={good}"), format!("evens-local={good}"));
        let all = format!("__Host-evens={other}; evens-local={other}; evens-local-8080={good}");
        let of_80 = format!("evens-local-8080={other}; evens-local-80={good}");
        let both = format!("evens-local={other}; __Host-evens={good}");
        let (own, near, far) = ("same-origin", "same-site", "cross-site");
        #[rustfmt::skip]
        let table = [
            (Stage::Prod,  Player,  "evens.test",     "a=b",                  own,    Err(422)),
            (Stage::Prod,  Player,  "evens.test",     "__Host-evens=",        own,    Err(422)),
            (Stage::Prod,  Player,  "localhost:8080", &*local,                own,    Err(422)),
            (Stage::Local, Player,  "evens.test",     &local,                 own,    Err(422)),
            (Stage::Local, Player,  "localhost.test", &local,                 own,    Err(422)),
            (Stage::Local, Player,  "localhost:8090", &local,                 own,    Err(422)),
            (Stage::Prod,  Player,  "evens.test",     "__Host-evens=garbage", far,    Err(403)),
            (Stage::Prod,  Player,  "evens.test",     &secure,                near,   Err(403)),
            (Stage::Prod,  Player,  "evens.test",     &secure,                "none", Err(403)),
            (Stage::Prod,  Player,  "evens.test",     "__Host-evens=garbage", own,    Err(401)),
            (Stage::Prod,  Player,  "evens.test",     &secure,                own,    Ok(())),
            (Stage::Local, Player,  "localhost:8080", &local,                 own,    Ok(())),
            (Stage::Local, Player,  "127.0.0.1:8080", &local,                 own,    Ok(())),
            (Stage::Local, Player,  "[::1]:8080",     &local,                 own,    Ok(())),
            (Stage::Local, Player,  "localhost",      &of_80,                 own,    Ok(())),
            // Names of earlier versions.
            (Stage::Local, Player,  "localhost:8080", &earlier,               own,    Ok(())),
            (Stage::Local, Player,  "localhost:8080", &both,                  own,    Ok(())),
            (Stage::Local, Player,  "localhost:8080", &all,                   own,    Ok(())),
            // The console never takes over the session of a player.
            (Stage::Prod,  Console, "evens.test",     &secure,                own,    Err(422)),
            (Stage::Prod,  Console, "evens.test",     &console,               own,    Ok(())),
            (Stage::Local, Console, "localhost:8080", &both,                  own,    Err(422)),
            (Stage::Local, Console, "localhost:8080", &local,                 own,    Ok(())),
        ];
        for (stage, page, host, cookie, site, expected) in table {
            let lines = headers(&[("host", host), ("cookie", cookie), ("sec-fetch-site", site)]);
            assert_eq!(presented(&lines, stage, page), expected, "{stage:?} {page:?} {host} {cookie} {site}");
        }
        // A cookie of another program may hold any bytes.
        let mut lines = headers(&[("host", "evens.test"), ("sec-fetch-site", own)]);
        let beside = [&b"a=\xc3\xa9; "[..], secure.as_bytes()].concat();
        lines.insert(COOKIE, HeaderValue::from_bytes(&beside).unwrap());
        assert_eq!(presented(&lines, Stage::Prod, Player), Ok(()));
    }

    #[test]
    fn a_page_is_known_by_its_origin_where_the_browser_says_no_more() {
        type Lines = &'static [(&'static str, &'static str)];
        #[rustfmt::skip]
        let table: [(&str, Lines, bool); 20] = [
            ("evens.test",      &[],                                                                       false),
            ("evens.test",      &[("origin", "null")],                                                     false),
            ("evens.test",      &[("origin", "evens.test")],                                               false),
            ("evens.test",      &[("origin", "http://evens.test")],                                        false),
            ("evens.test",      &[("origin", "https://evens.test.other")],                                 false),
            ("evens.test",      &[("origin", "https://evens.test:8080")],                                  false),
            ("evens.test",      &[("origin", "https://evens.test/")],                                      false),
            ("evens.test",      &[("origin", "https://user@evens.test")],                                  false),
            ("evens.test",      &[("origin", "https://evens.test"), ("origin", "https://evens.test")],     false),
            ("evens.test",      &[("origin", "https://evens.test"), ("sec-fetch-site", "same-site")],      false),
            ("evens.test",      &[("sec-fetch-site", "same-origin"), ("sec-fetch-site", "same-origin")],   false),
            ("evens.test",      &[("origin", "https://evens.test")],                                       true),
            ("Evens.Test:443",  &[("origin", "https://evens.test")],                                       true),
            ("evens.test:8443", &[("origin", "https://evens.test:8443")],                                  true),
            ("evens.test:80",   &[("origin", "https://evens.test")],                                       false),
            ("",                &[("origin", "https://")],                                                 false),
            // On the browser's own machine.
            ("localhost:8080",  &[("origin", "http://localhost:8080")],                                    true),
            ("localhost:8080",  &[("origin", "http://localhost:8090")],                                    false),
            ("localhost:8080",  &[("origin", "http://127.0.0.1:8080")],                                    false),
            ("localhost:80",    &[("origin", "http://localhost")],                                         true),
        ];
        for (host, said, expected) in table {
            let lines = headers(&[&[("host", host)], said].concat());
            let cookie = SessionCookie::of(&lines, Stage::Prod, SessionPage::Player);
            assert_eq!(cookie.is_same_origin, expected, "{host:?} {said:?}");
        }
    }

    #[test]
    fn a_token_in_the_body_counts_before_the_cookie() {
        let cookie = format!("__Host-evens={}", token(1).reveal());
        let lines = headers(&[("cookie", &cookie), ("sec-fetch-site", "cross-site")]);
        let request = RefreshRequest { token: Some(token(2)) };
        let cookie = SessionCookie::of(&lines, Stage::Prod, SessionPage::Player);
        let presented = cookie.presented(request).unwrap();
        assert_eq!((presented.token.reveal(), presented.keeper), (token(2).reveal(), TokenKeeper::Client));
    }

    #[test]
    fn the_refresh_token_is_in_the_cookie_or_in_the_body() {
        use SessionPage::{Console, Player};
        let tokens = || TokensBody::new("access".to_owned(), &token(1));
        let text = token(1).reveal();
        let values = |AppendHeaders(lines): super::SetCookies| -> Vec<String> {
            lines.into_iter().map(|(_, value)| value.to_str().unwrap().to_owned()).collect()
        };
        let month = 30 * 24 * 3_600;
        let earlier = format!("evens-local={text}; __Host-evens={text}; other=1");
        #[rustfmt::skip]
        let table: [(Stage, SessionPage, &str, &str, &[&str]); 6] = [
            // stage, page, cookie that is set, cookies of the request, cookies that are removed
            (Stage::Prod,  Player,  "__Host-evens",         "a=b",    &[]),
            (Stage::Prod,  Console, "__Host-evens-console", "a=b",    &[]),
            (Stage::Prod,  Player,  "__Host-evens",         &earlier, &[]),
            (Stage::Local, Player,  "evens-local-8080",     "a=b",    &[]),
            (Stage::Local, Player,  "evens-local-8080",     &earlier, &["__Host-evens", "evens-local"]),
            (Stage::Local, Console, "evens-local-8080",     &earlier, &[]),
        ];
        for (stage, page, name, cookie, removed) in table {
            let lines = headers(&[("host", "localhost:8080"), ("cookie", cookie)]);
            let cookie = SessionCookie::of(&lines, stage, page);
            let set = |name: &str, value: &str, age: u32| {
                let secure = if name.starts_with("__Host-") { "; Secure" } else { "" };
                format!("{name}={value}; Path=/; Max-Age={age}; HttpOnly; SameSite=Strict{secure}")
            };
            let expected = |value: &str, age: u32| {
                let removed = removed.iter().map(|name| set(name, "", 0));
                std::iter::once(set(name, value, age)).chain(removed).collect::<Vec<_>>()
            };
            let (set, body) = cookie.keep(TokenKeeper::Cookie, tokens());
            assert_eq!((values(set), body.refresh_token), (expected(&text, month), None));
            let (set, body) = cookie.keep(TokenKeeper::Client, tokens());
            assert_eq!((values(set), body.refresh_token), (Vec::new(), Some(text.clone())));
            assert_eq!(values(cookie.remove(TokenKeeper::Cookie)), expected("", 0));
            assert_eq!(values(cookie.remove(TokenKeeper::Client)), Vec::<String>::new());
        }
        let lines = headers(&[("cookie", &format!("__Host-evens={text}"))]);
        let shown = SessionCookie::of(&lines, Stage::Prod, Player);
        assert_eq!(format!("{shown:?}"), "SessionCookie(present: true)");
    }
}

//! The player page and the console: the files of `web/`, embedded in the binary, and joined when
//! they are first asked for (`infra/pages`).
//!
//! `GET /` is `player/index.html`, `GET /console/` is `console/index.html`; the files that they name are below
//! `/joined/`. Outside the stage local each page has an address of its own ([`Site`]), so that a hole in the player
//! page does not reach the console. `/api/payments/return` leads back from a provider's payment page to the wallet. All
//! other requests go on to the API. Pages stand in front of the layers of the API: they are neither counted nor logged,
//! and need no table.
//!
//! Architecture invariant: a file is found by its whole path in a table, so no path leads to another file.

mod file;
mod headers;

pub(crate) use headers::PagePolicy;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use evens_credentials::SessionPage;
use evens_http::accepts_gzip;
use evens_runtime::Stage;
use file::{Caching, Files, PageFile};

/// The page that players open.
const PLAYER: &str = "player/index.html";
/// The page that operators, cashiers and auditors open.
const CONSOLE: &str = "console/index.html";

/// The pages that an address serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Site {
    /// The player page at `/`, and the console at `/console/`.
    Both,
    /// The player page at `/`, and no file of the console.
    Player,
    /// The console at `/` and at `/console/`, and not the player page, whose modules it shares.
    Console,
}

impl Site {
    /// The pages of the address of the API in this stage.
    pub(crate) fn of_api(stage: Stage) -> Self {
        match stage {
            Stage::Local => Self::Both,
            Stage::Dev | Stage::Staging | Stage::Prod => Self::Player,
        }
    }

    /// The page whose session the cookies of the address keep. One address has one session.
    pub(crate) fn session(self) -> SessionPage {
        match self {
            Self::Both | Self::Player => SessionPage::Player,
            Self::Console => SessionPage::Console,
        }
    }

    /// The documents that the address serves.
    fn documents(self) -> &'static [&'static str] {
        match self {
            Self::Both => &[PLAYER, CONSOLE],
            Self::Player => &[PLAYER],
            Self::Console => &[CONSOLE],
        }
    }

    /// The document at that path.
    fn document(self, path: &str) -> Option<&'static str> {
        match path {
            "/" => self.documents().first().copied(),
            "/console" | "/console/" => {
                self.documents().iter().find(|document| **document == CONSOLE).copied()
            }
            _ => None,
        }
    }
}

/// The pages of an address, with their policy. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Pages {
    site: Site,
    policy: PagePolicy,
    files: Files,
}

impl Pages {
    pub(crate) fn new(site: Site, policy: PagePolicy) -> Self {
        Self { site, policy, files: Files::new(site.documents()) }
    }

    fn find(&self, path: &str) -> Option<PageFile> {
        self.files.find(self.site.document(path).or_else(|| path.strip_prefix('/'))?)
    }
}

/// The address that a payment provider sends players back to. A provider may send a form, which a file cannot take.
const PAYMENT_RETURN: &str = "/api/payments/return";

/// The view of the player page with their deposits.
const WALLET: &str = "/#/wallet";

/// Answers with a page, or passes the request on.
pub(crate) async fn serve(State(pages): State<Pages>, request: Request, next: Next) -> Response {
    if request.uri().path() == PAYMENT_RETURN && matches!(*request.method(), Method::GET | Method::POST) {
        return return_to_wallet(&pages.policy);
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return next.run(request).await;
    }
    match pages.find(request.uri().path()) {
        Some(file) => {
            let mut response = answer(&file, request.headers(), request.method() == Method::HEAD);
            pages.policy.write(response.headers_mut());
            response
        }
        None => next.run(request).await,
    }
}

/// Nothing of the request is read or believed: a callback or the provider itself says whether a deposit is paid.
fn return_to_wallet(policy: &PagePolicy) -> Response {
    let mut response = Redirect::to(WALLET).into_response();
    policy.write(response.headers_mut());
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn answer(file: &PageFile, request: &HeaderMap, is_head: bool) -> Response {
    let gzipped = file.gzipped.as_ref().filter(|_| accepts_gzip(request));
    let (body, etag) = match gzipped {
        Some(gzipped) => (gzipped, &file.etag_gzipped),
        None => (&file.bytes, &file.etag),
    };
    let is_known = is_known(request, etag);
    let status = if is_known { StatusCode::NOT_MODIFIED } else { StatusCode::OK };
    let mut response = status.into_response();
    let headers = response.headers_mut();
    if let Ok(etag) = HeaderValue::from_str(etag) {
        headers.insert(header::ETAG, etag);
    }
    let caching = match file.caching {
        Caching::Checked => "no-cache",
        Caching::ForEver => "public, max-age=31536000, immutable",
    };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if is_known {
        return response;
    }
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(file.content_type));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
    if gzipped.is_some() {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    if !is_head {
        *response.body_mut() = Body::from(body.clone());
    }
    response
}

/// Returns `true` if the client already has the file (RFC 9110, 13.1.2).
fn is_known(request: &HeaderMap, etag: &str) -> bool {
    let values = request.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let mut known = values.flat_map(|value| value.split(',')).map(str::trim);
    known.any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag)
}

#[cfg(test)]
mod tests {
    use super::{PagePolicy, Pages, Site, is_known};
    use axum::http::header::{HeaderMap, HeaderName, HeaderValue, IF_NONE_MATCH};

    fn with(name: HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_str(value).unwrap())])
    }

    #[test]
    fn each_page_has_an_address_of_its_own() {
        let policy = PagePolicy::new(None).unwrap();
        let [player, console, both] =
            [Site::Player, Site::Console, Site::Both].map(|site| Pages::new(site, policy.clone()));
        let title = |pages: &Pages, path: &str| {
            let file = pages.find(path)?;
            let text = String::from_utf8(file.bytes.to_vec()).unwrap();
            Some(text.split("<title>").nth(1)?.split('<').next()?.to_owned())
        };
        let (of_player, of_console) = (Some("Evens".to_owned()), Some("Evens console".to_owned()));
        #[rustfmt::skip]
        let table = [
            // path       player             console             both
            ("/",         of_player.clone(), of_console.clone(), of_player),
            ("/console/", None,              of_console.clone(), of_console.clone()),
            ("/console",  None,              of_console.clone(), of_console),
        ];
        for (path, at_player, at_console, at_both) in table {
            let found = [&player, &console, &both].map(|pages| title(pages, path));
            assert_eq!(found, [at_player, at_console, at_both], "{path}");
        }
        for path in
            ["*", "//", "/joined/", "/joined/../player/index.html", "/player/main.js", "player/main.js"]
        {
            assert!(both.find(path).is_none(), "{path}");
        }
    }

    #[test]
    fn a_client_says_which_files_it_has() {
        #[rustfmt::skip]
        let table = [
            (r#""a""#,           true),
            (r#"W/"a""#,         true),
            (r#""x", "a""#,      true),
            ("*",                true),
            (r#""x""#,           false),
            ("a",                false),
        ];
        for (value, expected) in table {
            assert_eq!(is_known(&with(IF_NONE_MATCH, value), r#""a""#), expected, "{value}");
        }
    }
}

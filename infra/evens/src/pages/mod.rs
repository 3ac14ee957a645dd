//! The player page and the console: the files of `web/`, embedded in the binary. A debug build reads them from disk for
//! each request.
//!
//! `GET /` is `player/index.html`, `GET /console/` is `console/index.html`; any other file has its path below `web/`.
//! Outside the stage local each page has an address of its own ([`Site`]), so that a hole in the player page does not
//! reach the console. `/api/payments/return` leads back from a provider's payment page to the wallet. All other
//! requests go on to the API. Pages stand in front of the layers of the API: they are neither counted nor logged, and
//! need no table.
//!
//! Architecture invariant: only the folders and file types listed here are served.

mod file;
mod headers;

pub(crate) use headers::PagePolicy;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use evens_http::accepts_gzip;
use evens_runtime::Stage;
use file::PageFile;

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

    fn serves(self, path: &str) -> bool {
        match self {
            Self::Both => true,
            Self::Player => !path.starts_with("console/"),
            Self::Console => path != PLAYER,
        }
    }
}

/// The address that a payment provider sends players back to. A provider may send a form, which a file cannot take.
const PAYMENT_RETURN: &str = "/api/payments/return";

/// The view of the player page with their deposits.
const WALLET: &str = "/#/wallet";

/// Answers with a page, or passes the request on.
pub(crate) async fn serve(
    State((site, policy)): State<(Site, PagePolicy)>,
    request: Request,
    next: Next,
) -> Response {
    if request.uri().path() == PAYMENT_RETURN && matches!(*request.method(), Method::GET | Method::POST) {
        return return_to_wallet(&policy);
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return next.run(request).await;
    }
    let found = path_in_folder(site, request.uri().path()).and_then(PageFile::find);
    match found {
        Some(file) => {
            let mut response = answer(&file, request.headers(), request.method() == Method::HEAD);
            policy.write(response.headers_mut());
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

/// The path of a file below `web/`. Names have letters, digits, `-`, `_` and `.`, and no dot in front: nothing leads
/// out of the folder.
fn path_in_folder(site: Site, path: &str) -> Option<&str> {
    let path = match path.strip_prefix('/')? {
        "" if site == Site::Console => CONSOLE,
        "" => PLAYER,
        "console" | "console/" => CONSOLE,
        path => path,
    };
    let is_name = |name: &str| {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        !name.is_empty() && !name.starts_with('.') && name.bytes().all(is_plain)
    };
    (site.serves(path) && path.split('/').all(is_name)).then_some(path)
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
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
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
    use super::{Site, is_known, path_in_folder};
    use axum::http::header::{HeaderMap, HeaderName, HeaderValue, IF_NONE_MATCH};

    fn with(name: HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_str(value).unwrap())])
    }

    #[test]
    fn no_path_leads_out_of_the_folder() {
        #[rustfmt::skip]
        let table = [
            ("/",                       Some("player/index.html")),
            ("/console/",               Some("console/index.html")),
            ("/console",                Some("console/index.html")),
            ("/player/main.js",         Some("player/main.js")),
            ("/vendor/uplot-1.6.32.js", Some("vendor/uplot-1.6.32.js")),
            ("/../Cargo.toml",          None),
            ("/player/../../x",         None),
            ("/player/%2e%2e/x",        None),
            ("/player\\..\\x",          None),
            ("//etc/passwd",            None),
            ("/player/",                None),
            ("/player/.hidden",         None),
            ("player/main.js",          None),
            ("*",                       None),
        ];
        for (path, expected) in table {
            assert_eq!(path_in_folder(Site::Both, path), expected, "{path}");
        }
    }

    #[test]
    fn each_page_has_an_address_of_its_own() {
        let (player, console) = (Some("player/index.html"), Some("console/index.html"));
        #[rustfmt::skip]
        let table = [
            // path               player                         console
            ("/",                  player,                        console),
            ("/console/",          None,                          console),
            ("/console/main.js",   None,                          Some("console/main.js")),
            ("/player/index.html", player,                        None),
            ("/player/texts.js",   Some("player/texts.js"),       Some("player/texts.js")),
            ("/shared/api.js",     Some("shared/api.js"),         Some("shared/api.js")),
        ];
        for (path, at_player, at_console) in table {
            assert_eq!(path_in_folder(Site::Player, path), at_player, "{path}");
            assert_eq!(path_in_folder(Site::Console, path), at_console, "{path}");
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

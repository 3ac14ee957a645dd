//! [`JsonBody`]: the raw bytes of a body that is declared as JSON and within the size limit. `evens-contracts` parses
//! it; signatures are verified before that. [`FileBody`]: those of a file.

use crate::Refusal;
use axum::extract::{FromRequest, Request};
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use bytes::Bytes;
use evens_contracts::{FILE_TYPE, Problem, ProblemKind};
use evens_runtime::Context;
use http_body_util::{BodyExt, LengthLimitError, Limited};

/// Maximum size of a JSON body in bytes.
pub const BODY_SIZE_MAX: usize = 64 * 1_024;

/// Maximum size of a file in bytes. Lambda takes requests of 6 MB, in which a file is base64.
pub const FILE_SIZE_MAX: usize = 3 * 1_024 * 1_024;

/// The bytes of a body that is declared as JSON. As the last extractor it refuses with `415`, then `413`. It never
/// holds more than [`BODY_SIZE_MAX`], whatever length the client declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonBody(pub Bytes);

impl FromRequest<Context> for JsonBody {
    type Rejection = Refusal;

    async fn from_request(request: Request, _: &Context) -> Result<Self, Refusal> {
        if !is_declared_as(request.headers(), "application/json") {
            let detail = "Send the body as JSON, with the header Content-Type: application/json.";
            return Err(Problem::new(ProblemKind::UnsupportedMediaType, detail).into());
        }
        Ok(Self(read(request, BODY_SIZE_MAX).await?))
    }
}

/// The bytes of a body that is declared as [`FILE_TYPE`]. As the last extractor it refuses with `415`, then `413`. It
/// never holds more than [`FILE_SIZE_MAX`], whatever length the client declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileBody(pub Bytes);

impl FromRequest<Context> for FileBody {
    type Rejection = Refusal;

    async fn from_request(request: Request, _: &Context) -> Result<Self, Refusal> {
        if !is_declared_as(request.headers(), FILE_TYPE) {
            let detail = format!("Send the file as the body, with the header Content-Type: {FILE_TYPE}.");
            return Err(Problem::new(ProblemKind::UnsupportedMediaType, detail).into());
        }
        Ok(Self(read(request, FILE_SIZE_MAX).await?))
    }
}

async fn read(request: Request, size_max: usize) -> Result<Bytes, Problem> {
    if !is_plain(request.headers()) {
        let detail = "Send the body uncompressed, without the header Content-Encoding.";
        return Err(Problem::new(ProblemKind::UnsupportedMediaType, detail));
    }
    if declared_length(request.headers()).is_some_and(|length| length > size_max) {
        return Err(too_large(size_max));
    }
    let body = Limited::new(request.into_body(), size_max);
    match body.collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(too_large(size_max)),
        Err(_) => Err(Problem::new(ProblemKind::MalformedBody, "The body is incomplete. Send it again.")),
    }
}

fn too_large(size_max: usize) -> Problem {
    let detail = format!("The body is larger than {size_max} bytes.");
    Problem::new(ProblemKind::PayloadTooLarge, detail)
}

fn declared_length(headers: &HeaderMap) -> Option<usize> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// Returns `true` if the body is not compressed, that is, without a `Content-Encoding` other than identity.
fn is_plain(headers: &HeaderMap) -> bool {
    let mut encodings = headers.get_all(CONTENT_ENCODING).iter();
    encodings.all(|value| {
        let names = value.to_str().unwrap_or("unreadable").split(',').map(str::trim);
        names.filter(|name| !name.is_empty()).all(|name| name.eq_ignore_ascii_case("identity"))
    })
}

/// Returns `true` if there is exactly one `Content-Type`, of this media type, with no charset but UTF-8.
fn is_declared_as(headers: &HeaderMap, media_type: &str) -> bool {
    let mut types = headers.get_all(CONTENT_TYPE).iter();
    let (Some(Ok(text)), None) = (types.next().map(|value| value.to_str()), types.next()) else {
        return false;
    };
    let mut parts = text.split(';').map(str::trim);
    let is_declared = parts.next().is_some_and(|declared| declared.eq_ignore_ascii_case(media_type));
    is_declared
        && parts.all(|parameter| match parameter.split_once('=') {
            Some((name, value)) if name.trim_end().eq_ignore_ascii_case("charset") => {
                value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
            }
            _ => true,
        })
}

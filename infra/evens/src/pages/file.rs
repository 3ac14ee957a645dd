//! [`PageFile`]: a file of a page, ready to be sent.

use axum::body::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use rust_embed::{EmbeddedFile, RustEmbed};
use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::LazyLock;

/// Tests, scripts and notes beside the pages are not served.
#[derive(RustEmbed)]
#[folder = "../../web"]
#[include = "console/*"]
#[include = "i18n/*"]
#[include = "player/*"]
#[include = "shared/*"]
#[include = "vendor/*"]
struct Files;

/// Files of a release are compressed once: they do not change while the process runs.
static EMBEDDED: LazyLock<HashMap<String, PageFile>> = LazyLock::new(|| {
    let paths = Files::iter();
    paths.filter_map(|path| Some((path.to_string(), PageFile::load(&path)?))).collect()
});

/// A file of a page, ready to be sent. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct PageFile {
    pub(super) bytes: Bytes,
    /// The same compressed; none where that is not smaller.
    pub(super) gzipped: Option<Bytes>,
    pub(super) etag: String,
    /// A strong `ETag` names the very bytes, so each encoding has its own.
    pub(super) etag_gzipped: String,
    pub(super) content_type: &'static str,
}

impl PageFile {
    /// The file at that path below `web/`.
    pub(super) fn find(path: &str) -> Option<Self> {
        if cfg!(debug_assertions) { Self::load(path) } else { EMBEDDED.get(path).cloned() }
    }

    fn load(path: &str) -> Option<Self> {
        let content_type = content_type(path)?;
        let EmbeddedFile { data, metadata } = Files::get(path)?;
        let bytes = match data {
            Cow::Borrowed(bytes) => Bytes::from_static(bytes),
            Cow::Owned(bytes) => Bytes::from(bytes),
        };
        let mut hash = String::new();
        for byte in metadata.sha256_hash() {
            // A string takes everything.
            let _ = write!(hash, "{byte:02x}");
        }
        let gzipped = gzip(&bytes).filter(|gzipped| gzipped.len() < bytes.len());
        let (etag, etag_gzipped) = (format!("\"{hash}\""), format!("\"{hash}-gzip\""));
        Some(Self { bytes, gzipped, etag, etag_gzipped, content_type })
    }
}

fn gzip(bytes: &[u8]) -> Option<Bytes> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).ok()?;
    encoder.finish().ok().map(Bytes::from)
}

/// The media type by the end of the name; none for files that are not for browsers.
fn content_type(path: &str) -> Option<&'static str> {
    let (_, extension) = path.rsplit_once('.')?;
    Some(match extension {
        "css" => "text/css; charset=utf-8",
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "json" => "application/json",
        "png" => "image/png",
        "svg" => "image/svg+xml",
        "webmanifest" => "application/manifest+json",
        "woff2" => "font/woff2",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::PageFile;

    #[test]
    fn only_files_for_browsers_are_found() {
        let page = PageFile::find("player/index.html").unwrap();
        assert_eq!(page.content_type, "text/html; charset=utf-8");
        for path in ["tests/first_minute.mjs", "vendor/CHECKSUMS", "player", "player/none.js"] {
            assert!(PageFile::find(path).is_none(), "{path}");
        }
    }
}

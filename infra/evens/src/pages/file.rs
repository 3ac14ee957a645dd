//! [`PageFile`]: a file of a page, ready to be sent; and [`Files`], all of them.

use axum::body::Bytes;
use evens_ledger::Digest;
use evens_pages::{JoinedPage, join};
use flate2::Compression;
use flate2::write::GzEncoder;
use rust_embed::RustEmbed;
use std::collections::HashMap;
use std::io::Write as _;
use std::sync::{Arc, PoisonError, RwLock};

/// The sources of the pages. A debug build reads them from disk.
#[derive(RustEmbed)]
#[folder = "../../web"]
#[include = "console/*"]
#[include = "i18n/*"]
#[include = "player/*"]
#[include = "shared/*"]
#[include = "vendor/*"]
struct Sources;

/// The icon of the pages.
const ICON: &str = "shared/icon.svg";
/// The path that browsers ask for beside an answer that names no icon, such as `/openapi.json`.
const FAVICON: &str = "favicon.ico";

/// The documents of an address and their joined files, by their paths. They are joined when one of them is first
/// requested. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Files {
    documents: &'static [&'static str],
    joined: Arc<RwLock<HashMap<String, PageFile>>>,
}

impl Files {
    pub(super) fn new(documents: &'static [&'static str]) -> Self {
        Self { documents, joined: Arc::default() }
    }

    /// The file at that path. A debug build joins a document anew, so that a reload shows what was edited.
    pub(super) fn find(&self, path: &str) -> Option<PageFile> {
        let is_edited = cfg!(debug_assertions) && self.documents.contains(&path);
        if is_edited || self.joined.read().unwrap_or_else(PoisonError::into_inner).is_empty() {
            self.join_all();
        }
        self.joined.read().unwrap_or_else(PoisonError::into_inner).get(path).cloned()
    }

    fn join_all(&self) {
        for document in self.documents {
            match join(document, source) {
                Ok(page) => self.add(document, page),
                Err(error) => tracing::error!(%error, document, "Could not put a page together"),
            }
        }
        if let Some(icon) = source(ICON) {
            let mut joined = self.joined.write().unwrap_or_else(PoisonError::into_inner);
            joined.insert(FAVICON.to_owned(), PageFile::new(ICON, icon, Caching::Checked));
        }
    }

    fn add(&self, document: &str, JoinedPage { html, files }: JoinedPage) {
        let mut joined = self.joined.write().unwrap_or_else(PoisonError::into_inner);
        for (path, text) in files {
            joined.entry(path.clone()).or_insert_with(|| PageFile::new(&path, text, Caching::ForEver));
        }
        joined.insert(document.to_owned(), PageFile::new(document, html, Caching::Checked));
    }
}

fn source(path: &str) -> Option<String> {
    String::from_utf8(Sources::get(path)?.data.into_owned()).ok()
}

/// How long a browser may use its copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Caching {
    /// As long as the server says that it has not changed.
    Checked,
    /// Always: another content has another path.
    ForEver,
}

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
    pub(super) caching: Caching,
}

impl PageFile {
    /// Compresses the file once, because it is sent often.
    fn new(path: &str, text: String, caching: Caching) -> Self {
        let hash = Digest::of(text.as_bytes());
        let bytes = Bytes::from(text);
        let gzipped = gzip(&bytes).filter(|gzipped| gzipped.len() < bytes.len());
        let (etag, etag_gzipped) = (format!("\"{hash}\""), format!("\"{hash}-gzip\""));
        Self { bytes, gzipped, etag, etag_gzipped, content_type: content_type(path), caching }
    }
}

fn gzip(bytes: &[u8]) -> Option<Bytes> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).ok()?;
    encoder.finish().ok().map(Bytes::from)
}

/// The media type by the end of the name.
fn content_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "css" => "text/css; charset=utf-8",
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        _ => "application/octet-stream",
    }
}

//! Joins the files of a page, so that a browser asks for a few files instead of one for each module.
//!
//! The sources in `web/` stay plain ES modules, and no step of a build writes files. [`join`] follows the imports of a
//! page's script, and returns one script, one stylesheet, and one script for each module that is loaded later. Their
//! names carry a hash of their content, so a browser may keep them for ever. Each module becomes a function that
//! returns its exports, in the order in which a browser would run them.
//!
//! The modules keep to forms that can be joined without a parser of JavaScript; [`JoinError`] names each other form. A
//! library that joins any module takes minutes to compile (docs/decisions/166-pages-are-joined-by-evens.md).
//!
//! Architecture invariant: pure. The caller reads the files, so that the same code serves a box and an upload.

mod graph;
mod module;
mod page;

pub use page::{JoinedPage, join};

/// A source that cannot be joined.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JoinError {
    #[error("{path} is not there; {from} needs it")]
    Missing { path: String, from: String },
    #[error("{path} has an import or export of an unknown form: {line}")]
    UnknownForm { path: String, line: String },
    /// Its importers would keep the first value.
    #[error("{path} exports the variable {name}, which may change: export a function that returns it")]
    ChangingExport { path: String, name: String },
    #[error("{path} is imported in a circle")]
    Circle { path: String },
    /// There would be two copies of its state.
    #[error("{path} is part of the page and of {later}, which is loaded later")]
    Shared { path: String, later: String },
    #[error("{path} has no <script type=\"module\" src=\"...\">")]
    NoScript { path: String },
}

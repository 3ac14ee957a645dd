//! The repository's files, from which the templates are derived.

use std::fs;
use std::path::{Path, PathBuf};

/// The folder of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap_or(Path::new("/")).to_owned()
}

/// A file of the repository, with its path from the root.
#[derive(Debug, Clone)]
pub struct Source {
    pub path: String,
    pub bytes: Vec<u8>,
}

impl Source {
    /// Its text. Empty for a file that is not UTF-8.
    pub fn text(&self) -> &str {
        str::from_utf8(&self.bytes).unwrap_or_default()
    }

    /// Returns `true` for a file of Rust code.
    pub fn is_rust(&self) -> bool {
        is_of_kind(&self.path, "rs")
    }
}

/// Returns `true` if a path has this extension.
pub fn is_of_kind(path: &str, kind: &str) -> bool {
    Path::new(path).extension().is_some_and(|extension| extension == kind)
}

/// Every file of the project, sorted by path: those in the root, and those in the folders that design.md lists.
pub fn sources() -> Vec<Source> {
    let root = root();
    let mut found = Vec::new();
    let mut folders: Vec<_> = ["docs", "functions", "infra", "peers", "shared", "tests", "web"]
        .map(|name| root.join(name))
        .to_vec();
    let at_root = fs::read_dir(&root).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut paths: Vec<_> = at_root.filter(|path| path.is_file()).collect();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            match path.is_dir() {
                true if name.starts_with('.')
                    || ["target", "node_modules", "generated"].contains(&name.as_str()) => {}
                true => folders.push(path),
                false => paths.push(path),
            }
        }
    }
    for path in paths {
        // A file that disappears during the walk is skipped.
        let (Ok(bytes), Ok(from_root)) = (fs::read(&path), path.strip_prefix(&root)) else { continue };
        found.push(Source { path: from_root.to_string_lossy().into_owned(), bytes });
    }
    found.sort_by(|one, other| one.path.cmp(&other.path));
    found
}

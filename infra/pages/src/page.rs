//! [`join`]: a page and its files.

use crate::JoinError;
use crate::graph::Graph;
use evens_ledger::Digest;
use std::collections::{BTreeMap, HashMap};

/// The folder of the joined files, below the root of a page's address.
const FOLDER: &str = "joined";

/// The letters of a hash in a name: 64 bits, as names only have to differ from those of earlier versions.
const HASH_LETTERS: usize = 16;

const SCRIPT: &str = "<script type=\"module\" src=\"/";
const STYLESHEET: &str = "<link rel=\"stylesheet\" href=\"/";
const ICON: &str = "<link rel=\"icon\" href=\"/";

/// A page, and the files that it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JoinedPage {
    /// The document. It names the files below, so it changes with each of them.
    pub html: String,
    /// The files by their paths below the root. The content of a path never changes.
    pub files: BTreeMap<String, String>,
}

/// Joins the scripts and stylesheets of the document at `page`, a path such as `player/index.html`. `read` returns the
/// text of a file by its path.
///
/// # Errors
/// [`JoinError`]: a source is missing, or has a form that cannot be joined.
pub fn join(page: &str, read: impl Fn(&str) -> Option<String>) -> Result<JoinedPage, JoinError> {
    let missing = |path: &str| JoinError::Missing { path: path.to_owned(), from: page.to_owned() };
    let document = read(page).ok_or_else(|| missing(page))?;
    let name = page.split('/').next().unwrap_or(page);
    let mut files = BTreeMap::new();
    let entry = linked(&document, SCRIPT).ok_or_else(|| JoinError::NoScript { path: page.to_owned() })?;
    let script = add_scripts(name, entry, &read, &mut files)?;
    let mut html = document.replace(entry, &script);
    if let Some(icon) = linked(&document, ICON) {
        let text = read(icon).ok_or_else(|| missing(icon))?;
        html = html.replace(icon, &add(&mut files, &format!("{name}-icon"), "svg", text));
    }
    let sheets: Vec<&str> = document.lines().filter_map(|line| linked(line, STYLESHEET)).collect();
    let texts = sheets.iter().map(|sheet| read(sheet).ok_or_else(|| missing(sheet)));
    let text = texts.collect::<Result<Vec<_>, _>>()?.concat();
    let joined = add(&mut files, name, "css", text);
    Ok(JoinedPage { html: with_stylesheet(&html, &joined), files })
}

/// The path that an element begins with.
fn linked<'a>(text: &'a str, element: &str) -> Option<&'a str> {
    text.split_once(element)?.1.split_once('"').map(|(path, _)| path)
}

/// Adds the script of an entry, and those of the modules that it loads later. Returns the path of the first.
fn add_scripts(
    name: &str,
    entry: &str,
    read: &impl Fn(&str) -> Option<String>,
    files: &mut BTreeMap<String, String>,
) -> Result<String, JoinError> {
    let graph = Graph::read(entry, name, read)?;
    let mut later = HashMap::new();
    for (path, from) in
        graph.modules.iter().flat_map(|module| module.later.iter().map(|(_, path)| (path, &module.path)))
    {
        let one = Graph::read(path, from, read)?;
        if let Some(shared) = one.modules.iter().find(|module| graph.contains(&module.path)) {
            return Err(JoinError::Shared { path: shared.path.clone(), later: path.clone() });
        }
        let stem = path.rsplit('/').next().and_then(|file| file.strip_suffix(".js")).unwrap_or(path);
        let file = add(files, &format!("{name}-{stem}"), "js", one.script(&HashMap::new()));
        later.insert(path.clone(), file);
    }
    Ok(add(files, name, "js", graph.script(&later)))
}

/// Adds a file under a name with the hash of its content. Returns its path.
fn add(files: &mut BTreeMap<String, String>, name: &str, extension: &str, text: String) -> String {
    let hash: String = Digest::of(text.as_bytes()).to_string().chars().take(HASH_LETTERS).collect();
    let path = format!("{FOLDER}/{name}-{hash}.{extension}");
    files.insert(path.clone(), text);
    path
}

/// The document with one stylesheet at the place of the first.
fn with_stylesheet(html: &str, joined: &str) -> String {
    let mut is_written = false;
    let lines = html.lines().filter_map(|line| match linked(line, STYLESHEET) {
        None => Some(line.to_owned()),
        Some(_) if is_written => None,
        Some(sheet) => {
            is_written = true;
            Some(line.replace(sheet, joined))
        }
    });
    lines.flat_map(|line| [line, "\n".to_owned()]).collect()
}

//! [`Module`]: the imports, the exports and the code of one module.

use crate::JoinError;
use std::fmt::Write as _;

/// A module, taken apart. Paths are below `web/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Module {
    pub(crate) path: String,
    pub(crate) imports: Vec<Import>,
    /// The exported names, each with its name inside the module.
    pub(crate) exports: Vec<Name>,
    /// The modules that are loaded when they are needed, as the code names them and as paths.
    pub(crate) later: Vec<(String, String)>,
    /// The code without imports, exports and comments.
    pub(crate) code: String,
}

/// The names that a module takes from another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Import {
    pub(crate) from: String,
    pub(crate) names: Vec<Name>,
}

/// A name outside of the module that has it, and inside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Name {
    pub(crate) exported: String,
    pub(crate) local: String,
}

impl Module {
    pub(crate) fn parse(path: &str, source: &str) -> Result<Self, JoinError> {
        let mut module = Self {
            path: path.to_owned(),
            imports: Vec::new(),
            exports: Vec::new(),
            later: Vec::new(),
            code: String::with_capacity(source.len()),
        };
        if path.starts_with("vendor/") {
            module.read_vendored(source)?;
        } else {
            module.read(&without_comments(source))?;
        }
        module.later = later(path, &module.code);
        Ok(module)
    }

    /// A vendored file is one long line with its exports at the end.
    fn read_vendored(&mut self, source: &str) -> Result<(), JoinError> {
        let Some((code, exports)) = source.rsplit_once("export{") else {
            return Err(self.unknown_form("no exports"));
        };
        let names = exports.split_once('}').map(|(names, _)| names);
        self.exports = names.and_then(exports_of).ok_or_else(|| self.unknown_form(exports))?;
        self.code.push_str(code);
        Ok(())
    }

    fn read(&mut self, text: &str) -> Result<(), JoinError> {
        let mut lines = text.lines();
        while let Some(line) = lines.next() {
            let is_list = line.starts_with("import ") || line.starts_with("export {");
            let mut statement = line.to_owned();
            // An import with many names takes several lines.
            while is_list && !statement.ends_with(';') {
                let Some(next) = lines.next() else { return Err(self.unknown_form(line)) };
                statement.push_str(next.trim());
            }
            self.read_statement(&statement)?;
        }
        Ok(())
    }

    fn read_statement(&mut self, line: &str) -> Result<(), JoinError> {
        if let Some(rest) = line.strip_prefix("import ") {
            let import = self.import(rest).ok_or_else(|| self.unknown_form(line))?;
            self.imports.push(import);
        } else if let Some(rest) = line.strip_prefix("export {") {
            self.read_list(rest).ok_or_else(|| self.unknown_form(line))?;
        } else if let Some(rest) = line.strip_prefix("export ") {
            self.read_declaration(rest, line)?;
        } else {
            self.code.push_str(line);
            self.code.push('\n');
        }
        Ok(())
    }

    /// `{ a, b as c } from "./x.js";` or `a from "./x.js";`
    fn import(&self, rest: &str) -> Option<Import> {
        let (names, from) = rest.strip_suffix("\";")?.split_once(" from \"")?;
        let names = match names.strip_prefix('{') {
            Some(names) => names_of(names.strip_suffix('}')?)?,
            None if is_name(names) => {
                vec![Name { exported: "default".to_owned(), local: names.to_owned() }]
            }
            None => return None,
        };
        Some(Import { from: resolve(&self.path, from), names })
    }

    /// `a, b as c };` or `a } from "./x.js";`, which passes on another module's exports.
    fn read_list(&mut self, rest: &str) -> Option<()> {
        let (names, end) = rest.split_once('}')?;
        let names = exports_of(names)?;
        let Some(from) = end.strip_prefix(" from \"") else {
            self.exports.extend(names);
            return (end == ";").then_some(());
        };
        let from = resolve(&self.path, from.strip_suffix("\";")?);
        let mut taken = Vec::new();
        for Name { exported, local } in names {
            // The module itself does not get the name.
            let inside = format!("{local}$");
            taken.push(Name { exported: local, local: inside.clone() });
            self.exports.push(Name { exported, local: inside });
        }
        self.imports.push(Import { from, names: taken });
        Some(())
    }

    /// `function a(`, `const a =`, `const { a, b } =` or `class A {`.
    fn read_declaration(&mut self, rest: &str, line: &str) -> Result<(), JoinError> {
        let declared = ["function ", "async function ", "const ", "class ", "let ", "var "];
        let kind = declared.into_iter().find(|kind| rest.starts_with(kind));
        let after = kind.map_or("", |kind| &rest[kind.len()..]);
        let names = match after.strip_prefix('{') {
            Some(list) => list.split_once('}').and_then(|(list, _)| exports_of(list)),
            None => exports_of(&after[..after.find(|letter| !is_letter(letter)).unwrap_or(after.len())]),
        };
        let names = names.filter(|names| !names.is_empty()).ok_or_else(|| self.unknown_form(line))?;
        if let (Some("let " | "var "), Some(Name { exported, .. })) = (kind, names.first()) {
            return Err(JoinError::ChangingExport { path: self.path.clone(), name: exported.clone() });
        }
        self.exports.extend(names);
        self.code.push_str(rest);
        self.code.push('\n');
        Ok(())
    }

    fn unknown_form(&self, line: &str) -> JoinError {
        let line = line.chars().take(120).collect();
        JoinError::UnknownForm { path: self.path.clone(), line }
    }

    /// The text `{ a: local, b }` of all exports.
    pub(crate) fn exports_text(&self) -> String {
        let mut text = String::new();
        for Name { exported, local } in &self.exports {
            // A string takes everything.
            let _ = write!(text, " {exported}: {local},");
        }
        text
    }
}

/// Leaves out types and comments, which are a quarter of what would be sent. `/**` and lines that begin with `//` are
/// comments in every module: no text of a page contains them.
fn without_comments(source: &str) -> String {
    let mut code = String::with_capacity(source.len());
    let mut rest = source;
    while let Some((before, comment)) = rest.split_once("/**") {
        code.push_str(before);
        rest = comment.split_once("*/").map_or("", |(_, after)| after);
    }
    code.push_str(rest);
    let lines = code.lines().filter(|line| {
        let line = line.trim_start();
        !line.is_empty() && !line.starts_with("//")
    });
    lines.flat_map(|line| [line, "\n"]).collect()
}

/// The modules in `import("...")`.
fn later(path: &str, code: &str) -> Vec<(String, String)> {
    let calls = code.split("import(\"").skip(1);
    let named = calls.filter_map(|call| call.split_once("\")").map(|(from, _)| from));
    named.map(|from| (from.to_owned(), resolve(path, from))).collect()
}

/// `a, b as c`: the first name is that of the side that gives it.
fn names_of(text: &str) -> Option<Vec<Name>> {
    let listed = text.split(',').map(str::trim).filter(|name| !name.is_empty());
    let names = listed.map(|name| {
        let (exported, local) = name.split_once(" as ").unwrap_or((name, name));
        let is_known = is_name(exported) && is_name(local);
        is_known.then(|| Name { exported: exported.to_owned(), local: local.to_owned() })
    });
    names.collect()
}

/// `a, b as c`, where the first name is that inside the module.
fn exports_of(text: &str) -> Option<Vec<Name>> {
    let names = names_of(text)?.into_iter();
    Some(names.map(|Name { exported, local }| Name { exported: local, local: exported }).collect())
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(is_letter)
}

fn is_letter(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '_' | '$')
}

/// The path below `web/` of a module that another one names.
fn resolve(path: &str, from: &str) -> String {
    let mut parts: Vec<&str> = path.split('/').collect();
    parts.pop();
    for part in from.split('/') {
        match part {
            "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

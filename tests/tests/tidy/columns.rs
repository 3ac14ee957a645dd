//! Comments and documents stay narrow enough to be read side by side on one screen.
//!
//! Code, tables, and text that cannot be broken, such as a URL, may be longer.

use crate::{Source, assert_none, is_of_kind, root, sources};
use std::fs;

/// The largest number of characters on a line of prose.
const COLUMNS_MAX: usize = 120;

/// Files that a program writes from measurements.
const MEASURED: &[&str] = &["tests/simulator/defects.md"];

/// Extensions of files with comments that begin with `#`.
const HASHED: [&str; 5] = ["toml", "yaml", "yml", "sh", "service"];

/// Files in folders that `sources` skips.
const HIDDEN: [&str; 5] = [".cargo/config.toml", ".ci/run", ".ci/full", ".ci/parts.sh", ".ci/walk"];

fn wrong(source: &Source) -> Vec<String> {
    let lines: Vec<(usize, &str)> = if source.is_rust() {
        comments(source.text()).collect()
    } else if is_of_kind(&source.path, "md") && !MEASURED.contains(&source.path.as_str()) {
        prose(source.text())
    } else if is_hashed(&source.path) {
        hashed(source.text()).collect()
    } else {
        Vec::new()
    };
    let too_wide =
        lines.into_iter().filter(|(_, line)| line.chars().count() > COLUMNS_MAX && can_be_broken(line));
    too_wide
        .map(|(number, _)| format!("{}:{number} is wider than {COLUMNS_MAX} columns", source.path))
        .collect()
}

/// The comment lines of Rust code outside tables, with their numbers.
fn comments(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines = text.lines().enumerate().map(|(index, line)| (index + 1, line));
    lines.filter(|(_, line)| {
        let line = line.trim_start();
        let said = line.trim_start_matches(['/', '!']).trim_start();
        line.starts_with("//") && !said.starts_with('|')
    })
}

fn is_hashed(path: &str) -> bool {
    HASHED.iter().any(|kind| is_of_kind(path, kind)) || HIDDEN.contains(&path)
}

/// The comment lines of a script or configuration, with their numbers.
fn hashed(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines = text.lines().enumerate().map(|(index, line)| (index + 1, line));
    lines.filter(|(_, line)| line.trim_start().starts_with('#') && !line.starts_with("#!"))
}

/// The lines of a document outside code and tables, with their numbers.
fn prose(text: &str) -> Vec<(usize, &str)> {
    let (mut found, mut is_fenced) = (Vec::new(), false);
    for (index, line) in text.lines().enumerate() {
        let said = line.trim_start();
        is_fenced ^= said.starts_with("```");
        let is_code = is_fenced || line.starts_with("    ");
        if !is_code && !said.starts_with('|') {
            found.push((index + 1, line));
        }
    }
    found
}

/// Returns whether the line has a space where it could be broken. Spaces inside code and links do not count.
fn can_be_broken(line: &str) -> bool {
    let mut is_code = false;
    let mut depth = 0_usize;
    let said =
        line.trim_start_matches(|character: char| character.is_whitespace() || "/!-*#".contains(character));
    said.chars().take(COLUMNS_MAX).any(|character| {
        match character {
            '`' => is_code = !is_code,
            '[' | '(' => depth += 1,
            ']' | ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        character == ' ' && !is_code && depth == 0
    })
}

#[test]
fn prose_is_narrow() {
    let hidden = HIDDEN.map(|path| Source {
        path: path.to_owned(),
        bytes: fs::read(root().join(path)).expect("a file that is named here"),
    });
    assert_none(&sources().iter().chain(&hidden).flat_map(wrong).collect::<Vec<_>>());
}

#[test]
fn a_line_that_is_too_wide_is_found() {
    let wide = "word ".repeat(30);
    let link = format!("[a]({})", "x".repeat(130));
    let of =
        |path: &str, text: String| wrong(&Source { path: path.to_owned(), bytes: text.into_bytes() }).len();
    #[rustfmt::skip]
    let table = [
        ("a.rs",       format!("/// {wide}\n"),                    1),
        ("a.rs",       format!("    // {wide}\n"),                 1),
        ("a.rs",       format!("/// | {wide} |\n"),                0),
        ("a.rs",       format!("let a = \"{wide}\";\n"),           0),
        ("a.md",       format!("{wide}\n"),                        1),
        ("a.md",       format!("   {wide}\n"),                     1),
        ("a.md",       format!("| {wide} |\n"),                    0),
        ("a.md",       format!("    {wide}\n"),                    0),
        ("a.md",       format!("```\n{wide}\n```\n"),              0),
        ("a.md",       format!("{link}\n"),                        0),
        ("a.sh",       format!("# {wide}\n"),                      1),
        ("a.sh",       format!("#!{wide}\n"),                      0),
        ("a.sh",       format!("echo {wide}\n"),                   0),
        ("a.yaml",     format!("  # {wide}\n"),                    1),
        ("a.service",  format!("# {wide}\n"),                      1),
        (".ci/run",    format!("# {wide}\n"),                      1),
        ("a.toml",     format!("#{wide}\n"),                       1),
        ("a.py",       format!("# {wide}\n"),                      0),
    ];
    for (path, text, expected) in table {
        assert_eq!(of(path, text.clone()), expected, "{path}: {text}");
    }
}

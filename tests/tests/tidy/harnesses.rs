//! A library or binary without tests in its sources must switch test builds off, and a library without examples
//! doctests. Otherwise cargo builds and links empty test programs and starts rustdoc for nothing.

use crate::{Source, assert_none, sources};

/// A crate: its manifest and sources.
#[derive(Clone, Copy)]
struct Crate<'a> {
    folder: &'a str,
    manifest: &'a str,
    sources: &'a [Source],
}

impl Crate<'_> {
    fn has(self, file: &str, is_wanted: fn(&str) -> bool) -> bool {
        let start = format!("{}/src/{file}", self.folder);
        self.sources.iter().any(|source| source.path.starts_with(&start) && is_wanted(source.text()))
    }

    /// Returns whether a section of the manifest sets this option to false.
    fn is_off(self, section: &str, what: &str) -> bool {
        let sections = self.manifest.split("\n[");
        let mut named = sections.filter_map(|text| text.trim_start_matches('[').split_once('\n'));
        named.any(|(name, lines)| {
            let name = name.trim_end_matches(']');
            name == section && lines.lines().any(|line| line == format!("{what} = false"))
        })
    }

    fn wrong(self) -> Vec<String> {
        let (has_library, has_program) = (self.has("lib.rs", |_| true), self.has("main.rs", |_| true));
        let program_has_tests = self.has("main.rs", has_tests) || (!has_library && self.has("", has_tests));
        let expected = [
            (has_library, "lib", "test", self.has("", has_tests)),
            (has_library, "lib", "doctest", self.has("", has_examples)),
            (has_program, "bin", "test", program_has_tests),
        ];
        let wrong = expected.into_iter().filter_map(|(is_there, section, what, is_needed)| {
            let (folder, is_off) = (self.folder, self.is_off(section, what));
            match (is_there, is_off, is_needed) {
                (true, true, true) => {
                    Some(format!("{folder}/Cargo.toml: [{section}] switches a {what} off that is there"))
                }
                (true, false, false) => Some(format!(
                    "{folder}/Cargo.toml: write {what} = false in [{section}], as there is none"
                )),
                _ => None,
            }
        });
        wrong.collect()
    }
}

fn has_tests(text: &str) -> bool {
    ["#[test]", "#[tokio::test", "cfg(test)"].iter().any(|mark| text.contains(mark))
}

fn has_examples(text: &str) -> bool {
    let fences = ["//! ```", "/// ```"];
    text.lines().any(|line| fences.iter().any(|fence| line.trim_start().starts_with(fence)))
}

#[test]
fn every_built_test_program_has_tests() {
    let sources = sources();
    let manifests =
        sources.iter().filter_map(|source| Some((source.path.strip_suffix("/Cargo.toml")?, source)));
    let wrong = manifests
        .flat_map(|(folder, source)| Crate { folder, manifest: source.text(), sources: &sources }.wrong());
    assert_none(&wrong.collect::<Vec<_>>());
}

#[test]
fn a_harness_too_many_and_one_too_few_are_found() {
    let file = |path: &str, text: &str| Source { path: path.to_owned(), bytes: text.into() };
    let with = [
        file("a/src/lib.rs", "//! ```\n//! assert!(true)\n//! ```\nmod b;"),
        file("a/src/b.rs", "#[test]\nfn x() {}"),
        file("a/src/main.rs", "fn main() {}"),
    ];
    let without = [file("a/src/lib.rs", "//! What it is.")];
    let on = "[package]\nname = \"a\"\n\n[lints]\nworkspace = true\n";
    let off = "[package]\n\n[lib]\ndoctest = false\ntest = false\n\n[[bin]]\nname = \"a\"\ntest = false\n\n[lints]\n";
    let wrong = |manifest, sources| Crate { folder: "a", manifest, sources }.wrong();
    assert_eq!(
        wrong(off, &with),
        [
            "a/Cargo.toml: [lib] switches a test off that is there",
            "a/Cargo.toml: [lib] switches a doctest off that is there",
        ]
    );
    assert_eq!(wrong(on, &with), ["a/Cargo.toml: write test = false in [bin], as there is none"]);
    assert_eq!(
        wrong(on, &without),
        [
            "a/Cargo.toml: write test = false in [lib], as there is none",
            "a/Cargo.toml: write doctest = false in [lib], as there is none",
        ]
    );
    assert_eq!(wrong(off, &without), [""; 0]);
}

//! Pages of a few modules, joined; and the pages of `web/` themselves.

use evens_pages::{JoinError, JoinedPage, join};
use std::collections::HashMap;
use std::path::Path;

const DOCUMENT: &str = r#"<link rel="icon" href="/shared/icon.svg" />
<link rel="stylesheet" href="/shared/a.css" />
<link rel="stylesheet" href="/shared/b.css" />
<script type="module" src="/player/main.js"></script>
"#;

/// Joins a page with the given modules beside a document, two stylesheets and an icon.
fn join_modules(modules: &[(&str, &str)]) -> Result<JoinedPage, JoinError> {
    let rest = [
        ("player/index.html", DOCUMENT),
        ("shared/icon.svg", "<svg/>"),
        ("shared/a.css", "a {}\n"),
        ("shared/b.css", "b {}\n"),
    ];
    let files: HashMap<&str, &str> = rest.into_iter().chain(modules.iter().copied()).collect();
    join("player/index.html", |path| files.get(path).map(|text| (*text).to_owned()))
}

/// The text of the one file with that beginning and end.
fn file<'a>(page: &'a JoinedPage, begin: &str, end: &str) -> &'a str {
    let mut found = page.files.iter().filter(|(path, _)| {
        let hash = path.strip_prefix(begin).and_then(|rest| rest.strip_suffix(end));
        hash.is_some_and(|hash| hash.len() == 16 && hash.bytes().all(|letter| letter.is_ascii_hexdigit()))
    });
    let (path, text) = found.next().unwrap_or_else(|| panic!("{begin}*{end} in {:?}", page.files.keys()));
    assert!(found.next().is_none());
    assert!(page.html.contains(&format!("\"/{path}\"")) || begin.contains("-later-"), "{}", page.html);
    text
}

#[test]
fn a_page_has_one_script_and_one_stylesheet() {
    let page = join_modules(&[
        ("player/main.js", "import { sum, two as second } from \"../shared/sum.js\";\nimport Plot from \"../vendor/plot.js\";\n\nawait sum(second);\nconst { late } = await import(\"./later.js\");\n"),
        ("player/later.js", "export const late = 1;\n"),
        ("shared/sum.js", "// A comment.\nimport {\n  one,\n} from \"./one.js\";\n\n/** @param {number} a */\nexport function sum(a) {\n  return a + one;\n}\nexport const { two } = { two: 2 };\nexport { one as first } from \"./one.js\";\n"),
        ("shared/one.js", "const one = 1; // one\nexport { one };\n"),
        ("vendor/plot.js", "/* licence */\nconst p=1;export{p as default,p as q};\n"),
    ])
    .unwrap();
    let later = page.files.keys().find(|path| path.starts_with("joined/player-later-")).unwrap();
    let expected = format!(
        "// shared/one.js
const $0 = (() => {{
const one = 1; // one
return {{ one: one, }};
}})();
// shared/sum.js
const $1 = (() => {{
const {{ one: one, }} = $0;
const {{ one: one$, }} = $0;
function sum(a) {{
  return a + one;
}}
const {{ two }} = {{ two: 2 }};
return {{ sum: sum, two: two, first: one$, }};
}})();
// vendor/plot.js
const $2 = (() => {{
/* licence */
const p=1;return {{ default: p, q: p, }};
}})();
// player/main.js
const {{ sum: sum, two: second, }} = $1;
const {{ default: Plot, }} = $2;
await sum(second);
const {{ late }} = await import(\"/{later}\");
export {{ }};
"
    );
    assert_eq!(file(&page, "joined/player-", ".js"), expected);
    assert_eq!(page.files[later], "// player/later.js\nconst late = 1;\nexport { late as late, };\n");
    assert_eq!(file(&page, "joined/player-", ".css"), "a {}\nb {}\n");
    assert_eq!(file(&page, "joined/player-icon-", ".svg"), "<svg/>");
    assert_eq!(page.html.lines().count(), 3, "{}", page.html);
}

#[test]
fn another_content_has_another_name() {
    let [one, two] = ["1;\n", "2;\n"].map(|text| join_modules(&[("player/main.js", text)]).unwrap());
    let names = |page: &JoinedPage| page.files.keys().cloned().collect::<Vec<_>>();
    let changed = names(&one).iter().filter(|name| !names(&two).contains(name)).count();
    assert_eq!(changed, 1);
    assert_ne!(one.html, two.html);
}

#[test]
fn a_module_of_another_form_is_named() {
    let unknown = |line: &str| JoinError::UnknownForm { path: "player/main.js".into(), line: line.into() };
    let missing = JoinError::Missing { path: "player/none.js".into(), from: "player/main.js".into() };
    let changing = JoinError::ChangingExport { path: "player/main.js".into(), name: "count".into() };
    #[rustfmt::skip]
    let table: [(&str, JoinError); 8] = [
        ("import { a } from \"./none.js\";",      missing),
        ("export let count = 0;",                changing),
        ("import * as all from \"./a.js\";",     unknown("import * as all from \"./a.js\";")),
        ("import \"./a.js\";",                   unknown("import \"./a.js\";")),
        ("import { a } from \"./a.js\"",         unknown("import { a } from \"./a.js\"")),
        ("export default function () {}",        unknown("export default function () {}")),
        ("export * from \"./a.js\";",            unknown("export * from \"./a.js\";")),
        ("import { a } from \"./main.js\";",     JoinError::Circle { path: "player/main.js".into() }),
    ];
    for (text, expected) in table {
        let found = join_modules(&[("player/main.js", text), ("player/a.js", "export const a = 1;\n")]);
        assert_eq!(found, Err(expected), "{text}");
    }
}

#[test]
fn a_module_is_not_loaded_twice() {
    let found = join_modules(&[
        ("player/main.js", "import { a } from \"./a.js\";\nawait import(\"./later.js\");\n"),
        ("player/later.js", "import { a } from \"./a.js\";\n"),
        ("player/a.js", "export const a = 1;\n"),
    ]);
    let expected = JoinError::Shared { path: "player/a.js".into(), later: "player/later.js".into() };
    assert_eq!(found, Err(expected));
}

#[test]
fn the_pages_of_this_repository_are_joined() {
    let web = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web");
    for page in ["player/index.html", "console/index.html"] {
        let joined = join(page, |path| std::fs::read_to_string(web.join(path)).ok()).unwrap();
        let of = |extension: &str| joined.files.keys().filter(|path| path.ends_with(extension)).count();
        // The page's script, and one for each of two other languages.
        assert_eq!([of(".js"), of(".css"), of(".svg")], [3, 1, 1], "{:?}", joined.files.keys());
    }
}

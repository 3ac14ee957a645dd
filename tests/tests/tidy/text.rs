//! Banned text, the folders where it is banned, and its replacement.

use crate::{Source, assert_none, is_page, is_rust, sources};

struct Banned {
    text: &'static str,
    /// Path prefixes of the files concerned.
    within: &'static [&'static str],
    instead: &'static str,
    /// Files or folders with permission, and the reason.
    except: &'static [(&'static str, &'static str)],
}

const MONEY: &[&str] = &[
    "functions/",
    "shared/audit-log/src",
    "shared/audit/src",
    "shared/books/src",
    "shared/draws/src",
    "shared/exchange/src",
    "shared/games/src",
    "shared/jackpots/src",
    "shared/ledger/src",
    "shared/own-limits/src",
    "shared/payments/src",
    "shared/players/src",
    "shared/providers/src",
    "shared/records/src",
    "shared/store/src",
];
const EVERYWHERE: &[&str] = &["shared/", "functions/", "infra/", "tests/"];
const PRODUCT: &[&str] = &["shared/", "functions/"];

/// The code that draws a period, or that the draw depends on (M7).
const DRAWS: &[&str] = &[
    "functions/game-clock/src/",
    "shared/games/src/block.rs",
    "shared/games/src/drawn.rs",
    "shared/games/src/entropy.rs",
    "shared/games/src/period.rs",
    "shared/games/src/take_block.rs",
];

/// The tests of a crate, beside its sources.
const TESTS: (&str, &str) = ("/tests/", "a test says when it is, and may look at the clock");

/// A function's entry point, which runs before its first job or request (C23).
const START: (&str, &str) = ("/src/main.rs", "it is the start, and what it makes serves every job");

const CLOCK: &[(&str, &str)] = &[
    ("shared/runtime/src/clock.rs", "it is the clock"),
    ("infra/embedded-sqs/src/server/state.rs", "a server of its own, with a clock of its own"),
    ("infra/sandbox-provider/src/server/state.rs", "a server of its own, with a clock of its own"),
    ("tests/", "scenarios run in the real time"),
    TESTS,
];

const FLOAT: &[(&str, &str)] = &[
    ("shared/store/src/sdk/convert.rs", "units of capacity, which the SDK gives as floats"),
    ("shared/store/src/table/capacity.rs", "units of capacity, which engines give as floats"),
];

const BANNED: &[Banned] = &[
    Banned { text: "GameBet", within: DRAWS, instead: "nothing: no bet has a part in a draw", except: &[] },
    Banned {
        text: "Exposure",
        within: DRAWS,
        instead: "nothing: no stake has a part in a draw",
        except: &[],
    },
    Banned {
        text: "Distribution",
        within: DRAWS,
        instead: "nothing: no stake has a part in a draw",
        except: &[],
    },
    Banned { text: "load_lane", within: DRAWS, instead: "nothing: no bet has a part in a draw", except: &[] },
    Banned {
        text: "load_period_bets_eventually",
        within: DRAWS,
        instead: "nothing: no bet has a part in a draw",
        except: &[],
    },
    Banned { text: "f32", within: MONEY, instead: "Amount", except: FLOAT },
    Banned { text: "f64", within: MONEY, instead: "Amount", except: FLOAT },
    Banned { text: "SystemTime::now", within: EVERYWHERE, instead: "context.clock.now()", except: CLOCK },
    Banned { text: "Timestamp::now", within: EVERYWHERE, instead: "context.clock.now()", except: CLOCK },
    Banned {
        text: "aws_sdk_",
        within: &["functions/"],
        instead: "a function of Store or Queues",
        except: &[TESTS],
    },
    Banned {
        text: "aws_sdk_dynamodb",
        within: &["shared/"],
        instead: "a function of Store",
        except: &[
            ("shared/store/src/sdk/", "the table through the SDK"),
            ("shared/store/src/lib.rs", "is given a client"),
            ("shared/runtime/src/clients.rs", "makes the client"),
            ("shared/runtime/src/request_token.rs", "a part of the client"),
            ("shared/runtime/src/table_timer.rs", "a part of the client"),
            TESTS,
        ],
    },
    Banned {
        text: "aws_sdk_sqs",
        within: &["shared/"],
        instead: "a function of Queues",
        except: &[
            ("shared/queues/src/sdk/", "the queues through the SDK"),
            ("shared/queues/src/queues.rs", "is given a client"),
            ("shared/runtime/src/", "makes the client and passes it on"),
            TESTS,
        ],
    },
    Banned {
        text: "aws_sdk_secretsmanager",
        within: &["shared/"],
        instead: "read_secret",
        except: &[("shared/runtime/src/secret.rs", "reads a secret, whoever needs it")],
    },
    Banned {
        text: "env::var",
        within: PRODUCT,
        instead: "a field of Settings",
        except: &[
            ("shared/runtime/src/settings/mod.rs", "reads the environment once"),
            ("shared/runtime/src/clients.rs", "reads the SDK's own variables once"),
            TESTS,
        ],
    },
    Banned {
        text: "Context::from_env",
        within: &["functions/"],
        instead: "a parameter: main.rs makes it once",
        except: &[START],
    },
    Banned {
        text: "HttpsClient::new",
        within: &["functions/"],
        instead: "a client that is made with the worker, and kept",
        except: &[("functions/notifications/src/webhook.rs", "it is made with the worker")],
    },
    Banned {
        text: "DATABASE",
        within: EVERYWHERE,
        instead: "PhoneNumber::parse, in a function that loads the numbering plans when it starts",
        except: &[("shared/players/src/phone.rs", "the only file that looks at the numbering plans"), TESTS],
    },
    Banned {
        text: "#[path",
        within: EVERYWHERE,
        instead: "a module where it is, or a crate that both depend on",
        except: &[],
    },
    Banned {
        text: "allow(dead_code",
        within: EVERYWHERE,
        instead: "nothing, and delete what is not used",
        except: &[],
    },
    Banned { text: "dbg!", within: EVERYWHERE, instead: "tracing::debug!", except: &[] },
    Banned {
        text: "todo!",
        within: EVERYWHERE,
        instead: "the code, or an outcome that says no",
        except: &[],
    },
    Banned {
        text: "unimplemented!",
        within: EVERYWHERE,
        instead: "the code, or an outcome that says no",
        except: &[],
    },
    Banned { text: "println!", within: PRODUCT, instead: "tracing::info!", except: &[TESTS] },
    Banned { text: "eprintln!", within: PRODUCT, instead: "tracing::warn!", except: &[TESTS] },
];

/// Text that must not be written in pages, and what to write instead: a string never becomes elements, and the content
/// policy of the pages blocks styles in attributes.
const BANNED_IN_PAGES: &[(&str, &str)] = &[
    ("unsafeHTML", "a template: it passes any string through the policy of lit-html"),
    ("unsafeSVG", "a template: it passes any string through the policy of lit-html"),
    ("innerHTML", "a template, or textContent"),
    ("outerHTML", "a template, or textContent"),
    ("insertAdjacentHTML", "a template, or textContent"),
    ("styleMap", "a class, or an attribute of SVG"),
    (" style=", "a class, or an attribute of SVG"),
];

fn wrong_in_page(source: &Source) -> Vec<String> {
    let mut wrong = Vec::new();
    for (index, line) in source.text().lines().enumerate().filter(|_| is_page(&source.path)) {
        let found = BANNED_IN_PAGES.iter().filter(|(text, _)| line.contains(text));
        wrong.extend(
            found.map(|(text, instead)| format!("{}:{}: {text}; write {instead}", source.path, index + 1)),
        );
    }
    wrong
}

impl Banned {
    fn concerns(&self, path: &str) -> bool {
        let is_anywhere = |place: &str| [TESTS.0, START.0].contains(&place) && path.contains(place);
        let is_excepted = |place: &str| path.starts_with(place) || is_anywhere(place);
        self.within.iter().any(|folder| path.starts_with(folder))
            && !self.except.iter().any(|(place, _)| is_excepted(place))
    }

    fn wrong(&self, source: &Source) -> Vec<String> {
        if !source.is_rust() || !self.concerns(&source.path) {
            return Vec::new();
        }
        let found = source.text().lines().enumerate().filter(|(_, line)| has_word(code(line), self.text));
        found
            .map(|(index, _)| format!("{}:{}: {}; write {}", source.path, index + 1, self.text, self.instead))
            .collect()
    }
}

/// The line without its comment.
fn code(line: &str) -> &str {
    if line.trim_start().starts_with("//") { "" } else { line.split(" // ").next().unwrap_or(line) }
}

/// Returns whether the line has this word outside string literals, and not as a part of a longer word.
fn has_word(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(start, _)| {
        let before = line[..start].chars().next_back();
        let after = line[start + word.len()..].chars().next();
        let is_part = |character: char| character.is_alphanumeric() || character == '_';
        let starts = !before.is_some_and(|before| is_part(before) || before == '"');
        // Text that ends with a sign or an underscore is a prefix.
        starts && (!word.ends_with(char::is_alphanumeric) || !after.is_some_and(is_part))
    })
}

/// Lint exceptions without a reason.
fn unexplained(source: &Source) -> Vec<String> {
    if !source.is_rust() {
        return Vec::new();
    }
    let text = source.text();
    let mut wrong = Vec::new();
    for opening in ["[allow(", "[expect("] {
        for (start, _) in text.match_indices(opening) {
            let line = text[..start].lines().count();
            let before = text[..start].lines().next_back().unwrap_or_default().trim_start();
            let is_attribute = ["#", "#!"].contains(&before);
            let attribute = text[start..].split(")]").next().unwrap_or_default();
            if is_attribute && !attribute.contains("reason = ") {
                wrong.push(format!("{}:{line}: an exception from a lint without a reason", source.path));
            }
        }
    }
    wrong
}

#[test]
fn nothing_banned_is_written() {
    let sources = sources();
    let banned = |source| BANNED.iter().flat_map(move |banned| banned.wrong(source));
    assert_none(&sources.iter().flat_map(banned).collect::<Vec<_>>());
}

#[test]
fn nothing_banned_is_written_in_pages() {
    assert_none(&sources().iter().flat_map(wrong_in_page).collect::<Vec<_>>());
}

#[test]
fn text_that_is_banned_in_pages_is_found() {
    let rows = [
        ("web/player/a.js", "html`<p style=${x}>`", 1),
        ("web/player/a.js", "element.innerHTML = name;", 1),
        ("web/player/index.html", "<p style=\"color: red\">", 1),
        ("web/player/a.js", "import { unsafeHTML, styleMap } from \"lit\";", 2),
        ("web/vendor/lit-html.js", "t.innerHTML=e", 0),
        ("docs/games/verify.html", "<p style=\"color: red\">", 0),
    ];
    for (path, text, expected) in rows {
        let source = Source { path: path.to_owned(), bytes: text.as_bytes().to_vec() };
        assert_eq!(wrong_in_page(&source).len(), expected, "{path}: {text}");
    }
}

#[test]
fn every_exception_from_a_lint_has_a_reason() {
    assert_none(&sources().iter().flat_map(unexplained).collect::<Vec<_>>());
}

/// An unneeded exception must be removed, because limits only tighten.
#[test]
fn every_exception_from_a_ban_is_needed() {
    let sources = sources();
    let mut idle = Vec::new();
    for banned in BANNED {
        for (place, _) in banned.except.iter().filter(|(place, _)| is_rust(place)) {
            let lines = sources
                .iter()
                .filter(|source| source.path == *place)
                .flat_map(|source| source.text().lines());
            if !lines.into_iter().any(|line| has_word(code(line), banned.text)) {
                idle.push(format!("{place} has no {}", banned.text));
            }
        }
    }
    // In tables shared by several rows, not every row needs every file.
    let shared =
        |line: &String| CLOCK.iter().chain(FLOAT).chain([&START]).any(|(place, _)| line.starts_with(place));
    idle.retain(|line| !shared(line));
    assert_none(&idle);
}

#[test]
fn banned_text_is_found() {
    let rows = [
        ("shared/ledger/src/a.rs", "let a: f64 = 1.0;", 1),
        ("shared/ledger/src/a.rs", "// never an f64", 0),
        ("shared/ledger/src/a.rs", "let a = 1; // not an f64", 0),
        ("shared/ledger/src/a.rs", "let buf64 = 1;", 0),
        ("shared/store/src/table/capacity.rs", "let a: f64 = 1.0;", 0),
        ("shared/runtime/src/a.rs", "let a: f64 = 1.0;", 0),
        ("functions/bets/src/a.rs", "use aws_sdk_sqs::Client;", 1),
        ("shared/store/src/wallet/a.rs", "use aws_sdk_dynamodb::Client;", 1),
        ("shared/store/src/sdk/a.rs", "use aws_sdk_dynamodb::Client;", 0),
        ("shared/queues/src/a.rs", "use aws_sdk_sqs::Client;", 1),
        ("shared/queues/src/sdk/a.rs", "use aws_sdk_sqs::Client;", 0),
        ("functions/bets/src/a.rs", "let now = Timestamp::now();", 1),
        ("shared/runtime/src/clock.rs", "Self::from_fn(Timestamp::now)", 0),
        ("shared/store/tests/a.rs", "let now = Timestamp::now();", 0),
        ("infra/evens/src/a.rs", "dbg!(1);", 1),
        ("tests/tests/a.rs", "#[path = \"../b.rs\"]", 1),
        ("tests/tests/a.rs", concat!("#[allow(dead", "_code, reason = \"two binaries\")]"), 1),
        ("shared/store/src/a.rs", "println!(\"x\");", 1),
        ("shared/store/src/a.rs", "eprintln!(\"x\");", 1),
        ("infra/evens/src/commands/a.rs", "println!(\"x\");", 0),
        ("functions/bets/src/a.rs", "std::env::var(\"X\")", 1),
        ("functions/game-clock/src/a.rs", "Exposure::of(game, [])", 1),
        ("shared/games/src/period.rs", "store.load_lane(period, lane)", 1),
        ("shared/games/src/exposure.rs", "Exposure::of(game, [])", 0),
        ("functions/bets/src/handler.rs", "Context::from_env(&[]).await", 1),
        ("functions/bets/src/main.rs", "Context::from_env(&[]).await", 0),
        ("functions/bets/src/handler.rs", "HttpsClient::new(&endpoint)", 1),
        ("docs/a.md", "dbg!(1)", 0),
    ];
    for (path, text, expected) in rows {
        let source = Source { path: path.to_owned(), bytes: text.as_bytes().to_vec() };
        let found: Vec<_> = BANNED.iter().flat_map(|banned| banned.wrong(&source)).collect();
        assert_eq!(found.len(), expected, "{path}: {text}: {found:?}");
    }
}

#[test]
fn an_exception_without_a_reason_is_found() {
    let rows = [
        ("#[allow(clippy::x)]\n", 1),
        ("#![expect(clippy::x)]\n", 1),
        ("#[allow(\n    clippy::x,\n    reason = \"because\"\n)]\n", 0),
        ("let a = [expect(1)];\n", 0),
    ];
    for (text, expected) in rows {
        let source = Source { path: "a.rs".to_owned(), bytes: text.as_bytes().to_vec() };
        assert_eq!(unexplained(&source).len(), expected, "{text}");
    }
}

//! Dependencies between crates point one way: section 2 of the design, checked on the manifests.

use crate::{assert_none, root};
use serde_json::Value;
use std::process::Command;

/// The crates that a folder may depend on. The first matching row applies.
struct Row {
    of: &'static str,
    on: &'static [&'static str],
}

/// The crates with the rules of each domain.
const DOMAINS: &[&str] = &[
    "shared/audit-log",
    "shared/draws",
    "shared/exchange",
    "shared/games",
    "shared/idempotency",
    "shared/jackpots",
    "shared/ledger",
    "shared/live",
    "shared/own-limits",
    "shared/payments",
    "shared/players",
    "shared/switches",
];

/// The crates whose data is in the books.
const BOOKS: &[&str] = &[
    "shared/audit-log",
    "shared/draws",
    "shared/exchange",
    "shared/games",
    "shared/idempotency",
    "shared/jackpots",
    "shared/ledger",
    "shared/own-limits",
    "shared/payments",
    "shared/players",
    "shared/records",
    "shared/switches",
];

/// The crates between which the store translates: those of the books, and the calls of the table.
const STORE: &[&str] = &[
    "shared/audit-log",
    "shared/draws",
    "shared/exchange",
    "shared/games",
    "shared/idempotency",
    "shared/jackpots",
    "shared/ledger",
    "shared/own-limits",
    "shared/payments",
    "shared/players",
    "shared/records",
    "shared/switches",
    "shared/table",
];

const ARROWS: &[Row] = &[
    Row { of: "shared/ledger", on: &[] },
    Row { of: "shared/breaker", on: &[] },
    Row { of: "shared/draws", on: &["shared/ledger"] },
    Row { of: "shared/own-limits", on: &["shared/ledger"] },
    Row { of: "shared/idempotency", on: &["shared/ledger"] },
    Row {
        of: "shared/exchange",
        on: &["shared/draws", "shared/idempotency", "shared/ledger", "shared/own-limits"],
    },
    Row {
        of: "shared/games",
        on: &["shared/draws", "shared/idempotency", "shared/ledger", "shared/own-limits"],
    },
    Row {
        of: "shared/jackpots",
        on: &["shared/draws", "shared/games", "shared/idempotency", "shared/ledger"],
    },
    Row { of: "shared/players", on: &["shared/ledger"] },
    Row {
        of: "shared/payments",
        on: &["shared/idempotency", "shared/ledger", "shared/own-limits", "shared/players"],
    },
    Row { of: "shared/audit-log", on: &["shared/ledger"] },
    Row { of: "shared/switches", on: &["shared/audit-log", "shared/ledger"] },
    Row {
        of: "shared/live",
        on: &[
            "shared/draws",
            "shared/exchange",
            "shared/games",
            "shared/idempotency",
            "shared/ledger",
            "shared/payments",
            "shared/players",
        ],
    },
    Row { of: "shared/records", on: DOMAINS },
    Row { of: "shared/contracts", on: DOMAINS },
    Row { of: "shared/audit", on: BOOKS },
    Row { of: "shared/books", on: BOOKS },
    Row { of: "shared/table", on: &[] },
    Row { of: "shared/store", on: STORE },
    Row { of: "shared/metrics", on: &["shared/contracts", "shared/ledger"] },
    Row { of: "shared/queues", on: &["shared/contracts"] },
    Row {
        of: "shared/runtime",
        on: &[
            "shared/audit-log",
            "shared/players",
            "shared/contracts",
            "shared/draws",
            "shared/exchange",
            "shared/games",
            "shared/idempotency",
            "shared/jackpots",
            "shared/ledger",
            "shared/metrics",
            "shared/payments",
            "shared/queues",
            "shared/store",
            "shared/switches",
            "shared/table",
        ],
    },
    Row {
        of: "shared/http",
        on: &[
            "shared/players",
            "shared/contracts",
            "shared/idempotency",
            "shared/ledger",
            "shared/metrics",
            "shared/queues",
            "shared/runtime",
            "shared/store",
            "shared/switches",
        ],
    },
    Row {
        of: "shared/credentials",
        on: &[
            "shared/players",
            "shared/contracts",
            "shared/http",
            "shared/ledger",
            "shared/runtime",
            "shared/store",
        ],
    },
    Row { of: "shared/outbound", on: &["shared/runtime"] },
    Row {
        of: "shared/exclusion-register",
        on: &["shared/breaker", "shared/ledger", "shared/outbound", "shared/own-limits", "shared/runtime"],
    },
    Row { of: "shared/sealing", on: &["shared/ledger", "shared/runtime"] },
    Row {
        of: "shared/providers",
        on: &[
            "shared/breaker",
            "shared/idempotency",
            "shared/ledger",
            "shared/outbound",
            "shared/payments",
            "shared/players",
            "shared/runtime",
        ],
    },
    Row {
        of: "shared/reconciliation",
        on: &[
            "shared/contracts",
            "shared/ledger",
            "shared/payments",
            "shared/providers",
            "shared/queues",
            "shared/runtime",
            "shared/store",
        ],
    },
    Row {
        of: "shared/block-sources",
        on: &["shared/games", "shared/ledger", "shared/outbound", "shared/runtime"],
    },
    Row { of: "functions/", on: &["shared/"] },
    Row { of: "infra/embedded-sqs", on: &[] },
    Row { of: "infra/sandbox-provider", on: &[] },
    Row {
        of: "infra/engines",
        on: &["infra/embedded-sqs", "shared/contracts", "shared/queues", "shared/table"],
    },
    Row { of: "infra/evens", on: &["functions/", "shared/", "infra/"] },
    Row { of: "infra/workers", on: &["functions/", "shared/"] },
    // It shows the jackpots as their function does.
    Row { of: "infra/hub", on: &["functions/", "shared/"] },
    // It writes what each function asks of its host.
    Row { of: "infra/stacks", on: &["functions/", "shared/", "infra/"] },
    Row { of: "infra/pages", on: &["shared/ledger"] },
    // It runs each handler to measure its cost.
    Row { of: "infra/measure", on: &["functions/", "shared/", "infra/"] },
    Row { of: "infra/", on: &["shared/", "infra/"] },
    Row { of: "tests/simulated-table", on: &["shared/table"] },
    Row { of: "tests", on: &["functions/", "shared/", "infra/", "tests"] },
];

/// Tests may also use protocol servers, test doubles, the simulated table, and the features that all builds share.
const TESTS_MAY_USE: &[&str] = &[
    "infra/embedded-sqs",
    "infra/engines",
    "infra/features",
    "infra/sandbox-provider",
    "tests/doubles",
    "tests/simulated-table",
];

/// Crates that must not depend on the outside world, because they decide about money.
const PURE: &[&str] = &[
    "shared/players",
    "shared/audit",
    "shared/audit-log",
    "shared/books",
    "shared/breaker",
    "shared/contracts",
    "shared/draws",
    "shared/exchange",
    "shared/games",
    "shared/idempotency",
    "shared/jackpots",
    "shared/ledger",
    "shared/live",
    "shared/metrics",
    "shared/own-limits",
    "shared/payments",
    "shared/records",
    "shared/switches",
    "shared/table",
];
const IMPURE: &[&str] =
    &["aws-", "axum", "hyper", "lambda", "rand", "reqwest", "rusqlite", "tokio", "tower", "tracing"];

/// A dependency in a manifest.
#[derive(Debug)]
struct Dependency {
    of: String,
    /// The folder of a workspace crate, or the name of an external one.
    on: String,
    is_ours: bool,
    is_for_tests: bool,
}

fn dependencies() -> Vec<Dependency> {
    let mut command = Command::new(env!("CARGO"));
    command.current_dir(root()).args(["metadata", "--no-deps", "--offline", "--format-version", "1"]);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let folder = |path: &str| {
        let path = path.strip_prefix(root().to_str().unwrap()).unwrap_or(path);
        path.trim_start_matches('/').trim_end_matches("/Cargo.toml").to_owned()
    };
    let mut found = Vec::new();
    for package in metadata["packages"].as_array().unwrap() {
        let of = folder(package["manifest_path"].as_str().unwrap());
        for dependency in package["dependencies"].as_array().unwrap() {
            let path = dependency["path"].as_str().map(folder);
            found.push(Dependency {
                of: of.clone(),
                is_ours: path.is_some(),
                on: path.unwrap_or_else(|| dependency["name"].as_str().unwrap().to_owned()),
                is_for_tests: dependency["kind"] == "dev",
            });
        }
    }
    found
}

fn wrong(dependency: &Dependency) -> Option<String> {
    let Dependency { of, on, is_ours, is_for_tests } = dependency;
    let Some(row) = ARROWS.iter().find(|row| of.starts_with(row.of)) else {
        return Some(format!("{of} stands in no row of ARROWS"));
    };
    let fits = |names: &[&str]| names.iter().any(|name| on.starts_with(name));
    if *is_ours {
        let is_allowed = fits(row.on) || (*is_for_tests && fits(TESTS_MAY_USE));
        return (!is_allowed).then(|| format!("{of} depends on {on}; it may depend on {:?}", row.on));
    }
    let is_impure = PURE.contains(&of.as_str()) && !is_for_tests && fits(IMPURE);
    is_impure.then(|| format!("{of} depends on {on}; time, chance and I/O come in as arguments"))
}

#[test]
fn arrows_point_one_way() {
    let all = dependencies();
    assert!(all.len() > 100, "only {} dependencies were found", all.len());
    assert_none(&all.iter().filter_map(wrong).collect::<Vec<_>>());
}

#[test]
fn an_arrow_the_wrong_way_is_found() {
    let rows = [
        ("shared/ledger", "shared/exchange", true, false, true),
        ("shared/store", "functions/bets", true, false, true),
        ("shared/store", "functions/bets", true, true, true),
        ("functions/bets", "functions/wallet", true, false, true),
        ("functions/bets", "infra/engines", true, false, true),
        ("shared/breaker", "shared/ledger", true, false, true),
        ("shared/audit-log", "shared/payments", true, false, true),
        ("shared/players", "shared/store", true, false, true),
        ("shared/runtime", "shared/credentials", true, false, true),
        ("shared/runtime", "shared/http", true, false, true),
        ("shared/exchange", "tokio", false, false, true),
        ("shared/breaker", "tokio", false, false, true),
        ("shared/players", "rand", false, false, true),
        ("shared/contracts", "aws-sdk-sqs", false, false, true),
        ("elsewhere", "serde", false, false, true),
        ("shared/exchange", "shared/ledger", true, false, false),
        ("shared/players", "phonenumber", false, false, false),
        ("shared/credentials", "shared/runtime", true, false, false),
        ("shared/providers", "shared/store", true, false, true),
        ("shared/providers", "infra/sandbox-provider", true, false, true),
        ("shared/queues", "infra/embedded-sqs", true, true, false),
        ("shared/providers", "infra/sandbox-provider", true, true, false),
        ("shared/exchange", "proptest", false, true, false),
        ("functions/bets", "shared/store", true, false, false),
        ("infra/evens", "functions/bets", true, false, false),
    ];
    for (of, on, is_ours, is_for_tests, expected) in rows {
        let dependency = Dependency { of: of.to_owned(), on: on.to_owned(), is_ours, is_for_tests };
        assert_eq!(wrong(&dependency).is_some(), expected, "{dependency:?}");
    }
}

//! Every load scenario, short and small, over a real `evens`: each still runs, loses nothing, and reports its figures.
//!
//! No duration is checked here, because a busy machine must not fail the build.

#![expect(clippy::expect_used, reason = "a test that cannot go on ends there")]

use evens_tests::built;
use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::OnceLock;

/// The program with `evens` beside it, built once.
fn bench() -> Command {
    static PATH: OnceLock<std::path::PathBuf> = OnceLock::new();
    let path: &Path = PATH.get_or_init(|| {
        built("evens");
        built("evens-bench")
    });
    Command::new(path)
}

fn run(arguments: &str) -> Output {
    let arguments = arguments.split_whitespace();
    bench().arg("--json").arg("--only").args(arguments).output().expect("evens-bench starts")
}

/// The measured figures: name, value and limit.
fn figures(output: &Output) -> Vec<(String, f64, Value)> {
    let stderr = String::from_utf8_lossy(&output.stderr);
    let json: Value =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {stderr}"));
    let figure = |row: &Value| {
        let value = row["values"]["evens"][0].as_f64().expect("a figure of evens");
        (row["name"].as_str().expect("a name").to_owned(), value, row["limit"].clone())
    };
    json["rows"].as_array().expect("rows").iter().map(figure).collect()
}

/// Runs a scenario as [`holds`] does, and checks that these figures have the promised limits.
fn promises(arguments: &str, zero: &[&str], measured: &[&str], limits: &[(&str, &str, f64)]) {
    let figures = holds(arguments, zero, measured);
    for (name, kind, limit) in limits {
        let found = figures.iter().find(|(found, ..)| found == name);
        let (.., found) = found.unwrap_or_else(|| panic!("{arguments}: no {name:?} in {figures:?}"));
        assert_eq!(*found, serde_json::json!({ *kind: limit }), "{arguments}: {name}");
    }
}

/// Runs a scenario and returns its figures. The figures in `zero` must be measured and zero, those in `measured` must
/// exist, and the exit code must say whether all limits were kept.
fn holds(arguments: &str, zero: &[&str], measured: &[&str]) -> Vec<(String, f64, Value)> {
    let output = run(arguments);
    let figures = figures(&output);
    let find = |name: &str| {
        let found = figures.iter().find(|(found, ..)| found == name);
        found.unwrap_or_else(|| panic!("{arguments}: no {name:?} in {figures:?}"))
    };
    for name in zero {
        let (_, value, limit) = find(name);
        assert_eq!((*value, &limit["AtMost"]), (0.0, &Value::from(0.0)), "{arguments}: {name}");
    }
    for name in measured {
        assert!(find(name).1 > 0.0, "{arguments}: {name}");
    }
    let is_kept = figures.iter().all(|(_, value, limit)| {
        limit["Below"].as_f64().is_none_or(|below| *value < below)
            && limit["Above"].as_f64().is_none_or(|above| *value > above)
            && limit["AtMost"].as_f64().is_none_or(|most| *value <= most)
            && limit["AtLeast"].as_f64().is_none_or(|least| *value >= least)
    });
    assert_eq!(
        output.status.code(),
        Some(i32::from(!is_kept)),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    figures
}

const NOTHING_LOST: [&str; 3] = ["requests failed", "never settled", "books with violations"];

/// Has the limits of J8, J12 and K13.
#[test]
fn burst() {
    let measured = ["answered/s", "bet p50 ms", "bet p99 ms", "due to settled p99 ms", "processors used, %"];
    let limits = [
        ("bet p50 ms", "Below", 100.0),
        ("bet p99 ms", "Below", 500.0),
        ("due to settled p99 ms", "Below", 500.0),
        ("processors used, %", "Below", 80.0),
        ("match job mean ms", "AtMost", 50.0),
        ("failed after retries, %", "Below", 0.1),
    ];
    promises("burst --users 20 --rate 20 --seconds 2", &NOTHING_LOST, &measured, &limits);
}

/// C29.
#[test]
fn steady() {
    let limits = [
        ("jobs/min", "AtLeast", 5_000.0),
        ("cores used", "Below", 1.0),
        ("memory peak MiB", "Below", 1_024.0),
    ];
    promises("steady --seconds 2", &[], &["jobs/min", "place p50 ms"], &limits);
}

#[test]
fn sustained() {
    let zero = ["50/s: never settled", "final: requests failed", "burst: never settled", NOTHING_LOST[2]];
    let measured =
        ["75/s: bet p50 ms", "100/s: due to settled p50 ms", "final: answered/s", "burst: bet p99 ms"];
    holds("sustained --users 20 --rate 10 --seconds 2", &zero, &measured);
}

#[test]
fn resilience() {
    let zero = ["requests failed", "bets lost", "bets twice", "books with violations"];
    let measured = ["kills", "ms from start to serving, longest", "bets answered", "bet longest ms"];
    holds("resilience --users 10 --rate 10 --seconds 3", &zero, &measured);
}

#[test]
fn light_high_and_peak() {
    for name in ["light", "high", "peak"] {
        let measured = [
            "capacity, requests/s until all has ended",
            "requests/s due",
            "bet p50 ms",
            "page p50 ms",
            "page p99 ms",
            "order p50 ms",
        ];
        let zero = [&NOTHING_LOST[..], &["orders not completed"]].concat();
        let limits = [("deposits/min", "AtLeast", 720.0), ("withdrawals/min", "AtLeast", 60.0)];
        promises(&format!("{name} --users 20 --seconds 4"), &zero, &measured, &limits);
    }
}

#[test]
fn callbacks() {
    let zero = ["deposits not credited", "killed: deposits not credited", "books with violations"];
    let measured = ["callbacks/s", "callback p99 ms", "killed: start ms"];
    let limits = [
        ("callback p99 ms", "Below", 250.0),
        ("callbacks not accepted at once", "AtMost", 0.0),
        ("s until the queues are empty", "AtMost", 180.0),
        ("killed: s until the queues are empty", "AtMost", 180.0),
    ];
    promises("callbacks --rate 20 --seconds 6", &zero, &measured, &limits);
}

#[test]
fn steps() {
    let zero = ["1500 users: requests failed", "3000 users: never settled", NOTHING_LOST[2]];
    holds(
        "steps --users 20 --rate 15 --seconds 2",
        &zero,
        &["2500 users: page p50 ms", "3000 users: bet p50 ms"],
    );
}

#[test]
fn storm() {
    let zero = ["logins refused", "sign-ups refused", "wallets refused"];
    promises(
        "storm --users 8 --rate 4 --seconds 2",
        &zero,
        &["login p50 ms", "sign-up p99 ms", "wallet p50 ms"],
        &[("s until its queues are empty", "AtMost", 60.0)],
    );
}

#[test]
fn sign_up_burst() {
    let zero = ["sign-ups failed", "referrals missing or twice", "referrals not counted", NOTHING_LOST[2]];
    let measured = ["sign-ups with login/s", "sign-up with login p99 ms"];
    promises("sign-up-burst --users 20", &zero, &measured, &[("sign-ups with login/s", "AtLeast", 8.0)]);
}

/// Has the limits of J12.
#[test]
fn backlog() {
    let measured =
        ["s for 20 bonuses", "s for 20 days", "registration job mean ms", "attendance job mean ms"];
    let limits = [
        ("s for 20 bonuses", "AtMost", 60.0),
        ("s for 20 days", "AtMost", 60.0),
        ("registration job mean ms", "AtMost", 80.0),
        ("attendance job mean ms", "AtMost", 150.0),
    ];
    promises("backlog --users 20", &[], &measured, &limits);
}

#[test]
fn jackpots() {
    let zero = [
        "contributions not accepted at once",
        "conflicts left after retries",
        "wins not paid at once",
        "wins not exact",
        NOTHING_LOST[2],
    ];
    let measured = [
        "one group to three",
        "contributions/s",
        "contribution p99 ms",
        "wins",
        "longest win ms",
        "memory MiB at most",
    ];
    let limits = [
        ("one group to three", "AtLeast", 0.9),
        ("contribution p99 ms", "Below", 100.0),
        ("longest win ms", "AtMost", 500.0),
        ("memory growth from the first minute to the fourth, %", "AtMost", 10.0),
    ];
    promises("jackpots --users 50 --rate 20 --seconds 4", &zero, &measured, &limits);
}

#[test]
fn period_rooms() {
    let measured = [
        "against players: accepted/s",
        "K3: accepted/s",
        "one period: accepted/s",
        "many rooms: accepted/s",
        "looks at a room: cache hits of all",
        "periods that ended",
        "period end to result p99 ms",
        "period end to first payout ms",
    ];
    let zero = ["K3: refused", "one period: refused", "many rooms: refused"];
    let limits = [
        ("K3 / against players", "AtLeast", 0.95),
        ("one period / many rooms", "AtLeast", 0.9),
        ("looks at a room: cache hits of all", "Above", 0.9),
        ("period end to result p99 ms", "AtMost", 1_000.0),
        ("period end to first payout ms", "AtMost", 2_000.0),
    ];
    promises("period-rooms --users 400 --seconds 2", &zero, &measured, &limits);
}

#[test]
fn period_crowd() {
    let zero = ["refused", "killed: refused", NOTHING_LOST[2]];
    let measured =
        ["accepted/s", "bets of the period", "s from the end until all are paid", "killed: longest start ms"];
    let limits = [
        ("s from the end until all are paid", "AtMost", 30.0),
        ("killed: s from the end until all are paid", "AtMost", 90.0),
    ];
    promises("period-crowd --users 200 --seconds 2", &zero, &measured, &limits);
}

#[test]
fn live() {
    let measured = [
        "settlements that reached their player",
        "settled to client p99 ms",
        "place p99 ms beside idle sockets",
    ];
    let limits = [
        ("resident KiB an idle socket", "AtMost", 8.0),
        ("cores while all sockets are idle", "AtMost", 0.1),
        ("place p99 beside, of without", "AtMost", 1.1),
        ("broadcast to the last client, the slowest of five, ms", "AtMost", 250.0),
        ("all sockets back s", "AtMost", 30.0),
        ("settled to client p50 ms", "AtMost", 10.0),
        ("settled to client p99 ms", "AtMost", 50.0),
    ];
    promises("live --users 20 --seconds 2", &["bets refused meanwhile"], &measured, &limits);
}

#[test]
fn growth_finds_that_a_bet_costs_the_same() {
    let output = run("growth --bets 4,60 --entries 4,60");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let json: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let series = json["growth"]["series"].as_array().expect("series");
    let sizes = |series: &Value| {
        let columns = series["columns"].as_array().expect("columns");
        columns.iter().map(|column| column["size"].as_u64().expect("a size")).collect::<Vec<_>>()
    };
    assert_eq!(series.iter().map(sizes).collect::<Vec<_>>(), [[4, 60], [4, 60]]);
    let step = |series: usize, name: &str| {
        let steps = json["growth"]["series"][series]["columns"][1]["steps"].as_array().expect("steps");
        let found = steps.iter().find(|step| step["name"] == name);
        found.unwrap_or_else(|| panic!("no {name}")).clone()
    };
    for (series, name, unit) in [
        (0, "place-bet (no opponent)", "write_units"),
        (0, "place-bet (opponent there)", "sqs_requests"),
        (0, "match (joins and settles)", "write_units"),
        (0, "match (joins and settles)", "sqs_requests"),
        (0, "read the round", "read_units"),
        (1, "match (joins and settles)", "write_units"),
        (1, "read a page of the ledger", "read_units"),
        (1, "read a page of the bets", "p50_ms"),
    ] {
        assert!(step(series, name)[unit].as_f64().expect("a number") > 0.0, "{name}: {unit}");
    }
}

#[test]
fn a_limit_that_is_broken_is_said_and_is_a_failure() {
    // Two players log in more often than the rate limit of their phone numbers allows.
    let output = run("storm --users 2 --rate 20 --seconds 3");
    assert_eq!(output.status.code(), Some(1));
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.contains("limit broken: storm: logins refused is"), "{stderr}");
}

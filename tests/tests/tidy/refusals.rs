//! The manual lists a route's refusals in the order of the rule's checks.

use crate::{assert_none, root};
use evens_contracts::{ProblemKind, barred, over_own_limits};
use evens_ledger::Amount;
use evens_own_limits::{Period, PlayBarrier, PlayLimitKind, PlayRefusal};
use jiff::Timestamp;
use std::fs;
use strum::VariantArray;

/// A route in the manual, the outcome type of its rule, and the problem of each variant, in the manual's order.
struct Route {
    heading: &'static str,
    source: &'static str,
    outcome: &'static str,
    /// Problems that are checked before the rule.
    before: &'static [&'static str],
    problems: &'static [(&'static str, &'static [&'static str])],
}

const BARRED: (&str, &[&str]) = ("Barred", &["unavailable", "excluded"]);
const ENDED: (&str, &[&str]) = ("SessionEnded", &["unauthorized"]);
const BLOCKED: (&str, &[&str]) = ("AccountBlocked", &["account-blocked"]);
const KEY_USED: (&str, &[&str]) = ("KeyUsedForAnotherBody", &["idempotency-key-reused"]);
const HELD_BACK: (&str, &[&str]) =
    ("OverOwnLimits", &["excluded", "account-held", "reality-check-due", "over-limit"]);
const INSUFFICIENT: (&str, &[&str]) = ("InsufficientBalance", &["insufficient-balance"]);

const ROUTES: &[Route] = &[
    Route {
        heading: "A bet on a round",
        source: "shared/exchange/src/place_bet.rs",
        outcome: "PlaceBetOutcome",
        before: &[],
        problems: &[
            ENDED,
            ("PlacedBefore", &[]),
            BLOCKED,
            KEY_USED,
            BARRED,
            ("BetsOff", &["switched-off", "paused"]),
            ("RoundNotOpen", &["round-state"]),
            ("RoundPastClosing", &[]),
            ("RunsRound", &["forbidden"]),
            ("StakeTooFine", &["invalid"]),
            ("StakeTooSmall", &[]),
            ("TooManyWaiting", &["too-many-waiting-bets"]),
            HELD_BACK,
            INSUFFICIENT,
            ("UnknownRound", &["not-found"]),
            ("Placed", &[]),
        ],
    },
    Route {
        heading: "A bet on a house game",
        source: "shared/games/src/place_bet.rs",
        outcome: "PlaceGameBetOutcome",
        before: &["not-found"],
        problems: &[
            ENDED,
            ("PlacedBefore", &[]),
            BLOCKED,
            KEY_USED,
            BARRED,
            ("BetsOff", &["switched-off", "paused"]),
            ("RunsPlatform", &["forbidden"]),
            ("PeriodNotOpen", &["period-state"]),
            ("PeriodNotYetOpen", &[]),
            ("PeriodPastClosing", &[]),
            ("StakeTooFine", &["invalid"]),
            ("StakeOutOfRange", &[]),
            ("TooManyBets", &["too-many-game-bets"]),
            ("StakedTooMuch", &["over-limit"]),
            ("PeriodFull", &["period-full"]),
            ("OverExposure", &["exposure-limit"]),
            HELD_BACK,
            INSUFFICIENT,
            ("Placed", &[]),
        ],
    },
    Route {
        heading: "A deposit",
        source: "shared/payments/src/open_deposit.rs",
        outcome: "OpenDepositRefusal",
        before: &["switched-off"],
        problems: &[
            ENDED,
            ("OpenedBefore", &[]),
            BLOCKED,
            KEY_USED,
            BARRED,
            ("DepositsOff", &["switched-off", "paused"]),
            ("Excluded", &["excluded"]),
            ("TooSmall", &["invalid"]),
            ("TooLarge", &[]),
            ("TooManyOpen", &["too-many-open-deposits"]),
            ("OverLimit", &["over-limit"]),
            ("IdentityMissing", &["identity-missing"]),
        ],
    },
    Route {
        heading: "A withdrawal",
        source: "shared/payments/src/request_withdrawal.rs",
        outcome: "RequestWithdrawalRefusal",
        before: &["switched-off"],
        problems: &[
            ENDED,
            ("RequestedBefore", &[]),
            BLOCKED,
            KEY_USED,
            ("WithdrawalsOff", &["switched-off", "paused"]),
            ("UnknownPayee", &["not-found"]),
            ("PayeeNotUsable", &["payee-not-usable"]),
            ("TooSmall", &["invalid"]),
            ("AbovePayoutLimit", &[]),
            ("TurnoverMissing", &["turnover-missing"]),
            INSUFFICIENT,
        ],
    },
];

/// The variants of an enum in source order, in the layout of rustfmt.
fn variants<'a>(source: &'a str, name: &str) -> Vec<&'a str> {
    let (_, rest) = source.split_once(&format!("pub enum {name} {{\n")).unwrap_or_default();
    let body = rest.split("\n}\n").next().unwrap_or_default();
    let lines = body.lines().filter_map(|line| line.strip_prefix("    "));
    let variants = lines.filter(|line| line.starts_with(|first: char| first.is_ascii_uppercase()));
    variants.map(|line| line.split(|part: char| !part.is_alphanumeric()).next().unwrap_or_default()).collect()
}

/// The problem types that the manual lists under a heading, in order, with the documented status.
fn listed<'a>(manual: &'a str, heading: &str) -> Vec<(&'a str, &'a str)> {
    let (_, rest) = manual.split_once(&format!("\n### {heading}\n")).unwrap_or_default();
    let section = rest.split("\n#").next().unwrap_or_default();
    let rows = section.lines().filter(|line| line.starts_with('|'));
    let row = |row: &'a str| {
        let (rest, kind) = row.trim_end_matches([' ', '|']).strip_suffix('`')?.rsplit_once(" | `")?;
        Some((kind, rest.rsplit(' ').next().unwrap_or_default()))
    };
    rows.filter_map(row).collect()
}

fn status(code: &str) -> Option<String> {
    let kind = ProblemKind::ALL.iter().find(|kind| kind.code() == code);
    kind.map(|kind| kind.status().to_string())
}

fn wrong(route: &Route, source: &str, manual: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let (found, known) =
        (variants(source, route.outcome), route.problems.iter().map(|(variant, _)| *variant));
    if !found.iter().copied().eq(known) {
        wrong.push(format!("{} has the variants {found:?}: list them in refusals.rs", route.outcome));
    }
    let problems = route.problems.iter().flat_map(|(_, types)| *types);
    let expected: Vec<&str> = route.before.iter().chain(problems).copied().collect();
    let rows = listed(manual, route.heading);
    let listed: Vec<&str> = rows.iter().map(|(code, _)| *code).collect();
    if listed != expected {
        wrong.push(format!(
            "docs/manual/integrator.md has {listed:?} for {:?}, and not {expected:?}",
            route.heading
        ));
    }
    let unlike = rows.iter().filter(|(code, said)| status(code).is_some_and(|status| status != **said));
    wrong.extend(
        unlike.map(|(code, said)| format!("docs/manual/integrator.md has the status {said} for {code}")),
    );
    wrong
}

#[test]
fn the_manual_has_the_order_of_the_rules() {
    let read = |path: &str| fs::read_to_string(root().join(path)).expect("a file");
    let manual = read("docs/manual/integrator.md");
    let wrong = ROUTES.iter().flat_map(|route| wrong(route, &read(route.source), &manual));
    assert_none(&wrong.collect::<Vec<_>>());
}

#[test]
fn refusals_of_limits_have_their_documented_order() {
    let read = |path: &str| fs::read_to_string(root().join(path)).expect("a file");
    let bars = [("Unknown", PlayBarrier::Unknown), ("Excluded", PlayBarrier::Excluded)];
    assert_eq!(
        variants(&read("shared/own-limits/src/play_barrier.rs"), "PlayBarrier"),
        bars.map(|(name, _)| name)
    );
    assert_eq!(bars.map(|(_, by)| barred(by).kind.code()), BARRED.1);
    let (at, kind, limit) = (Timestamp::UNIX_EPOCH, PlayLimitKind::VARIANTS[0], Amount::ZERO);
    let refusals = [
        ("Excluded", PlayRefusal::Excluded { until: at }),
        ("Held", PlayRefusal::Held),
        ("RealityCheckDue", PlayRefusal::RealityCheckDue { since: at }),
        ("OverLimit", PlayRefusal::OverLimit { kind, period: Period::VARIANTS[0], limit, left: limit }),
    ];
    let names = refusals.each_ref().map(|(name, _)| *name);
    assert_eq!(variants(&read("shared/own-limits/src/play_limits.rs"), "PlayRefusal"), names);
    assert_eq!(refusals.map(|(_, refusal)| over_own_limits(&refusal, "amount").kind.code()), HELD_BACK.1);
}

#[test]
fn another_order_is_found() {
    let problems: &[(&str, &[&str])] = &[("First", &["one"]), ("Second", &["two", "three"])];
    let route = Route { heading: "It", source: "", outcome: "Outcome", before: &[], problems };
    let source = |first: &str, second: &str| {
        format!(
            "pub enum Outcome {{\n    /// Why.\n    {first},\n    {second} {{\n        /// More.\n        more: u8,\n    }},\n}}\n"
        )
    };
    let manual = |types: [&str; 3]| {
        let rows = types.map(|kind| format!("| why | 409 | `{kind}` |\n")).concat();
        format!(
            "\n### It\n\n| | status | type ends in |\n|---|---|---|\n{rows}\n### Else\n\n| x | 1 | `other` |\n"
        )
    };
    #[rustfmt::skip]
    let table = [
        (source("First", "Second"), manual(["one", "two", "three"]), 0),
        (source("Second", "First"), manual(["one", "two", "three"]), 1),
        (source("First", "Second"), manual(["two", "one", "three"]), 1),
        (String::new(),             String::new(),                   2),
    ];
    for (source, manual, expected) in table {
        assert_eq!(wrong(&route, &source, &manual).len(), expected, "{source} {manual}");
    }
    let known = Route { problems: &[("First", &["invalid"])], ..route };
    let (source, row) = ("pub enum Outcome {\n    First,\n}\n", "\n### It\n\n| why | 409 | `invalid` |\n");
    assert_eq!(wrong(&known, source, row), ["docs/manual/integrator.md has the status 409 for invalid"]);
}

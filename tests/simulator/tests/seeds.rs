//! Seeds without violations, reproducible runs, and detected defects.

#![cfg(test)]

use evens_simulator::{ExpectedEffect, Hazard, Mutation, Order, Seeds, keep_panics, run, run_seeds};
use std::process::Command;
use std::thread::{self, available_parallelism};

/// The number of seeds, unless `EVENS_SIMULATOR_SEEDS` overrides it.
const SEEDS: u64 = 6;

fn jobs() -> usize {
    available_parallelism().map_or(1, usize::from)
}

fn seeds(count: u64, mutation: Option<Mutation>) -> Seeds {
    // A gain needs many seeds.
    let is_by_gain =
        mutation.is_some_and(|mutation| matches!(mutation.expected(), ExpectedEffect::ByGain(_)));
    Seeds {
        first: 1,
        count,
        jobs: jobs(),
        mutation,
        stops_at_failure: mutation.is_some() && !is_by_gain,
        ends_at: None,
        is_twice: false,
    }
}

#[test]
fn seeds_break_nothing() {
    keep_panics();
    let count =
        std::env::var("EVENS_SIMULATOR_SEEDS").map_or(SEEDS, |count| count.parse().expect("a number"));
    let sum = run_seeds(seeds(count, None), |_| {});
    let broken: Vec<String> = sum
        .failed
        .iter()
        .map(|tried| format!("evens-simulate --seed {} --trace: {}", tried.seed, tried.violations[0]))
        .collect();
    assert!(broken.is_empty(), "{}", broken.join("\n"));
    assert!(sum.is_fair(), "a cheater's gain is beyond chance: {}; {}", sum.gain, sum.gain_of_readers);
    let is_lively = sum.bets > sum.seeds && sum.matches > sum.seeds;
    let is_lively =
        is_lively && sum.deposits > sum.seeds && sum.withdrawals > sum.seeds && sum.game_bets > sum.seeds;
    assert!(is_lively, "nearly nothing happened: {sum:?}");
    assert!(sum.through_sdk > 0, "no seed passed the SDK: {sum:?}");
}

/// The first seed whose table is called through the SDK.
const FIRST_THROUGH_SDK: u64 = 6;

/// The first seed with refunds and disputes.
const FIRST_WITH_RETURNS: u64 = 61;

/// The number of such seeds.
const SEEDS_WITH_RETURNS: u64 = 6;

#[test]
fn seeds_in_which_money_goes_back_break_nothing() {
    keep_panics();
    let wanted = Seeds { first: FIRST_WITH_RETURNS, ..seeds(SEEDS_WITH_RETURNS, None) };
    let sum = run_seeds(wanted, |_| {});
    let broken = sum.failed.iter().map(|tried| format!("seed {}: {}", tried.seed, tried.violations[0]));
    assert_eq!(broken.collect::<Vec<_>>(), [""; 0]);
    assert!(sum.returned > sum.seeds, "nearly nothing went back: {sum:?}");
}

/// A seed with pages on the live channel, as every second one from here on has them. Some of these lose a hint.
const FIRST_WITH_PAGES: u64 = 214;

/// The number of seeds, of which half have pages.
const SEEDS_WITH_PAGES: u64 = 6;

#[test]
fn seeds_with_pages_break_nothing() {
    keep_panics();
    let wanted = Seeds { first: FIRST_WITH_PAGES, ..seeds(SEEDS_WITH_PAGES, None) };
    let sum = run_seeds(wanted, |_| {});
    let broken = sum.failed.iter().map(|tried| format!("seed {}: {}", tried.seed, tried.violations[0]));
    assert_eq!(broken.collect::<Vec<_>>(), [""; 0]);
    assert!(sum.strikes.of(Hazard::HintLost) > 0, "no hint was lost: {sum:?}");
}

#[test]
fn a_time_that_is_up_ends_the_runs() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_evens-simulate"));
    let output = command.args(["--seeds", "5", "--minutes", "0"]).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("the time was enough for 0 of 5 seeds"), "{said}");
}

#[test]
fn a_seed_is_the_same_run_again() {
    let of_this_process = |seed| run(Order { seed, mutation: None, is_printed: false }).unwrap();
    let of_another = |seed: u64| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_evens-simulate"));
        let output = command.args(["--seed", &seed.to_string()]).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let with_pages = (FIRST_WITH_PAGES..).step_by(2).take(3);
    for seed in (1..=4).chain([FIRST_THROUGH_SDK]).chain(with_pages) {
        let (once, again) = (of_this_process(seed), of_this_process(seed));
        assert_eq!(once, again, "seed {seed}");
        assert_eq!(once.is_through_sdk, seed == FIRST_THROUGH_SDK, "seed {seed}");
        let trace = format!("trace {:016x}", once.trace_hash);
        assert!(of_another(seed).contains(&trace), "seed {seed}: not {trace} in another process");
    }
    assert_ne!(of_this_process(1).trace_hash, of_this_process(2).trace_hash);
}

/// The documented results for each defect, with the first seed that finds it.
const DEFECTS: &str = include_str!("../defects.md");

/// Shows that a run can fail. `.ci/full defects` tries all other defects.
#[test]
fn a_defect_is_found() {
    keep_panics();
    assert!(is_found(Mutation::named("PlaceWithoutEntry").expect("a defect")));
}

/// A green run is worth something only if every defect is found. Each defect is tried with the seed that found it
/// first. If the code has changed and that seed no longer finds it, all of its seeds are tried.
#[test]
#[ignore = "takes minutes: .ci/full defects"]
fn each_defect_is_found() {
    keep_panics();
    let each = Mutation::ALL.len().div_ceil(jobs());
    let missed: Vec<Mutation> = thread::scope(|scope| {
        let parts = Mutation::ALL.chunks(each).map(|part| {
            scope.spawn(|| part.iter().copied().filter(|mutation| !is_found(*mutation)).collect::<Vec<_>>())
        });
        let parts: Vec<_> = parts.collect();
        parts.into_iter().flat_map(|part| part.join().unwrap()).collect()
    });
    // Panics of the runs are suppressed, so the result is printed.
    for missed in &missed {
        eprintln!("not found: {}: {}", missed.name(), missed.text());
    }
    assert!(missed.is_empty());
}

#[test]
fn each_defect_has_its_row_and_the_documentation_counts_them() {
    for mutation in Mutation::ALL {
        let row = format!("\n| {} |", mutation.name());
        assert!(DEFECTS.contains(&row), "defects.md lacks {row}");
    }
    let (rows, all) = (DEFECTS.matches("\n| ").count(), Mutation::ALL.len());
    assert_eq!(rows - 1, all, "defects.md has rows of other defects");
    let correctness = include_str!("../../../docs/correctness.md");
    for counted in [format!("{all} defects planted"), format!("{all} defects in `tests/simulator`")] {
        assert!(correctness.contains(&counted), "correctness.md does not say {counted}");
    }
}

/// Defects that need more seeds than this are not searched for in a normal test run.
const RARE: u64 = 60;

/// Returns whether a defect is detected where that can be required. Rare defects take many seeds, and so do those that
/// only show in a cheater's gain. Defects of pages are tried from the first seed with pages on.
fn is_found(mutation: Mutation) -> bool {
    let ExpectedEffect::Within(within) = mutation.expected() else { return true };
    let known = known_seed(mutation);
    let finds = |known: u64| {
        let tried = run_seeds(Seeds { first: known, ..seeds(1, Some(mutation)) }, |_| {});
        !tried.failed.is_empty()
    };
    if known.is_some_and(finds) {
        return true;
    }
    let first = if mutation.is_of_pages() { FIRST_WITH_PAGES } else { 1 };
    let count = within.saturating_sub(first - 1);
    if count > RARE {
        eprintln!("defects.md: {} is not found by seed {known:?}", mutation.name());
        return true;
    }
    let sum = run_seeds(Seeds { first, ..seeds(count, Some(mutation)) }, |_| {});
    let first = sum.failed.first().map(|tried| tried.seed);
    eprintln!("defects.md: {} is not found by seed {known:?}, but by {first:?}", mutation.name());
    first.is_some()
}

/// The seed in the last column of a defect's row.
fn known_seed(mutation: Mutation) -> Option<u64> {
    let start = format!("| {} |", mutation.name());
    let row = DEFECTS.lines().find(|row| row.starts_with(&start))?;
    let digits = row.rsplit('|').nth(1)?.split(',').next()?;
    digits.trim().parse().ok()
}

#[test]
#[ignore = "takes minutes: cargo test --release -p evens-simulator -- --ignored"]
fn each_rare_defect_is_found_within_its_number_of_seeds() {
    keep_panics();
    for mutation in Mutation::ALL {
        let ExpectedEffect::Within(within) = mutation.expected() else { continue };
        let is_missed = within > RARE && run_seeds(seeds(within, Some(*mutation)), |_| {}).failed.is_empty();
        assert!(!is_missed, "{} is not found within {within} seeds", mutation.name());
    }
}

#[test]
#[ignore = "takes minutes: cargo test --release -p evens-simulator -- --ignored"]
fn each_gain_is_beyond_chance_within_its_number_of_seeds() {
    keep_panics();
    for mutation in Mutation::ALL {
        let ExpectedEffect::ByGain(within) = mutation.expected() else { continue };
        let sum = run_seeds(seeds(within, Some(*mutation)), |_| {});
        assert!(!sum.is_fair(), "{}: {}; {}", mutation.name(), sum.gain, sum.gain_of_readers);
    }
}

/// Other checks may hide these defects, but each must change something in a run. A rare race may take many seeds.
#[test]
#[ignore = "takes minutes: .ci/full defects"]
fn each_defect_that_others_guard_against_is_at_work() {
    keep_panics();
    for mutation in Mutation::ALL.iter().filter(|mutation| mutation.expected() == ExpectedEffect::Guarded) {
        let is_at_work = (1..=GUARDED).any(|first| {
            let sum = run_seeds(Seeds { first, ..seeds(1, Some(*mutation)) }, |_| {});
            sum.mutated > 0 || !sum.failed.is_empty()
        });
        assert!(is_at_work, "{} changes nothing in {GUARDED} seeds", mutation.name());
    }
}

/// The number of seeds.
const GUARDED: u64 = 80;

/// The number of seeds.
const MADE_UP_FOR: u64 = 8;

/// Jobs are hints: the sweeper finds unfinished work in the table.
#[test]
#[ignore = "takes minutes: .ci/full defects"]
fn each_defect_that_the_sweeper_makes_up_for_breaks_nothing() {
    keep_panics();
    for mutation in Mutation::ALL.iter().filter(|mutation| mutation.expected() == ExpectedEffect::MadeUpFor) {
        let sum = run_seeds(seeds(MADE_UP_FOR, Some(*mutation)), |_| {});
        let broken = sum.failed.iter().map(|tried| format!("seed {}: {}", tried.seed, tried.violations[0]));
        let broken: Vec<_> = broken.collect();
        for broken in &broken {
            eprintln!("{}: {broken}", mutation.name());
        }
        assert!(broken.is_empty());
        assert!(sum.mutated > 0, "{} changes nothing", mutation.name());
    }
}

//! `evens-simulate`: runs many seeds, or one seed with its full trace.

use clap::Parser;
use evens_simulator::{
    ExpectedEffect, Hazard, Mutation, Order, Seeds, Sum, Tried, keep_panics, run_seeds, try_seed,
};
use indicatif::{ProgressBar, ProgressStyle};
use std::process::ExitCode;
use std::thread::available_parallelism;
use std::time::{Duration, Instant};

/// Runs the real handlers by seed, with every fault that can happen.
#[derive(Debug, Parser)]
#[command(name = "evens-simulate", version)]
struct Options {
    /// The number of seeds; 1,000 if neither this nor a time is given.
    #[arg(long)]
    seeds: Option<u64>,
    /// Starts no further seed after this many minutes.
    #[arg(long, conflicts_with_all = ["seed", "mutations"])]
    minutes: Option<u64>,
    /// The first seed.
    #[arg(long, default_value_t = 1)]
    from: u64,
    /// The number of threads; by default, one per core.
    #[arg(long)]
    jobs: Option<usize>,
    /// Runs only this seed.
    #[arg(long)]
    seed: Option<u64>,
    /// With `--seed`: prints everything that happens.
    #[arg(long, requires = "seed")]
    trace: bool,
    /// Runs each seed twice, and fails if the runs differ.
    #[arg(long, conflicts_with = "seed")]
    twice: bool,
    /// The name of a defect to inject.
    #[arg(long)]
    mutation: Option<String>,
    /// Injects each defect in turn and counts the seeds that find it.
    #[arg(long, conflicts_with_all = ["seed", "mutation"])]
    mutations: bool,
}

impl Options {
    /// The default number of seeds.
    const SEEDS: u64 = 1_000;

    /// The number of seeds, or `None` if only the time limits them.
    fn wanted(&self) -> Option<u64> {
        self.seeds.or(self.minutes.is_none().then_some(Self::SEEDS))
    }
}

/// The number of seeds in which every hazard must occur.
const SEEDS_WITH_ALL_HAZARDS: u64 = 1_000;

fn main() -> ExitCode {
    let options = Options::parse();
    keep_panics();
    let mutation = match options.mutation.as_deref().map(|name| (name, Mutation::named(name))) {
        None => None,
        Some((_, Some(mutation))) => Some(mutation),
        Some((name, None)) => {
            eprintln!("error: the mutation {name} does not exist");
            eprintln!("hint: list them with `evens-simulate --mutations --seeds 1`");
            return ExitCode::from(2);
        }
    };
    if options.mutations {
        return try_mutations(&options);
    }
    if let Some(seed) = options.seed {
        let tried = try_seed(Order { seed, mutation, is_printed: options.trace });
        if let Some(outcome) = &tried.outcome {
            println!(
                "seed {seed}{}: {} bets, {} matches, {} deposits, {} withdrawals, {} bets against the house, {} returned, {} calls, {} lines, trace {:016x}",
                if outcome.is_through_sdk { " through the SDK" } else { "" },
                outcome.bets,
                outcome.matches,
                outcome.deposits,
                outcome.withdrawals,
                outcome.game_bets,
                outcome.returned,
                outcome.calls,
                outcome.trace_lines,
                outcome.trace_hash
            );
        }
        report(&tried, options.mutation.as_deref());
        return exit_code(tried.violations.is_empty());
    }
    let started = Instant::now();
    let wanted = options.wanted();
    let bar = wanted.map_or_else(ProgressBar::no_length, progress_bar);
    let sum = run_seeds(seeds(&options, mutation), |tried| {
        bar.inc(1);
        if !tried.violations.is_empty() {
            bar.suspend(|| report(tried, options.mutation.as_deref()));
        }
    });
    bar.finish_and_clear();
    print_sum(&sum, started);
    if let Some(wanted) = wanted.filter(|wanted| sum.seeds < *wanted) {
        println!("the time was enough for {} of {wanted} seeds", sum.seeds);
    }
    if mutation.is_some() {
        println!("the defect had an effect in {} seeds", sum.mutated);
    }
    let missed = if mutation.is_none() && sum.seeds >= SEEDS_WITH_ALL_HAZARDS { missed(&sum) } else { 0 };
    exit_code(sum.failed.is_empty() && sum.is_fair() && missed == 0)
}

/// Prints the hazards that occurred in no seed, and returns their number.
fn missed(sum: &Sum) -> usize {
    sum.never_struck().map(|hazard| println!("never occurred in any seed: {}", hazard.text())).count()
}

fn seeds(options: &Options, mutation: Option<Mutation>) -> Seeds {
    let jobs = options.jobs.unwrap_or_else(|| available_parallelism().map_or(1, usize::from));
    let count = options.wanted().unwrap_or(u64::MAX);
    let ends_at = options.minutes.map(|minutes| Instant::now() + Duration::from_mins(minutes));
    let is_twice = options.twice;
    Seeds { first: options.from, count, jobs, mutation, stops_at_failure: false, ends_at, is_twice }
}

fn exit_code(is_clean: bool) -> ExitCode {
    if is_clean { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn progress_bar(length: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} seeds, {per_sec}, {eta} left");
    let bar = ProgressBar::new(length);
    match style {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

/// Prints a seed's violations, and the command to reproduce them.
fn report(tried: &Tried, mutation: Option<&str>) {
    const SHOWN: usize = 5;
    if tried.violations.is_empty() {
        return;
    }
    println!("violations in seed {}:", tried.seed);
    for violation in tried.violations.iter().take(SHOWN) {
        println!("  {violation}");
    }
    if tried.violations.len() > SHOWN {
        println!("  and {} more", tried.violations.len() - SHOWN);
    }
    let mutation = mutation.map(|name| format!(" --mutation {name}")).unwrap_or_default();
    println!("  replay: evens-simulate --seed {} --trace{mutation}", tried.seed);
}

fn print_sum(sum: &Sum, started: Instant) {
    let milliseconds = started.elapsed().as_millis().max(1);
    let per_second = u128::from(sum.seeds) * 10_000 / milliseconds;
    println!(
        "{} seeds ({} through the SDK) in {}.{} s, {}.{} seeds/s: {} bets, {} matches, {} deposits, {} withdrawals, {} bets against the house, {} returned, {} calls, {} hours of virtual time",
        sum.seeds,
        sum.through_sdk,
        milliseconds / 1_000,
        milliseconds / 100 % 10,
        per_second / 10,
        per_second % 10,
        sum.bets,
        sum.matches,
        sum.deposits,
        sum.withdrawals,
        sum.game_bets,
        sum.returned,
        sum.calls,
        sum.virtual_seconds / 3_600
    );
    println!("hazards:");
    for hazard in Hazard::ALL {
        println!("{:>9}  {}", sum.strikes.of(*hazard), hazard.text());
    }
    println!("cheater with public knowledge: {}", sum.gain);
    println!("cheater with the seeds:        {}", sum.gain_of_readers);
    if !sum.is_fair() {
        println!("this gain is beyond chance");
    }
    match sum.failed.len() {
        0 => println!("no violations"),
        failed => println!("{failed} seeds have violations"),
    }
}

/// Runs the same seeds with each defect in turn. Prints a Markdown table.
fn try_mutations(options: &Options) -> ExitCode {
    let mut are_as_expected = true;
    println!("| defect | found in | first seed |");
    println!("|---|---:|---|");
    for mutation in Mutation::ALL {
        let bar = progress_bar(options.seeds.unwrap_or(Options::SEEDS));
        let sum = run_seeds(seeds(options, Some(*mutation)), |_| bar.inc(1));
        bar.finish_and_clear();
        let first =
            sum.failed.first().and_then(|tried| tried.violations.first().map(|broken| (tried.seed, broken)));
        let first = first.map(|(seed, broken)| format!("{seed}, {}", broken.rule));
        let gains = [&sum.gain, &sum.gain_of_readers].into_iter().filter(|gain| !gain.is_within_chance());
        let gains = gains.map(|gain| format!("gain: {gain}"));
        let by: Vec<String> = first.into_iter().chain(gains).collect();
        are_as_expected &= is_as_expected(*mutation, &sum);
        let (name, found) = (mutation.name(), sum.failed.len());
        println!("| {name} | {found}/{} | {} |", sum.mutated, by.join("; "));
    }
    exit_code(are_as_expected)
}

fn is_as_expected(mutation: Mutation, sum: &Sum) -> bool {
    match mutation.expected() {
        ExpectedEffect::Within(seeds) => !sum.failed.is_empty() || sum.seeds < seeds,
        ExpectedEffect::ByGain(seeds) => !sum.is_fair() || sum.seeds < seeds,
        ExpectedEffect::Guarded => true,
        ExpectedEffect::MadeUpFor => sum.failed.is_empty() && sum.is_fair(),
    }
}

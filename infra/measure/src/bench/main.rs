//! `cargo run --release -p evens-measure --bin evens-bench`: measures Evens, and also the system that it replaces if
//! that can be started.
//!
//! Evens is the `evens` binary beside this one with its own data folder, so the deployed program is measured. The AWS
//! cost of a settled bet is counted in-process from the units that the engines report.
//!
//! Architecture invariant: a figure fails the run only if a limit is promised. Load scenarios have limits, no
//! measurement may lose a request, and a cost may not grow. All other figures are only printed, because a busy machine
//! must not fail a build.

mod bank;
mod budget;
mod cost;
mod counters;
mod evens;
mod figure;
mod figures;
mod growth;
mod live;
mod machine;
mod measures;
mod passwords;
mod peer;
mod processes;
mod scenarios;
mod storm;
mod system;
mod worker;

use anyhow::Context;
use clap::{Parser, ValueEnum};
use figures::Figures;
use scenarios::Sizes;
use std::path::PathBuf;
use std::process::ExitCode;
use system::System;

/// The duration of timed measurements without their own.
const SECONDS: u64 = 20;

/// Measures Evens
#[derive(Debug, Clone, Parser)]
struct Args {
    /// The duration of the throughput measurement after a warm-up of 3 s, and of the storm, the steady load and each
    /// phase of a scenario, instead of their own times
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..))]
    seconds: Option<u64>,
    /// The number of players in a scenario, instead of its own
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(2..))]
    users: Option<u64>,
    /// The number of requests per second in a scenario, instead of its own
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    rate: Option<u64>,
    /// The numbers of earlier bets for the growth measurement
    #[arg(long, value_delimiter = ',', default_values_t = [10, 10_000], value_name = "N")]
    bets: Vec<u64>,
    /// The number of bets over which the budget is averaged, for each way
    #[arg(long, default_value_t = 10_000, value_name = "N", value_parser = clap::value_parser!(u32).range(2..=1_000_000))]
    budget: u32,
    /// The numbers of earlier ledger entries for the growth measurement
    #[arg(long, value_delimiter = ',', default_values_t = [10, 1_000], value_name = "N")]
    entries: Vec<u64>,
    /// The number of repetitions of each measurement; the median is printed
    #[arg(long, default_value_t = 1, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    repeat: u32,
    /// The measurements to run, instead of all except load scenarios
    #[arg(long, value_enum, value_delimiter = ',')]
    only: Vec<Measure>,
    /// Measures the peer as well, in turn, and prints ratios; fails if it does not start
    #[arg(long)]
    peer: bool,
    /// The folder of the peer, in which its setup.sh has been run
    #[arg(long, env = "EVENS_PEER_DIR", default_value = "../shared/peers/bullmq", value_name = "FOLDER")]
    peer_dir: PathBuf,
    /// Prints JSON instead of tables
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Measure {
    /// Bets a second and their latency at 64 connections
    Throughput,
    /// From placing to settlement at 50 bets a second
    Settlement,
    /// 4000 bets on one round
    Hot,
    /// 4000 bets on 1000 rounds
    Uniform,
    /// 5000 jobs a minute: with less than a core and 1 GiB (Evens only)
    Steady,
    /// Write units, read units and SQS requests of a bet until it is settled or refunded
    Budget,
    /// Scenario: 100 logins and 50 sign-ups a second (Evens only)
    Storm,
    /// Scenario: 1000 users, 200 bets a second for 5 s
    Burst,
    /// Scenario: 200 users, 50 to 100 bets a second for 5 minutes, 100 for 5 more, then the burst
    Sustained,
    /// Scenario: 100 bets a second while workers beside the process are killed, and all of it twice (Evens only)
    Resilience,
    /// Scenario: 1500 users who mostly read, at 65 % of the maximum load with the same history
    Light,
    /// Scenario: 1000 users, at 85 %
    High,
    /// Scenario: 800 users who mostly bet, at 95 %
    Peak,
    /// Scenario: 1500, 2500 and 3000 users, each with a request every 5 s
    Steps,
    /// Scenario: a provider reports 6000 payments, 1000 times a second for a minute; then again while the process is
    /// killed (Evens only)
    Callbacks,
    /// Scenario: 2000 contributions to jackpots a second for 5 minutes, and a win every 3 s (Evens only)
    Jackpots,
    /// Scenario: bets on house games, on one period, on many rooms and beside bets against players; the time to
    /// payouts, and reads of rooms (Evens only)
    PeriodRooms,
    /// Scenario: 100000 bets on one period, settled; then again while the process is killed ten times (Evens only)
    PeriodCrowd,
    /// Scenario: sign-ups, 10 at a time, all with one referrer (Evens only)
    SignUpBurst,
    /// The cost of a bet after many bets in its round, or after many entries of its player
    Growth,
    /// A backlog of 1000 bonuses, and of 1000 attendance days, each done in a minute (Evens only)
    Backlog,
    /// 10000 sockets: memory and CPU time while idle, place-bet's p99 beside them and without, a broadcast, the return
    /// of all, and the time from a settlement to its player (Evens only)
    Live,
    /// The time to hash a password, by hash parameters
    Passwords,
}

impl Measure {
    /// The default measurements.
    const BY_DEFAULT: [Self; 9] = [
        Self::Throughput,
        Self::Settlement,
        Self::Hot,
        Self::Uniform,
        Self::Steady,
        Self::Budget,
        Self::Storm,
        Self::Backlog,
        Self::Passwords,
    ];

    /// Returns whether it is measured in this process, without a running system.
    fn is_in_process(self) -> bool {
        matches!(self, Self::Budget | Self::Passwords | Self::Growth)
    }

    /// Returns whether the peer supports the measurement.
    fn is_of_peer(self) -> bool {
        !matches!(
            self,
            Self::Steady
                | Self::Storm
                | Self::Backlog
                | Self::Resilience
                | Self::SignUpBurst
                | Self::Callbacks
                | Self::Jackpots
                | Self::PeriodRooms
                | Self::PeriodCrowd
                | Self::Live
        )
    }
}

fn main() -> anyhow::Result<ExitCode> {
    let args = Args::parse();
    let chosen = if args.only.is_empty() { Measure::BY_DEFAULT.to_vec() } else { args.only.clone() };
    let mut figures = Figures::new();
    // The driver uses at most one core and waits for no other thread. It runs first, so that a system that does not
    // start is reported early.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(measure(&args, &chosen, &mut figures))?;
    measure_in_process(&args, &chosen, &mut figures)?;
    figures.machine_after = machine::load_average();
    if args.json {
        figures.print_json()?;
    } else {
        figures.print_tables();
    }
    let mut exit_code = ExitCode::SUCCESS;
    for broken in figures.broken() {
        eprintln!("limit broken: {broken}");
        exit_code = ExitCode::FAILURE;
    }
    Ok(exit_code)
}

/// The handlers and the engines run in this process on all cores, as in the binary.
fn measure_in_process(args: &Args, chosen: &[Measure], figures: &mut Figures) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Runtime::new().context("no runtime")?;
    for measure in chosen {
        match measure {
            Measure::Budget => {
                figures.budget = Some(runtime.block_on(budget::count(args.budget)).context("the budget")?);
            }
            Measure::Growth => {
                let grown = runtime.block_on(growth::measure(&args.bets, &args.entries));
                figures.growth = Some(grown.context("the growth")?);
            }
            Measure::Passwords => {
                for figure in runtime.block_on(passwords::passwords()).context("the passwords")? {
                    figures.add("passwords", "evens", figure);
                }
            }
            _ => {}
        }
    }
    Ok(())
}

async fn measure(args: &Args, chosen: &[Measure], figures: &mut Figures) -> anyhow::Result<()> {
    let measures: Vec<_> = chosen.iter().filter(|measure| !measure.is_in_process()).collect();
    if measures.is_empty() {
        return Ok(());
    }
    let mut systems = vec![System::Evens(Box::new(evens::Evens::find()?))];
    if args.peer {
        systems.push(System::Peer(peer::Peer::start(&args.peer_dir).await.context("no peer")?));
    }
    for _ in 0..args.repeat {
        for measure in &measures {
            for system in &mut systems {
                if matches!(system, System::Peer(_)) && !measure.is_of_peer() {
                    continue;
                }
                run_measure(args, **measure, system, figures).await?;
            }
        }
    }
    for system in &mut systems {
        system.stop().await?;
    }
    Ok(())
}

/// Each measurement starts with an empty system and leaves none working.
async fn run_measure(
    args: &Args,
    measure: Measure,
    system: &mut System,
    figures: &mut Figures,
) -> anyhow::Result<()> {
    let name = measure.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default();
    eprintln!("{}: {name} (load average {})", system.name(), machine::load_average());
    system.restart().await.with_context(|| format!("{} does not start", system.name()))?;
    let sizes = Sizes { users: args.users, rate: args.rate, seconds: args.seconds };
    let seconds = args.seconds.unwrap_or(SECONDS);
    let measured = match measure {
        Measure::Throughput => measures::throughput(system, seconds).await,
        Measure::Settlement => measures::settlement(system).await,
        Measure::Hot => measures::backlog(system, 1).await,
        Measure::Uniform => measures::backlog(system, 1_000).await,
        Measure::Steady => measures::steady(system, seconds).await,
        Measure::Storm => storm::storm(system.evens()?, sizes).await,
        Measure::Burst => scenarios::burst(system, sizes).await,
        Measure::Sustained => scenarios::sustained(system, sizes).await,
        Measure::Resilience => scenarios::resilience(system, sizes).await,
        Measure::Light => scenarios::light(system, sizes).await,
        Measure::High => scenarios::high(system, sizes).await,
        Measure::Peak => scenarios::peak(system, sizes).await,
        Measure::Steps => scenarios::steps(system, sizes).await,
        Measure::Callbacks => scenarios::callbacks(system.evens_mut()?, sizes).await,
        Measure::Jackpots => scenarios::jackpots(system.evens()?, sizes).await,
        Measure::PeriodRooms => scenarios::period_rooms(system.evens()?, sizes).await,
        Measure::PeriodCrowd => scenarios::period_crowd(system.evens_mut()?, sizes).await,
        Measure::SignUpBurst => scenarios::sign_up_burst(system.evens()?, sizes).await,
        Measure::Live => live::live(system, sizes).await,
        Measure::Backlog => storm::backlog(system.evens()?, sizes).await,
        Measure::Budget | Measure::Passwords | Measure::Growth => return Ok(()),
    };
    let measured = measured.with_context(|| format!("{name} of {}", system.name()))?;
    // A remaining backlog would disturb the next measurement.
    system.pause().await?;
    for figure in measured {
        figures.add(&name, system.name(), figure);
    }
    Ok(())
}

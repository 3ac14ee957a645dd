//! `cargo run --release -p evens-bench`: measures Evens, beside the system that it replaces where that is startable.
//!
//! Evens is the `evens` binary beside this one, over a data folder of its own, so that what is measured is what is
//! deployed. What a settled bet costs on AWS is counted in-process, from what the engines report.
//!
//! Architecture invariant: figures are printed, never asserted: a machine that is busy must fail no build.

mod budget;
mod cost;
mod evens;
mod figures;
mod machine;
mod measures;
mod passwords;
mod peer;
mod processes;
mod storm;
mod system;

use anyhow::Context;
use clap::{Parser, ValueEnum};
use figures::Figures;
use std::path::PathBuf;
use system::System;

/// Measures Evens
#[derive(Debug, Clone, Parser)]
struct Args {
    /// How long the closed loop of the throughput measures, behind a warm-up of 3 s; and how long the storm and the steady
    /// load last
    #[arg(long, default_value_t = 20, value_name = "SECONDS")]
    seconds: u64,
    /// How often each measure is repeated; the median is printed
    #[arg(long, default_value_t = 1, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    repeat: u32,
    /// Which measures, instead of all
    #[arg(long, value_enum, value_delimiter = ',')]
    only: Vec<Measure>,
    /// Measures the peer as well, in turns, and prints ratios
    #[arg(long)]
    peer: bool,
    /// The folder of the peer, where its setup.sh has been run
    #[arg(long, env = "EVENS_PEER_DIR", default_value = "../shared/peers/bullmq", value_name = "FOLDER")]
    peer_dir: PathBuf,
    /// Prints JSON instead of tables
    #[arg(long)]
    json: bool,
}

/// What is measured.
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
    /// 5000 jobs a minute: memory and cores (Evens only)
    Steady,
    /// Write units, read units and SQS requests of a settled bet
    Budget,
    /// 100 logins and 50 sign-ups a second (Evens only)
    Storm,
    /// A backlog of 1000 bonuses, and of 1000 days of attendance (Evens only)
    Backlog,
    /// What a password costs, by the parameters of its hash
    Passwords,
}

impl Measure {
    const ALL: [Self; 9] = [
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

    /// Whether it is measured in this process, where no system is at work.
    fn is_in_process(self) -> bool {
        matches!(self, Self::Budget | Self::Passwords)
    }

    /// Whether the peer does what is measured.
    fn is_of_peer(self) -> bool {
        !matches!(self, Self::Steady | Self::Storm | Self::Backlog)
    }
}

fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let chosen = if args.only.is_empty() { Measure::ALL.to_vec() } else { args.only.clone() };
    let mut figures = Figures::new();
    if chosen.contains(&Measure::Budget) {
        // The handlers and the engines are in this process, as they are in the binary: on all cores.
        let runtime = tokio::runtime::Runtime::new().context("no runtime")?;
        figures.budget = Some(runtime.block_on(budget::count()).context("the budget")?);
    }
    if chosen.contains(&Measure::Passwords) {
        let runtime = tokio::runtime::Runtime::new().context("no runtime")?;
        for figure in runtime.block_on(passwords::passwords()).context("the passwords")? {
            figures.add("passwords", "evens", figure);
        }
    }
    // The driver takes one core at most, and nothing of it waits for another thread.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(measure(&args, &chosen, &mut figures))?;
    figures.machine_after = machine::load_average();
    if args.json {
        figures.print_json()?;
    } else {
        figures.print_table();
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
        match peer::Peer::start(&args.peer_dir).await {
            Ok(peer) => systems.push(System::Peer(peer)),
            Err(error) => eprintln!("no peer: {error:#}"),
        }
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

/// Each measure begins with an empty system, and leaves none at work.
async fn run_measure(
    args: &Args,
    measure: Measure,
    system: &mut System,
    figures: &mut Figures,
) -> anyhow::Result<()> {
    let name = measure.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default();
    eprintln!("{}: {name} (load average {})", system.name(), machine::load_average());
    system.restart().await.with_context(|| format!("{} does not start", system.name()))?;
    let measured = match measure {
        Measure::Throughput => measures::throughput(system, args.seconds).await,
        Measure::Settlement => measures::settlement(system).await,
        Measure::Hot => measures::backlog(system, 1).await,
        Measure::Uniform => measures::backlog(system, 1_000).await,
        Measure::Steady => measures::steady(system, args.seconds).await,
        Measure::Storm => storm::storm(system.evens()?, args.seconds).await,
        Measure::Backlog => storm::backlog(system.evens()?).await,
        Measure::Budget | Measure::Passwords => return Ok(()),
    };
    let measured = measured.with_context(|| format!("{name} of {}", system.name()))?;
    // A backlog that it still works on would disturb whoever is measured next.
    system.pause().await?;
    for figure in measured {
        figures.add(&name, system.name(), figure);
    }
    Ok(())
}

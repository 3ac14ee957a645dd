//! `cargo run --release -p evens-measure --bin evens-start`: measures the start of functions, from the start of the
//! process to its first poll, and the first and second invocation.
//!
//! It emulates the Lambda runtime API for the binaries beside this one, with three transports. `Aws` shows how
//! functions start on AWS, `Tls` uses the embedded engines behind TLS as AWS is used, and `Plain` uses the same without
//! TLS. For comparison it measures an empty Rust function, and a Node function with the same two clients if
//! `infra/measure/node.sh` has been run. Programs take turns, so that other load on the machine affects all of them.
//! Each is started once before the measured start.
//!
//! Architecture invariant: figures are printed, never asserted, because a busy machine must not fail a build.

mod events;
mod platform;
mod process;
mod runtime_api;
mod tls;

use anyhow::{Context, Result};
use clap::Parser;
use events::Events;
use platform::{Platform, Transport};
use process::Program;
use runtime_api::Start;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Measures the start of functions
#[derive(Debug, Parser)]
struct Args {
    /// The number of starts per function; medians are printed, and for the first poll also the minimum
    #[arg(long, default_value_t = 20, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    runs: u32,
    /// The functions to measure, instead of all
    #[arg(long, value_delimiter = ',', value_name = "NAME")]
    only: Vec<String>,
    /// The folder of the functions' binaries, instead of this program's own
    #[arg(long, value_name = "FOLDER")]
    functions: Option<PathBuf>,
    /// The folder in which node.sh has put the Node function
    #[arg(long, default_value = "target/start/node", value_name = "FOLDER")]
    node: PathBuf,
}

#[tokio::main(flavor = "multi_thread")]
async fn main() -> Result<()> {
    let args = Args::parse();
    let here = std::env::current_exe()?;
    let folder = args.functions.clone().or_else(|| here.parent().map(Path::to_owned)).context("a folder")?;
    let platform = Platform::start().await?;
    let programs = programs(&folder, &args)?;
    println!("{} starts each, medians in milliseconds; sizes of the binary and its zip in MB.", args.runs);
    for transport in [Transport::Aws, Transport::Tls, Transport::Plain] {
        let mut starts = vec![Vec::new(); programs.len()];
        for _ in 0..args.runs {
            for (program, starts) in programs.iter().zip(&mut starts) {
                let events = Events::of(&platform, &program.name, transport).await?;
                let variables = platform.variables(transport);
                let program = program.clone();
                let start = move || {
                    // Not measured. After a large program, a program's pages would be missing from the caches.
                    runtime_api::measure(&program, &variables, None)?;
                    runtime_api::measure(&program, &variables, events.as_ref().map(Events::parts))
                };
                starts.push(tokio::task::spawn_blocking(start).await??);
            }
        }
        println!("\n{}", transport.title());
        println!(
            "{:<18} {:>10} {:>9} {:>9} {:>9} {:>9} {:>8} {:>8}",
            "", "first poll", "least", "x empty", "first", "second", "binary", "zip"
        );
        let empty = least(&starts[0]);
        for (program, starts) in programs.iter().zip(&starts) {
            print_row(program, starts, empty);
        }
    }
    platform.stop().await;
    Ok(())
}

/// The empty function, the Node function, and the Evens functions.
fn programs(folder: &Path, args: &Args) -> Result<Vec<Program>> {
    let empty = Program::binary(folder, "empty", "evens-start-empty");
    let missing = || format!("evens-start-empty is not in {}", folder.display());
    let mut programs = vec![empty.with_context(missing)?];
    programs.extend(Program::node(&args.node));
    let mut names: Vec<_> = std::fs::read_dir("functions")
        .context("run this in the root of the repository")?
        .map(|entry| entry.map(|entry| entry.file_name().to_string_lossy().into_owned()))
        .collect::<Result<_, _>>()?;
    names.retain(|name| args.only.is_empty() || args.only.contains(name));
    names.sort();
    for name in names {
        match Program::binary(folder, &name, &format!("evens-{name}")) {
            Some(program) => programs.push(program),
            None => {
                eprintln!(
                    "{name} is not in {}: cargo build --release --workspace --bins --features lambda",
                    folder.display()
                );
            }
        }
    }
    Ok(programs)
}

/// The minimum, which is the start without interference. On a busy machine, the median says more about other load.
fn least(starts: &[Start]) -> Duration {
    starts.iter().map(|start| start.first_poll).min().unwrap_or_default()
}

fn print_row(program: &Program, starts: &[Start], empty: Duration) {
    let first_poll = median(starts.iter().map(|start| start.first_poll));
    let least = least(starts);
    let percent = least.as_micros() * 100 / empty.as_micros().max(1);
    let invocation = |number: usize| {
        let all: Option<Vec<_>> = starts.iter().map(|start| Some(start.invocations?[number])).collect();
        all.map_or_else(|| "-".to_owned(), |all| milliseconds(median(all.into_iter())))
    };
    let size = |size: Option<u64>| size.map_or_else(|| "-".to_owned(), megabytes);
    println!(
        "{:<18} {:>10} {:>9} {:>9} {:>9} {:>9} {:>8} {:>8}",
        program.name,
        milliseconds(first_poll),
        milliseconds(least),
        format!("{}.{:02}", percent / 100, percent % 100),
        invocation(0),
        invocation(1),
        size(program.size),
        size(program.zip_size),
    );
}

fn median(values: impl Iterator<Item = Duration>) -> Duration {
    let mut values: Vec<_> = values.collect();
    values.sort_unstable();
    values[values.len() / 2]
}

fn milliseconds(duration: Duration) -> String {
    let micros = duration.as_micros();
    format!("{}.{:02}", micros / 1_000, micros % 1_000 / 10)
}

fn megabytes(bytes: u64) -> String {
    format!("{}.{}", bytes / 1_000_000, bytes % 1_000_000 / 100_000)
}

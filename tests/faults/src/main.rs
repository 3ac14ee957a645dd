//! `evens-faults`: runs the real binary under load while its process, disk and engines fail.
//!
//! Players bet continuously and repeat each request with the same key until it is answered. Whatever fails meanwhile,
//! each of their bets exists once, every bet ends, and the auditor finds the books in order.
//!
//! Architecture invariant: the binary is the deployed one, and nothing in it knows about these tests. Only its
//! surroundings fail: its process is killed or stopped, its disk is full, and its traffic to the engines passes through
//! a proxy.

#![expect(clippy::expect_used, reason = "a proof that cannot go on ends there")]

mod bank;
mod clock;
mod crowd;
mod disk;
mod engines;
mod lives;
mod mounted;
mod payouts;
mod power;
mod proof;
mod proxy;
mod steps;
mod win_steps;
mod wins;

use clap::{Parser, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};
use std::process;
use std::time::Duration;

/// Breaks the surroundings of a running evens under load, and audits its books afterwards.
#[derive(Debug, Parser)]
#[command(name = "evens-faults", version)]
struct Options {
    #[command(subcommand)]
    fault: Fault,
    /// The number of players who bet at once.
    #[arg(long, global = true, default_value_t = 24)]
    players: u64,
    /// The seed of all random choices; the machine's own timing varies.
    #[arg(long, global = true)]
    seed: Option<u64>,
}

#[derive(Debug, Clone, Copy, Subcommand)]
enum Fault {
    /// The process is killed (SIGKILL) at random moments and started again
    Kill {
        /// The number of kills.
        #[arg(long, default_value_t = 200)]
        times: u64,
        /// The longest time from start to serving, in milliseconds.
        #[arg(long, default_value_t = 1_000)]
        start_max_ms: u64,
    },
    /// The process is killed at each step of a payout in turn, and at random moments: each withdrawal is paid once
    Payouts {
        /// The number of kills.
        #[arg(long, default_value_t = 200)]
        times: u64,
    },
    /// The process is killed at each step of a jackpot win in turn, drawn or awarded: each win is paid once
    Wins {
        /// The number of kills.
        #[arg(long, default_value_t = 16)]
        times: u64,
    },
    /// The process is stopped (SIGSTOP) for up to 8 s and continued
    Hold {
        /// The number of stops.
        #[arg(long, default_value_t = 10)]
        times: u64,
    },
    /// The disk is full for some seconds (mounts a small file system, which needs root)
    Disk {
        /// The number of times.
        #[arg(long, default_value_t = 3)]
        times: u64,
    },
    /// The power is cut: the disk has only what was synced (mounts an image, which needs root)
    Power {
        /// The number of cuts.
        #[arg(long, default_value_t = 200)]
        times: u64,
        /// Answers before the disk has a commit, and expects that bets are lost.
        #[arg(long)]
        fast: bool,
        /// Fails where no image can be mounted, instead of printing SKIPPED.
        #[arg(long)]
        required: bool,
    },
    /// The clock steps by up to 8 s, forwards and back (needs Debian's package faketime)
    Clock {
        /// The number of steps.
        #[arg(long, default_value_t = 20)]
        times: u64,
        /// Fails without the package, instead of printing SKIPPED.
        #[arg(long)]
        required: bool,
    },
    /// Calls to the engines are delayed, hang, fail, are throttled, or are reset before or after they take effect
    Engines {
        /// The duration in seconds.
        #[arg(long, default_value_t = 60)]
        seconds: u64,
    },
    /// The queues, the table or both go away for some seconds, also while the process starts
    Outage {
        /// The number of outages.
        #[arg(long, default_value_t = 6)]
        times: u64,
    },
}

#[tokio::main]
async fn main() {
    let options = Options::parse();
    let seed = options.seed.unwrap_or_else(rand::random);
    println!("seed {seed}");
    let crowd = crowd::Size { players: options.players, seed };
    match options.fault {
        Fault::Kill { times, start_max_ms } => {
            lives::kill(crowd, times, Duration::from_millis(start_max_ms)).await;
        }
        Fault::Payouts { times } => payouts::kill(crowd, times).await,
        Fault::Wins { times } => wins::kill(crowd, times).await,
        Fault::Hold { times } => lives::hold(crowd, times).await,
        Fault::Clock { times, required } => {
            if !clock::step(crowd, times).await && required {
                process::exit(1);
            }
        }
        Fault::Power { times, fast, required } => {
            if !power::cut(crowd, times, fast).await && required {
                process::exit(1);
            }
        }
        Fault::Disk { times } => disk::fill(crowd, times).await,
        Fault::Engines { seconds } => engines::disturb(crowd, seconds).await,
        Fault::Outage { times } => engines::take_away(crowd, times).await,
    }
}

fn progress(length: u64, of: &'static str) -> ProgressBar {
    let template = format!("{{bar:40}} {{pos}}/{{len}} {of}, {{elapsed}}, {{eta}} left");
    let bar = ProgressBar::new(length);
    match ProgressStyle::with_template(&template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

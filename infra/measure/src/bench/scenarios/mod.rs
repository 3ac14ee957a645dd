//! Load as players make it: arrivals on time whatever the system does, latencies from the moment at which a request was
//! due, and a verdict on the limits that a scenario has.
//!
//! A scenario is a list of phases over one system, which is empty at the beginning of the first. When the last one is
//! over, every bet must have ended, every deposit must be credited and every withdrawal paid, and the auditor must find
//! nothing. The peer has no deposits and withdrawals: there, what they would be is bets and pages in their own ratio.

mod callbacks;
mod depth;
mod jackpot_storm;
mod jackpots;
mod orders;
mod period_room;
mod periods;
mod resilience;
mod sign_ups;
mod traffic;

use crate::figure::Figure;
use crate::system::System;
use evens_load::Shares;
use std::time::Duration;

pub(crate) use callbacks::callbacks;
pub(crate) use jackpots::jackpots;
pub(crate) use periods::{period_crowd, period_rooms};
pub(crate) use resilience::resilience;
pub(crate) use sign_ups::sign_up_burst;
pub(crate) use traffic::progress_bar;
use traffic::{Phase, Promise, Rate, Traffic};

/// What the command line has instead of a scenario's own numbers.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Sizes {
    /// Players.
    pub(crate) users: Option<u64>,
    /// Requests a second.
    pub(crate) rate: Option<u64>,
    /// How long each phase lasts.
    pub(crate) seconds: Option<u64>,
}

/// Players by how many of them do what.
const LIGHT: Shares = Shares { reads: 1_050, bets: 375, deposits: 45, withdrawals: 30 };
const HIGH: Shares = Shares { reads: 400, bets: 500, deposits: 70, withdrawals: 30 };
const PEAK: Shares = Shares { reads: 240, bets: 480, deposits: 64, withdrawals: 16 };

/// 1,000 users over 1,000 connections: 200 bets a second for 5 s.
const BURST: Phase = Phase {
    name: "burst",
    users: 1_000,
    connections: 1_000,
    rounds: 1,
    shares: Shares::BETS,
    rate: Rate::PerSecond(200),
    lasts: Duration::from_secs(5),
    promise: Promise::Quick,
};

pub(crate) async fn burst(system: &System, sizes: Sizes) -> anyhow::Result<Vec<Figure>> {
    run(system, sizes, &[BURST]).await
}

/// 200 users: 50 to 100 bets a second for 300 s, then 100 for 5 min, then a burst.
pub(crate) async fn sustained(system: &System, sizes: Sizes) -> anyhow::Result<Vec<Figure>> {
    let phase = |name, rate, seconds| Phase {
        name,
        users: 200,
        connections: 200,
        rate: Rate::PerSecond(rate),
        lasts: Duration::from_secs(seconds),
        ..BURST
    };
    let climbing = [phase("50/s", 50, 100), phase("75/s", 75, 100), phase("100/s", 100, 100)];
    let [first, second, third] = climbing;
    run(system, sizes, &[first, second, third, phase("final", 100, 300), BURST]).await
}

/// 1,500 users of whom most look at pages, at 65 % of what the system takes of that.
pub(crate) async fn light(system: &System, sizes: Sizes) -> anyhow::Result<Vec<Figure>> {
    run(system, sizes, &[mix("light", 1_500, LIGHT, 65)]).await
}

/// 1,000 users, at 85 % of what the system takes.
pub(crate) async fn high(system: &System, sizes: Sizes) -> anyhow::Result<Vec<Figure>> {
    run(system, sizes, &[mix("high", 1_000, HIGH, 85)]).await
}

/// 800 users of whom most bet, at 95 % of what the system takes.
pub(crate) async fn peak(system: &System, sizes: Sizes) -> anyhow::Result<Vec<Figure>> {
    run(system, sizes, &[mix("peak", 800, PEAK, 95)]).await
}

/// The light mix by 1,500, 2,500 and 3,000 users, each of whom asks every 5 s, as in the burst.
pub(crate) async fn steps(system: &System, sizes: Sizes) -> anyhow::Result<Vec<Figure>> {
    let phase = |name, users| Phase {
        rate: Rate::PerSecond(users / 5),
        promise: Promise::Quick,
        ..mix(name, users, LIGHT, 0)
    };
    let phases = [phase("1500 users", 1_500), phase("2500 users", 2_500), phase("3000 users", 3_000)];
    run(system, sizes, &phases).await
}

/// A minute at a share of what the system takes, on so many rounds that none is hot.
const fn mix(name: &'static str, users: u64, shares: Shares, percent: u32) -> Phase {
    Phase {
        name,
        users,
        connections: 800,
        rounds: 50,
        shares,
        rate: Rate::PercentOfCapacity(percent),
        lasts: Duration::from_mins(1),
        promise: Promise::Flat,
    }
}

/// Phase after phase, and what must be true after the last one.
async fn run(system: &System, sizes: Sizes, phases: &[Phase]) -> anyhow::Result<Vec<Figure>> {
    let (mut traffic, mut figures) = (Traffic::new(system), Vec::new());
    for phase in phases {
        let phase = phase.sized(sizes);
        let of_phase = traffic.run(&phase).await?;
        let name = |figure: Figure| if phases.len() == 1 { figure } else { figure.of_phase(phase.name) };
        figures.extend(of_phase.into_iter().map(name));
    }
    if let Ok(evens) = system.evens() {
        figures.push(in_order(evens.verify().await?.is_clean));
    }
    Ok(figures)
}

/// Whether the auditor finds nothing.
fn in_order(is_clean: bool) -> Figure {
    Figure::lower("books that are not in order", if is_clean { 0.0 } else { 1.0 }).at_most(0.0)
}

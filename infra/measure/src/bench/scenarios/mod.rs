//! Load as players generate it: requests are due at fixed times, latencies count from the due time, and each scenario
//! is judged by its limits.
//!
//! A scenario is a list of phases over one system, which is empty at the start. After the last phase, every bet must
//! have ended, every deposit must be credited and every withdrawal paid, and the auditor must find no violation. The
//! peer has no deposits and withdrawals, so there these are replaced by bets and reads in their own ratio.

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

/// Values of the command line that replace those of a scenario.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Sizes {
    pub(crate) users: Option<u64>,
    /// Requests per second.
    pub(crate) rate: Option<u64>,
    /// The duration of each phase.
    pub(crate) seconds: Option<u64>,
}

/// The numbers of players by activity.
const LIGHT_SHARES: Shares = Shares { reads: 1_050, bets: 375, deposits: 45, withdrawals: 30 };
const HIGH_SHARES: Shares = Shares { reads: 400, bets: 500, deposits: 70, withdrawals: 30 };
const PEAK_SHARES: Shares = Shares { reads: 240, bets: 480, deposits: 64, withdrawals: 16 };

/// 1,000 users over 1,000 connections: 200 bets per second for 5 s.
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

/// 200 users: 50 to 100 bets per second for 300 s, then 100 for 5 min, then a burst.
const SUSTAINED: [Phase; 5] = [
    steady("50/s", 50, 100),
    steady("75/s", 75, 100),
    steady("100/s", 100, 100),
    steady("final", 100, 300),
    BURST,
];

/// 1,500 users who mostly read, at 65 % of the system's capacity for that mix.
const LIGHT: Phase = mix("light", 1_500, LIGHT_SHARES, 65);

/// 1,000 users, at 85 % of the capacity.
const HIGH: Phase = mix("high", 1_000, HIGH_SHARES, 85);

/// 800 users who mostly bet, at 95 % of the capacity.
const PEAK: Phase = mix("peak", 800, PEAK_SHARES, 95);

/// The light mix with 1,500, 2,500 and 3,000 users, each with a request every 5 s, as in the burst.
const STEPS: [Phase; 3] = [step("1500 users", 1_500), step("2500 users", 2_500), step("3000 users", 3_000)];

pub(crate) async fn burst(system: &System, sizes: Sizes) -> anyhow::Result<Vec<Figure>> {
    run(system, sizes, &[BURST]).await
}

pub(crate) async fn sustained(system: &System, sizes: Sizes) -> anyhow::Result<Vec<Figure>> {
    run(system, sizes, &SUSTAINED).await
}

pub(crate) async fn light(system: &System, sizes: Sizes) -> anyhow::Result<Vec<Figure>> {
    run(system, sizes, &[LIGHT]).await
}

pub(crate) async fn high(system: &System, sizes: Sizes) -> anyhow::Result<Vec<Figure>> {
    run(system, sizes, &[HIGH]).await
}

pub(crate) async fn peak(system: &System, sizes: Sizes) -> anyhow::Result<Vec<Figure>> {
    run(system, sizes, &[PEAK]).await
}

pub(crate) async fn steps(system: &System, sizes: Sizes) -> anyhow::Result<Vec<Figure>> {
    run(system, sizes, &STEPS).await
}

/// This many bets per second by 200 users.
const fn steady(name: &'static str, rate: u64, seconds: u64) -> Phase {
    let (rate, lasts) = (Rate::PerSecond(rate), Duration::from_secs(seconds));
    Phase { name, users: 200, connections: 200, rate, lasts, ..BURST }
}

const fn step(name: &'static str, users: u64) -> Phase {
    let rate = Rate::PerSecond(users / 5);
    Phase { rate, promise: Promise::Quick, ..mix(name, users, LIGHT_SHARES, 0) }
}

/// A minute at a share of the capacity, on so many rounds that none is hot.
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

/// Runs the phases and the final checks.
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

/// The figure for the auditor's verdict.
fn in_order(is_clean: bool) -> Figure {
    Figure::lower("books with violations", if is_clean { 0.0 } else { 1.0 }).at_most(0.0)
}

#[cfg(test)]
mod tests {
    use super::Promise::{Flat, Quick};
    use super::Rate::{PerSecond, PercentOfCapacity};
    use super::{BURST, HIGH, LIGHT, PEAK, Phase, STEPS, SUSTAINED, Shares, resilience, sign_ups};
    use crate::storm;
    use std::time::Duration;

    /// Each phase, by J4 to J9 and J14: users, connections, requests, seconds, players by activity, and the promise.
    #[test]
    fn scenarios_are_those_that_were_asked_for() {
        let all = [&[BURST][..], &SUSTAINED, &[LIGHT], &[HIGH], &[PEAK], &STEPS].concat();
        let found = all.iter().map(|phase| {
            let Phase { users, connections, shares, rate, lasts, promise, .. } = *phase;
            (phase.name, users, connections, rate, lasts, shares, promise)
        });
        let shares = |reads, bets, deposits, withdrawals| Shares { bets, reads, deposits, withdrawals };
        let (light, high, peak) =
            (shares(1_050, 375, 45, 30), shares(400, 500, 70, 30), shares(240, 480, 64, 16));
        let seconds = Duration::from_secs;
        #[rustfmt::skip]
        let expected = [
            ("burst",      1_000, 1_000, PerSecond(200),        seconds(5),   Shares::BETS, Quick), // J7
            ("50/s",       200,   200,   PerSecond(50),         seconds(100), Shares::BETS, Quick), // J9
            ("75/s",       200,   200,   PerSecond(75),         seconds(100), Shares::BETS, Quick),
            ("100/s",      200,   200,   PerSecond(100),        seconds(100), Shares::BETS, Quick),
            ("final",      200,   200,   PerSecond(100),        seconds(300), Shares::BETS, Quick),
            ("burst",      1_000, 1_000, PerSecond(200),        seconds(5),   Shares::BETS, Quick),
            ("light",      1_500, 800,   PercentOfCapacity(65), seconds(60),  light,        Flat),  // J4
            ("high",       1_000, 800,   PercentOfCapacity(85), seconds(60),  high,         Flat),  // J5
            ("peak",       800,   800,   PercentOfCapacity(95), seconds(60),  peak,         Flat),  // J6
            ("1500 users", 1_500, 800,   PerSecond(300),        seconds(60),  light,        Quick), // J14
            ("2500 users", 2_500, 800,   PerSecond(500),        seconds(60),  light,        Quick),
            ("3000 users", 3_000, 800,   PerSecond(600),        seconds(60),  light,        Quick),
        ];
        assert_eq!(found.collect::<Vec<_>>(), expected);
    }

    /// J10, J11, J12 and J17.
    #[test]
    fn other_scenarios_send_what_was_asked_for() {
        assert_eq!((resilience::RATE, resilience::WORKERS), (100, 2));
        assert_eq!((storm::LOGINS_PER_SECOND, storm::LOGINS_PER_SIGN_UP), (100, 2));
        assert_eq!((storm::PLAYERS, sign_ups::AT_ONCE), (1_000, 10));
    }
}

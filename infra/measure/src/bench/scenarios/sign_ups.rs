//! A burst of sign-ups with the same referrer: none may fail, and every referral must be counted.

use super::{Sizes, in_order};
use crate::evens::Evens;
use crate::figure::Figure;
use crate::measures::{count, milliseconds, per_second};
use anyhow::ensure;
use evens_load::{Connection, Dialect, ReferredPlayers, Target};
use std::time::Duration;
use tokio::time::Instant;

/// The number of players who sign up and log in, ten at a time.
const USERS: u64 = 200;
pub(super) const AT_ONCE: usize = 10;
/// E11: 480 per minute.
const PER_SECOND_MIN: f64 = 8.0;
/// The time limit until all referrals are recorded and all bonuses paid.
const DRAIN_TIMEOUT: Duration = Duration::from_mins(5);

pub(crate) async fn sign_up_burst(evens: &Evens, sizes: Sizes) -> anyhow::Result<Vec<Figure>> {
    let users = usize::try_from(sizes.users.unwrap_or(USERS))?;
    let target = Target::new(evens.api()?, Dialect::Evens);
    let started = Instant::now();
    let burst = ReferredPlayers::register(&target, "sign-up-burst", users, AT_ONCE).await?;
    let took = started.elapsed();
    ensure!(burst.referred.len() + burst.failures.len() == users, "a sign-up was lost");
    for failure in &burst.failures {
        eprintln!("{failure}");
    }
    let drained = evens.await_idle(DRAIN_TIMEOUT).await?;
    let mut connection = Connection::new(target.address());
    let counted = target.read_referral_count(&mut connection, &burst.referrer).await?;
    let listed = target.list_referrals(&mut connection, &burst.referrer).await?;
    let is_listed = |user| listed.iter().filter(|listed| **listed == user).count() == 1;
    let missing = burst.referred.iter().filter(|player| !is_listed(player.user)).count();
    let number = |number: usize| count(u64::try_from(number).unwrap_or(u64::MAX));
    let is_clean = evens.verify().await?.is_clean;
    Ok(vec![
        Figure::higher("sign-ups with login/s", per_second(u64::try_from(burst.referred.len())?, took))
            .at_least(PER_SECOND_MIN),
        Figure::lower("sign-up with login p50 ms", milliseconds(burst.latency.quantile(0.5))),
        Figure::lower("sign-up with login p99 ms", milliseconds(burst.latency.quantile(0.99))),
        Figure::lower("sign-ups failed", number(burst.failures.len())).at_most(0.0),
        Figure::lower("referrals missing or twice", number(missing)).at_most(0.0),
        Figure::lower("referrals not counted", number(users.abs_diff(counted))).at_most(0.0),
        Figure::lower("s until its queues are empty", drained.as_secs_f64()),
        in_order(is_clean),
    ])
}

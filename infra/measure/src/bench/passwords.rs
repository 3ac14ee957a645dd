//! The time of a password hash by the parameters of Argon2id. The first rows are those that OWASP's guide considers
//! equivalent.

use crate::figure::Figure;
use evens_credentials::{PasswordParameters, Passwords, Verdict};
use evens_players::Password;
use std::num::NonZeroUsize;
use std::time::{Duration, Instant};

/// The names of the two figures (time of one hash, and hashes per second on all cores), then KiB and passes.
const PARAMETERS: [(&str, &str, u32, u32); 6] = [
    ("m=47104,t=1: ms", "m=47104,t=1: per s, all cores", 47_104, 1),
    ("m=19456,t=2: ms", "m=19456,t=2: per s, all cores", 19_456, 2),
    ("m=12288,t=3: ms", "m=12288,t=3: per s, all cores", 12_288, 3),
    ("m=9216,t=4: ms", "m=9216,t=4: per s, all cores", 9_216, 4),
    ("m=7168,t=5: ms", "m=7168,t=5: per s, all cores", 7_168, 5),
    ("m=65536,t=3: ms", "m=65536,t=3: per s, all cores", 65_536, 3),
];

/// The duration of each measurement.
const MEASURED: Duration = Duration::from_secs(3);

/// Sequentially on one thread, then one per core concurrently.
pub(crate) async fn passwords() -> anyhow::Result<Vec<Figure>> {
    let cores = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let mut figures = Vec::new();
    for (latency, rate, memory_kib, passes) in PARAMETERS {
        let parameters = PasswordParameters { memory_kib, passes, lanes: 1 };
        let alone = checked(&Passwords::new(parameters, NonZeroUsize::MIN)?, 1).await?;
        let together = checked(&Passwords::new(parameters, cores)?, cores.get()).await?;
        figures.push(Figure::lower(latency, milliseconds(alone)));
        figures.push(Figure::higher(rate, per_second(together)));
    }
    Ok(figures)
}

/// The number of checks and their duration, with this concurrency.
async fn checked(passwords: &Passwords, at_once: usize) -> anyhow::Result<(u32, Duration)> {
    let password = || Password::presented("correct horse battery".to_owned());
    let stored = passwords.hash(password()).await?;
    let started = Instant::now();
    let callers = (0..at_once).map(|_| async {
        let mut count = 0_u32;
        while started.elapsed() < MEASURED {
            let verdict = passwords.verify(password(), Some(stored.clone())).await?;
            anyhow::ensure!(matches!(verdict, Verdict::Right { .. }), "a right password was refused");
            count += 1;
        }
        Ok(count)
    });
    let counts = futures::future::try_join_all(callers).await?;
    Ok((counts.iter().sum(), started.elapsed()))
}

#[expect(clippy::float_arithmetic, reason = "a time, not money")]
fn milliseconds((count, took): (u32, Duration)) -> f64 {
    took.as_secs_f64() * 1_000.0 / f64::from(count.max(1))
}

#[expect(clippy::float_arithmetic, reason = "a rate, not money")]
fn per_second((count, took): (u32, Duration)) -> f64 {
    f64::from(count) / took.as_secs_f64().max(0.001)
}

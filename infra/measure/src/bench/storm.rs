//! A storm of logins and sign-ups, and the time to work off a backlog of their jobs (J11, J12).

use crate::evens::Evens;
use crate::figure::Figure;
use crate::processes::Watch;
use crate::scenarios::Sizes;
use anyhow::ensure;
use bytes::Bytes;
use evens_contracts::{ApplyBonusJob, CheckAttendanceJob, Job, JobInGroup};
use evens_ledger::UserId;
use evens_load::{Connection, Latency};
use evens_players::{Account, PhoneNumber, ReferralCode};
use evens_queues::OutgoingJob;
use evens_runtime::Clock;
use evens_store::{PasswordHash, SignUpOutcome};
use http_body_util::Full;
use hyper::{Method, Request};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;
use tokio::task::LocalSet;
use tokio::time::{Instant, sleep_until};

pub(crate) const LOGINS_PER_SECOND: u64 = 100;
pub(crate) const LOGINS_PER_SIGN_UP: u32 = 2;
const STORM_TIME: Duration = Duration::from_secs(20);
/// The time limit for the remaining jobs, and for those of a backlog.
const DRAINED_IN: Duration = Duration::from_mins(1);
/// The interval of requests without passwords, which show whether other clients have to wait.
const PROBE_INTERVAL: Duration = Duration::from_millis(100);
/// The number of players who log in, or more for a longer storm, so that each stays below the rate limit of their phone
/// number.
pub(crate) const PLAYERS: u64 = 1_000;
const LOGINS_EACH: u64 = 8;
const PASSWORD: &str = "correct horse battery";
/// The time limit until all queues are empty.
const DRAIN_TIMEOUT: Duration = Duration::from_mins(5);

/// 100 logins and 50 sign-ups per second in an open loop. The rate is that of logins.
pub(crate) async fn storm(evens: &Evens, sizes: Sizes) -> anyhow::Result<Vec<Figure>> {
    let api = evens.api()?;
    let rate = sizes.rate.unwrap_or(LOGINS_PER_SECOND);
    let lasts = sizes.seconds.map_or(STORM_TIME, Duration::from_secs);
    let players = sizes.users.unwrap_or(PLAYERS.max(rate * lasts.as_secs() / LOGINS_EACH));
    LocalSet::new().run_until(prepare(api, players)).await?;
    let watch = Watch::start(evens.processes()?);
    let started = Instant::now();
    let (login_interval, until) = (Duration::from_secs(1) / u32::try_from(rate)?, started + lasts);
    let storm = Storm { api, players, login_interval, started, until };
    let seen = LocalSet::new().run_until(storm.rage()).await;
    let took = started.elapsed();
    let usage = watch.usage();
    let drained = evens.await_idle(DRAIN_TIMEOUT).await?;
    let mut figures = Vec::new();
    figures.extend(seen.logins.figures(["login/s", "login p50 ms", "login p99 ms", "logins refused"], took));
    figures.extend(
        seen.sign_ups.figures(["sign-up/s", "sign-up p50 ms", "sign-up p99 ms", "sign-ups refused"], took),
    );
    figures
        .extend(seen.probes.figures(["wallet/s", "wallet p50 ms", "wallet p99 ms", "wallets refused"], took));
    let drained = Figure::lower("s until its queues are empty", drained.as_secs_f64());
    figures.push(drained.at_most(DRAINED_IN.as_secs_f64()));
    figures.push(Figure::note("cores used", crate::measures::cores(usage.cpu, took)));
    Ok(figures)
}

/// A thousand new players at once: their bonuses and their attendance days.
pub(crate) async fn backlog(evens: &Evens, sizes: Sizes) -> anyhow::Result<Vec<Figure>> {
    let (now, players) = (Clock::system().now(), sizes.users.unwrap_or(PLAYERS));
    let users = (1..=players).map(UserId::new).collect::<Result<Vec<_>, _>>()?;
    for user in &users {
        let phone: PhoneNumber = format!("+91{}", 9_000_000_000 + user.number()).parse()?;
        let code = ReferralCode::from_random((user.number().to_be_bytes())[3..].try_into()?);
        let account = Account::register(*user, phone, None, code, None, now);
        let made = evens.store()?.sign_up(&account, &PasswordHash::new(String::new())).await?;
        ensure!(made == SignUpOutcome::SignedUp, "an account was not made: {made:?}");
    }
    let date = jiff::tz::Offset::UTC.to_datetime(now).date();
    let bonuses = users.iter().map(|user| Job::ApplyBonus(ApplyBonusJob { user_id: *user }));
    let days = users.iter().map(|user| Job::CheckAttendance(CheckAttendanceJob { user_id: *user, date }));
    let before = evens.counters().await?;
    let mut figures = Vec::new();
    let measured: [(&'static str, Vec<Job>); 2] = [("bonuses", bonuses.collect()), ("days", days.collect())];
    for (what, jobs) in measured {
        let started = Instant::now();
        let outgoing = jobs
            .into_iter()
            .zip(&users)
            .map(|(job, user)| OutgoingJob::of(JobInGroup { job, group: user.to_string() }));
        evens.queues()?.send(outgoing.collect()).await?;
        evens.await_idle(DRAIN_TIMEOUT).await?;
        let drained = Figure::lower(format!("s for {players} {what}"), started.elapsed().as_secs_f64());
        figures.push(drained.at_most(DRAINED_IN.as_secs_f64()));
    }
    figures.extend(evens.counters().await?.since(&before).job_times());
    Ok(figures)
}

/// Signs up the players who will log in.
async fn prepare(api: SocketAddr, players: u64) -> anyhow::Result<()> {
    let mut connection = Connection::new(api);
    for number in 0..players {
        let (status, body) = connection.send(request("signup", &credentials(number))).await?;
        ensure!(status.as_u16() == 201, "a sign-up was answered with {status}: {body:?}");
    }
    Ok(())
}

struct Storm {
    api: SocketAddr,
    players: u64,
    login_interval: Duration,
    started: Instant,
    until: Instant,
}

/// The results of one kind of request.
#[derive(Default)]
struct RequestResults {
    latency: Latency,
    answers: BTreeMap<u16, u64>,
}

#[derive(Default)]
struct StormResults {
    logins: RequestResults,
    sign_ups: RequestResults,
    probes: RequestResults,
}

impl Storm {
    /// Runs all three kinds concurrently on one thread, so no lock is needed.
    async fn rage(&self) -> StormResults {
        let (logins, sign_ups, probes) = tokio::join!(
            self.arrive(self.login_interval, |number| request("login", &credentials(number % self.players))),
            self.arrive(LOGINS_PER_SIGN_UP * self.login_interval, |number| {
                request("signup", &credentials(self.players + number))
            }),
            self.arrive(PROBE_INTERVAL, |_| probe()),
        );
        StormResults { logins, sign_ups, probes }
    }

    /// Sends a request at each interval, over a free or a new connection. Measures from the due time.
    async fn arrive(
        &self,
        interval: Duration,
        request: impl Fn(u64) -> Request<Full<Bytes>>,
    ) -> RequestResults {
        let seen = Rc::new(RefCell::new(RequestResults::default()));
        let free: Rc<RefCell<Vec<Connection>>> = Rc::default();
        let mut under_way = Vec::new();
        for number in 0.. {
            let intended = self.started + interval * number;
            if intended >= self.until {
                break;
            }
            sleep_until(intended).await;
            let connection = free.borrow_mut().pop().unwrap_or_else(|| Connection::new(self.api));
            let (seen, free, request) = (seen.clone(), free.clone(), request(number.into()));
            under_way.push(tokio::task::spawn_local(async move {
                let mut connection = connection;
                let answer = connection.send(request).await;
                let mut seen = seen.borrow_mut();
                let status = answer.map_or(0, |(status, _)| status.as_u16());
                if (200..300).contains(&status) || status == 401 {
                    seen.latency.record(intended.elapsed());
                }
                *seen.answers.entry(status).or_default() += 1;
                free.borrow_mut().push(connection);
            }));
        }
        for one in under_way {
            // A panic of the task was already reported.
            let _ = one.await;
        }
        seen.take()
    }
}

impl RequestResults {
    /// The rate, the latencies, and the numbers of refused and unanswered requests.
    #[expect(clippy::float_arithmetic, reason = "times, not money")]
    fn figures(&self, names: [&'static str; 4], took: Duration) -> [Figure; 4] {
        let milliseconds = |quantile| self.latency.quantile(quantile).as_secs_f64() * 1_000.0;
        let all: u64 = self.answers.values().sum();
        [
            Figure::higher(names[0], crate::measures::per_second(self.latency.count(), took)),
            Figure::lower(names[1], milliseconds(0.5)),
            Figure::lower(names[2], milliseconds(0.99)),
            Figure::lower(names[3], crate::measures::count(all - self.latency.count())).at_most(0.0),
        ]
    }
}

fn credentials(number: u64) -> String {
    format!(r#"{{"phoneNo":"+91{}","password":"{PASSWORD}"}}"#, 7_000_000_000 + number)
}

fn request(path: &str, body: &str) -> Request<Full<Bytes>> {
    let request = Request::builder().method(Method::POST).uri(format!("/api/users/{path}"));
    let request = request.header("host", "localhost").header("content-type", "application/json");
    let body = Full::new(Bytes::copy_from_slice(body.as_bytes()));
    // Method, path and headers are constants, so building cannot fail.
    request.body(body).unwrap_or_default()
}

/// A cheap request, which only fails the token check.
fn probe() -> Request<Full<Bytes>> {
    let request = Request::builder().uri("/api/wallet").header("host", "localhost");
    request.body(Full::default()).unwrap_or_default()
}

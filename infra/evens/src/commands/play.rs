//! `evens play`: real traffic over HTTP, from sign-up to the end of the last bet.
//!
//! Its players use the API as any player does. They sign up (every second one with the first one's referral code), log
//! in, and refresh their tokens in the middle of the run. In the end, the bonus, the attendance and the referrals of
//! each are checked.

mod accounts;
mod report;

use crate::cli::{PlayArgs, VerifyArgs};
use crate::commands::output;
use crate::commands::{require_local, verify};
use crate::home::{Home, OpenMode};
use evens_exchange::{RoundId, Stake};
use evens_ledger::Amount;
use evens_load::{
    AcceptedBet, Connection, Dialect, FinishedBet, FollowParameters, Limit, Mix, Pace, Plan, Players, Report,
    Rounds, Run, Shares, Target, follow,
};
use evens_runtime::{Context, Settings, StartError};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Deserialize;
use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;
use tokio::time::{MissedTickBehavior, interval};
use uuid::Uuid;

/// The default address of a local evens.
const URL_DEFAULT: &str = "http://127.0.0.1:8080";
/// How bets are followed once all are placed. A bet without an opponent is refunded when no bet makes progress any
/// longer. Following lasts longer than the window of a rate limit, in which no progress may be visible.
const FOLLOWING: FollowParameters = FollowParameters {
    connections: 4,
    interval: Duration::from_millis(100),
    refund_after: Duration::from_secs(1),
    give_up_after: Duration::from_mins(2),
};

pub(crate) async fn run(args: PlayArgs) -> Result<ExitCode, StartError> {
    require_local(&Settings::from_env()?, "play")?;
    let url = args.url.clone().or_else(|| published_url(&args.home.data));
    let url = url.unwrap_or_else(|| URL_DEFAULT.to_owned());
    let target = Target::at(&url, Dialect::Evens).await.map_err(|error| {
        StartError::new(format!("cannot play against {url}"), "use --url http://host:port").caused_by(error)
    })?;
    require_running(&target, &url).await?;
    let home = Home::open(&args.home.data, OpenMode::Beside).await?;
    require_same_home(&home, &url)?;
    let context = home.context(home.settings.clone()).await?;
    let plan = plan(&args, &target, &context, &url).await?;

    let players = plan.players.clone();
    let report = place(&target, plan, args.bets).await;
    let (ended, not_ended) = wait_for_end(&target, &players, report.placed.clone()).await;
    let accounts = accounts::read(&target, &players, &home.settings).await;
    report::print(&report, &ended, &not_ended);
    accounts.print();
    if target.waits() > 0 {
        let waits = target.waits();
        output::note(format_args!(
            "{waits} requests were rate limited; to play faster, start evens with EVENS_RATE_LIMITS=off"
        ));
    }
    home.close().await;
    output::line("");
    let verified =
        verify::run(VerifyArgs { command: None, json: false, all: false, ended: false, home: args.home })
            .await;
    let is_good = report.outcomes.failed() == 0 && not_ended.is_empty() && accounts.are_good();
    // The result of verify says more than a bet that did not end.
    Ok(if is_good || verified != ExitCode::SUCCESS { verified } else { ExitCode::FAILURE })
}

/// The URL of the evens that runs on the data folder, from its address file.
fn published_url(folder: &Path) -> Option<String> {
    #[derive(Deserialize)]
    struct Address {
        api: Option<SocketAddr>,
    }
    let bytes = std::fs::read(folder.join("engines.json")).ok()?;
    let address: Address = serde_json::from_slice(&bytes).ok()?;
    address.api.map(|api| format!("http://{api}"))
}

async fn require_running(target: &Target, url: &str) -> Result<(), StartError> {
    Connection::new(target.address()).open().await.map_err(|error| {
        StartError::new(
            format!("nothing answers at {url}"),
            "start `evens` in another terminal, or select a running server with --url",
        )
        .caused_by(error)
    })
}

/// Refuses a home with embedded engines of its own, because the server at `url` does not use them.
fn require_same_home(home: &Home, url: &str) -> Result<(), StartError> {
    if home.is_embedded() {
        let message = format!("the server at {url} does not use the data folder {}", home.folder.display());
        return Err(StartError::new(message, "select its folder with --data"));
    }
    Ok(())
}

/// Checks that the first player who signed up at the server exists in this table, before money goes to a table that the
/// server does not use.
async fn require_same_table(players: &Players, context: &Context, url: &str) -> Result<(), StartError> {
    let failed = |what: &str| {
        let hint = "select the data folder of that server with --data";
        StartError::new(format!("the server at {url} {what}"), hint)
    };
    match context.store.load_account(players.at(0).user).await {
        Ok(Some(_)) => Ok(()),
        Ok(None) => Err(failed("uses another table")),
        Err(error) => Err(failed("has a table that does not answer").caused_by(error)),
    }
}

async fn plan(args: &PlayArgs, target: &Target, context: &Context, url: &str) -> Result<Plan, StartError> {
    let name = format!("play-{}", Uuid::now_v7().simple());
    let stake_max = Stake::parse(args.stake_max).map_err(|error| {
        StartError::new("the maximum stake is invalid", "change --stake-max").caused_by(error)
    })?;
    let stake_min = args.stake_min.unwrap_or(context.settings.betting.stake_min);
    if stake_min > stake_max.amount() {
        let message =
            format!("the maximum stake, {}, is below the minimum stake, {stake_min}", stake_max.amount());
        return Err(StartError::new(message, "raise --stake-max"));
    }
    let balance = balance(stake_max, args)?;
    let rounds = rounds(args, &name)?;
    let players = register(target, &name, args.users).await?;
    require_same_table(&players, context, url).await?;
    players.fund(&context.store, balance, &name).await.map_err(|error| {
        StartError::new("the players cannot be funded", "see the log of the server").caused_by(error)
    })?;
    Ok(Plan {
        rounds,
        name,
        players,
        mix: Mix::Random { stake_min, stake_max, seed: rand::random() },
        shares: Shares::BETS,
        pace: Pace::Closed(Limit::Requests(args.bets)),
        connections: args.connections,
        insists_for: Duration::ZERO,
    })
}

/// Signs the players up and logs them in.
async fn register(target: &Target, name: &str, users: usize) -> Result<Players, StartError> {
    let bar = progress_bar(users.try_into().unwrap_or(u64::MAX), "signing up");
    let registered = Players::register(target, name, users, || bar.inc(1)).await;
    bar.finish_and_clear();
    registered.map_err(|error| {
        let hint = "see the log of the server; EVENS_RATE_LIMITS=off lets it accept more sign-ups";
        StartError::new("the players cannot sign up", hint).caused_by(error)
    })
}

/// Enough for a player's share of the bets at the largest stake. Players lose some bets and win others.
fn balance(stake_max: Stake, args: &PlayArgs) -> Result<Amount, StartError> {
    let share = i128::from(args.bets).unsigned_abs().div_ceil(u128::try_from(args.users).unwrap_or(1).max(1));
    let units = i128::try_from(share).ok().and_then(|share| stake_max.amount().units().checked_mul(share));
    units.and_then(|units| Amount::from_units(units).ok()).ok_or_else(|| {
        StartError::new("a balance cannot hold that many stakes of that size", "lower --bets or --stake-max")
    })
}

fn rounds(args: &PlayArgs, name: &str) -> Result<Rounds, StartError> {
    let rounds = match &args.round {
        Some(round) => Ok(vec![round.clone()]),
        None => (1..=args.rounds).map(|number| format!("{name}-{number}").parse::<RoundId>()).collect(),
    };
    let rounds = rounds.ok().and_then(Rounds::of);
    rounds.ok_or_else(|| StartError::new("no rounds to bet on", "use --rounds with 1 or more"))
}

/// Places all bets. When half of them are placed, every player refreshes their tokens.
async fn place(target: &Target, plan: Plan, bets: u64) -> Report {
    let bar = progress_bar(bets, "placing bets");
    let players = plan.players.clone();
    let run = Run::start(target, plan).await;
    let progress = run.progress();
    let watched = async {
        let mut ticks = interval(Duration::from_millis(20));
        ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let mut is_refreshed = false;
        loop {
            ticks.tick().await;
            let answered = progress.answered();
            bar.set_position(answered);
            if answered >= bets / 2 && !is_refreshed {
                players.refresh(target).await;
                is_refreshed = true;
            }
            if answered >= bets {
                return;
            }
        }
    };
    let (report, ()) = tokio::join!(run.finish(), watched);
    bar.finish_and_clear();
    report
}

/// Waits until every accepted bet has ended, and refunds bets without an opponent.
async fn wait_for_end(
    target: &Target,
    players: &Players,
    placed: Vec<AcceptedBet>,
) -> (Vec<FinishedBet>, Vec<AcceptedBet>) {
    let bar = progress_bar(placed.len().try_into().unwrap_or(u64::MAX), "waiting for bets to end");
    let mut ended = Vec::with_capacity(placed.len());
    let not_ended = follow(target, players, placed, FOLLOWING, |one| {
        bar.inc(1);
        ended.push(one);
    });
    let not_ended = not_ended.await;
    bar.finish_and_clear();
    (ended, not_ended)
}

/// A progress bar on stderr, silent if stderr is not a terminal.
fn progress_bar(length: u64, what: &'static str) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg} {bar:40} {pos}/{len} {per_sec} {elapsed}");
    let bar = ProgressBar::new(length).with_message(what);
    match style {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

//! `evens play`: real traffic over HTTP, from the first bet to the end of the last.

use crate::cli::{PlayArgs, VerifyArgs};
use crate::commands::token::require_local;
use crate::commands::verify;
use crate::home::{Home, Sharing};
use crate::signing_key;
use evens_exchange::{RoundId, Stake};
use evens_ledger::{Amount, UserId};
use evens_load::{
    Connection, Dialect, Ended, Following, Limit, Mix, Pace, Placed, Plan, Player, Players, Report, Rounds,
    Run, Target, follow,
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

#[path = "play_report.rs"]
mod play_report;

/// Where evens listens if nothing says otherwise.
const URL_DEFAULT: &str = "http://127.0.0.1:8080";
/// Players have numbers from here on, far from those that somebody gives to himself.
const FIRST_USER: u64 = 1_000_000;
/// How bets are watched once all are placed. A bet that finds no opponent is asked back when nothing moves any more.
const FOLLOWING: Following = Following {
    connections: 4,
    interval: Duration::from_millis(100),
    refund_after: Duration::from_secs(1),
    give_up_after: Duration::from_mins(1),
};

pub(crate) async fn run(args: PlayArgs) -> Result<ExitCode, StartError> {
    require_local(&Settings::from_env()?, "play")?;
    let url = args.url.clone().or_else(|| published_url(&args.home.data));
    let url = url.unwrap_or_else(|| URL_DEFAULT.to_owned());
    let target = Target::at(&url, Dialect::Evens).await.map_err(|error| {
        StartError::new(format!("cannot play against {url}"), "use --url http://host:port").caused_by(error)
    })?;
    require_running(&target, &url).await?;
    let home = Home::open(&args.home.data, Sharing::Beside).await?;
    require_same_home(&home, &url)?;
    let context = home.context(home.settings.clone()).await?;
    let plan = plan(&args, &home, &context).await?;
    require_same_money(&target, plan.players.at(0), &context, &url).await?;

    let players = plan.players.clone();
    let report = place(&target, plan, args.bets).await;
    let (ended, not_ended) = wait_for_end(&target, &players, report.placed.clone()).await;
    play_report::print(&report, &ended, &not_ended);
    home.close().await;
    println!();
    let verified =
        verify::run(VerifyArgs { command: None, json: false, ended: false, home: args.home }).await;
    let all_ended = report.outcomes.failed() == 0 && not_ended.is_empty();
    // What verify found says more than that something did not end.
    Ok(if all_ended || verified != ExitCode::SUCCESS { verified } else { ExitCode::FAILURE })
}

/// Where the evens of the data folder serves its API, as its address file says.
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
            "start `evens` in another terminal, or name a running one with --url",
        )
        .caused_by(error)
    })
}

/// A home that opened engines of its own is not the one that the server at `url` works with.
fn require_same_home(home: &Home, url: &str) -> Result<(), StartError> {
    if home.is_embedded() {
        let message = format!("the evens at {url} does not use the data folder {}", home.folder.display());
        return Err(StartError::new(message, "name its folder with --data"));
    }
    Ok(())
}

/// The server must see the money and take the token: otherwise nothing but refusals would be measured.
async fn require_same_money(
    target: &Target,
    player: &Player,
    context: &Context,
    url: &str,
) -> Result<(), StartError> {
    let hint = "name the data folder of that server with --data";
    let failed = |what: &str| StartError::new(format!("the evens at {url} {what}"), hint);
    let seen = target.read_wallet(&mut Connection::new(target.address()), player).await;
    let seen = seen.map_err(|error| {
        failed("does not take the tokens that are signed with the key of the data folder").caused_by(error)
    })?;
    let stored = context.store.load_wallet(player.user).await;
    let stored = stored.map_err(|error| failed("has a table that does not answer").caused_by(error))?;
    if seen.balance != stored.balance {
        return Err(failed("works with another table"));
    }
    Ok(())
}

async fn plan(args: &PlayArgs, home: &Home, context: &Context) -> Result<Plan, StartError> {
    let name = format!("play-{}", Uuid::now_v7().simple());
    let stake_max = Stake::parse(args.stake_max).map_err(|error| {
        StartError::new("the largest stake cannot be staked", "use --stake-max with another amount")
            .caused_by(error)
    })?;
    let signer = signing_key::load_or_create(&home.folder, &home.settings)?;
    let users = (FIRST_USER..).take(args.users).map_while(|number| UserId::new(number).ok());
    let balance = balance(stake_max, args)?;
    let players = Players::fund(&context.store, &signer, users, balance, &name).await.map_err(|error| {
        StartError::new("the players cannot be funded", "look at the log of the running evens")
            .caused_by(error)
    })?;
    Ok(Plan {
        rounds: rounds(args, &name)?,
        name,
        players,
        mix: Mix::Random { stake_max, seed: rand::random() },
        pace: Pace::Closed(Limit::Bets(args.bets)),
        connections: args.connections,
    })
}

/// Enough for a player's share of the bets at the largest stake; he loses some of them and wins others.
fn balance(stake_max: Stake, args: &PlayArgs) -> Result<Amount, StartError> {
    let share = i128::from(args.bets).unsigned_abs().div_ceil(u128::try_from(args.users).unwrap_or(1).max(1));
    let units = i128::try_from(share).ok().and_then(|share| stake_max.amount().units().checked_mul(share));
    units.and_then(|units| Amount::from_units(units).ok()).ok_or_else(|| {
        StartError::new("no balance can hold that many stakes of that size", "lower --bets or --stake-max")
    })
}

fn rounds(args: &PlayArgs, name: &str) -> Result<Rounds, StartError> {
    let rounds = match &args.round {
        Some(round) => Ok(vec![round.clone()]),
        None => (1..=args.rounds).map(|number| format!("{name}-{number}").parse::<RoundId>()).collect(),
    };
    let rounds = rounds.ok().and_then(Rounds::of);
    rounds.ok_or_else(|| StartError::new("there are no rounds to bet on", "use --rounds with 1 or more"))
}

/// Places all bets.
async fn place(target: &Target, plan: Plan, bets: u64) -> Report {
    let bar = progress_bar(bets, "placing bets");
    let run = Run::start(target, plan).await;
    let progress = run.progress();
    let mut ticks = interval(Duration::from_millis(100));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let mut report = std::pin::pin!(run.finish());
    let report = loop {
        tokio::select! {
            report = &mut report => break report,
            _ = ticks.tick() => bar.set_position(progress.answered()),
        }
    };
    bar.finish_and_clear();
    report
}

/// Waits until every accepted bet has ended, and asks back what finds no opponent.
async fn wait_for_end(target: &Target, players: &Players, placed: Vec<Placed>) -> (Vec<Ended>, Vec<Placed>) {
    let bar = progress_bar(placed.len().try_into().unwrap_or(u64::MAX), "waiting for their end");
    let mut ended = Vec::with_capacity(placed.len());
    let not_ended = follow(target, players, placed, FOLLOWING, |one| {
        bar.inc(1);
        ended.push(one);
    });
    let not_ended = not_ended.await;
    bar.finish_and_clear();
    (ended, not_ended)
}

/// On stderr, and silent where that is not a terminal.
fn progress_bar(length: u64, what: &'static str) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg} {bar:40} {pos}/{len} {per_sec} {elapsed}");
    let bar = ProgressBar::new(length).with_message(what);
    match style {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

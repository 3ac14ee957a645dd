//! `evens verify period`: repeats the draw of a game's period from public data.
//!
//! It never reads the secret of a period, only the published seed and its block. So any user who may read periods can
//! run it, and for a period without a draw the output reveals nothing. If a jackpot was open when the period opened, it
//! also derives the tickets of the period's cash bets and prints the winning ones.

use crate::cli::VerifyPeriodArgs;
use crate::commands::output;
use crate::commands::verify::{cannot_read, open_store};
use crate::home::{Home, OpenMode};
use evens_audit::{JackpotTickets, PeriodAudit, audit_period, audit_tickets};
use evens_contracts::Time;
use evens_games::Period;
use evens_jackpots::{Award, CashBet};
use evens_runtime::StartError;
use evens_store::{Store, StoreError};
use serde_json::{Value, json};
use std::fmt::Write;
use std::process::ExitCode;

pub(crate) async fn run(args: VerifyPeriodArgs) -> Result<ExitCode, StartError> {
    let home = Home::open(&args.shared.home.data, OpenMode::Beside).await?;
    let found = match open_store(&home).await {
        Ok(store) => load(&store, &args).await,
        Err(error) => Err(error),
    };
    home.close().await;
    let (period, jackpots) = found?;
    let mut audit = audit_period(&period);
    let faults = jackpots.iter().filter_map(|(tickets, made)| tickets.fault(&period, made.as_ref()));
    audit.faults.extend(faults);
    if args.shared.json {
        output::line(json(&period, &audit, &jackpots));
    } else {
        output::data(text(&period, &audit, &jackpots));
    }
    Ok(ExitCode::from(u8::from(!audit.faults.is_empty())))
}

/// The tickets of a jackpot, and the recorded award.
type Jackpot = (JackpotTickets, Option<Award>);

async fn load(store: &Store, args: &VerifyPeriodArgs) -> Result<(Period, Vec<Jackpot>), StartError> {
    let period = store.load_period(args.id).await.map_err(cannot_read)?.ok_or_else(|| {
        let message = format!("the period {} does not exist", args.id);
        StartError::new(message, "check the id and the data folder (--data)")
    })?;
    let jackpots = load_jackpots(store, &period).await.map_err(cannot_read)?;
    Ok((period, jackpots))
}

async fn load_jackpots(store: &Store, period: &Period) -> Result<Vec<Jackpot>, StoreError> {
    let versions = store.list_all_jackpot_configs().await?;
    if period.result().is_none() || versions.iter().all(|(_, versions)| versions.is_empty()) {
        return Ok(Vec::new());
    }
    let shards = store.load_period_bets_eventually(period).await?;
    let bets: Vec<_> = shards.iter().flat_map(|shard| &shard.bets).map(CashBet::of).collect();
    let mut jackpots = Vec::new();
    for tickets in audit_tickets(period, &bets, &versions) {
        let made = store.load_drawn_win(tickets.group, period.id).await?;
        jackpots.push((tickets, made));
    }
    Ok(jackpots)
}

fn text(period: &Period, audit: &PeriodAudit, jackpots: &[Jackpot]) -> String {
    let (result, block) = (period.result(), period.entropy.block());
    let lines = [
        ("period", period.id.to_string()),
        ("state", period.state.name().as_str().to_owned()),
        ("rules", period.rules.to_string()),
        ("entropy", period.entropy.to_string()),
        ("seed hash", period.seed_hash.to_string()),
        ("seed", result.map_or("not public until the draw".to_owned(), |result| result.seed.reveal())),
        ("block", block.map_or("-".to_owned(), |block| format!("{} of {}", block.id(), block.timestamp()))),
        ("drawn", result.map_or("-".to_owned(), |result| result.drawn.to_string())),
        ("recomputed", audit.recomputed.as_ref().map_or("-".to_owned(), ToString::to_string)),
    ];
    let mut text = String::new();
    for (name, value) in lines {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{name:<12}{value}");
    }
    for (tickets, made) in jackpots {
        let (group, count, winning) = (tickets.group.as_str(), tickets.count, tickets.winning.len());
        let _ = writeln!(text, "{group:<12}{winning} of {count} tickets win");
        for (ticket, bet) in &tickets.winning {
            let _ = writeln!(text, "{:<12}{:016x} of {}, user {}", "", ticket.0, bet.bet, bet.user);
        }
        if let Some(made) = made {
            let _ = writeln!(text, "{:<12}won by user {}: {}", "", made.user, made.cause);
        }
    }
    for fault in &audit.faults {
        let _ = writeln!(text, "\nThe period {fault}.");
    }
    text
}

fn json_of_jackpot(tickets: &JackpotTickets, made: Option<&Award>) -> Value {
    let winning = tickets.winning.iter().map(|(ticket, bet)| {
        json!({
            "ticket": format!("{:016x}", ticket.0), "bet": bet.bet.to_string(), "userId": bet.user.number(),
        })
    });
    json!({
        "group": tickets.group.as_str(),
        "tickets": tickets.count,
        "winning": winning.collect::<Vec<_>>(),
        "wonBy": made.map(|made| made.user.number()),
        "cause": made.map(|made| made.cause.to_string()),
    })
}

fn json(period: &Period, audit: &PeriodAudit, jackpots: &[Jackpot]) -> Value {
    let tickets = jackpots.iter().map(|(tickets, made)| json_of_jackpot(tickets, made.as_ref()));
    let (result, block) = (period.result(), period.entropy.block());
    json!({
        "period": period.id.to_string(),
        "state": period.state.name().as_str(),
        "rules": period.rules,
        "entropy": period.entropy.to_string(),
        "seedHash": period.seed_hash.to_string(),
        "seed": result.map(|result| result.seed.reveal()),
        "block": block.map(|block| json!({
            "number": block.number(), "id": block.id().to_string(), "time": Time::from(block.timestamp()),
        })),
        "drawn": result.map(|result| result.drawn.to_string()),
        "recomputed": audit.recomputed.as_ref().map(ToString::to_string),
        "jackpots": tickets.collect::<Vec<_>>(),
        "faults": audit.faults,
    })
}

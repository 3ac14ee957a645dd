//! `evens verify period`: what was drawn for a period of a game, drawn again from what is public.
//!
//! It never reads the secret of a period: only the seed that the period has published, and its block. So it can be run
//! by anybody who may read periods, and what it prints of one that is not drawn yet reveals nothing.

use crate::cli::VerifyPeriodArgs;
use crate::commands::verify::{cannot_read, open_store};
use crate::home::{Home, Sharing};
use evens_audit::{PeriodAudit, audit_period};
use evens_games::Period;
use evens_runtime::StartError;
use evens_store::Store;
use serde_json::{Value, json};
use std::fmt::Write;
use std::process::ExitCode;

pub(crate) async fn run(args: VerifyPeriodArgs) -> Result<ExitCode, StartError> {
    let home = Home::open(&args.home.data, Sharing::Beside).await?;
    let found = match open_store(&home).await {
        Ok(store) => load(&store, &args).await,
        Err(error) => Err(error),
    };
    home.close().await;
    let period = found?;
    let audit = audit_period(&period);
    if args.json {
        println!("{}", json(&period, &audit));
    } else {
        print!("{}", text(&period, &audit));
    }
    Ok(ExitCode::from(u8::from(!audit.faults.is_empty())))
}

async fn load(store: &Store, args: &VerifyPeriodArgs) -> Result<Period, StartError> {
    store.load_period(args.id).await.map_err(cannot_read)?.ok_or_else(|| {
        let message = format!("there is no period {}", args.id);
        StartError::new(message, "look at its id, and at the data folder that --data names")
    })
}

fn text(period: &Period, audit: &PeriodAudit) -> String {
    let (result, block) = (period.result(), period.entropy.block());
    let lines = [
        ("period", period.id.to_string()),
        ("state", period.state.name().as_str().to_owned()),
        ("rules", period.rules.to_string()),
        ("entropy", period.entropy.to_string()),
        ("seed hash", period.seed_hash.to_string()),
        ("seed", result.map_or("not public: it is not drawn".to_owned(), |result| result.seed.reveal())),
        ("block", block.map_or("-".to_owned(), |block| format!("{} of {}", block.id(), block.timestamp()))),
        ("drawn", result.map_or("-".to_owned(), |result| result.drawn.to_string())),
        ("recomputed", audit.recomputed.as_ref().map_or("-".to_owned(), ToString::to_string)),
    ];
    let mut text = String::new();
    for (name, value) in lines {
        // Nothing fails that is written to a string.
        let _ = writeln!(text, "{name:<12}{value}");
    }
    for fault in &audit.faults {
        let _ = writeln!(text, "\nThe period {fault}.");
    }
    text
}

fn json(period: &Period, audit: &PeriodAudit) -> Value {
    let (result, block) = (period.result(), period.entropy.block());
    json!({
        "period": period.id.to_string(),
        "state": period.state.name().as_str(),
        "rules": period.rules,
        "entropy": period.entropy.to_string(),
        "seedHash": period.seed_hash.to_string(),
        "seed": result.map(|result| result.seed.reveal()),
        "block": block.map(|block| json!({
            "number": block.number(), "id": block.id().to_string(), "time": block.timestamp().to_string(),
        })),
        "drawn": result.map(|result| result.drawn.to_string()),
        "recomputed": audit.recomputed.as_ref().map(ToString::to_string),
        "faults": audit.faults,
    })
}

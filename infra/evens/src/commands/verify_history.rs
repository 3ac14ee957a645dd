//! `evens verify history`: checks all ledgers part by part, for tables that do not fit into memory.

use crate::cli::SharedArgs;
use crate::commands::output;
use crate::commands::verify::{could_not_look, open_store};
use crate::commands::verify_report::{conclusion_of, exit_code, json_violations, verdict, write_violations};
use crate::home::{Home, OpenMode};
use evens_runtime::{Clock, StartError};
use evens_store::HistoryPass;
use evens_verify::{Findings, HistoryVerification, fundings_of};
use serde_json::{Value, json};
use std::fmt::Write;
use std::process::ExitCode;

/// Number of items that are read at once.
const PAGE: u16 = 100;

/// Maximum number of entries of a ledger that are checked at once.
const ENTRIES_MAX: u16 = 1_000;

pub(crate) async fn run(args: SharedArgs) -> Result<ExitCode, StartError> {
    let home = Home::open(&args.home.data, OpenMode::Beside).await?;
    let found = match open_store(&home).await {
        Ok(store) => {
            let verification = HistoryVerification {
                store: &store,
                fundings: fundings_of(home.settings.stage),
                page: PAGE,
                entries_max: ENTRIES_MAX,
            };
            verification.run(Clock::system().now()).await.map_err(could_not_look)
        }
        Err(error) => Err(error),
    };
    let table = home.settings.table.clone();
    home.close().await;
    let (pass, found) = found?;
    if args.json {
        output::line(json_of(&table, &pass, &found));
    } else {
        output::data(text_of(&table, &pass, &found));
    }
    Ok(ExitCode::from(exit_code(&found)))
}

fn text_of(table: &str, pass: &HistoryPass, found: &Findings) -> String {
    let (HistoryPass { items, wallets, .. }, entries, mut text) =
        (pass, found.report.counts.entries, String::new());
    // Writing to a string cannot fail.
    let _ = writeln!(
        text,
        "The table {table} has {items} items, and {wallets} wallets with {entries} entries.\n"
    );
    write_violations(&mut text, found);
    let _ = writeln!(text, "{}", conclusion_of("The ledgers", found));
    text
}

fn json_of(table: &str, pass: &HistoryPass, found: &Findings) -> Value {
    let counts = found.report.counts;
    json!({
        "verdict": verdict(found),
        "table": table,
        "looks": found.looks,
        "counts": {
            "items": pass.items,
            "wallets": pass.wallets,
            "entries": counts.entries,
            "transfers": counts.transfers,
        },
        "violations": json_violations(found),
        "unreadable": found.unreadable,
        "undecided": found.undecided.len(),
    })
}

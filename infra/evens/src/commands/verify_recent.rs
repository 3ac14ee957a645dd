//! `evens verify recent`: checks the movements of the last hours, and the records that explain them.
//!
//! Its time follows the movements of these hours and not the size of the table, so it is for a quick look at large
//! books during an incident. `evens verify` checks everything.

use crate::cli::SharedArgs;
use crate::commands::output;
use crate::commands::verify::{could_not_look, open_store};
use crate::commands::verify_report::{conclusion_of, exit_code, json_violations, verdict, write_violations};
use crate::home::{Home, OpenMode};
use clap::Args;
use evens_runtime::{Clock, StartError};
use evens_store::{MARKS_KEPT_HOURS, ScanPace};
use evens_verify::{Findings, MovedVerification, fundings_of};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use std::fmt::Write;
use std::process::ExitCode;

/// The number of hours whose marks are certainly there.
const MARKED_HOURS: i64 = MARKS_KEPT_HOURS - 24;

/// `evens verify recent`.
#[derive(Debug, Clone, Args)]
pub(crate) struct VerifyRecentArgs {
    /// The number of hours back from now; the marks of movements are kept for 40 days
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u16).range(1..=MARKED_HOURS))]
    pub(crate) hours: u16,
    #[command(flatten)]
    pub(crate) shared: SharedArgs,
}

pub(crate) async fn run(args: VerifyRecentArgs) -> Result<ExitCode, StartError> {
    let home = Home::open(&args.shared.home.data, OpenMode::Beside).await?;
    let clock = Clock::system();
    let now = clock.now();
    let since = now.saturating_sub(SignedDuration::from_hours(args.hours.into())).unwrap_or(now);
    let found = match open_store(&home).await {
        Ok(store) => {
            let pace = ScanPace::WITHOUT_RESTS;
            let verification = MovedVerification {
                store: &store,
                clock: &clock,
                pace,
                fundings: fundings_of(home.settings.stage),
                since,
                sealed: None,
                days: None,
            };
            verification.run().await.map_err(could_not_look)
        }
        Err(error) => Err(error),
    };
    let table = home.settings.table.clone();
    home.close().await;
    let found = found?;
    if args.shared.json {
        output::line(json_of(&table, since, &found));
    } else {
        output::data(text_of(&table, since, &found));
    }
    Ok(ExitCode::from(exit_code(&found)))
}

fn text_of(table: &str, since: Timestamp, found: &Findings) -> String {
    let (counts, mut text) = (found.report.counts, String::new());
    // Writing to a string cannot fail.
    let _ = writeln!(
        text,
        "In the table {table}, {} wallets have moved since {since}, with {} entries; and there are {} transfers.\n",
        counts.wallets, counts.entries, counts.transfers
    );
    write_violations(&mut text, found);
    let _ = writeln!(text, "{}", conclusion_of("The recent movements", found));
    text
}

fn json_of(table: &str, since: Timestamp, found: &Findings) -> Value {
    let counts = found.report.counts;
    json!({
        "verdict": verdict(found),
        "table": table,
        "since": since.to_string(),
        "looks": found.looks,
        "counts": { "wallets": counts.wallets, "entries": counts.entries, "transfers": counts.transfers },
        "violations": json_violations(found),
        "unreadable": found.unreadable,
        "undecided": found.undecided.len(),
    })
}

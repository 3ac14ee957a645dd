//! `evens verify`: checks that the table keeps M1 to M7, M9, and M8 as far as the table shows it.
//!
//! | exit code | meaning |
//! |---|---|
//! | 0 | no violations |
//! | 1 | violations, or items that cannot be read |
//! | 2 | could not check, or the table changed during every reading |
//!
//! `functions/verify`, which runs on a schedule, documents how a table is read beside a running system.

use crate::cli::{VerifyArgs, VerifyCommand};
use crate::commands::{output, verify_report};
use crate::commands::{verify_history, verify_period, verify_recent, verify_round};
use crate::home::{Home, OpenMode};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use evens_audit::Share;
use evens_runtime::{Clock, StartError};
use evens_store::{Store, StoreError};
use evens_verify::{Findings, ItemProgress, Verification, VerifyFault, VisibleItems, fundings_of};
use std::process::ExitCode;
use std::time::Duration;

/// The exit code for an unknown result.
pub(crate) const COULD_NOT_LOOK: u8 = 2;

/// The timeout of one page of the table, after which it is read again.
const PAGE_TIMEOUT: Duration = Duration::from_secs(30);

pub(crate) async fn run(args: VerifyArgs) -> ExitCode {
    let looked = match args.command {
        Some(VerifyCommand::Round(args)) => verify_round::run(args).await,
        Some(VerifyCommand::Period(args)) => verify_period::run(args).await,
        Some(VerifyCommand::Recent(args)) => verify_recent::run(args).await,
        Some(VerifyCommand::History(args)) => verify_history::run(args).await,
        None => run_books(&args).await,
    };
    looked.unwrap_or_else(|error| {
        output::note(format_args!("error: {error:?}"));
        ExitCode::from(COULD_NOT_LOOK)
    })
}

async fn run_books(args: &VerifyArgs) -> Result<ExitCode, StartError> {
    let home = Home::open(&args.home.data, OpenMode::Beside).await?;
    let found = look(&home, args).await;
    let (table, is_moving) = (home.settings.table.clone(), !home.is_embedded());
    home.close().await;
    let findings = found?;
    if findings.report.counts.total() == 0 && findings.unreadable.is_empty() {
        let hint = "select the data folder with --data, or the table with EVENS_TABLE";
        return Err(StartError::new(format!("the table {table} is empty"), hint));
    }
    if args.json {
        output::line(verify_report::json(&table, &findings, args.all));
    } else {
        output::data(verify_report::text(&table, &findings, is_moving, args.all));
    }
    Ok(ExitCode::from(verify_report::exit_code(&findings)))
}

/// Reads the table until the findings are certain, or for the last time.
async fn look(home: &Home, args: &VerifyArgs) -> Result<Findings, StartError> {
    let (store, clock) = (open_store(home).await?, Clock::system());
    let expected = match (args.ended, home.is_embedded()) {
        (true, _) => ItemProgress::Ended,
        // No process was working on these books until now, so nothing in them can be overdue.
        (false, true) => ItemProgress::Stopped,
        (false, false) => ItemProgress::InTime { refund_after: home.settings.betting.refund_after },
    };
    let verification = Verification {
        store: &store,
        clock: &clock,
        sight: VisibleItems::Everything,
        fundings: fundings_of(home.settings.stage),
        expected,
        is_moving: !home.is_embedded(),
        records_max: usize::MAX,
        is_divisible: false,
        share: Share::ALL,
    };
    // Days are sealed only by the schedule, which the operator who runs this command does not control.
    verification.run(|_| None).await.map_err(could_not_look)
}

pub(crate) fn could_not_look(fault: VerifyFault) -> StartError {
    match fault {
        VerifyFault::Store(error) => cannot_read(error),
        fault @ (VerifyFault::TooLarge { .. } | VerifyFault::Stopped(_)) => {
            StartError::new(fault.to_string(), "use a machine with more memory")
        }
    }
}

/// The store without queues, because an auditor needs no permission for them. Its timeout is longer than for requests:
/// a page of a scan is a megabyte, and the engine may be busy.
pub(crate) async fn open_store(home: &Home) -> Result<Store, StartError> {
    let clients = home.clients()?;
    let timeouts = TimeoutConfig::builder().operation_attempt_timeout(PAGE_TIMEOUT).build();
    let config = clients.dynamodb.config().to_builder().timeout_config(timeouts).build();
    Ok(Store::new(Client::from_conf(config), home.settings.table.clone()))
}

pub(crate) fn cannot_read(error: StoreError) -> StartError {
    let hint = "check EVENS_TABLE, AWS_ENDPOINT_URL and the permissions, and try again";
    StartError::new("the table cannot be read", hint).caused_by(error)
}

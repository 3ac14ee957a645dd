//! `evens reconcile`: compares a payment provider's day with our orders and our ledger.
//!
//! | exit code | meaning |
//! |---|---|
//! | 0 | no differences |
//! | 1 | differences found |
//! | 2 | could not compare |
//!
//! It repairs nothing. A file from the command line may not hold all fees and settlements of the day, so only fetched
//! statements are booked.

use crate::cli::ReconcileArgs;
use crate::commands::verify::COULD_NOT_LOOK;
use crate::commands::{output, reconcile_report};
use crate::home::{Home, OpenMode};
use evens_providers::{GuardedProvider, PaymentSettings, Payments, ProviderSettings};
use evens_reconcile::reconcile_day;
use evens_reconciliation::{DayResult, ReconcileFault, Statement};
use evens_runtime::{Stage, StartError};
use std::fs::File;
use std::path::Path;
use std::process::ExitCode;

pub(crate) async fn run(args: ReconcileArgs) -> ExitCode {
    let found = reconcile(&args).await;
    let found = found.map(|found| {
        let is_clean = found.report.is_clean();
        if args.shared.json {
            output::line(reconcile_report::json(&found));
        } else {
            output::data(reconcile_report::text(&found));
        }
        if is_clean { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    });
    found.unwrap_or_else(|error| {
        output::note(format_args!("error: {error:?}"));
        ExitCode::from(COULD_NOT_LOOK)
    })
}

async fn reconcile(args: &ReconcileArgs) -> Result<DayResult, StartError> {
    let files = args.files.iter().map(|path| open_file(path)).collect::<Result<Vec<_>, _>>()?;
    let home = Home::open(&args.shared.home.data, OpenMode::Beside).await?;
    let found = compare(&home, args, files).await;
    home.close().await;
    found
}

async fn compare(
    home: &Home,
    args: &ReconcileArgs,
    files: Vec<(String, File)>,
) -> Result<DayResult, StartError> {
    let context = home.context(home.settings.clone()).await?;
    let settings = PaymentSettings::of(&home.settings)?;
    let payments = Payments::new(settings, known_provider(home).await?, &context.clock)?;
    let provider = payments.provider(&args.provider).ok_or_else(|| unknown(args, &payments))?;
    let now = context.clock.now();
    let statement = if files.is_empty() {
        Statement::fetch(provider, args.day, now).await
    } else {
        Statement::read(provider, args.day, files, now)
    };
    let statement = statement.map_err(cannot_compare)?;
    // Findings are printed instead of logged.
    reconcile_day(&context, provider, payments.currency, args.day, statement, |_| {}, now)
        .await
        .map_err(cannot_compare)
}

/// The provider from the environment, or else the sandbox of the process that runs on the data folder.
async fn known_provider(home: &Home) -> Result<Option<ProviderSettings>, StartError> {
    let provider = ProviderSettings::from_env(&home.identity, &home.settings).await?;
    match (&provider, &home.sandbox, home.settings.stage) {
        (None, Some(sandbox), Stage::Local) => sandbox.settings().map(Some),
        _ => Ok(provider),
    }
}

fn unknown(args: &ReconcileArgs, payments: &Payments) -> StartError {
    use evens_providers::PaymentProvider as _;
    let known: Vec<_> = payments
        .providers()
        .map(|known: &std::sync::Arc<GuardedProvider>| known.name().to_string())
        .collect();
    let hint = if known.is_empty() {
        "start `evens` with the data folder, or set EVENS_PAYMENT_PROVIDER".to_owned()
    } else {
        format!("use {}", known.join(" or "))
    };
    StartError::new(format!("the payment provider {} is not configured", args.provider), hint)
}

fn open_file(path: &Path) -> Result<(String, File), StartError> {
    let name = path.display().to_string();
    let file = File::open(path).map_err(|error| {
        let hint = "choose an existing file with read permission";
        StartError::new(format!("cannot read {name}"), hint).caused_by(error)
    })?;
    Ok((name, file))
}

fn cannot_compare(fault: ReconcileFault) -> StartError {
    let hint = match &fault {
        ReconcileFault::Future { .. } => "choose a day that has begun",
        ReconcileFault::File { .. } => {
            "choose a file with read permission, and a TMPDIR with enough space for a copy"
        }
        ReconcileFault::NoStatement { .. } => "try again, or pass the statement as a file",
        ReconcileFault::Unreadable { .. } => "correct the file; nothing was compared",
        ReconcileFault::Store(_) => "check EVENS_TABLE, AWS_ENDPOINT_URL and the permissions, and try again",
        ReconcileFault::Queue(_) => "check the queues and the permissions, and try again",
    };
    StartError::new("the day cannot be reconciled", hint).caused_by(fault)
}

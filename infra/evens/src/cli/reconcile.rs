//! `evens reconcile` on the command line.

use crate::cli::SharedArgs;
use clap::Args;
use evens_ledger::ProviderName;
use jiff::civil::Date;
use std::path::PathBuf;

/// `evens reconcile`.
#[derive(Debug, Clone, Args)]
pub(crate) struct ReconcileArgs {
    /// The provider
    #[arg(long, value_name = "NAME")]
    pub(crate) provider: ProviderName,
    /// The day in the provider's time zone, such as 2026-11-02
    #[arg(long, value_name = "DAY")]
    pub(crate) day: Date,
    /// The provider's statement of the day, and optionally of the days around it; by default all are fetched
    #[arg(value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) shared: SharedArgs,
}

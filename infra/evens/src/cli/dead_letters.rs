//! The command line of `evens dead-letters`.

use super::{SharedArgs, number_from_one};
use clap::{Args, Subcommand};
use evens_contracts::{DeadLetterFilter, DeadLetterId, JobType, Queue};
use evens_payments::ActReason;
use evens_runtime::Clock;
use jiff::{Span, SpanRelativeTo, Timestamp};

/// `evens dead-letters`.
#[derive(Debug, Clone, Args)]
pub(crate) struct DeadLettersArgs {
    #[command(subcommand)]
    pub(crate) command: DeadLettersCommand,
}

/// The commands for dead letters.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum DeadLettersCommand {
    /// List dead letters, oldest first, with the current state of what each job is about
    List(ListArgs),
    /// Show one dead letter with its job
    Show(ShowArgs),
    /// Send the job to its queue again; harmless if it is already done
    Redrive(ActArgs),
    /// Delete the dead letter without running its job
    Delete(ActArgs),
}

/// Selects dead letters.
#[derive(Debug, Clone, Args)]
pub(crate) struct FilterArgs {
    /// Only those of this queue
    #[arg(long, value_name = "QUEUE")]
    pub(crate) queue: Option<Queue>,
    /// Only those with this job type
    #[arg(long = "type", value_name = "TYPE")]
    pub(crate) job_type: Option<JobType>,
    /// Only those about the user, bet, match or round with this id
    #[arg(long, value_name = "ID")]
    pub(crate) about: Option<String>,
    /// Only those whose error contains this text
    #[arg(long, value_name = "TEXT")]
    pub(crate) error: Option<String>,
    /// Only those given up at or after this time, such as 2026-11-20T08:00:00Z, or an age such as 2h or 3d
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub(crate) since: Option<Timestamp>,
    /// Only those given up before this time or age
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub(crate) until: Option<Timestamp>,
}

impl FilterArgs {
    pub(crate) fn filter(&self) -> DeadLetterFilter {
        let Self { queue, job_type, about, error, since, until } = self.clone();
        DeadLetterFilter { queue, job_type, about, error, since, until }
    }
}

/// `evens dead-letters list`.
#[derive(Debug, Clone, Args)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    pub(crate) filter: FilterArgs,
    /// The maximum number of results
    #[arg(long, default_value = "50", value_name = "N", value_parser = number_from_one)]
    pub(crate) limit: usize,
    #[command(flatten)]
    pub(crate) shared: SharedArgs,
}

/// `evens dead-letters show`.
#[derive(Debug, Clone, Args)]
pub(crate) struct ShowArgs {
    /// The dead letter's id, from `list`
    #[arg(value_name = "ID")]
    pub(crate) id: DeadLetterId,
    #[command(flatten)]
    pub(crate) shared: SharedArgs,
}

/// `evens dead-letters redrive` and `delete`.
#[derive(Debug, Clone, Args)]
pub(crate) struct ActArgs {
    /// The dead letter's id, from `list`
    #[arg(value_name = "ID", required_unless_present = "all", conflicts_with = "all")]
    pub(crate) id: Option<DeadLetterId>,
    /// All that match the filter, oldest first
    #[arg(long)]
    pub(crate) all: bool,
    #[command(flatten)]
    pub(crate) filter: FilterArgs,
    /// The maximum number of results
    #[arg(long, default_value = "1000", value_name = "N", value_parser = number_from_one)]
    pub(crate) limit: usize,
    /// Confirm an action on every dead letter of every queue, when no filter is given
    #[arg(long)]
    pub(crate) yes: bool,
    /// The reason, for the audit log
    #[arg(long, value_name = "TEXT", required_unless_present = "dry_run")]
    pub(crate) reason: Option<ActReason>,
    /// Only print what would be done
    #[arg(long, conflicts_with = "reason")]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) shared: SharedArgs,
}

/// A time, either absolute or as an age.
fn moment(text: &str) -> Result<Timestamp, String> {
    if let Ok(at) = text.parse() {
        return Ok(at);
    }
    let ago = text.parse::<Span>().ok();
    let ago = ago.and_then(|span| span.to_duration(SpanRelativeTo::days_are_24_hours()).ok());
    let at = ago.filter(|ago| !ago.is_negative()).and_then(|ago| Clock::system().now().checked_sub(ago).ok());
    at.ok_or_else(|| "is neither a time such as 2026-11-20T08:00:00Z nor an age such as 2h or 3d".to_owned())
}

#[cfg(test)]
mod tests {
    use super::{Clock, moment};
    use jiff::SignedDuration;

    #[test]
    fn a_moment_is_a_time_or_how_long_ago_it_was() {
        assert_eq!(moment("2026-11-20T08:00:00Z"), Ok("2026-11-20T08:00:00Z".parse().unwrap()));
        assert_eq!(moment("2026-11-20T13:30:00+05:30"), moment("2026-11-20T08:00:00Z"));
        for (text, hours) in [("2h", 2), ("3d", 72), ("1w", 168), ("120m", 2), ("0s", 0)] {
            let ago = Clock::system().now().duration_since(moment(text).unwrap());
            let expected = SignedDuration::from_hours(hours);
            assert!((ago - expected).abs() < SignedDuration::from_mins(1), "{text}: {ago}");
        }
        for text in ["", "yesterday", "-2h", "2", "2026-11-20", "999999999d"] {
            assert!(moment(text).is_err(), "{text}");
        }
    }
}

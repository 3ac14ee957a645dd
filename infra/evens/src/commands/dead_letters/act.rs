//! `evens dead-letters redrive` and `delete`. Each changed letter is one line on stderr
//! ([`operator`](crate::commands::operator)).

use super::{cannot_look, not_there, print};
use crate::cli::ActArgs;
use crate::commands::operator::{record, signed_reason};
use crate::commands::{output, plural};
use evens_audit_log::Actor;
use evens_contracts::{DeadLetterAction, DeadLetterActionListAnswer};
use evens_dead_letters::{ActedLetter, ActionOutcome, ActionResults, Author, act_on_all, act_on_one, find};
use evens_runtime::{Context, StartError};
use serde_json::json;
use std::process::ExitCode;

/// Refuses arguments that do not say which letters are meant.
pub(super) fn check(args: &ActArgs) -> Result<(), StartError> {
    let has_filter = !args.filter.filter().is_empty();
    match (&args.id, has_filter) {
        (Some(id), true) => {
            let message = format!("{id} is a single dead letter and cannot be combined with a filter");
            Err(StartError::new(message, "remove the filter, or replace the id with --all"))
        }
        (None, false) if !args.yes => {
            let hint =
                "add a filter (--queue, --type, --about, --error, --since or --until), or confirm with --yes";
            Err(StartError::new("this would affect every dead letter of every queue", hint))
        }
        _ => Ok(()),
    }
}

pub(super) async fn run(
    context: &Context,
    args: &ActArgs,
    action: DeadLetterAction,
) -> Result<(String, ExitCode), StartError> {
    // The command line takes a reason or a dry run.
    let reason = args.reason.as_ref().filter(|_| !args.dry_run);
    let author = reason.map(|reason| Author { actor: Actor::CommandLine, reason: signed_reason(reason) });
    let done = match (&args.id, &author) {
        (Some(id), None) => {
            let found = find(context, id).await.map_err(cannot_look)?.ok_or_else(|| not_there(id))?;
            of_one(ActedLetter::dry(found.letter, action))
        }
        (Some(id), Some(author)) => {
            let acted = act_on_one(context, id, action, author).await.map_err(cannot_look)?;
            of_one(acted.ok_or_else(|| not_there(id))?)
        }
        (None, author) => {
            let filter = args.filter.filter();
            let done = act_on_all(context, &filter, args.limit, action, author.as_ref(), |_| ()).await;
            done.map_err(cannot_look)?
        }
    };
    for acted in &done.acted {
        record_change(acted);
    }
    print::warn_of_unseen(done.unseen);
    let actable = done.matched - done.unsendable;
    if actable > done.acted.len() {
        output::note(format_args!(
            "Processed {} of {actable} matching; raise --limit for more.",
            plural(done.acted.len(), "dead letter"),
        ));
    }
    if done.unsendable > 0 {
        let letters = plural(done.unsendable, "matching dead letter");
        output::note(format_args!("Kept {letters} without a valid job; delete them."));
    }
    let text = if args.shared.json {
        format!("{}\n", json!(DeadLetterActionListAnswer::from(&done)))
    } else {
        print::acted(&done)
    };
    // If a requested action was not done, the exit code reports it.
    let is_undone = |acted: &ActedLetter| match acted.outcome {
        ActionOutcome::Kept | ActionOutcome::Sent => true,
        ActionOutcome::NotAJob => args.id.is_some(),
        ActionOutcome::Redriven
        | ActionOutcome::Deleted
        | ActionOutcome::WouldRedrive
        | ActionOutcome::WouldDelete => false,
    };
    Ok((text, if done.acted.iter().any(is_undone) { ExitCode::FAILURE } else { ExitCode::SUCCESS }))
}

fn of_one(acted: ActedLetter) -> ActionResults {
    ActionResults { acted: vec![acted], matched: 1, unsendable: 0, unseen: 0 }
}

fn record_change(acted: &ActedLetter) {
    let ActedLetter { letter, outcome } = acted;
    let verb = match outcome {
        ActionOutcome::Redriven => "redrove",
        ActionOutcome::Sent => "resent the job of",
        ActionOutcome::Deleted => "deleted",
        ActionOutcome::Kept
        | ActionOutcome::NotAJob
        | ActionOutcome::WouldRedrive
        | ActionOutcome::WouldDelete => return,
    };
    let (id, job) = (&letter.id, letter.job_id());
    let of_job = job.as_deref().map_or_else(String::new, |job| format!(" of job {job}"));
    let job_field = job.map_or_else(String::new, |job| format!(" job.id={job}"));
    record(&format!("{verb} dead letter {id}{of_job}"), &format!("dead_letter.id={id}{job_field}"));
}

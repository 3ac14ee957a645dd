//! The output of the commands for dead letters.

use crate::commands::output;
use crate::commands::text_table::{printable, text_table};
use crate::commands::{moment, plural};
use evens_dead_letters::{ActedLetter, ActionOutcome, ActionResults, Letter, ListedLetter, Look};

/// Printed to stderr, so that an incomplete list is not mistaken for a complete one.
pub(super) fn warn_of_unseen(unseen: u64) {
    if unseen > 0 {
        let letters = plural(usize::try_from(unseen).unwrap_or(usize::MAX), "dead letter");
        output::note(format_args!(
            "warning: about {letters} could not be read, because another operator is reading them or earlier \
             letters of their group come first; try again"
        ));
    }
}

pub(super) fn list(look: &Look) -> String {
    if look.found.len() < look.matched {
        output::note(format_args!(
            "Showing the oldest {} of {}; raise --limit for more.",
            look.found.len(),
            look.matched
        ));
    }
    if look.found.is_empty() {
        output::note("No matching dead letters.");
    }
    let heads = ["id", "job", "given up", "attempts", "again", "now", "error"];
    let row = |found: &ListedLetter| {
        let ListedLetter { letter, standing } = found;
        [
            letter.id.to_string(),
            job(letter),
            given_up(letter),
            letter.attempts.to_string(),
            standing.redrive.as_str().to_owned(),
            standing.state.clone(),
            letter.error.clone(),
        ]
    };
    text_table(heads, look.found.iter().map(row))
}

pub(super) fn one(found: &ListedLetter) -> String {
    let ListedLetter { letter, standing } = found;
    let rows = [
        ("id", letter.id.to_string()),
        ("kind", letter.kind.as_str().to_owned()),
        ("queue", letter.id.queue().name().to_owned()),
        ("job", job(letter)),
        ("error", letter.error.clone()),
        ("attempts", letter.attempts.to_string()),
        ("given up", given_up(letter)),
        ("request", letter.trace.clone().unwrap_or_else(|| "-".to_owned())),
        ("group", letter.group.clone()),
        ("message", letter.original_message.clone()),
        ("now", standing.state.clone()),
        ("again", standing.redrive.as_str().to_owned()),
        ("way out", standing.way_out.clone().unwrap_or_else(|| "-".to_owned())),
        ("original job", letter.shown_job()),
    ];
    rows.map(|(name, value)| format!("{name:<14} {}\n", printable(&value))).concat()
}

pub(super) fn acted(done: &ActionResults) -> String {
    if done.acted.is_empty() && done.unsendable == 0 {
        output::note("No matching dead letters.");
    }
    done.acted.iter().map(sentence).collect()
}

fn sentence(acted: &ActedLetter) -> String {
    let ActedLetter { letter, outcome } = acted;
    let (id, job) = (&letter.id, job(letter));
    let said = match outcome {
        ActionOutcome::Redriven => format!("Sent {job} again and deleted {id}."),
        ActionOutcome::Sent => format!("Sent {job} again; {id} may still exist and can be deleted."),
        ActionOutcome::Deleted => format!("Deleted {id} ({job})."),
        ActionOutcome::Kept => {
            format!("Kept {id} ({job}): the queue or the audit log failed; try again.")
        }
        ActionOutcome::NotAJob => format!("Kept {id}: it does not contain a valid job; delete it."),
        ActionOutcome::WouldRedrive => format!("Would send {job} again and delete {id}."),
        ActionOutcome::WouldDelete => format!("Would delete {id} ({job})."),
    };
    format!("{said}\n")
}

fn job(letter: &Letter) -> String {
    letter.job_id().unwrap_or_else(|| "no job".to_owned())
}

fn given_up(letter: &Letter) -> String {
    letter.failed_at.map_or_else(|| "-".to_owned(), moment)
}

//! Redrives or deletes dead letters. The audit log gets its line first; if that write fails, the letter stays
//! unchanged.

use crate::hold::{HeldLetters, release};
use crate::letter::Letter;
use crate::look::{age_order, hold_one};
use evens_audit_log::{Act, Action, Actor};
use evens_contracts::{DeadLetterAction, DeadLetterFilter, DeadLetterId, Grouped, Job};
use evens_queues::{Outgoing, QueueError};
use evens_runtime::Context;
use evens_runtime::telemetry::chain;
use futures::future::join_all;
use futures::{StreamExt, stream};
use tracing::warn;

/// Letters processed concurrently.
const LETTERS_AT_ONCE: usize = 8;

/// The result of an action on one dead letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActionOutcome {
    /// The job was sent to its queue and the letter was deleted.
    Redriven,
    /// The job was sent, but the letter may not have been deleted.
    Sent,
    Deleted,
    /// SQS or the audit log failed. The letter is unchanged.
    Kept,
    /// The letter contains no valid job to send. The letter is unchanged.
    NotAJob,
    /// Dry run: the job would be sent again.
    WouldRedrive,
    /// Dry run: the letter would be deleted.
    WouldDelete,
}

impl ActionOutcome {
    /// The name used on the wire and in logs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Redriven => "redriven",
            Self::Sent => "sent",
            Self::Deleted => "deleted",
            Self::Kept => "kept",
            Self::NotAJob => "not-a-job",
            Self::WouldRedrive => "would-redrive",
            Self::WouldDelete => "would-delete",
        }
    }

    /// Returns `true` if anything was changed, or may have been.
    pub fn is_change(self) -> bool {
        match self {
            Self::Redriven | Self::Sent | Self::Deleted => true,
            Self::Kept | Self::NotAJob | Self::WouldRedrive | Self::WouldDelete => false,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActedLetter {
    pub letter: Letter,
    pub outcome: ActionOutcome,
}

impl ActedLetter {
    /// The result of a dry run.
    pub fn dry(letter: Letter, action: DeadLetterAction) -> Self {
        let outcome = match (action, &letter.job) {
            (DeadLetterAction::Redrive, Ok(_)) => ActionOutcome::WouldRedrive,
            (DeadLetterAction::Redrive, Err(_)) => ActionOutcome::NotAJob,
            (DeadLetterAction::Delete, _) => ActionOutcome::WouldDelete,
        };
        Self { letter, outcome }
    }
}

/// The author of an action, and the reason for the audit log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    pub actor: Actor,
    pub reason: String,
}

/// The results of an action on several letters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionResults {
    /// Ordered by age, oldest first.
    pub acted: Vec<ActedLetter>,
    /// Letters seen that match the filter: those in `acted`, those beyond the limit, and the unsendable ones.
    pub matched: usize,
    /// Matching letters that contain no job, so that a redrive leaves them. They do not count towards the limit.
    pub unsendable: usize,
    /// Approximate number of dead letters that were not seen.
    pub unseen: u64,
}

/// Acts on one letter. Returns `None` if it does not exist, or if another process held it until the search timed out.
///
/// # Errors
/// [`QueueError`] if the search failed. A failed send or delete is an outcome, not an error.
pub async fn act_on_one(
    context: &Context,
    id: &DeadLetterId,
    action: DeadLetterAction,
    author: &Author,
) -> Result<Option<ActedLetter>, QueueError> {
    let Some((letter, held)) = hold_one(context, id).await? else {
        return Ok(None);
    };
    let acted = act(context, letter, action, author, nudge(context)).await;
    held.release().await;
    Ok(Some(acted))
}

/// Acts on the letters that match `filter`, oldest first, up to `limit`. A redrive leaves out letters without a job.
/// Without an author it is a dry run, which changes nothing. `note` is called after each letter, so that a record
/// exists even if the caller goes away before the last one.
///
/// # Errors
/// [`QueueError`] of the first queue that could not be read. In that case nothing was done.
pub async fn act_on_all(
    context: &Context,
    filter: &DeadLetterFilter,
    limit: usize,
    action: DeadLetterAction,
    author: Option<&Author>,
    note: impl Fn(&ActedLetter),
) -> Result<ActionResults, QueueError> {
    let mut all = hold_all(context, filter).await?;
    let (mut letters, mut unseen) = (Vec::new(), 0);
    for held in &mut all {
        // Informational only: a failed count does not stop the action.
        unseen += held.unseen().await.unwrap_or_default();
        letters.extend(held.take_out(|letter| letter.fits(filter)));
    }
    join_all(all.into_iter().map(HeldLetters::release)).await;
    let matched = letters.len();
    let is_sendable = |letter: &Letter| action == DeadLetterAction::Delete || letter.job.is_ok();
    let (mut letters, mut others): (Vec<_>, Vec<_>) = letters.into_iter().partition(is_sendable);
    let unsendable = others.len();
    letters.sort_by(|one, other| age_order(one).cmp(&age_order(other)));
    others.extend(letters.split_off(limit.min(letters.len())));
    for queue in filter.queues() {
        let of_queue = others.iter().filter(|letter| letter.id.queue() == queue);
        release(&context.queues, queue, of_queue).await;
    }
    let (nudge, note) = (nudge(context), &note);
    let acted = stream::iter(letters).map(|letter| async move {
        let Some(author) = author else {
            release(&context.queues, letter.id.queue(), [&letter]).await;
            return ActedLetter::dry(letter, action);
        };
        let acted = act(context, letter, action, author, nudge).await;
        note(&acted);
        acted
    });
    let acted = acted.buffered(LETTERS_AT_ONCE).collect().await;
    Ok(ActionResults { acted, matched, unsendable, unseen })
}

async fn hold_all<'a>(
    context: &'a Context,
    filter: &DeadLetterFilter,
) -> Result<Vec<HeldLetters<'a>>, QueueError> {
    let taking = filter.queues().into_iter().map(|queue| HeldLetters::take(&context.queues, queue));
    let (mut all, mut failure) = (Vec::new(), None);
    for taken in join_all(taking).await {
        match taken {
            Ok(held) => all.push(held),
            Err(error) => failure = failure.or(Some(error)),
        }
    }
    let Some(error) = failure else {
        return Ok(all);
    };
    join_all(all.into_iter().map(HeldLetters::release)).await;
    Err(error)
}

/// Makes the deduplication ids of resent jobs differ from those of earlier sends. All letters of one call share it, so
/// SQS accepts only one of several letters about the same job.
fn nudge(context: &Context) -> u64 {
    context.clock.now().as_millisecond().unsigned_abs()
}

/// Acts on a held letter, and releases it unless it was deleted.
async fn act(
    context: &Context,
    letter: Letter,
    action: DeadLetterAction,
    author: &Author,
    nudge: u64,
) -> ActedLetter {
    let outcome = match (action, &letter.job) {
        (DeadLetterAction::Redrive, Err(_)) => ActionOutcome::NotAJob,
        _ if !tell(context, &letter, action, author).await => ActionOutcome::Kept,
        (DeadLetterAction::Redrive, Ok(job)) => redrive(context, &letter, job.clone(), nudge).await,
        (DeadLetterAction::Delete, _) if delete(context, &letter).await => ActionOutcome::Deleted,
        (DeadLetterAction::Delete, _) => ActionOutcome::Kept,
    };
    if !matches!(outcome, ActionOutcome::Redriven | ActionOutcome::Deleted) {
        release(&context.queues, letter.id.queue(), [&letter]).await;
    }
    ActedLetter { letter, outcome }
}

/// Writes the audit log line and returns whether that succeeded. It comes before the action because SQS cannot be part
/// of a transaction.
async fn tell(context: &Context, letter: &Letter, action: DeadLetterAction, author: &Author) -> bool {
    let (action, after) = match action {
        DeadLetterAction::Redrive => (Action::RedriveDeadLetter, "to be redriven"),
        DeadLetterAction::Delete => (Action::DeleteDeadLetter, "to be deleted"),
    };
    let (id, job) = (&letter.id, letter.job_id());
    let before = job.unwrap_or_else(|| "no job".to_owned());
    let Author { actor, reason } = author.clone();
    let (subject, after) = (id.to_string(), after.to_owned());
    let act = Act { actor, action, subject, reason, before, after };
    let logged = context.store.log_act(&act, context.clock.now()).await;
    if let Err(error) = &logged {
        warn!("dead_letter.id" = %id, error = chain(error), "Could not write the audit log line of dead letter {id}, so the dead letter is kept");
    }
    logged.is_ok()
}

/// Sends the job with its group, trace and request id, then deletes the letter. In this order a crash can only
/// duplicate the job, which is harmless, but never lose it.
async fn redrive(context: &Context, letter: &Letter, job: Job, nudge: u64) -> ActionOutcome {
    let Letter { trace, traceparent, group, .. } = letter;
    let (trace, traceparent) = (trace.clone(), *traceparent);
    let grouped = Grouped { job, group: group.clone() };
    let outgoing = Outgoing { trace, traceparent, ..Outgoing::of(grouped).nudged(nudge) };
    if let Err(error) = context.queues.send(vec![outgoing]).await {
        let id = &letter.id;
        warn!("dead_letter.id" = %id, error = chain(&error), "Could not resend the job of dead letter {id}");
        return ActionOutcome::Kept;
    }
    if delete(context, letter).await { ActionOutcome::Redriven } else { ActionOutcome::Sent }
}

/// Returns whether SQS accepted the deletion.
async fn delete(context: &Context, letter: &Letter) -> bool {
    let (id, receipts) = (&letter.id, [letter.receipt.clone()]);
    let deleted = context.queues.delete_dead_letters(id.queue(), &receipts).await;
    if let Err(error) = &deleted {
        warn!("dead_letter.id" = %id, error = chain(error), "Could not delete dead letter {id}");
    }
    deleted.is_ok()
}

//! Sends jobs again, and deletes what is known of those that were given up. The audit log is told of each before: what
//! it cannot be told is not done.

use crate::hold::{Held, release};
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

/// On how many letters is acted side by side.
const LETTERS_AT_ONCE: usize = 8;

/// What became of a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActionOutcome {
    /// Its job is in its queue again, and it is gone.
    Redriven,
    /// Its job is in its queue again, and it may still be there.
    Sent,
    /// It is gone.
    Deleted,
    /// SQS did not do what was asked for; it is there as it was.
    Kept,
    /// It holds no job that could be sent; it is there as it was.
    NotAJob,
    /// Nothing was to be done but to say so: its job would be sent again.
    WouldRedrive,
    /// Nothing was to be done but to say so: it would be deleted.
    WouldDelete,
}

impl ActionOutcome {
    /// The name on the wire and in the log.
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

    /// Whether something was changed, or may have been.
    pub fn is_change(self) -> bool {
        match self {
            Self::Redriven | Self::Sent | Self::Deleted => true,
            Self::Kept | Self::NotAJob | Self::WouldRedrive | Self::WouldDelete => false,
        }
    }
}

/// A letter, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acted {
    /// The letter.
    pub letter: Letter,
    /// What became of it.
    pub outcome: ActionOutcome,
}

impl Acted {
    /// What would become of a letter.
    pub fn dry(letter: Letter, action: DeadLetterAction) -> Self {
        let outcome = match (action, &letter.job) {
            (DeadLetterAction::Redrive, Ok(_)) => ActionOutcome::WouldRedrive,
            (DeadLetterAction::Redrive, Err(_)) => ActionOutcome::NotAJob,
            (DeadLetterAction::Delete, _) => ActionOutcome::WouldDelete,
        };
        Self { letter, outcome }
    }
}

/// What became of several letters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// What became of each, the oldest first.
    pub acted: Vec<Acted>,
    /// How many fit, of those that were seen; more than there are in `acted` where only some were asked for.
    pub matched: usize,
    /// How many there are about that were not seen.
    pub unseen: u64,
}

/// Acts on one letter; none where it is not there, or somebody else has held it for too long.
///
/// # Errors
/// [`QueueError`] where the letter could not be looked for. What SQS did not do with it is an outcome.
pub async fn act_on_one(
    context: &Context,
    id: &DeadLetterId,
    action: DeadLetterAction,
    actor: Actor,
) -> Result<Option<Acted>, QueueError> {
    let Some((letter, held)) = hold_one(context, id).await? else {
        return Ok(None);
    };
    let acted = act(context, letter, action, actor, nudge(context)).await;
    held.release().await;
    Ok(Some(acted))
}

/// Acts on those that fit, the oldest first, and on no more than `limit`; or only says what would be done. `note` is
/// told of each as soon as it is done, as nobody may be there any more when all are.
///
/// # Errors
/// [`QueueError`] of the first queue that could not be looked at; then nothing is done.
pub async fn act_on_all(
    context: &Context,
    filter: &DeadLetterFilter,
    limit: usize,
    (action, actor): (DeadLetterAction, Actor),
    is_dry_run: bool,
    note: impl Fn(&Acted),
) -> Result<Done, QueueError> {
    let mut all = hold_all(context, filter).await?;
    let (mut letters, mut unseen) = (Vec::new(), 0);
    for held in &mut all {
        // How many others there are is only for the reader; nothing is stopped where nobody knows.
        unseen += held.unseen().await.unwrap_or_default();
        letters.extend(held.take_out(|letter| letter.fits(filter)));
    }
    join_all(all.into_iter().map(Held::release)).await;
    let matched = letters.len();
    letters.sort_by(|one, other| age_order(one).cmp(&age_order(other)));
    let others = letters.split_off(limit.min(matched));
    for queue in filter.queues() {
        let of_queue = others.iter().filter(|letter| letter.id.queue() == queue);
        release(&context.queues, queue, of_queue).await;
    }
    let (nudge, note) = (nudge(context), &note);
    let acted = stream::iter(letters).map(|letter| async move {
        if is_dry_run {
            release(&context.queues, letter.id.queue(), [&letter]).await;
            return Acted::dry(letter, action);
        }
        let acted = act(context, letter, action, actor, nudge).await;
        note(&acted);
        acted
    });
    Ok(Done { acted: acted.buffered(LETTERS_AT_ONCE).collect().await, matched, unseen })
}

async fn hold_all<'a>(context: &'a Context, filter: &DeadLetterFilter) -> Result<Vec<Held<'a>>, QueueError> {
    let taking = filter.queues().into_iter().map(|queue| Held::take(&context.queues, queue));
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
    join_all(all.into_iter().map(Held::release)).await;
    Err(error)
}

/// What sets jobs that are sent again apart from those before them. It is the same for all that are sent in one go: of
/// several letters about the same job, SQS lets one through.
fn nudge(context: &Context) -> u64 {
    context.clock.now().as_millisecond().unsigned_abs()
}

/// Acts on a letter that is held, and lets go of it where it is not deleted.
async fn act(context: &Context, letter: Letter, action: DeadLetterAction, actor: Actor, nudge: u64) -> Acted {
    let outcome = match (action, &letter.job) {
        (DeadLetterAction::Redrive, Err(_)) => ActionOutcome::NotAJob,
        _ if !tell(context, &letter, action, actor).await => ActionOutcome::Kept,
        (DeadLetterAction::Redrive, Ok(job)) => redrive(context, &letter, job.clone(), nudge).await,
        (DeadLetterAction::Delete, _) if delete(context, &letter).await => ActionOutcome::Deleted,
        (DeadLetterAction::Delete, _) => ActionOutcome::Kept,
    };
    if !matches!(outcome, ActionOutcome::Redriven | ActionOutcome::Deleted) {
        release(&context.queues, letter.id.queue(), [&letter]).await;
    }
    Acted { letter, outcome }
}

/// Whether the audit log has its line. That goes before the act, as nothing is in one transaction with a queue.
async fn tell(context: &Context, letter: &Letter, action: DeadLetterAction, actor: Actor) -> bool {
    let (action, after) = match action {
        DeadLetterAction::Redrive => (Action::RedriveDeadLetter, "to be redriven"),
        DeadLetterAction::Delete => (Action::DeleteDeadLetter, "to be deleted"),
    };
    let (id, job) = (&letter.id, letter.job_id());
    let before = job.unwrap_or_else(|| "no job".to_owned());
    let (subject, reason, after) = (id.to_string(), String::new(), after.to_owned());
    let act = Act { actor, action, subject, reason, before, after };
    let told = context.store.log_act(&act, context.clock.now()).await;
    if let Err(error) = &told {
        warn!("dead_letter.id" = %id, error = chain(error), "Could not tell the audit log of dead letter {id}, so it is kept");
    }
    told.is_ok()
}

/// Sends the job, in its group and on behalf of its request; then deletes the letter. In this order, because a job that
/// comes twice is harmless, and one that is gone is not.
async fn redrive(context: &Context, letter: &Letter, job: Job, nudge: u64) -> ActionOutcome {
    let Letter { trace, traceparent, group, .. } = letter;
    let (trace, traceparent) = (trace.clone(), *traceparent);
    let grouped = Grouped { job, group: group.clone() };
    let outgoing = Outgoing { trace, traceparent, ..Outgoing::of(grouped).nudged(nudge) };
    if let Err(error) = context.queues.send(vec![outgoing]).await {
        let id = &letter.id;
        warn!("dead_letter.id" = %id, error = chain(&error), "Could not send the job of dead letter {id} again");
        return ActionOutcome::Kept;
    }
    if delete(context, letter).await { ActionOutcome::Redriven } else { ActionOutcome::Sent }
}

/// Whether it is gone.
async fn delete(context: &Context, letter: &Letter) -> bool {
    let (id, receipts) = (&letter.id, [letter.receipt.clone()]);
    let deleted = context.queues.delete_dead_letters(id.queue(), &receipts).await;
    if let Err(error) = &deleted {
        warn!("dead_letter.id" = %id, error = chain(error), "Could not delete dead letter {id}");
    }
    deleted.is_ok()
}

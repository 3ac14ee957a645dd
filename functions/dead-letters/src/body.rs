//! Dead letters as response bodies and as printed text. Texts from outside, which may hold anything, are shown with
//! their invisible characters escaped.

use crate::action::{ActedLetter, ActionResults};
use crate::look::{ListedLetter, Look, Overview};
use evens_contracts::{
    DeadLetterActionBody, DeadLetterActionListAnswer, DeadLetterBody, DeadLetterListAnswer,
    FullDeadLetterBody, Job, QueueBody, QueueListAnswer, StandingBody, Time,
};
use evens_players::visible;

impl From<&ListedLetter> for DeadLetterBody {
    fn from(found: &ListedLetter) -> Self {
        let ListedLetter { letter, standing } = found;
        Self {
            id: letter.id.to_string(),
            queue: letter.id.queue().name(),
            kind: letter.kind.as_str(),
            job_type: letter.job.as_ref().ok().map(Job::kind),
            job_id: letter.job_id(),
            error: visible(&letter.error),
            attempts: letter.attempts,
            failed_at: letter.failed_at.map(Time::from),
            request_id: letter.trace.as_deref().map(visible),
            now: StandingBody {
                state: standing.state.clone(),
                redrive: standing.redrive.as_str(),
                way_out: standing.way_out.clone(),
            },
        }
    }
}

impl From<&ListedLetter> for FullDeadLetterBody {
    fn from(found: &ListedLetter) -> Self {
        let letter = &found.letter;
        Self {
            letter: found.into(),
            group: visible(&letter.group),
            message_id: visible(&letter.original_message),
            original_job: visible(&letter.shown_job()),
        }
    }
}

impl From<&Look> for DeadLetterListAnswer {
    fn from(look: &Look) -> Self {
        let data = look.found.iter().map(DeadLetterBody::from).collect();
        Self { data, matched: look.matched, unseen: look.unseen }
    }
}

impl From<&ActedLetter> for DeadLetterActionBody {
    fn from(acted: &ActedLetter) -> Self {
        let ActedLetter { letter, outcome } = acted;
        Self { id: letter.id.to_string(), job_id: letter.job_id(), outcome: outcome.as_str() }
    }
}

impl From<&ActionResults> for DeadLetterActionListAnswer {
    fn from(done: &ActionResults) -> Self {
        let data = done.acted.iter().map(DeadLetterActionBody::from).collect();
        let ActionResults { matched, unsendable, unseen, .. } = *done;
        Self { data, matched, unsendable, unseen }
    }
}

impl From<&Overview> for QueueBody {
    fn from(overview: &Overview) -> Self {
        let Overview { queue, depth, oldest_dead_letter_at, oldest_unfinished_at } = overview;
        Self {
            queue: queue.name(),
            waiting: depth.waiting,
            in_flight: depth.in_flight,
            delayed: depth.delayed,
            dead_letters: depth.dead_letters,
            oldest_dead_letter_at: oldest_dead_letter_at.map(Time::from),
            oldest_unfinished_at: oldest_unfinished_at.map(Time::from),
        }
    }
}

pub fn queue_list(overviews: &[Overview]) -> QueueListAnswer {
    QueueListAnswer { data: overviews.iter().map(QueueBody::from).collect() }
}

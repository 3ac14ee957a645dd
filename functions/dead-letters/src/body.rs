//! Dead letters as response bodies and as printed text.

use crate::action::{ActedLetter, ActionResults};
use crate::look::{ListedLetter, Look, Overview};
use evens_contracts::{
    DeadLetterActionBody, DeadLetterActionListAnswer, DeadLetterBody, DeadLetterListAnswer,
    FullDeadLetterBody, Job, QueueBody, QueueListAnswer, StandingBody, Time,
};

impl From<&ListedLetter> for DeadLetterBody {
    fn from(found: &ListedLetter) -> Self {
        let ListedLetter { letter, standing } = found;
        Self {
            id: letter.id.to_string(),
            queue: letter.id.queue().name(),
            kind: letter.kind.as_str(),
            job_type: letter.job.as_ref().ok().map(Job::kind),
            job_id: letter.job_id(),
            error: letter.error.clone(),
            attempts: letter.attempts,
            failed_at: letter.failed_at.map(Time::from),
            request_id: letter.trace.clone(),
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
            group: letter.group.clone(),
            message_id: letter.original_message.clone(),
            original_job: letter.original_job.clone(),
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
        Self { data, matched: done.matched, unseen: done.unseen }
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

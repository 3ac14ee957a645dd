//! [`QuickRound`]: a round of the local stage that closes ten seconds after two players have met in it. One is always
//! open. A newcomer sees a draw, its seed, and the next round, without an operator.
//!
//! A round opens with a latest moment to close that is a day ahead. When bets in it are matched, that moment becomes
//! ten seconds from then: a page counts down to `closesBy` of `GET /api/rounds/{id}`. At that moment a job closes the
//! round and publishes its seed, as for any round, and the next one opens.
//!
//! The table alone says where a round stands, so an open one goes on after a restart. Two processes over one table
//! follow the same round: each step is a conditional write that is harmless when both make it.

use evens_exchange::{Deadlines, Draw, Round, RoundId, RoundState, RoundTerms};
use evens_operate_rounds::ask_for_finish;
use evens_runtime::{
    Context, JobDone, JobError, NoRandomness, ScheduleHandler, Stage, StartError, parse_switch,
};
use evens_store::RoundWrite;
use futures::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use std::sync::{Arc, Mutex, PoisonError};

const VARIABLE: &str = "EVENS_QUICK_ROUND";

/// The id of a quick round is this and a number, one more for each: the first one's is its second since 1970.
const PREFIX: &str = "quick-";

/// How long a quick round is open at most, and then waits for its result.
const OPEN_FOR: SignedDuration = SignedDuration::from_hours(24);

/// How long it is open after two players have met in it.
const CLOSES_AFTER: SignedDuration = SignedDuration::from_secs(10);

/// How many open rounds are looked through at once.
const PAGE: u16 = 100;

/// Keeps a quick round open. Clones follow the same one.
#[derive(Debug, Clone, Default)]
pub(crate) struct QuickRound {
    current: Arc<Mutex<Option<RoundId>>>,
}

/// The next step for the current round.
#[derive(Debug, PartialEq, Eq)]
enum NextStep {
    /// Nothing.
    Nothing,
    /// Two players may have met in it: then it closes soon.
    LookForMatch,
    /// It is past its time.
    Close,
    /// It has ended.
    OpenNext,
}

impl QuickRound {
    /// `EVENS_QUICK_ROUND`: `on` or `off`; on where nothing is said, and in the local stage alone.
    ///
    /// # Errors
    /// It is neither, or `on` in another stage.
    pub(crate) fn from_env(
        stage: Stage,
        lookup: impl Fn(&str) -> Option<String>,
    ) -> Result<Option<Self>, StartError> {
        let text = lookup(VARIABLE).filter(|text| !text.is_empty());
        let is_local = stage == Stage::Local;
        let is_on = text.map_or(Ok(is_local), |text| parse_switch(VARIABLE, &text))?;
        if is_on && !is_local {
            let message = format!("there are no quick rounds in the stage {}", stage.as_str());
            return Err(StartError::new(message, format!("set {VARIABLE} to off, or leave it out")));
        }
        Ok(is_on.then(Self::default))
    }

    async fn step(&self, context: &Context, now: Timestamp) -> Result<JobDone, JobError> {
        let current = self.current();
        let round = match &current {
            Some(id) => context.store.load_round(id).await?,
            None => None,
        };
        let Some(round) = round else { return self.open_next(context, None, now).await };
        match next_step(&round, now) {
            NextStep::Nothing => Ok(JobDone::NOTHING_DUE),
            NextStep::LookForMatch => close_soon_if_matched(context, &round, now).await,
            NextStep::Close => {
                ask_for_finish(context, &round).await;
                self.open_next(context, Some(&round.id), now).await
            }
            NextStep::OpenNext => self.open_next(context, Some(&round.id), now).await,
        }
    }

    /// Follows the quick round that is open, also one of another process; else opens one.
    async fn open_next(
        &self,
        context: &Context,
        previous: Option<&RoundId>,
        now: Timestamp,
    ) -> Result<JobDone, JobError> {
        let found = find_open(context, now).await?.filter(|id| Some(id) != previous);
        let next = match found {
            Some(id) => id,
            None => open(context, next_id(previous, now)?, now).await?,
        };
        *self.current.lock().unwrap_or_else(PoisonError::into_inner) = Some(next);
        Ok(JobDone::NOTHING_DUE)
    }

    fn current(&self) -> Option<RoundId> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl<'a> ScheduleHandler<'a> for QuickRound {
    type Run = BoxFuture<'a, Result<JobDone, JobError>>;

    fn run(&self, context: &'a Context, now: Timestamp) -> Self::Run {
        let quick = self.clone();
        Box::pin(async move { quick.step(context, now).await })
    }
}

fn next_step(round: &Round, now: Timestamp) -> NextStep {
    let soon = now.saturating_add(CLOSES_AFTER).unwrap_or(Timestamp::MAX);
    let closes_soon = round.deadlines.is_none_or(|deadlines| deadlines.closes_by <= soon);
    match round.state {
        // A bet on an unknown round opened it, so it never closes by itself.
        RoundState::Open if round.deadlines.is_none() => NextStep::OpenNext,
        RoundState::Open if round.is_past_closing(now) => NextStep::Close,
        RoundState::Open if closes_soon => NextStep::Nothing,
        RoundState::Open => NextStep::LookForMatch,
        RoundState::Closed { .. } | RoundState::Resulted { .. } | RoundState::Cancelled { .. } => {
            NextStep::OpenNext
        }
    }
}

async fn close_soon_if_matched(
    context: &Context,
    round: &Round,
    now: Timestamp,
) -> Result<JobDone, JobError> {
    let matches = context.store.list_matches(&round.id, None, 1).await?;
    let closes_by = now.saturating_add(CLOSES_AFTER).unwrap_or(Timestamp::MAX);
    if let (false, Some(sooner)) = (matches.matches.is_empty(), round.close_sooner(closes_by)) {
        context.store.move_round(round, sooner).await?;
        tracing::info!("round.id" = %round.id, "Two players have met in round {}; it closes at {closes_by}", round.id);
    }
    Ok(JobDone::NOTHING_DUE)
}

/// The quick round that is open; of several, the one that closes first.
async fn find_open(context: &Context, now: Timestamp) -> Result<Option<RoundId>, JobError> {
    let mut after = None;
    loop {
        let page = context.store.list_open_rounds(now, after.as_ref(), PAGE).await?;
        let found = page.rounds.into_iter().map(|round| round.id).find(|id| id.as_str().starts_with(PREFIX));
        after = page.next_after;
        if found.is_some() || after.is_none() {
            return Ok(found);
        }
    }
}

/// The id after that of the previous round.
fn next_id(previous: Option<&RoundId>, now: Timestamp) -> Result<RoundId, JobError> {
    let number = previous.and_then(|id| id.as_str().strip_prefix(PREFIX)?.parse::<u64>().ok());
    let next = number.map_or(now.as_second().unsigned_abs(), |number| number.saturating_add(1));
    format!("{PREFIX}{next}").parse().map_err(JobError::permanent)
}

/// Opens the round; the same id where another process has opened it.
async fn open(context: &Context, id: RoundId, now: Timestamp) -> Result<RoundId, JobError> {
    let later = |at: Timestamp| at.saturating_add(OPEN_FOR).unwrap_or(Timestamp::MAX);
    let seed = context.entropy.seed().map_err(|error: NoRandomness| JobError::retryable(error))?;
    let stake_min = context.settings.betting.stake_min;
    let deadlines = Deadlines { closes_by: later(now), result_by: later(later(now)) };
    let terms = RoundTerms {
        commission: context.settings.bets.commission,
        deadlines: Some(deadlines),
        ..RoundTerms::endless(id, Draw::Match, stake_min)
    };
    let written = context.store.open_round(Round::open(terms, &seed, now), &seed).await?;
    if let RoundWrite::Written(round) = &written {
        tracing::info!("round.id" = %round.id, "Opened the quick round {}", round.id);
    }
    Ok(written.into_round().id)
}

#[cfg(test)]
mod tests {
    use super::{CLOSES_AFTER, NextStep, OPEN_FOR, QuickRound, next_id, next_step};
    use evens_draws::Seed;
    use evens_exchange::{Deadlines, Draw, Round, RoundStep, RoundTerms};
    use evens_ledger::Amount;
    use evens_runtime::Stage;
    use jiff::{SignedDuration, Timestamp};

    fn round(closes_by: Timestamp) -> Round {
        let id = "quick-7".parse().unwrap();
        let deadlines = Some(Deadlines { closes_by, result_by: closes_by + OPEN_FOR });
        let terms = RoundTerms { deadlines, ..RoundTerms::endless(id, Draw::Match, Amount::ZERO) };
        Round::open(terms, &Seed::from_bytes([7; 32]), Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn a_round_is_matched_then_closed_then_followed() {
        let now = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(1);
        let closed = match round(now + OPEN_FOR).close(now) {
            RoundStep::Made(closed) => *closed,
            other => panic!("{other:?}"),
        };
        let endless = Round { deadlines: None, ..round(now) };
        let second = SignedDuration::from_secs(1);
        #[rustfmt::skip]
        let table = [
            (round(now + OPEN_FOR),              NextStep::LookForMatch),
            (round(now + CLOSES_AFTER + second), NextStep::LookForMatch),
            (round(now + CLOSES_AFTER),          NextStep::Nothing),
            (round(now + second),                NextStep::Nothing),
            (round(now),                         NextStep::Close),
            (closed,                             NextStep::OpenNext),
            (endless,                            NextStep::OpenNext),
        ];
        for (round, expected) in table {
            assert_eq!(next_step(&round, now), expected, "{:?} {:?}", round.state, round.deadlines);
        }
    }

    #[test]
    fn ids_follow_each_other() {
        let now = Timestamp::from_second(1_795_875_543).unwrap();
        let next = |previous: &str| next_id(Some(&previous.parse().unwrap()), now).unwrap().to_string();
        assert_eq!(next_id(None, now).unwrap().to_string(), "quick-1795875543");
        assert_eq!([next("quick-7"), next("quick-x")], ["quick-8", "quick-1795875543"]);
    }

    #[test]
    fn quick_rounds_are_for_the_local_stage() {
        #[rustfmt::skip]
        let table = [
            (Stage::Local, "",    Some(true)),
            (Stage::Local, "on",  Some(true)),
            (Stage::Local, "off", Some(false)),
            (Stage::Local, "no",  None),
            (Stage::Prod,  "",    Some(false)),
            (Stage::Prod,  "off", Some(false)),
            (Stage::Prod,  "on",  None),
        ];
        for (stage, text, expected) in table {
            let found = QuickRound::from_env(stage, |_| Some(text.to_owned()));
            assert_eq!(found.ok().map(|quick| quick.is_some()), expected, "{stage:?} {text:?}");
        }
    }
}

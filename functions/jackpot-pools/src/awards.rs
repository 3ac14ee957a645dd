//! `POST /api/jackpots/{group}/win`: reserves the pool for a win here; the worker of the queue `jackpots` pays it.

use crate::contributions::reused;
use axum::extract::Path;
use axum::{Router, routing};
use evens_audit_log::{Act, Action, Actor};
use evens_contracts::{
    AwardAnswer, AwardRequest, JackpotWinJob, Problem, ProblemKind, parse_jackpot, unknown_jackpot,
};
use evens_http::{Answer, Caller, JsonBody, Refusal, Staff, TracedContext};
use evens_jackpots::{
    Award, AwardAct, AwardRefusal, AwardStep, JackpotAction, JackpotGroup, OperationId, WinCause,
};
use evens_metrics::JackpotOutcome;
use evens_players::{Account, Role};
use evens_queues::OutgoingJob;
use evens_runtime::{Context, JackpotOperation};
use jiff::Timestamp;
use std::time::Duration;
use tokio::time::sleep;

pub(crate) fn router() -> Router<Context> {
    Router::new().route("/api/jackpots/{group}/win", routing::post(award))
}

async fn award(
    TracedContext(context): TracedContext,
    Staff(caller): Staff,
    Path(group): Path<String>,
    JsonBody(body): JsonBody,
) -> Result<Answer<AwardAnswer>, Refusal> {
    let AwardRequest { operation, user, amount, reason } = AwardRequest::parse(&body)?;
    let group = parse_jackpot(&group)?;
    let Some(winner) = context.store.load_account(user).await? else {
        let detail = "There is no such player.";
        return Err(Problem::new(ProblemKind::NotFound, detail).about_field("userId").into());
    };
    let wanted = Award {
        operation,
        group,
        user,
        requested: amount,
        cause: WinCause::Manual { by: caller.user, agreed: None },
        reason: reason.as_str().to_owned(),
        at: context.clock.now(),
        must_hit_by: None,
        winning: None,
        cycle: None,
    };
    let id = wanted.operation.to_string();
    let measured = JackpotOperation::begin(&context, JackpotAction::ProcessWin, group, id);
    let (cycle, is_replay) =
        match begin(&context, &measured, act_of(&context, &caller, &winner), &wanted).await {
            Ok(AwardResult::Proposed { is_replay }) => {
                measured.end(JackpotOutcome::Done);
                return Ok(Answer::ok(AwardAnswer::proposed(&wanted)).replayed(is_replay));
            }
            Ok(AwardResult::As { cycle, is_replay }) => (cycle, is_replay),
            Err(refusal) => {
                let is_refused = refusal.0.kind.status() < 500;
                measured.end(if is_refused { JackpotOutcome::Refused } else { JackpotOutcome::Failed });
                return Err(refusal);
            }
        };
    let Some(answer) = request_payment(&context, &measured, &wanted, cycle).await? else {
        measured.end(JackpotOutcome::HandedOver);
        let detail = "The win has begun and will be paid. Repeat the request unchanged to see the amount.";
        let problem = Problem::new(ProblemKind::Unavailable, detail);
        return Err(problem.retry_after(Duration::from_secs(1)).into());
    };
    measured.end(JackpotOutcome::Done);
    Ok(Answer::ok(answer).replayed(is_replay))
}

/// The result of requesting a win.
enum AwardResult {
    /// The win waits for a second operator.
    Proposed { is_replay: bool },
    /// The win has this number within its group.
    As { cycle: u64, is_replay: bool },
}

fn act_of(context: &Context, caller: &Caller, winner: &Account) -> AwardAct {
    AwardAct::Operator {
        by: caller.user,
        // A refreshed token has no login time, so its login counts as too old.
        logged_in_at: caller.logged_in_at.unwrap_or(Timestamp::UNIX_EPOCH),
        two_persons_from: context.settings.jackpots.two_persons_from,
        is_for_player: winner.role == Role::Player && !winner.is_blocked,
    }
}

/// Begins the win. While another win holds the group, retries until the lock timeout.
async fn begin(
    context: &Context,
    measured: &JackpotOperation<'_>,
    act: AwardAct,
    wanted: &Award,
) -> Result<AwardResult, Refusal> {
    let settings = &context.settings.jackpots;
    let store = measured.store();
    let mut has_asked = false;
    loop {
        let act_of = |step: &AwardStep| audit_act(act, wanted, step);
        match store.award_jackpot(wanted, act, act_of, context.clock.now()).await? {
            Ok(AwardStep::Propose(_)) => return Ok(AwardResult::Proposed { is_replay: false }),
            Ok(AwardStep::Begin(begun)) => {
                return Ok(AwardResult::As {
                    cycle: begun.award.cycle.unwrap_or_default(),
                    is_replay: false,
                });
            }
            Err(AwardRefusal::ProposedBefore) => return Ok(AwardResult::Proposed { is_replay: true }),
            Err(AwardRefusal::BegunBefore(cycle)) => return Ok(AwardResult::As { cycle, is_replay: true }),
            Err(AwardRefusal::Held(violation)) => {
                measured.conflicted();
                if measured.began().elapsed() >= settings.lock_timeout {
                    return Err(Problem::concurrency_violation(&violation).into());
                }
                // The process that holds the group may have died.
                if !has_asked {
                    ask_for_payment(context, wanted.group, &wanted.operation).await;
                    has_asked = true;
                }
                sleep(settings.check_interval).await;
            }
            Err(refusal) => return Err(problem_of(&refusal).into()),
        }
    }
}

/// Requests the payment and waits for it until the lock timeout. Returns `None` if it is not paid by that time.
async fn request_payment(
    context: &Context,
    measured: &JackpotOperation<'_>,
    wanted: &Award,
    cycle: u64,
) -> Result<Option<AwardAnswer>, Refusal> {
    let settings = &context.settings.jackpots;
    let mut has_asked = false;
    loop {
        if let Some(win) = context.store.load_jackpot_win(wanted.group, cycle).await? {
            return Ok(Some(AwardAnswer::won(wanted, &win)));
        }
        if !has_asked {
            ask_for_payment(context, wanted.group, &wanted.operation).await;
            has_asked = true;
        }
        if measured.began().elapsed() >= settings.lock_timeout {
            return Ok(None);
        }
        sleep(settings.check_interval).await;
    }
}

/// The current time as nudge gives a new deduplication id: the same win may be requested again while the queue still
/// remembers the first message.
async fn ask_for_payment(context: &Context, group: JackpotGroup, operation: &OperationId) {
    let nudge = context.clock.now().as_millisecond().unsigned_abs();
    let job = OutgoingJob::of(JackpotWinJob { jackpot: group, period_id: None }).nudged(nudge);
    context.ask_for(vec![job], || format!("the win {operation}")).await;
}

/// The audit log line, or `None` if no operator decided about the win.
fn audit_act(act: AwardAct, wanted: &Award, step: &AwardStep) -> Option<Act> {
    let AwardAct::Operator { by, .. } = act else { return None };
    let much = wanted.requested.map_or_else(|| "all".to_owned(), |amount| amount.to_string());
    let what = format!("{much} of {} to user {}", wanted.group, wanted.user);
    let (before, after) = match step {
        AwardStep::Propose(_) => (String::new(), format!("proposed: {what}")),
        AwardStep::Begin(begun) => (begun.award.cause.to_string(), format!("won: {what}")),
    };
    Some(Act {
        actor: Actor::User(by),
        action: Action::AwardJackpot,
        subject: wanted.operation.to_string(),
        reason: wanted.reason.clone(),
        before,
        after,
    })
}

fn problem_of(refusal: &AwardRefusal) -> Problem {
    match refusal {
        AwardRefusal::LoginTooOld => {
            let detail = "Awarding a jackpot needs a login within the last 15 minutes. Log in again.";
            Problem::new(ProblemKind::LoginTooOld, detail)
        }
        AwardRefusal::OwnWin => {
            Problem::new(ProblemKind::Forbidden, "Operators cannot award a jackpot to themselves.")
                .about_field("userId")
        }
        AwardRefusal::OperationReused(_) => reused(),
        AwardRefusal::ProposalLapsed => {
            let detail = "The proposal has lapsed: it is more than 7 days old, or its operator has lost the \
                          role. Propose it again with a new opId.";
            Problem::new(ProblemKind::JackpotState, detail).about_field("opId")
        }
        AwardRefusal::NoPlayer => {
            let detail = "Only a player can win a jackpot. This account is blocked or belongs to staff.";
            Problem::new(ProblemKind::JackpotState, detail).about_field("userId")
        }
        AwardRefusal::NotOpen(_) => unknown_jackpot(),
        AwardRefusal::Held(violation) => Problem::concurrency_violation(violation),
        AwardRefusal::MoreThanPool(available) => {
            let detail =
                format!("The pool holds {available}. Award at most that, or omit amount to award all of it.");
            Problem::new(ProblemKind::JackpotState, detail).about_field("amount")
        }
        AwardRefusal::BalanceTooLarge => {
            let detail = "The award would exceed the largest balance of a wallet.";
            Problem::new(ProblemKind::JackpotState, detail).about_field("userId")
        }
        // The first two are answered as replays, and no operator can force a win.
        AwardRefusal::BegunBefore(_) | AwardRefusal::ProposedBefore | AwardRefusal::NeedNotBeWon(_) => {
            Problem::internal()
        }
    }
}

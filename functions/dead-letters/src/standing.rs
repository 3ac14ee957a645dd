//! [`JobStanding`]: the state of a job's subject in the table, and whether a redrive would have an effect.

use crate::letter::Letter;
use evens_contracts::{
    ApplyBonusJob, ApplyReferralBonusJob, CheckAttendanceJob, CheckPaymentJob, ContributeJob, FinishRoundJob,
    GiveFirstBonusJob, JackpotWinJob, Job, NotifyJob, PayoutJob, Queue, RecordReferralJob, RefundJob,
    RefundPlayerJob, SettleJob, SettlePeriodJob,
};
use evens_exchange::{BetView, Draw, Match, MatchState, RefundReason, Round, RoundState};
use evens_idempotency::BetId;
use evens_ledger::UserId;
use evens_payments::{DepositState, OrderId, WithdrawalOrder, WithdrawalState};
use evens_players::{Account, Registration};
use evens_runtime::Context;
use evens_runtime::telemetry::chain;
use evens_store::{StoreError, UnfinishedWork};
use tracing::warn;

/// The effect of sending a job again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Redrive {
    /// The work that is still due, once the cause of the failure is fixed.
    Due,
    /// Nothing: the work is done, or must not be done now.
    Done,
    /// Repeats a notification that may already have been delivered.
    Repeats,
    /// Fails again whatever is fixed: its subject does not exist, or it is not a valid job.
    Fails,
    /// Unknown: the table could not be read.
    Unknown,
}

impl Redrive {
    /// The name used on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Due => "due",
            Self::Done => "done",
            Self::Repeats => "repeats",
            Self::Fails => "fails",
            Self::Unknown => "unknown",
        }
    }
}

/// The state of a job's subject according to the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobStanding {
    /// State of the bet, match, round or account, as text for a person.
    pub state: String,
    pub redrive: Redrive,
    /// The request by which an operator (for a withdrawal: a cashier) can return the money, if there is one.
    pub way_out: Option<String>,
}

impl JobStanding {
    fn new(state: impl Into<String>, redrive: Redrive) -> Self {
        Self { state: state.into(), redrive, way_out: None }
    }

    /// Adds the operator's refund request if part of the bet is unmatched.
    fn or_refund(self, view: &BetView) -> Self {
        let way_out = format!("POST /api/operator/bets/{}/refund", view.bet.id);
        Self { way_out: (!view.open.is_zero()).then_some(way_out), ..self }
    }

    /// Adds the operator's void request if the match has not ended.
    fn or_void(self, found: &Match) -> Self {
        let way_out = format!("POST /api/operator/rounds/{}/matches/{}/void", found.round, found.id);
        Self { way_out: (!found.state.is_final()).then_some(way_out), ..self }
    }

    /// Adds the cashier's request if the withdrawal waits for a decision or is stuck.
    fn or_decide(self, found: &WithdrawalOrder) -> Self {
        let order = found.terms.id;
        let way_out = match found.state {
            WithdrawalState::Held => Some(format!("POST /api/operator/withdrawals/{order}/reject")),
            WithdrawalState::Processing => Some(format!("POST /api/operator/withdrawals/{order}/give-back")),
            _ => None,
        };
        Self { way_out, ..self }
    }

    fn due_if(is_due: bool, state: impl Into<String>) -> Self {
        Self::new(state, if is_due { Redrive::Due } else { Redrive::Done })
    }
}

/// The kind of unfinished item that the jobs of a queue process.
pub(crate) fn brings_to_an_end(queue: Queue) -> UnfinishedWork {
    match queue {
        Queue::Match | Queue::Refund => UnfinishedWork::UnmatchedBet,
        Queue::Settle => UnfinishedWork::Match,
        Queue::Rounds => UnfinishedWork::Round,
        Queue::Periods => UnfinishedWork::Period,
        Queue::Jackpots => UnfinishedWork::JackpotWin,
        Queue::Registration => UnfinishedWork::Registration,
        Queue::Deposits => UnfinishedWork::FirstBonus,
        Queue::Payments => UnfinishedWork::Deposit,
        Queue::Withdrawals => UnfinishedWork::Withdrawal,
        // A session owes either an attendance day or a notification about a new password, and a recovery the latter.
        // This function does not distinguish them.
        Queue::Attendance | Queue::Notifications => UnfinishedWork::SessionDebt,
    }
}

/// Reads the state of a letter's job. A failing table is not an error here: it may be the reason why the letter exists.
pub(crate) async fn of(context: &Context, letter: &Letter) -> JobStanding {
    let Ok(job) = &letter.job else {
        return JobStanding::new("the message is not a job", Redrive::Fails);
    };
    match ask(context, job).await {
        Ok(standing) => standing,
        Err(error) => {
            let id = &letter.id;
            warn!("dead_letter.id" = %id, error = chain(&error), "Could not read the records that dead letter {id} is about");
            JobStanding::new("the table cannot be read", Redrive::Unknown)
        }
    }
}

async fn ask(context: &Context, job: &Job) -> Result<JobStanding, StoreError> {
    match job {
        Job::Match(job) => match context.store.load_bet_view(job.bet_id).await? {
            Some(view) => Ok(JobStanding::due_if(!view.open.is_zero(), of_bet(&view)).or_refund(&view)),
            None => Ok(no_bet(job.bet_id)),
        },
        Job::Refund(job) => of_refund(context, job).await,
        Job::RefundPlayer(RefundPlayerJob { user_id }) => of_player(context, *user_id).await,
        Job::Settle(job) => of_match(context, job).await,
        Job::FinishRound(FinishRoundJob { round_id, .. }) => {
            match context.store.load_round(round_id).await? {
                Some(round) => {
                    Ok(JobStanding::due_if(!round.takes_bets(context.clock.now()), of_round(&round)))
                }
                None => Ok(JobStanding::new(format!("round {round_id} does not exist"), Redrive::Fails)),
            }
        }
        Job::SettlePeriod(job) => of_lane(context, job).await,
        Job::JackpotWin(job) => of_jackpot_win(context, job).await,
        Job::Contribute(job) => of_contribution(context, job).await,
        Job::ApplyBonus(ApplyBonusJob { user_id })
        | Job::RecordReferral(RecordReferralJob { user_id, .. })
        | Job::ApplyReferralBonus(ApplyReferralBonusJob { user_id }) => {
            match context.store.load_account(*user_id).await? {
                Some(account) => Ok(of_registration(job, &account)),
                None => Ok(no_user(*user_id)),
            }
        }
        Job::CheckAttendance(job) => of_day(context, job).await,
        Job::GiveFirstBonus(GiveFirstBonusJob { user_id }) => of_first_bonus(context, *user_id).await,
        Job::Callback(job) => match job.order_id() {
            Some(order) => of_order(context, order).await,
            None => Ok(JobStanding::new("only the provider knows which order it is about", Redrive::Repeats)),
        },
        Job::CheckPayment(CheckPaymentJob { order_id }) | Job::Payout(PayoutJob { order_id }) => {
            of_order(context, *order_id).await
        }
        Job::Notify(NotifyJob { event, .. }) => {
            let state = format!("deliveries of {} are not recorded in the table", event.name());
            Ok(JobStanding::new(state, Redrive::Repeats))
        }
        Job::SendRecoveryCode(_) => {
            Ok(JobStanding::new("a code expires ten minutes after its request", Redrive::Repeats))
        }
    }
}

/// Repeating a provider report is harmless, because known facts are left unchanged. A redrive is therefore due as long
/// as money may still move.
async fn of_order(context: &Context, order: OrderId) -> Result<JobStanding, StoreError> {
    let now = context.clock.now();
    if let Some(found) = context.store.load_deposit(order).await? {
        let state = format!("deposit of user {} is {}", found.terms.user, found.state);
        // An unclaimed payment waits for a person, not for the provider.
        let is_due = found.state != DepositState::Unclaimed && found.next_check_at(now).is_some();
        return Ok(JobStanding::due_if(is_due, state));
    }
    Ok(match context.store.load_withdrawal(order).await? {
        Some(found) => {
            let state = format!("withdrawal of user {} is {}", found.terms.user, found.state);
            JobStanding::due_if(found.next_check_at(now).is_some(), state).or_decide(&found)
        }
        None => JobStanding::new(format!("order {order} does not exist"), Redrive::Fails),
    })
}

async fn of_first_bonus(context: &Context, user: UserId) -> Result<JobStanding, StoreError> {
    let record = context.store.load_payments_record(user).await?;
    Ok(match (record.bonus_due, record.has_received_first_bonus) {
        (Some(due), _) => {
            JobStanding::due_if(true, format!("user {user} has been owed {} since {}", due.amount, due.since))
        }
        (None, true) => JobStanding::due_if(false, format!("user {user} has already received the bonus")),
        (None, false) => JobStanding::due_if(false, format!("no bonus is due to user {user}")),
    })
}

fn no_bet(bet: BetId) -> JobStanding {
    JobStanding::new(format!("bet {bet} does not exist"), Redrive::Fails)
}

fn no_user(user: UserId) -> JobStanding {
    JobStanding::new(format!("user {user} does not exist"), Redrive::Fails)
}

fn of_bet(view: &BetView) -> String {
    let BetView { bet, open } = view;
    let (user, round, status) = (bet.user, &bet.round, view.status().as_str());
    format!("bet of user {user} in round {round} is {status}, {open} of {} unmatched", bet.stake.amount())
}

fn of_round(round: &Round) -> String {
    format!("round {} is {}", round.id, round.state.name().as_str())
}

async fn of_refund(context: &Context, job: &RefundJob) -> Result<JobStanding, StoreError> {
    let Some(view) = context.store.load_bet_view(job.bet_id).await? else {
        return Ok(no_bet(job.bet_id));
    };
    if view.open.is_zero() || job.reason != RefundReason::RoundEnded {
        return Ok(JobStanding::due_if(!view.open.is_zero(), of_bet(&view)).or_refund(&view));
    }
    let round = context.store.load_round(&view.bet.round).await?;
    let has_ended = round.is_none_or(|round| !round.takes_bets(context.clock.now()));
    let of_round = if has_ended { "has ended" } else { "is open" };
    let state = format!("{}, and the round {of_round}", of_bet(&view));
    Ok(JobStanding::due_if(has_ended, state).or_refund(&view))
}

/// A repeated refund is harmless, so it is due as long as the player is excluded or blocked.
async fn of_player(context: &Context, user: UserId) -> Result<JobStanding, StoreError> {
    let Some(account) = context.store.load_account(user).await? else { return Ok(no_user(user)) };
    let record = context.store.load_payments_record(user).await?;
    let is_excluded = record.excluded_until(context.clock.now()).is_some();
    let state = match (account.is_blocked, is_excluded) {
        (true, _) => "blocked",
        (false, true) => "excluded",
        (false, false) => "neither excluded nor blocked",
    };
    Ok(JobStanding::due_if(account.is_blocked || is_excluded, format!("user {user} is {state}")))
}

async fn of_jackpot_win(context: &Context, job: &JackpotWinJob) -> Result<JobStanding, StoreError> {
    let JackpotWinJob { jackpot, period_id } = *job;
    let pools = context.store.load_jackpot_pools().await?;
    if let Some(win) = pools.get(jackpot).as_ref().and_then(|pool| pool.winning()) {
        let (id, since) = (&win.award.operation, win.begun_at);
        let state = format!("win {id} of {jackpot} has been in progress since {since}");
        return Ok(JobStanding::new(state, Redrive::Due));
    }
    if let Some(period) = period_id
        && let Some(drawn) = context.store.load_drawn_win(jackpot, period).await?
        && drawn.is_owed()
    {
        let state = format!("win {} of {jackpot} was drawn for user {}", drawn.operation, drawn.user);
        return Ok(JobStanding::new(state, Redrive::Due));
    }
    Ok(JobStanding::new(format!("no win of {jackpot} is in progress"), Redrive::Done))
}

/// The contribution's id makes a repeat harmless, so a redrive is always due.
async fn of_contribution(context: &Context, job: &ContributeJob) -> Result<JobStanding, StoreError> {
    let (pools, amounts) = (context.store.load_jackpot_pools().await?, job.amounts());
    let mut groups = amounts.iter().filter(|(_, amount)| !amount.is_zero()).map(|(group, _)| group);
    Ok(match groups.find(|group| pools.get(*group).is_none()) {
        Some(group) => JobStanding::new(format!("jackpot {group} does not exist"), Redrive::Fails),
        None => JobStanding::new(format!("contribution {} may have been made", job.operation), Redrive::Due),
    })
}

async fn of_lane(context: &Context, job: &SettlePeriodJob) -> Result<JobStanding, StoreError> {
    let SettlePeriodJob { period_id, lane } = job;
    let Some(period) = context.store.load_period(*period_id).await? else {
        return Ok(JobStanding::new(format!("period {period_id} does not exist"), Redrive::Fails));
    };
    let is_due = period.open_lanes().contains(lane);
    let paid = if is_due { "is not paid" } else { "owes nothing" };
    let state = period.state.name().as_str();
    Ok(JobStanding::due_if(is_due, format!("period {period_id} is {state}, and its lane {lane} {paid}")))
}

async fn of_match(context: &Context, job: &SettleJob) -> Result<JobStanding, StoreError> {
    let SettleJob { match_id, round_id, .. } = job;
    let Some(found) = context.store.load_match(round_id, *match_id).await? else {
        let state = format!("match {match_id} does not exist in round {round_id}");
        return Ok(JobStanding::new(state, Redrive::Fails));
    };
    let state = format!(
        "match of users {} and {} in round {round_id} is {}",
        found.user_a,
        found.user_b,
        found.state.as_str()
    );
    if found.state != MatchState::Joined {
        return Ok(JobStanding::due_if(!found.state.is_final(), state).or_void(&found));
    }
    // A match that is not drawn yet may have to wait for its round.
    let Some(round) = context.store.load_round(round_id).await? else {
        let state = format!("{state}, but the round does not exist");
        return Ok(JobStanding::new(state, Redrive::Fails).or_void(&found));
    };
    let (waits, state) = (waits_for_outcome(&round), format!("{state}, {}", of_round(&round)));
    let standing = JobStanding::due_if(!waits, state);
    Ok(if waits { standing } else { standing.or_void(&found) })
}

/// Returns `true` if matches of the round wait for the round's outcome.
fn waits_for_outcome(round: &Round) -> bool {
    match (&round.draw, &round.state) {
        (Draw::Match, _) | (_, RoundState::Resulted { .. } | RoundState::Cancelled { .. }) => false,
        (Draw::Round | Draw::Oracle(_), RoundState::Open | RoundState::Closed { .. }) => true,
    }
}

/// Registration steps run in order. A step before its turn fails again.
fn of_registration(job: &Job, account: &Account) -> JobStanding {
    let step = match job {
        Job::RecordReferral(_) => Registration::ReferralDue,
        Job::ApplyReferralBonus(_) => Registration::ReferralBonusDue,
        _ => Registration::BonusDue,
    };
    let position = |of: Registration| Registration::ALL.iter().position(|one| *one == of);
    let redrive = match position(account.registration).cmp(&position(step)) {
        std::cmp::Ordering::Less => Redrive::Fails,
        std::cmp::Ordering::Equal => Redrive::Due,
        std::cmp::Ordering::Greater => Redrive::Done,
    };
    let state = format!("registration of user {} is {}", account.user, account.registration.as_str());
    JobStanding::new(state, redrive)
}

async fn of_day(context: &Context, job: &CheckAttendanceJob) -> Result<JobStanding, StoreError> {
    let CheckAttendanceJob { user_id, date } = job;
    if context.store.load_account(*user_id).await?.is_none() {
        return Ok(no_user(*user_id));
    }
    let is_recorded = !context.store.list_attendance(*user_id, *date, *date, 1).await?.is_empty();
    let verb = if is_recorded { "is" } else { "is not" };
    Ok(JobStanding::due_if(!is_recorded, format!("attendance of user {user_id} on {date} {verb} recorded")))
}

#[cfg(test)]
mod tests {
    use super::brings_to_an_end;
    use evens_contracts::Queue;
    use evens_store::UnfinishedWork;

    #[test]
    fn each_kind_that_a_queue_brings_to_its_end_is_seen_under_one() {
        let seen = Queue::ALL.map(brings_to_an_end);
        for kind in UnfinishedWork::ALL {
            // The game clock and cashiers finish these kinds, not a queue.
            let is_of_no_queue =
                matches!(kind, UnfinishedWork::UndrawnPeriod | UnfinishedWork::HeldWithdrawal);
            assert_eq!(!seen.contains(&kind), is_of_no_queue, "{kind:?}");
        }
    }
}

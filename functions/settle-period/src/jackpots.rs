//! [`Jackpots`]: contributions of a lane's cash bets to the jackpots, and their wins.

use evens_contracts::JackpotWinJob;
use evens_games::{GameBetRecord, Lane, Period};
use evens_jackpots::{
    Award, ByGroup, CashBet, ContributeOutcome, JackpotConfig, JackpotDraw, JackpotGroup, OperationId,
    cash_of, contribution_of_stakes, terms_at,
};
use evens_ledger::Amount;
use evens_metrics::JackpotOutcome;
use evens_queues::OutgoingJob;
use evens_runtime::{Context, JackpotOperation, JobError};
use evens_store::{OweWinOutcome, StoreError};
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;
use tokio::sync::Mutex;

/// After this time no process can still write terms with that effective time. Longer than a change of terms may take,
/// and no longer than the shortest period.
const WRITTEN_WITHIN: SignedDuration = SignedDuration::from_secs(30);

/// The jackpot work of lanes. Clones share a cache of terms.
#[derive(Debug, Clone, Default)]
pub(crate) struct Jackpots {
    known: Arc<Mutex<Option<CachedTerms>>>,
}

/// All versions of each group's terms, and the time of the read.
#[derive(Debug)]
struct CachedTerms {
    read_at: Timestamp,
    versions: ByGroup<Vec<JackpotConfig>>,
}

impl Jackpots {
    /// Contributes for the bets of a lane and records the wins of their tickets as owed. Each has its own id, so a
    /// repeat has no second effect. The terms are those in force when the period opened, which its players could read.
    /// A cancelled period neither contributes nor wins.
    pub(crate) async fn take_part(
        &self,
        context: &Context,
        period: &Period,
        lane: Lane,
        bets: &[GameBetRecord],
        now: Timestamp,
    ) -> Result<(), JobError> {
        let cash = cash_of(bets);
        if period.result().is_none() || cash.is_zero() {
            return Ok(());
        }
        let configs = self.configs_of(context, period, now).await?;
        if configs.iter().all(|(_, config)| config.is_none()) {
            return Ok(());
        }
        feed(context, OperationId::of_lane(period.id, lane), cash, &configs, now).await?;
        match JackpotDraw::of(period, configs) {
            Some(draw) => owe_wins(context, period, &draw, bets).await,
            None => Ok(()),
        }
    }

    /// The terms in force when a period opened. One read serves all periods that opened long enough before it. Callers
    /// that arrive during a read wait for its result.
    async fn configs_of(
        &self,
        context: &Context,
        period: &Period,
        now: Timestamp,
    ) -> Result<ByGroup<Option<JackpotConfig>>, StoreError> {
        let opened_at = period.times.opens_at;
        let mut known = self.known.lock().await;
        let is_good = |known: &CachedTerms| known.read_at.duration_since(opened_at) >= WRITTEN_WITHIN;
        let in_force = |versions: &ByGroup<Vec<JackpotConfig>>| {
            ByGroup::of(|group| terms_at(versions.get(group), opened_at).cloned())
        };
        if let Some(good) = known.as_ref().filter(|known| is_good(known)) {
            return Ok(in_force(&good.versions));
        }
        let versions = context.store.list_all_jackpot_configs().await?;
        let configs = in_force(&versions);
        *known = Some(CachedTerms { read_at: now, versions });
        Ok(configs)
    }
}

async fn feed(
    context: &Context,
    operation: OperationId,
    cash: Amount,
    configs: &ByGroup<Option<JackpotConfig>>,
    now: Timestamp,
) -> Result<(), JobError> {
    let terms = ByGroup::of(|group| configs.get(group).as_ref().map(|config| config.terms));
    let Some(contribution) = contribution_of_stakes(operation, cash, &terms, now) else { return Ok(()) };
    let id = &contribution.operation;
    let measured = JackpotOperation::begin_contribution(context, contribution.groups(), id.to_string());
    let store = measured.store();
    match store.contribute_jackpot(&contribution, None).await {
        Ok(ContributeOutcome::Contributed { .. }) => measured.end(JackpotOutcome::Done),
        // The earlier contribution stays, and players need not wait. The auditor reports the difference.
        Ok(
            ContributeOutcome::OperationReused
            | ContributeOutcome::IsClosed(_)
            | ContributeOutcome::DayIsFull(_),
        ) => {
            measured.end(JackpotOutcome::Refused);
            tracing::error!("operation.id" = %id, "Contribution {id} was made before with other amounts");
        }
        Err(error) => {
            measured.end_failed(error.is_retryable());
            return Err(error.into());
        }
    }
    Ok(())
}

/// Records the wins that involve a bet of the lane: those of groups in which its ticket wins, and those of groups that
/// must be won. The winner follows from all bets of the period, so all are read. Every lane finds the same winner, and
/// one of them is the winner's own.
async fn owe_wins(
    context: &Context,
    period: &Period,
    draw: &JackpotDraw,
    bets: &[GameBetRecord],
) -> Result<(), JobError> {
    let in_force =
        if draw.has_limit() { context.store.load_jackpot_totals().await? } else { ByGroup::default() };
    let must_be_won =
        |group| in_force.get(group).is_some_and(|totals| draw.must_be_won(group, totals.amount));
    let bets: Vec<_> = bets.iter().map(CashBet::of).collect();
    let groups = JackpotGroup::ALL.map(|group| (group, must_be_won(group)));
    let won: Vec<_> =
        groups.into_iter().filter(|(group, must)| *must || draw.has_winner(*group, &bets)).collect();
    if won.is_empty() {
        return Ok(());
    }
    let mut all = Vec::new();
    for lane in period.shards.lanes() {
        let shards = context.store.load_lane(period, lane).await?;
        all.extend(shards.iter().flat_map(|shard| &shard.bets).map(CashBet::of));
    }
    for (group, must_be_won) in won {
        if let Some(award) = draw.award(group, &all, must_be_won) {
            owe(context, period, &award).await?;
        }
    }
    Ok(())
}

async fn owe(context: &Context, period: &Period, award: &Award) -> Result<(), JobError> {
    let (id, user, group) = (&award.operation, award.user, award.group);
    match context.store.owe_jackpot_win(award).await? {
        OweWinOutcome::Owed => {
            tracing::info!("operation.id" = %id, "user.id" = %user, "Drew user {user} as winner of the jackpot {group}: {id}");
        }
        OweWinOutcome::OwedBefore => {}
        // The earlier win stays. The auditor reports the difference.
        OweWinOutcome::AnotherWin => {
            tracing::error!("operation.id" = %id, "A win other than {id} was drawn before from the same bets");
            return Ok(());
        }
    }
    let job = OutgoingJob::of(JackpotWinJob { jackpot: group, period_id: Some(period.id) });
    context.ask_for(vec![job], || format!("the win {id}")).await;
    Ok(())
}

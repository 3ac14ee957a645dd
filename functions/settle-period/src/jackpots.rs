//! [`Jackpots`]: what the cash bets of a lane contribute to the jackpots, and what they win of them.

use evens_contracts::JackpotWinJob;
use evens_games::{GameBetRecord, Lane, Period};
use evens_jackpots::{
    Award, ByGroup, CashBet, ContributeOutcome, JackpotConfig, JackpotDraw, JackpotGroup, OperationId,
    cash_of, contribution_of_stakes, terms_at,
};
use evens_ledger::Amount;
use evens_metrics::JackpotOutcome;
use evens_queues::Outgoing;
use evens_runtime::{Context, JackpotOperation, JobError};
use evens_store::{OweWinOutcome, StoreError};
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;
use tokio::sync::Mutex;

/// So long after a moment nobody writes terms any more that hold since then: longer than whoever changes them may take,
/// and no longer than the shortest period goes on.
const WRITTEN_WITHIN: SignedDuration = SignedDuration::from_secs(30);

/// What lanes do for the jackpots. Clones share what they know.
#[derive(Debug, Clone, Default)]
pub(crate) struct Jackpots {
    known: Arc<Mutex<Option<Known>>>,
}

/// The terms of each group, all versions, and since when no older read was needed.
#[derive(Debug)]
struct Known {
    read_at: Timestamp,
    versions: ByGroup<Vec<JackpotConfig>>,
}

impl Jackpots {
    /// Contributes what the bets of a lane stand for, and owes the wins that follow from their tickets: all of it under
    /// ids of their own, so it happens once, whoever repeats it. By the terms of the moment at which the period opened,
    /// as its players could read them by then. A period that was cancelled stands for nothing, and wins nothing.
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

    /// The terms that held when a period opened. They are read once for all periods that were open for long enough by
    /// then. Who asks while the table is asked waits for that answer.
    async fn configs_of(
        &self,
        context: &Context,
        period: &Period,
        now: Timestamp,
    ) -> Result<ByGroup<Option<JackpotConfig>>, StoreError> {
        let opened_at = period.times.opens_at;
        let mut known = self.known.lock().await;
        let is_good = |known: &Known| known.read_at.duration_since(opened_at) >= WRITTEN_WITHIN;
        let held = |versions: &ByGroup<Vec<JackpotConfig>>| {
            ByGroup::of(|group| terms_at(versions.get(group), opened_at).cloned())
        };
        if let Some(good) = known.as_ref().filter(|known| is_good(known)) {
            return Ok(held(&good.versions));
        }
        let versions = context.store.list_all_jackpot_configs().await?;
        let configs = held(&versions);
        *known = Some(Known { read_at: now, versions });
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
        // What is there stays, and no player waits for it; the auditor says that it is wrong.
        Ok(
            ContributeOutcome::OperationReused
            | ContributeOutcome::IsClosed(_)
            | ContributeOutcome::DayIsFull(_),
        ) => {
            measured.end(JackpotOutcome::Refused);
            tracing::error!("operation.id" = %id, "The bets of {id} contributed something else before");
        }
        Err(error) => {
            measured.end_failed(error.is_retryable());
            return Err(error.into());
        }
    }
    Ok(())
}

/// Owes the wins of the period that a bet of the lane has a part in: of a group in which its ticket wins, and of one
/// that must be won. Who wins follows from all bets of the period, so all of them are read; every lane that looks finds
/// the same winner, and one of them is the winner's own.
async fn owe_wins(
    context: &Context,
    period: &Period,
    draw: &JackpotDraw,
    bets: &[GameBetRecord],
) -> Result<(), JobError> {
    let held =
        if draw.has_limit() { context.store.load_jackpot_standings().await? } else { ByGroup::default() };
    let must_be_won =
        |group| held.get(group).is_some_and(|standing| draw.must_be_won(group, standing.amount));
    let bets: Vec<_> = bets.iter().map(CashBet::of).collect();
    let groups = JackpotGroup::ALL.map(|group| (group, must_be_won(group)));
    let won: Vec<_> =
        groups.into_iter().filter(|(group, must)| *must || draw.has_winner(*group, &bets)).collect();
    if won.is_empty() {
        return Ok(());
    }
    let mut all = Vec::new();
    for lane in Lane::all() {
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
            tracing::info!("operation.id" = %id, "user.id" = %user, "User {user} wins the jackpot {group}: {id}");
        }
        OweWinOutcome::OwedBefore => {}
        // What is there stays; the auditor says that it is wrong.
        OweWinOutcome::AnotherWin => {
            tracing::error!("operation.id" = %id, "Another win than {id} was drawn of the same bets before");
            return Ok(());
        }
    }
    let job = Outgoing::of(JackpotWinJob { jackpot: group, period_id: Some(period.id) });
    context.ask_for(vec![job], || format!("the win {id}")).await;
    Ok(())
}

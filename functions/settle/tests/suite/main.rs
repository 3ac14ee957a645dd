//! Jobs that are repeated.

#![cfg(test)]

use evens_contracts::SettleJob;
use evens_doubles::{EmbeddedTable, now};
use evens_draws::{Nonce, Seed};
use evens_exchange::{
    BettingLimits, Draw, Match, OpposedBets, PlaceBet, PlaceBetOutcome, Round, RoundTerms, Side, Stake,
    UnmatchedBet, join,
};
use evens_idempotency::BetId;
use evens_ledger::{Amount, Entry, UserId};
use evens_runtime::{Context, JobDone, Settings};
use evens_store::{ChangedItem, Observer, Operation, RetryCause};
use std::collections::HashSet;
use std::sync::{Arc, Mutex};

const ROUND: &str = "r-1";

fn amount(text: &str) -> Amount {
    text.parse().expect("an amount")
}

async fn placed(context: &Context, side: Side) -> UnmatchedBet {
    let user = UserId::new(if side == Side::A { 1 } else { 2 }).expect("a user");
    let round = ROUND.parse().expect("a round's id");
    let funded = context.store.fund_wallet(user, amount("10"), &format!("order-{user}"), now()).await;
    funded.expect("the table");
    let bet = PlaceBet {
        bet: BetId::derive(user, &"a-key".parse().expect("a key")),
        user,
        round,
        side,
        stake: Stake::parse(amount("10")).expect("a stake"),
        nonce: Nonce::from_bytes([7; 32]),
        by_staff: false,
        barred: None,
        session_started_at: now(),
        session_epoch: 0,
    };
    let limits = BettingLimits {
        is_open: true,
        stake_min: Amount::ZERO,
        decimals: Amount::DECIMALS_MAX,
        waiting_max: usize::MAX,
        refund_after: context.settings.betting.refund_after,
        day_offset: context.settings.players.attendance_offset.offset(),
    };
    match context.store.place_bet(&bet, limits, now()).await.expect("the table") {
        PlaceBetOutcome::Placed(placement) => placement.waiting,
        other => panic!("{other:?}"),
    }
}

/// Two bets of one round that are joined and not drawn.
async fn joined(context: &Context) -> Match {
    let seed = Seed::from_bytes([7; 32]);
    let terms = RoundTerms::endless(ROUND.parse().expect("a round's id"), Draw::Match, Amount::ZERO);
    context.store.open_round(Round::open(terms, &seed, now()), &seed).await.expect("the table");
    let (a, b) = (placed(context, Side::A).await, placed(context, Side::B).await);
    let plan = join(&OpposedBets::of(&a, &b, Amount::ZERO).expect("opposed bets"), now());
    context.store.join_bets(&plan, Side::A, &Draw::Match).await.expect("the table");
    plan.bet_match
}

#[derive(Debug, Default)]
struct Told(Mutex<HashSet<ChangedItem>>);

impl Observer for Told {
    fn failed(&self, _: Operation, _: RetryCause) {}

    fn retried(&self, _: Operation, _: RetryCause) {}

    fn recovered(&self, _: Operation) {}

    fn entered(&self, _: &Entry) {}

    fn drawn(&self, _: &'static str) {}

    fn changed(&self, changed: ChangedItem) {
        self.0.lock().expect("no panic").insert(changed);
    }
}

/// The first attempt may have been cut off after its write, before it reported the end.
#[tokio::test]
async fn a_repeated_job_tells_of_the_end_of_its_match_again() {
    let table = EmbeddedTable::start().await;
    let context = table.context(Settings::local()).await;
    let found = joined(&context).await;
    let job = SettleJob { match_id: found.id, round_id: found.round.clone(), winner: None };
    let told = Arc::new(Told::default());
    let store = context.store.clone().observed(told.clone());
    let context = Context { store, ..context };
    let mut first = None;
    for outcome in ["settled", "settled before"] {
        let done = evens_settle::handle(&context, job.clone(), now()).await;
        assert!(matches!(done, Ok(JobDone(actual)) if actual == outcome), "{done:?}");
        let changes = std::mem::take(&mut *told.0.lock().expect("no panic"));
        assert_eq!(changes.len(), 4, "both bets and both wallets: {changes:?}");
        assert_eq!(*first.get_or_insert(changes.clone()), changes, "{outcome}");
    }
}

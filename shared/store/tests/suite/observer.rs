//! The notifications of an observer: every entry once, and every lost race.

use crate::engine::Engine;
use crate::game_scenario::{
    self, cancel, closed, game_bet, game_command, game_seed, opened_period, settled_lanes, try_game_bet,
};
use crate::order_scenario::{self, payment, report};
use crate::scenario::{
    amount, bet, command, drawn, fund, match_of, opened, place, plan, refer, refund, second, set_blocked,
    set_role, signed_up, user, welcomed,
};
use evens_exchange::{Draw, Match, MatchState, Outcome, RoundStep, Side};
use evens_games::{Period, PeriodId, ShardCount};
use evens_ledger::Entry;
use evens_payments::Direction;
use evens_players::{ReferralBonuses, Role};
use evens_store::{ChangedItem, JoinOutcome, Observer, Operation, RetryCause, Store};
use futures::future::join_all;
use jiff::tz::Offset;
use std::collections::HashSet;
use std::sync::{Arc, Mutex};

#[derive(Debug, Default)]
struct ChangeRecorder {
    entries: Mutex<Vec<Entry>>,
    draws: Mutex<Vec<&'static str>>,
    failures: Mutex<Vec<(Operation, RetryCause)>>,
    retries: Mutex<Vec<(Operation, RetryCause)>>,
    recoveries: Mutex<Vec<Operation>>,
    changes: Mutex<Vec<ChangedItem>>,
}

impl Observer for ChangeRecorder {
    fn failed(&self, operation: Operation, cause: RetryCause) {
        self.failures.lock().unwrap().push((operation, cause));
    }

    fn retried(&self, operation: Operation, cause: RetryCause) {
        self.retries.lock().unwrap().push((operation, cause));
    }

    fn recovered(&self, operation: Operation) {
        self.recoveries.lock().unwrap().push(operation);
    }

    fn entered(&self, entry: &Entry) {
        self.entries.lock().unwrap().push(entry.clone());
    }

    fn drawn(&self, winner: &'static str) {
        self.draws.lock().unwrap().push(winner);
    }

    fn changed(&self, changed: ChangedItem) {
        self.changes.lock().unwrap().push(changed);
    }
}

fn observed(engine: &Engine) -> (Store, Arc<ChangeRecorder>) {
    let seen = Arc::new(ChangeRecorder::default());
    (engine.store.clone().observed(seen.clone()), seen)
}

/// The stored entries of some users.
async fn entries(store: &Store, users: &[u64]) -> Vec<Entry> {
    let mut found = Vec::new();
    for number in users {
        found.extend(store.list_entries(user(*number), None, 100).await.unwrap());
    }
    found
}

fn sorted(mut entries: Vec<Entry>) -> Vec<Entry> {
    entries.sort_by_key(|entry| (entry.user, entry.number));
    entries
}

pub(crate) async fn every_entry_and_every_draw_is_told_once(engine: &Engine) {
    let (store, seen) = observed(engine);
    // Funds, bets, a settled match, a voided match, a refunded rest, and bonuses.
    let settled = match_of(&store, "10").await;
    let outcome = drawn(&store, &settled, Side::B).await;
    for _ in 0..2 {
        store.draw_match(&settled, outcome).await.unwrap();
        store.settle_match(&settled, outcome, None, second(30)).await.unwrap();
    }
    let one = bet(&store, 3, Side::A, "7", 40).await;
    let other = bet(&store, 4, Side::B, "9", 41).await;
    // If each match is its own game, it is drawn with its join.
    let mut join = plan(&one.waiting, &other.waiting, 42);
    join.bet_match.state = MatchState::Drawn(Outcome { winner: Side::A, drawn_at: second(42) });
    assert_eq!(store.join_bets(&join, Side::A, &Draw::Match).await.unwrap(), JoinOutcome::Joined);
    let voided = join.bet_match;
    for _ in 0..2 {
        store.void_match(&voided, second(43)).await.unwrap();
        refund(&store, &other.bet).await;
    }
    welcomed(&store, 5, None).await;
    for _ in 0..2 {
        store.apply_registration_bonus(user(5), amount("25"), second(50)).await.unwrap();
    }
    let actual = std::mem::take(&mut *seen.entries.lock().unwrap());
    assert_eq!(sorted(actual), sorted(entries(&store, &[1, 2, 3, 4, 5]).await));
    assert_eq!(*seen.draws.lock().unwrap(), ["B", "A"]);
    assert_eq!(*seen.retries.lock().unwrap(), []);
}

pub(crate) async fn lost_races_are_told_with_what_was_attempted(engine: &Engine) {
    let (store, seen) = observed(engine);
    fund(&store, 1, "100").await;
    let commands: Vec<_> = (0..8).map(|number| command(1, &format!("key-{number}"), Side::A, "1")).collect();
    join_all(commands.iter().map(|command| place(&store, command, second(1)))).await;
    let actual = std::mem::take(&mut *seen.entries.lock().unwrap());
    assert_eq!(
        sorted(actual),
        sorted(entries(&store, &[1]).await),
        "though some were attempted several times"
    );
    let retries = std::mem::take(&mut *seen.retries.lock().unwrap());
    let recovered = std::mem::take(&mut *seen.recoveries.lock().unwrap());
    assert!((1..=8).contains(&recovered.len()), "each bet that was tried again was placed: {recovered:?}");
    assert!(!retries.is_empty(), "eight bets of one wallet at once");
    assert!(retries.iter().all(|retry| *retry == (Operation::PlaceBet, RetryCause::Conflict)), "{retries:?}");
}

/// The changes of both bets and both wallets of a match.
fn ends_of(of: &Match) -> HashSet<ChangedItem> {
    let of_side = |side| {
        let (id, user, round) = (of.bet(side), of.user(side), of.round.clone());
        [ChangedItem::Bet { id, user, round }, ChangedItem::Wallet(user)]
    };
    Side::ALL.into_iter().flat_map(of_side).collect()
}

/// The loser's wallet is told, too, because their stake is no longer locked. A repeated call tells them again, because
/// the first answer may have been lost.
pub(crate) async fn each_change_is_observed_also_on_a_repeat(engine: &Engine) {
    let (store, seen) = observed(engine);
    let changes = || seen.changes.lock().unwrap().drain(..).collect::<HashSet<_>>();
    let settled = match_of(&store, "10").await;
    let of_both = ends_of(&settled);
    assert!(changes().is_superset(&of_both), "placed and joined");
    let outcome = drawn(&store, &settled, Side::B).await;
    changes();
    for attempt in ["settled", "settled before"] {
        store.settle_match(&settled, outcome, None, second(30)).await.unwrap();
        assert_eq!(changes(), of_both, "{attempt}");
    }

    let one = bet(&store, 3, Side::A, "7", 40).await;
    let other = bet(&store, 4, Side::B, "9", 41).await;
    let join = plan(&one.waiting, &other.waiting, 42);
    let of_bets: HashSet<_> = ends_of(&join.bet_match)
        .into_iter()
        .filter(|actual| matches!(actual, ChangedItem::Bet { .. }))
        .collect();
    changes();
    store.join_bets(&join, Side::A, &Draw::Match).await.unwrap();
    assert_eq!(changes(), of_bets, "joined");
    store.join_bets(&join, Side::A, &Draw::Match).await.unwrap();
    assert_eq!(changes(), ends_of(&join.bet_match), "joined before, and perhaps paid");
    for attempt in ["voided", "voided before"] {
        store.void_match(&join.bet_match, second(43)).await.unwrap();
        assert_eq!(changes(), ends_of(&join.bet_match), "{attempt}");
    }

    let of_rest = |actual: &ChangedItem| match actual {
        ChangedItem::Bet { id, .. } => *id == other.bet.id,
        ChangedItem::Wallet(of) => *of == other.bet.user,
        other => panic!("{other:?} is not of a match"),
    };
    let of_rest: HashSet<_> = ends_of(&join.bet_match).into_iter().filter(of_rest).collect();
    for attempt in ["refunded", "nothing waits"] {
        refund(&store, &other.bet).await;
        assert_eq!(changes(), of_rest, "{attempt}");
    }

    let round = opened(&store, "told", Draw::Match, 50).await;
    assert_eq!(changes(), [ChangedItem::Round(round.id.clone())].into(), "opened");
    let RoundStep::Made(closed) = round.close(second(51)) else { panic!("it can be closed") };
    for attempt in ["closed", "closed before"] {
        store.move_round(&round, (*closed).clone()).await.unwrap();
        assert_eq!(changes(), [ChangedItem::Round(round.id.clone())].into(), "{attempt}");
    }
}

/// The bets of the winner and of the loser are told when they are placed, and the winner's when it is paid. The loser's
/// is never written again.
pub(crate) async fn bets_on_games_and_the_ends_of_periods_are_told(engine: &Engine) {
    let (store, seen) = observed(engine);
    let changes = || seen.changes.lock().unwrap().drain(..).collect::<HashSet<_>>();
    let of_bet = |number: u64, id| {
        [ChangedItem::GameBet { id, user: user(number) }, ChangedItem::Wallet(user(number))]
    };
    let period = opened_period(&store).await;
    let mut bets = Vec::new();
    for (player, wins) in [(1, true), (2, false)] {
        fund(&store, player, "100").await;
        changes();
        let command = game_command(player, "key", wins, "10");
        game_bet(&store, &command, &period).await;
        assert_eq!(changes(), of_bet(player, command.bet).into(), "placed");
        try_game_bet(&store, &command, &period, 11).await;
        assert_eq!(changes(), of_bet(player, command.bet).into(), "placed before");
        bets.push(command.bet);
    }
    let closed = closed(&store, &period).await;
    assert_eq!(changes(), HashSet::new(), "closed");
    let drawn = game_scenario::drawn(&store, &closed).await;
    assert_eq!(changes(), [ChangedItem::Period(period.id)].into(), "drawn");
    game_scenario::drawn(&store, &closed).await;
    assert_eq!(changes(), [ChangedItem::Period(period.id)].into(), "drawn before");
    for attempt in ["paid", "paid before"] {
        settled_lanes(&store, &drawn).await;
        assert_eq!(changes(), of_bet(1, bets[0]).into(), "{attempt}");
    }

    let other: PeriodId = "wingo-60-20240101000000000".parse().unwrap();
    let opened = Period::open(other, Offset::UTC, game_seed().hash(), ShardCount::ONE_PER_LANE);
    store.open_period(opened, &game_seed()).await.unwrap();
    for attempt in ["cancelled", "cancelled before"] {
        cancel(&store, other, 40).await;
        assert_eq!(changes(), [ChangedItem::Period(other)].into(), "{attempt}");
    }
}

pub(crate) async fn orders_and_accounts_are_told(engine: &Engine) {
    let (store, seen) = observed(engine);
    let changes = || seen.changes.lock().unwrap().drain(..).collect::<HashSet<_>>();
    let deposit = order_scenario::opened(&store, 1, "key", "100", 1).await;
    let direction = Direction::Deposit;
    let of_order = ChangedItem::Order { id: deposit.terms.id, direction, user: user(1) };
    assert_eq!(changes(), [of_order.clone()].into(), "opened");
    report(&store, &payment(&deposit, "pay-1"), 2).await;
    assert_eq!(changes(), [of_order, ChangedItem::Wallet(user(1))].into(), "credited");

    signed_up(&store, 2, None).await;
    changes();
    set_blocked(&store, user(2), true).await.unwrap();
    assert_eq!(changes(), [ChangedItem::Account(user(2))].into(), "blocked");
    set_role(&store, user(2), Role::Operator).await.unwrap();
    assert_eq!(changes(), [ChangedItem::Account(user(2))].into(), "has another role");
}

/// The first answer may have been lost, together with its changes.
pub(crate) async fn a_repeated_referral_bonus_tells_the_wallets_of_all_levels(engine: &Engine) {
    let (store, seen) = observed(engine);
    let changes = || seen.changes.lock().unwrap().drain(..).collect::<HashSet<_>>();
    welcomed(&store, 1, None).await;
    welcomed(&store, 2, Some(1)).await;
    refer(&store, 2, 1).await;
    welcomed(&store, 3, Some(2)).await;
    refer(&store, 3, 2).await;
    let bonuses: ReferralBonuses = "10,5".parse().unwrap();
    changes();
    for attempt in ["given", "given before"] {
        store.apply_referral_bonus(user(3), bonuses, None, second(3)).await.unwrap();
        assert_eq!(
            changes(),
            [ChangedItem::Wallet(user(2)), ChangedItem::Wallet(user(1))].into(),
            "{attempt}"
        );
    }
}

#[test]
fn operations_are_called_like_their_transactions() {
    #[rustfmt::skip]
    let table = [
        (Operation::Read,             "read"),
        (Operation::PlaceBet,         "place-bet"),
        (Operation::RecordAttendance, "record-attendance"),
    ];
    assert_eq!(table.map(|(operation, _)| operation.as_str()), table.map(|(_, name)| name));
}

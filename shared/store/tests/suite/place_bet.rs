//! Placing a bet: every outcome, repeats, and races for one wallet.

use crate::scenario::{
    ENOUGH, ROUND, amount, bet, command, fund, holds, limits, money, place, refund, round_id, second, stake,
    try_place, user,
};
use evens_exchange::{
    BettingLimits, Draw, PlaceBet, PlaceBetOutcome, RoundState, RoundStateName, RoundStep, Side,
};
use evens_store::{RoundWrite, Store};
use futures::future::join_all;

pub(crate) async fn places_a_bet(store: &Store) {
    fund(store, 1, "500").await;
    let command = command(1, "key-1", Side::A, "100.50");
    let placement = place(store, &command, second(5)).await;

    assert_eq!(placement.bet.balance_after, amount("399.5"));
    assert_eq!(money(store, 1).await, holds("399.5", "100.5"));
    assert_eq!(store.load_bet(command.bet).await.unwrap(), Some(placement.bet.clone()));
    assert_eq!(store.load_waiting(&placement.bet).await.unwrap(), Some(placement.waiting));
    let entries = store.list_entries(user(1), None, 10).await.unwrap();
    assert_eq!(entries[0], placement.entry);
    assert_eq!(entries[0].key.as_str(), format!("BET:{}", command.bet));
}

pub(crate) async fn a_bet_opens_no_round(store: &Store) {
    let asked = command(1, "key-1", Side::A, "1");
    let refused = store.place_bet(&asked, limits(), second(5)).await.unwrap();
    let expected = PlaceBetOutcome::InsufficientBalance { balance: amount("0"), stake: amount("1") };
    assert_eq!(refused, expected);
    fund(store, 1, "10").await;
    let refused = store.place_bet(&asked, limits(), second(5)).await.unwrap();
    assert_eq!(refused, PlaceBetOutcome::UnknownRound);
    assert_eq!(money(store, 1).await, holds("10", "0"));
    assert_eq!(store.load_round(&round_id(ROUND)).await.unwrap(), None);
    assert_eq!(store.load_seed(&round_id(ROUND)).await.unwrap(), None);
}

/// The maximum of unmatched bets of a player in a round, also after cancellations and with bets in another round.
pub(crate) async fn as_many_bets_of_a_player_wait_as_may(store: &Store) {
    fund(store, 1, "1000").await;
    crate::scenario::opened(store, ROUND, Draw::Match, 0).await;
    crate::scenario::opened(store, "another", Draw::Match, 0).await;
    let limits = BettingLimits { stake_min: amount("1"), waiting_max: 3, ..limits() };
    let ask = async |key: &str, side, at| {
        store.place_bet(&command(1, key, side, "1"), limits, second(at)).await.unwrap()
    };
    let elsewhere = PlaceBet { round: round_id("another"), ..command(1, "elsewhere", Side::A, "1") };
    assert!(matches!(store.place_bet(&elsewhere, limits, second(1)).await, Ok(PlaceBetOutcome::Placed(_))));
    let PlaceBetOutcome::Placed(first) = ask("key-1", Side::A, 1).await else { panic!("it is placed") };
    for (key, side) in [("key-2", Side::B), ("key-3", Side::A)] {
        assert!(matches!(ask(key, side, 2).await, PlaceBetOutcome::Placed(_)), "{key}");
    }
    assert_eq!(ask("key-4", Side::B, 3).await, PlaceBetOutcome::TooManyWaiting { waiting_max: 3 });
    assert!(
        matches!(ask("key-1", Side::A, 3).await, PlaceBetOutcome::PlacedBefore(_)),
        "a repeat is answered"
    );
    refund(store, &first.bet).await;
    assert!(matches!(ask("key-4", Side::B, 4).await, PlaceBetOutcome::Placed(_)));
    assert_eq!(ask("key-5", Side::B, 5).await, PlaceBetOutcome::TooManyWaiting { waiting_max: 3 });
    // Their refunds are due after five minutes; until they are made, the bets count.
    assert_eq!(ask("key-5", Side::B, 1_190).await, PlaceBetOutcome::TooManyWaiting { waiting_max: 3 });
    // No refund was requested for so long that the sweeps must have stopped.
    assert!(matches!(ask("key-5", Side::B, 1_210).await, PlaceBetOutcome::Placed(_)));
}

pub(crate) async fn refuses_a_stake_above_the_balance(store: &Store) {
    fund(store, 1, "10").await;
    let command = command(1, "key-1", Side::A, "10.00000001");
    let refused = try_place(store, &command, second(5)).await.unwrap();
    let expected =
        PlaceBetOutcome::InsufficientBalance { balance: amount("10"), stake: amount("10.00000001") };
    assert_eq!(refused, expected);
    assert_eq!(money(store, 1).await, holds("10", "0"));
    assert_eq!(store.load_bet(command.bet).await.unwrap(), None);
}

pub(crate) async fn refuses_a_bet_in_a_closed_round(store: &Store) {
    fund(store, 1, "1").await;
    close(store).await;
    // Two faults: the refusal names the round.
    let refused = try_place(store, &command(1, "key-1", Side::A, "5"), second(5)).await.unwrap();
    assert_eq!(refused, PlaceBetOutcome::RoundNotOpen { state: RoundStateName::Closed });
    assert_eq!(money(store, 1).await, holds("1", "0"));
}

pub(crate) async fn a_repeat_finds_the_first_bet_after_wallet_and_round_are_used_up(store: &Store) {
    fund(store, 1, "10").await;
    let command = command(1, "key-1", Side::A, "10");
    let first = place(store, &command, second(5)).await;
    let repeated = try_place(store, &command, second(6)).await.unwrap();
    assert_eq!(repeated, PlaceBetOutcome::PlacedBefore(Box::new(first.bet.clone())));

    close(store).await;
    let repeated = try_place(store, &command, second(7)).await.unwrap();
    assert_eq!(repeated, PlaceBetOutcome::PlacedBefore(Box::new(first.bet)));
    assert_eq!(money(store, 1).await, holds("0", "10"));
}

pub(crate) async fn a_repeat_finds_the_first_bet_while_there_is_money_left(store: &Store) {
    let first = bet(store, 1, Side::A, "10", 5).await;
    let command = command(1, "key-1", Side::A, "10");
    let repeated = try_place(store, &command, second(6)).await.unwrap();
    assert_eq!(repeated, PlaceBetOutcome::PlacedBefore(Box::new(first.bet)));
    assert_eq!(money(store, 1).await, holds("990", "10"));
}

pub(crate) async fn a_key_used_for_another_body_is_refused(store: &Store) {
    let first = bet(store, 1, Side::A, "10", 5).await;
    let used = command(1, "key-1", Side::A, "10");
    let others = [
        PlaceBet { side: Side::B, ..used.clone() },
        PlaceBet { stake: stake("11"), ..used.clone() },
        PlaceBet { round: round_id("another"), ..used.clone() },
        PlaceBet { stake: stake("100000"), ..used },
    ];
    for other in others {
        let refused = try_place(store, &other, second(6)).await.unwrap();
        assert_eq!(refused, PlaceBetOutcome::KeyUsedForAnotherBody { bet: first.bet.id }, "{other:?}");
    }
    assert_eq!(money(store, 1).await, holds("990", "10"));
}

pub(crate) async fn two_racing_bets_of_one_wallet_are_both_placed(store: &Store) {
    fund(store, 1, ENOUGH).await;
    let commands = [command(1, "key-1", Side::A, "1"), command(1, "key-2", Side::B, "2")];
    let outcomes = join_all(commands.iter().map(|one| try_place(store, one, second(5)))).await;
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Ok(PlaceBetOutcome::Placed(_)))), "{outcomes:?}");
    assert_eq!(money(store, 1).await, holds("997", "3"));
}

pub(crate) async fn fifty_bets_of_a_wallet_for_ten_place_exactly_ten(store: &Store) {
    fund(store, 1, "10").await;
    let commands: Vec<_> = (0..50).map(|n| command(1, &format!("key-{n}"), Side::A, "1")).collect();
    let outcomes = join_all(commands.iter().map(|one| try_place(store, one, second(5)))).await;
    let (mut placed, mut refused) = (0, 0);
    for outcome in outcomes {
        match outcome.unwrap() {
            PlaceBetOutcome::Placed(_) => placed += 1,
            PlaceBetOutcome::InsufficientBalance { balance, .. } if balance.is_zero() => refused += 1,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!((placed, refused), (10, 40));
    assert_eq!(money(store, 1).await, holds("0", "10"));
}

pub(crate) async fn two_hundred_repeats_of_a_key_debit_once(store: &Store) {
    fund(store, 1, "15").await;
    let command = command(1, "key-1", Side::A, "10");
    let outcomes = join_all((0..200).map(|_| try_place(store, &command, second(5)))).await;
    let mut placed = 0;
    let bets: Vec<_> = outcomes
        .into_iter()
        .map(|outcome| match outcome.unwrap() {
            PlaceBetOutcome::Placed(placement) => {
                placed += 1;
                placement.bet
            }
            PlaceBetOutcome::PlacedBefore(bet) => *bet,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(placed, 1);
    assert!(bets.iter().all(|bet| *bet == bets[0]), "equal answers");
    assert_eq!(money(store, 1).await, holds("5", "10"));
}

pub(crate) async fn the_smallest_and_the_largest_stake_are_exact(store: &Store) {
    let largest = "1000000000000";
    fund(store, 1, "1000000000000.00000001").await;
    place(store, &command(1, "large", Side::A, largest), second(5)).await;
    assert_eq!(money(store, 1).await, holds("0.00000001", largest));
    let smallest = place(store, &command(1, "small", Side::A, "0.00000001"), second(6)).await;
    assert_eq!(money(store, 1).await, holds("0", "1000000000000.00000001"));
    let waiting = store.load_waiting(&smallest.bet).await.unwrap().expect("it waits");
    assert_eq!(waiting.open.to_string(), "0.00000001");
}

async fn close(store: &Store) {
    let id = round_id(ROUND);
    let round = match store.load_round(&id).await.unwrap() {
        Some(round) => round,
        None => crate::scenario::opened(store, ROUND, Draw::Match, 0).await,
    };
    let RoundStep::Made(closed) = round.close(second(6)) else { panic!("{round:?}") };
    assert!(matches!(closed.state, RoundState::Closed { .. }));
    let written = store.move_round(&round, *closed.clone()).await.unwrap();
    assert_eq!(written, RoundWrite::Written(*closed));
}

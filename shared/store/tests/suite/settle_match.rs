//! Settling and voiding: the winner is paid once, or both stakes are refunded, never both.

use crate::books;
use crate::scenario::{
    amount, bet, command, drawn, fill_up, fund, holds, joined, match_of, money, place, second, settled,
    totals, user,
};
use evens_exchange::{MatchState, Outcome, Side};
use evens_ledger::EntryKind;
use evens_store::{SettleOutcome, Store, VoidMatchOutcome};
use futures::future::{join, join_all};

pub(crate) async fn settles_a_match_once(store: &Store) {
    let joined = match_of(store, "10").await;
    let outcome = drawn(store, &joined, Side::B).await;
    let first = store.settle_match(&joined, outcome, None, second(30)).await.unwrap();
    let SettleOutcome::Settled(settlement) = first else { panic!("{first:?}") };
    assert_eq!((settlement.payout, settlement.entry.kind), (amount("20"), EntryKind::Credit));
    assert_eq!(settlement.entry.key.as_str(), format!("SETTLE:{}:2", joined.id));
    let again = store.settle_match(&joined, outcome, None, second(31)).await.unwrap();
    assert_eq!(again, SettleOutcome::EndedBefore(MatchState::Settled(outcome)));

    assert_eq!(money(store, 1).await, holds("990", "0"));
    assert_eq!(money(store, 2).await, holds("1010", "0"));
    let (lost, won) =
        (store.load_bet(joined.bet_a).await.unwrap(), store.load_bet(joined.bet_b).await.unwrap());
    let (lost, won) = (lost.expect("a bet"), won.expect("a bet"));
    assert_eq!((lost.settled, lost.paid), (amount("10"), amount("0")));
    assert_eq!((won.settled, won.paid), (amount("10"), amount("20")));
    assert_eq!(totals(store).await, ["10", "0", "0"]);
}

pub(crate) async fn parallel_settlements_pay_once(store: &Store) {
    let joined = match_of(store, "10").await;
    let outcome = drawn(store, &joined, Side::A).await;
    let settlements = join_all((0..20).map(|_| store.settle_match(&joined, outcome, None, second(30)))).await;
    let settled =
        settlements.iter().filter(|settled| matches!(settled, Ok(SettleOutcome::Settled(_)))).count();
    assert!(settled == 1 && settlements.iter().all(Result::is_ok), "{settlements:?}");
    assert_eq!(money(store, 1).await, holds("1010", "0"));
}

pub(crate) async fn an_undrawn_match_is_not_settled(store: &Store) {
    let joined = match_of(store, "10").await;
    let outcome = Outcome { winner: Side::A, drawn_at: second(20) };
    let settled = store.settle_match(&joined, outcome, None, second(30)).await.unwrap();
    assert_eq!(settled, SettleOutcome::EndedBefore(MatchState::Joined));
    assert_eq!(money(store, 1).await, holds("990", "10"));
}

/// M7: only the fixed outcome is paid, whatever the caller passes.
pub(crate) async fn an_outcome_that_was_not_fixed_is_not_paid(store: &Store) {
    let joined = match_of(store, "10").await;
    let fixed = drawn(store, &joined, Side::A).await;
    let believed = Outcome { winner: Side::B, ..fixed };
    let settled = store.settle_match(&joined, believed, None, second(30)).await.unwrap();
    assert_eq!(settled, SettleOutcome::EndedBefore(MatchState::Drawn(fixed)));
    assert_eq!(money(store, 2).await, holds("990", "10"));
}

pub(crate) async fn voids_a_match_once(store: &Store) {
    let joined = match_of(store, "10").await;
    drawn(store, &joined, Side::A).await;
    let first = store.void_match(&joined, second(30)).await.unwrap();
    let VoidMatchOutcome::Voided(void) = first else { panic!("{first:?}") };
    assert_eq!(void.a.1.key.as_str(), format!("VOID:{}:1", joined.id));
    let again = store.void_match(&joined, second(31)).await.unwrap();
    assert_eq!(again, VoidMatchOutcome::EndedBefore(MatchState::Void));
    for player in [1, 2] {
        assert_eq!(money(store, player).await, holds("1000", "0"));
    }
    let bet = store.load_bet(joined.bet_a).await.unwrap().expect("a bet");
    assert_eq!((bet.refunded, bet.settled), (amount("10"), amount("0")));
    assert_eq!(totals(store).await, ["0", "0", "0"]);
}

pub(crate) async fn a_settled_match_is_not_voided_nor_a_void_one_settled(store: &Store) {
    let paid = match_of(store, "10").await;
    let outcome = settled(store, &paid, Side::A).await;
    let voided = store.void_match(&paid, second(40)).await.unwrap();
    assert_eq!(voided, VoidMatchOutcome::EndedBefore(MatchState::Settled(outcome)));

    let (a, b) = (bet(store, 3, Side::A, "5", 2).await, bet(store, 4, Side::B, "5", 3).await);
    let void = joined(store, &a.waiting, &b.waiting, 10).await;
    let outcome = drawn(store, &void, Side::A).await;
    store.void_match(&void, second(40)).await.unwrap();
    let settled = store.settle_match(&void, outcome, None, second(41)).await.unwrap();
    assert_eq!(settled, SettleOutcome::EndedBefore(MatchState::Void));
}

pub(crate) async fn of_settling_and_voiding_exactly_one_wins(store: &Store) {
    for round in 0..12 {
        let players = [100 + 2 * round, 101 + 2 * round];
        let a = bet(store, players[0], Side::A, "10", 0).await;
        let b = bet(store, players[1], Side::B, "10", 1).await;
        let found = joined(store, &a.waiting, &b.waiting, 10).await;
        let outcome = drawn(store, &found, Side::A).await;
        let now = second(30);
        let (settled, voided) = if round % 2 == 0 {
            join(store.settle_match(&found, outcome, None, now), store.void_match(&found, now)).await
        } else {
            let (voided, settled) =
                join(store.void_match(&found, now), store.settle_match(&found, outcome, None, now)).await;
            (settled, voided)
        };
        let (settled, voided) = (settled.unwrap(), voided.unwrap());
        let is_settled = matches!(settled, SettleOutcome::Settled(_))
            && matches!(voided, VoidMatchOutcome::EndedBefore(MatchState::Settled(_)));
        let is_void = matches!(settled, SettleOutcome::EndedBefore(MatchState::Void))
            && matches!(voided, VoidMatchOutcome::Voided(_));
        assert!(is_settled || is_void, "{settled:?}, {voided:?}");
    }
}

/// Players 1 and 2 meet in many matches at once, with winners on both sides: each settlement writes both wallets.
pub(crate) async fn many_settlements_of_the_same_two_wallets_all_happen(store: &Store) {
    for player in [1, 2] {
        crate::scenario::fund(store, player, "1000").await;
    }
    let mut matches = Vec::new();
    for number in 0..8 {
        let key = format!("key-{number}");
        let place = |player, side| {
            let command = crate::scenario::command(player, &key, side, "3");
            async move { crate::scenario::place(store, &command, second(number)).await.waiting }
        };
        let (a, b) = (place(1, Side::A).await, place(2, Side::B).await);
        let found = joined(store, &a, &b, 10).await;
        let winner = if number % 4 == 0 { Side::B } else { Side::A };
        let outcome = drawn(store, &found, winner).await;
        matches.push((found, outcome));
    }
    let settled =
        matches.iter().map(|(found, outcome)| store.settle_match(found, *outcome, None, second(30)));
    for settled in join_all(settled).await {
        assert!(matches!(settled, Ok(SettleOutcome::Settled(_))), "{settled:?}");
    }
    assert_eq!(money(store, 1).await, holds("1012", "0"));
    assert_eq!(money(store, 2).await, holds("988", "0"));
}

pub(crate) async fn a_payout_beyond_the_winners_balance_is_not_made(store: &Store) {
    let joined = match_of(store, "10").await;
    let outcome = drawn(store, &joined, Side::A).await;
    fill_up(store, user(1)).await;
    let refused = store.settle_match(&joined, outcome, None, second(30)).await.unwrap();
    assert_eq!(refused, SettleOutcome::BalanceTooLarge);
    let refused = store.void_match(&joined, second(30)).await.unwrap();
    assert_eq!(refused, VoidMatchOutcome::BalanceTooLarge);
    assert_eq!(money(store, 2).await, holds("990", "10"));
    books::check(store).await;
}

/// M7: a match that can be paid now is not voided, even if its payout did not fit before.
pub(crate) async fn a_match_whose_payout_fits_again_is_not_voided(store: &Store) {
    let joined = match_of(store, "10").await;
    let outcome = drawn(store, &joined, Side::A).await;
    let unpayable = async || store.void_unpayable(&joined, outcome, second(30)).await.unwrap();
    let settle = async || store.settle_match(&joined, outcome, None, second(30)).await.unwrap();
    // The balance can hold 15 more: a stake of 10, but not a payout of 20.
    fund(store, 1, "99999999999999998994.99999999").await;
    assert_eq!(settle().await, SettleOutcome::BalanceTooLarge);
    place(store, &command(1, "key-2", Side::A, "5"), second(25)).await;
    assert_eq!(unpayable().await, VoidMatchOutcome::Payable);
    fund(store, 1, "0.00000001").await;
    let voided = unpayable().await;
    assert!(matches!(voided, VoidMatchOutcome::Voided(_)), "{voided:?}");
    assert_eq!(unpayable().await, VoidMatchOutcome::EndedBefore(MatchState::Void));
    assert_eq!(settle().await, SettleOutcome::EndedBefore(MatchState::Void));
}

pub(crate) async fn a_repeat_finds_its_settlement_though_the_balance_is_full(store: &Store) {
    let joined = match_of(store, "10").await;
    let outcome = settled(store, &joined, Side::A).await;
    fill_up(store, user(1)).await;
    let again = store.settle_match(&joined, outcome, None, second(31)).await.unwrap();
    assert_eq!(again, SettleOutcome::EndedBefore(MatchState::Settled(outcome)));
}

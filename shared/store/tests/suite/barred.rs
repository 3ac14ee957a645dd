//! Bets of excluded and blocked players: they are not joined, and their unmatched parts are refunded.

use crate::scenario::{
    ENOUGH, bet, command, fund, holds, money, place, plan, plan_drawn, refund_terms, second, set_blocked,
    signed_up, user,
};
use evens_exchange::{Draw, RefundReason, Side};
use evens_ledger::UserId;
use evens_own_limits::EXCLUSION_MIN;
use evens_store::{JoinOutcome, RefundBetOutcome, Store, WalletSnapshot};
use futures::future::join_all;
use jiff::SignedDuration;

/// The two ways in which a player is barred.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bar {
    Exclusion,
    Block,
}

impl Bar {
    const BOTH: [Self; 2] = [Self::Exclusion, Self::Block];

    /// Bars a player from second 5 on.
    async fn apply(self, store: &Store, player: UserId) {
        match self {
            Self::Exclusion => {
                let now = second(5);
                let rule = |record: &evens_payments::PaymentsRecord| record.exclude(now + EXCLUSION_MIN, now);
                store.change_limits(player, now, rule).await.expect("a change").expect("long enough");
            }
            Self::Block => drop(set_blocked(store, player, true).await.expect("a block")),
        }
    }
}

async fn players(store: &Store, players: [u64; 2]) {
    for player in players {
        signed_up(store, player, None).await;
        fund(store, player, ENOUGH).await;
    }
}

/// Wallets that were read before the bar do not help. The bet on A, on B or both belong to a barred player.
pub(crate) async fn no_bet_of_a_barred_player_is_joined(store: &Store) {
    let mut next = (1..).step_by(2);
    for bar in Bar::BOTH {
        for (barred, taker, side) in [
            (&[Side::A][..], Side::A, Side::A),
            (&[Side::A], Side::B, Side::A),
            (&[Side::B], Side::A, Side::B),
            (&[Side::A, Side::B], Side::B, Side::B),
        ] {
            for winner in Side::ALL {
                let (one, other) = next.next().map(|one: u64| (one, one + 1)).expect("a number");
                players(store, [one, other]).await;
                let a = place(store, &command(one, "key-1", Side::A, "10"), second(1)).await;
                let b = place(store, &command(other, "key-1", Side::B, "10"), second(2)).await;
                let both = [user(one), user(other)];
                let wallets = store.load_place(a.bet.id, &a.bet.place(), &both, true).await.unwrap().wallets;
                for of in barred {
                    bar.apply(store, both[usize::from(*of == Side::B)]).await;
                }
                let expected = JoinOutcome::Barred { side };
                let drawn = plan_drawn(&a.waiting, &b.waiting, winner, 6);
                for read in [&wallets[..], &wallets[..1], &wallets[1..], &[]] {
                    let joined = paid(store, &drawn, taker, read).await;
                    // If both are barred, a wallet that was read before may hide one of them.
                    let is_other =
                        barred.len() > 1 && joined == JoinOutcome::Barred { side: side.opposite() };
                    assert!(
                        joined == expected || is_other,
                        "{joined:?}: {bar:?} of {barred:?}, {winner} would win"
                    );
                }
                let undrawn = plan(&a.waiting, &b.waiting, 6);
                let joined = store.join_bets(&undrawn, taker, &Draw::Round).await.unwrap();
                assert_eq!(joined, expected, "{bar:?} of {barred:?}");
                assert_eq!(store.load_match(&a.bet.round, drawn.bet_match.id).await.unwrap(), None);
                assert_eq!(money(store, one).await, holds("990", "10"));
            }
        }
    }
}

async fn paid(
    store: &Store,
    plan: &evens_exchange::Join,
    taker: Side,
    read: &[WalletSnapshot],
) -> JoinOutcome {
    store.join_and_settle(plan, taker, &Draw::Match, read, second(6)).await.expect("an outcome")
}

/// Joins that were under way when the bar was answered are done or refused: none happens later.
pub(crate) async fn no_join_of_a_barred_player_comes_after_the_answer(store: &Store) {
    for (bar, one) in Bar::BOTH.into_iter().zip([100, 200]) {
        players(store, [one, one + 99]).await;
        let mut plans = Vec::new();
        for number in 0..8 {
            let key = format!("key-{number}");
            let own = place(store, &command(one, &key, Side::A, "3"), second(1)).await.waiting;
            let other = bet(store, one + 1 + number, Side::B, "3", 2).await.waiting;
            let winner = if number % 2 == 0 { Side::A } else { Side::B };
            plans.push(plan_drawn(&own, &other, winner, 6));
        }
        let at_once = join_all(plans.iter().map(|plan| paid(store, plan, Side::B, &[])));
        let barring = async {
            bar.apply(store, user(one)).await;
            store.load_wallet(user(one)).await.unwrap()
        };
        let (outcomes, when_barred) = futures::join!(at_once, barring);
        assert_eq!(store.load_wallet(user(one)).await.unwrap(), when_barred, "{outcomes:?}");
        for (plan, outcome) in plans.iter().zip(outcomes) {
            let is_joined = matches!(outcome, JoinOutcome::Settled | JoinOutcome::Joined);
            assert_eq!(paid(store, plan, Side::B, &[]).await, JoinOutcome::Barred { side: Side::A });
            let found = store.load_match(&plan.bet_match.round, plan.bet_match.id).await.unwrap();
            assert_eq!(found.is_some(), is_joined, "{bar:?}");
        }
    }
}

pub(crate) async fn unmatched_bets_of_a_barred_player_are_found_and_refunded(store: &Store) {
    for (bar, one) in Bar::BOTH.into_iter().zip([1, 3]) {
        players(store, [one, one + 1]).await;
        let mut bets = Vec::new();
        for (key, side, at) in [("key-1", Side::A, 0), ("key-2", Side::B, 1), ("key-3", Side::A, 2)] {
            bets.push(place(store, &command(one, key, side, "10"), second(at)).await.bet);
        }
        place(store, &command(one + 1, "key-1", Side::A, "10"), second(0)).await;
        crate::scenario::refund(store, &bets[1]).await;
        let open = async |at| {
            let unmatched = store.list_unmatched(user(one), SignedDuration::from_mins(5), second(at)).await;
            unmatched.expect("a list")
        };
        assert_eq!(open(6).await, [bets[0].id, bets[2].id]);
        // Five minutes and a quarter of an hour later, the sweep has refunded them.
        assert_eq!(open(20 * 60 + 1).await, [bets[2].id]);
        let refund = async |bet| {
            let refunded = store.refund_bet(bet, RefundReason::Barred, refund_terms(), second(6)).await;
            refunded.expect("an outcome")
        };
        assert_eq!(refund(&bets[0]).await, RefundBetOutcome::NotBarred);
        bar.apply(store, user(one)).await;
        for at in [0, 2] {
            assert!(matches!(refund(&bets[at]).await, RefundBetOutcome::Refunded(_)), "{bar:?}");
            assert_eq!(refund(&bets[at]).await, RefundBetOutcome::NothingWaits);
        }
        assert_eq!(open(6).await, []);
        assert_eq!((money(store, one).await, money(store, one + 1).await), {
            (holds("1000", "0"), holds("990", "10"))
        });
    }
}

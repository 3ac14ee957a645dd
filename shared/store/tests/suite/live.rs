//! Announcements of changes to other processes.

use crate::scenario::{second, user};
use evens_exchange::RoundId;
use evens_idempotency::BetId;
use evens_jackpots::JackpotGroup;
use evens_payments::{Direction, OrderId};
use evens_store::{Announcement, Changed, HubId, Store};

fn changes() -> Vec<Changed> {
    let round: RoundId = "r-1".parse().unwrap();
    let bet = BetId::derive(user(1), &"key".parse().unwrap());
    let order = |direction| OrderId::derive(direction, user(1), &"key".parse().unwrap());
    let of_order = |direction| Changed::Order { id: order(direction), direction, user: user(1) };
    vec![
        Changed::Bet { id: bet, user: user(1), round: round.clone() },
        Changed::Wallet(user(1)),
        Changed::GameBet { id: bet, user: user(1) },
        of_order(Direction::Deposit),
        of_order(Direction::Withdrawal),
        Changed::Round(round),
        Changed::Period("wingo-30-20240101000000000".parse().unwrap()),
        Changed::Jackpot(JackpotGroup::Mega),
        Changed::Account(user(1)),
    ]
}

pub(crate) async fn an_announcement_is_read_as_it_was_written(store: &Store) {
    let from = |bits| HubId::from_random(bits);
    let announcement = |from, number, at, changes| Announcement { from, number, at: second(at), changes };
    let old = announcement(from(1), 0, 5, Vec::new());
    let first = announcement(from(u64::MAX), 1, 10, changes());
    let second_one = announcement(from(1), 2, 11, Vec::new());
    for some in [&second_one, &old, &first, &first] {
        store.announce(some).await.unwrap();
    }
    assert_eq!(store.list_announcements(second(10)).await.unwrap(), [first, second_one]);
}

//! Announcements of changes to other processes.

use crate::scenario::{second, user};
use evens_exchange::RoundId;
use evens_idempotency::BetId;
use evens_jackpots::JackpotGroup;
use evens_payments::{Direction, OrderId};
use evens_store::{Announcement, ChangedItem, HubId, Store};

fn changes() -> Vec<ChangedItem> {
    let round: RoundId = "r-1".parse().unwrap();
    let bet = BetId::derive(user(1), &"key".parse().unwrap());
    let order = |direction| OrderId::derive(direction, user(1), &"key".parse().unwrap());
    let of_order = |direction| ChangedItem::Order { id: order(direction), direction, user: user(1) };
    vec![
        ChangedItem::Bet { id: bet, user: user(1), round: round.clone() },
        ChangedItem::Wallet(user(1)),
        ChangedItem::GameBet { id: bet, user: user(1) },
        of_order(Direction::Deposit),
        of_order(Direction::Withdrawal),
        ChangedItem::Round(round),
        ChangedItem::Period("wingo-30-20240101000000000".parse().unwrap()),
        ChangedItem::Jackpot(JackpotGroup::Mega),
        ChangedItem::Account(user(1)),
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

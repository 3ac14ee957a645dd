//! Announcements of changes to other processes.

use crate::engine::Engine;
use crate::scenario::{second, user};
use evens_exchange::RoundId;
use evens_idempotency::BetId;
use evens_jackpots::JackpotGroup;
use evens_payments::{Direction, OrderId};
use evens_store::{Announcement, Announcements, CapacityMeter, ChangedItem, HubId, Store};
use jiff::SignedDuration;

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
    let expected = Announcements { heard: vec![first, second_one], unreadable: Vec::new() };
    assert_eq!(store.list_announcements(second(10)).await.unwrap(), expected);
    assert_eq!(store.list_announcements_eventually(second(10)).await.unwrap(), expected);
}

/// Forty announcements in four seconds. The cost of a read follows those that it finds.
pub(crate) async fn the_newest_announcements_cost_less_than_all(engine: &Engine) {
    let store = &engine.store;
    for number in 0..40 {
        let at = second(1_000) + SignedDuration::from_millis(100 * i64::try_from(number).unwrap());
        let changes = (0..100).map(|player| ChangedItem::Wallet(user(number * 100 + player + 1))).collect();
        store.announce(&Announcement { from: HubId::from_random(1), number, at, changes }).await.unwrap();
    }
    let meter = CapacityMeter::default();
    let metered = store.clone().metered(meter.clone());
    let mut units = Vec::new();
    for (since, found) in [(second(1_000), 40), (second(1_003), 10)] {
        assert_eq!(metered.list_announcements(since).await.unwrap().heard.len(), found);
        units.push(meter.take().read_units);
    }
    assert_eq!(metered.list_announcements_eventually(second(1_003)).await.unwrap().heard.len(), 10);
    units.push(meter.take().read_units);
    assert_eq!(units, [13.0, 4.0, 2.0], "all, the newest, and those as of a moment ago");
}

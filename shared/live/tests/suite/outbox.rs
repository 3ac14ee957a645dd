//! The outbox of a socket, and the hints of a hub.

use crate::world::{bet_id, view, wallet};
use evens_live::{EventId, Hints, Outbox, OutgoingFrame, Revision};

type Events = Outbox<&'static str>;

fn bet(number: u8, settled: &str) -> (EventId, Revision) {
    (EventId::Bet(bet_id(number)), Revision::Bet((&view(number, ["0", settled, "0"])).into()))
}

fn push(outbox: &mut Events, (id, revision): (EventId, Revision), event: &'static str) {
    outbox.push(id, revision, event);
}

fn events(events: &[&'static str], conflated: u64) -> OutgoingFrame<&'static str> {
    OutgoingFrame::Events { events: events.to_vec(), conflated }
}

#[test]
fn of_one_thing_only_the_newest_state_is_sent() {
    let mut outbox = Events::default();
    push(&mut outbox, bet(1, "10"), "older");
    push(&mut outbox, bet(2, "10"), "other");
    push(&mut outbox, bet(1, "30"), "newest");
    push(&mut outbox, bet(1, "20"), "late");
    assert_eq!(outbox.take(100, |event| event.len()), events(&["newest", "other"], 2));
    assert_eq!(outbox.take(100, |event| event.len()), OutgoingFrame::Nothing);
    push(&mut outbox, bet(1, "30"), "again");
    assert_eq!(
        outbox.take(100, |event| event.len()),
        events(&["again"], 0),
        "what was sent is not remembered"
    );
}

#[test]
fn a_frame_holds_as_much_as_fits_and_at_least_one_event() {
    let mut outbox = Events::default();
    for (number, event) in [(1, "five."), (2, "five!"), (3, "longer than a frame"), (4, "last")] {
        push(&mut outbox, bet(number, "1"), event);
    }
    let mut take = || outbox.take(10, |event| event.len());
    assert_eq!(take(), events(&["five.", "five!"], 0));
    assert_eq!(take(), events(&["longer than a frame"], 0));
    assert_eq!(take(), events(&["last"], 0));
    assert_eq!(take(), OutgoingFrame::Nothing);
}

/// A reader that is too slow costs a fixed amount of memory, and misses nothing: a snapshot follows.
#[test]
fn more_than_fits_becomes_a_snapshot() {
    let user = |number: usize| EventId::Wallet(crate::world::user(number as u64 + 1));
    let revision = Revision::Wallet((&wallet(1, "0")).into());
    let mut outbox = Outbox::default();
    for number in 0..Events::WAITING_MAX {
        outbox.push(user(number), revision, "event");
    }
    outbox.push(user(0), revision, "again");
    outbox.push(user(Events::WAITING_MAX), revision, "one more");
    outbox.push(user(0), revision, "dropped, as it will be in the snapshot");
    assert_eq!(outbox.take(100, |event| event.len()), OutgoingFrame::Snapshot);
    assert_eq!(outbox.take(100, |event| event.len()), OutgoingFrame::Nothing);
    outbox.push(user(0), revision, "after");
    assert_eq!(outbox.take(100, |event| event.len()), events(&["after"], 0));
}

#[test]
fn a_thing_is_read_once_at_a_time_and_again_after_a_later_hint() {
    let mut hints = Hints::default();
    assert!(hints.add("a"));
    assert!(!hints.add("a"), "one read is enough for both");
    assert!(hints.add("b"));
    assert_eq!(hints.begin(), Some("a"));
    assert!(!hints.add("a"), "somebody reads it, perhaps too early");
    assert_eq!((hints.begin(), hints.begin()), (Some("b"), None));
    assert!(!hints.end(&"b"));
    assert!(hints.end(&"a"), "it is read again");
    assert_eq!((hints.begin(), hints.begin()), (Some("a"), None));
    assert!(!hints.end(&"a"));
    assert_eq!(hints.begin(), None);
}

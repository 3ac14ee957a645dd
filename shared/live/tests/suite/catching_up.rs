//! Whatever happens to hints and frames: no client goes back, and after a `sync` it equals the table.

use crate::world::{bet_id, user, view, wallet};
use evens_live::{EventId, Hints, Known, Outbox, Outgoing, Revision};
use proptest::prelude::{Just, Strategy, prop_assert, prop_assert_eq, prop_oneof, proptest};
use std::collections::BTreeMap;

/// States by their number: each change makes the next one.
type Table = BTreeMap<EventId, usize>;

const BETS: u8 = 3;

/// What bets and wallets come to, one after the other.
const STEPS: usize = 6;

fn bet_revision(number: u8, step: usize) -> Revision {
    let parts = [
        ["100", "0", "0"],
        ["60", "0", "0"],
        ["60", "40", "0"],
        ["20", "40", "0"],
        ["20", "80", "0"],
        ["0", "80", "20"],
    ];
    Revision::Bet((&view(number, parts[step])).into())
}

fn wallet_revision(step: usize) -> Revision {
    let states = [(1, "0"), (2, "100"), (2, "60"), (3, "20"), (4, "20"), (5, "0")];
    let (version, locked) = states[step];
    Revision::Wallet((&wallet(version, locked)).into())
}

fn revision(id: &EventId, step: usize) -> Revision {
    match id {
        EventId::Bet(id) => {
            let number = (0..BETS).find(|number| bet_id(*number) == *id).unwrap();
            bet_revision(number, step)
        }
        EventId::Wallet(_) => wallet_revision(step),
        EventId::Round(_) => unreachable!("no round is in this table"),
    }
}

fn ids() -> Vec<EventId> {
    let bets = (0..BETS).map(|number| EventId::Bet(bet_id(number)));
    bets.chain([EventId::Wallet(user(42))]).collect()
}

#[derive(Debug, Clone)]
enum Happening {
    /// A thing changes, and its hint comes so many times.
    Change(usize, usize),
    /// A reader begins, or ends and puts the state into the outbox.
    BeginRead,
    EndRead(usize),
    /// The socket sends a frame, or loses it with the connection.
    Send,
    Lose,
}

fn happenings() -> impl Strategy<Value = Vec<Happening>> {
    let things = usize::from(BETS) + 1;
    let one = prop_oneof![
        3 => (0..things, 0..3_usize).prop_map(|(thing, hints)| Happening::Change(thing, hints)),
        3 => Just(Happening::BeginRead),
        3 => (0..4_usize).prop_map(Happening::EndRead),
        2 => Just(Happening::Send),
        1 => Just(Happening::Lose),
    ];
    proptest::collection::vec(one, 0..60)
}

/// A client by the rules of `docs/live.md`: it keeps newer states.
#[derive(Debug, Default)]
struct Client(BTreeMap<EventId, (Revision, usize)>);

impl Client {
    fn fold(&mut self, id: EventId, revision: Revision, step: usize) {
        if self.0.get(&id).is_none_or(|(known, _)| revision.is_newer_than(*known)) {
            self.0.insert(id, (revision, step));
        }
    }

    fn known(&self) -> Known {
        let mut known = Known::default();
        for (id, (revision, _)) in &self.0 {
            match (id, revision) {
                (EventId::Bet(id), Revision::Bet(revision)) => drop(known.bets.insert(*id, *revision)),
                (EventId::Wallet(_), Revision::Wallet(revision)) => known.wallet = Some(*revision),
                _ => unreachable!("no round is in this table"),
            }
        }
        known
    }
}

type Frame = (EventId, Revision, usize);

fn send(outbox: &mut Outbox<Frame>) -> Vec<Frame> {
    match outbox.take(2, |_| 1) {
        Outgoing::Events { events, .. } => events,
        Outgoing::Nothing | Outgoing::Snapshot => Vec::new(),
    }
}

proptest! {
    #[test]
    fn after_a_sync_a_client_equals_the_table_and_nothing_goes_back(happenings in happenings()) {
        let ids = ids();
        let mut table: Table = ids.iter().map(|id| (id.clone(), 0)).collect();
        let (mut hints, mut reads) = (Hints::default(), Vec::<(EventId, usize)>::new());
        let (mut outbox, mut client) = (Outbox::<Frame>::default(), Client::default());
        let mut sent = BTreeMap::<EventId, usize>::new();
        for happening in happenings {
            match happening {
                Happening::Change(thing, told) => {
                    let step = table.get_mut(&ids[thing]).unwrap();
                    *step = (*step + 1).min(STEPS - 1);
                    for _ in 0..told {
                        hints.add(ids[thing].clone());
                    }
                }
                Happening::BeginRead => reads.extend(hints.begin().map(|id| (id.clone(), table[&id]))),
                Happening::EndRead(reader) => {
                    if !reads.is_empty() {
                        let (id, step) = reads.remove(reader % reads.len());
                        outbox.push(id.clone(), revision(&id, step), (id.clone(), revision(&id, step), step));
                        hints.end(&id);
                    }
                }
                Happening::Send | Happening::Lose => {
                    for (id, revision, step) in send(&mut outbox) {
                        // The hub itself never sends an older state after a newer one.
                        prop_assert!(sent.get(&id).is_none_or(|before| *before <= step));
                        sent.insert(id.clone(), step);
                        if matches!(happening, Happening::Send) {
                            client.fold(id, revision, step);
                        }
                    }
                }
            }
            for (id, (_, step)) in &client.0 {
                prop_assert!(*step <= table[id]);
            }
        }
        let known = client.known();
        for (id, step) in &table {
            if known.lacks(id, revision(id, *step)) {
                client.fold(id.clone(), revision(id, *step), *step);
            }
        }
        let steps: Table = client.0.into_iter().map(|(id, (_, step))| (id, step)).collect();
        prop_assert_eq!(steps, table);
    }
}

//! Hints and frames are lost, doubled and reordered: no client goes back, and after a `sync` each equals the table.

use crate::world::{bet_id, user, view, wallet};
use evens_live::{EventId, GameBetRevision, Hints, KnownRevisions, Outbox, Outgoing, Revision};
use proptest::prelude::{Just, Strategy, prop_assert, prop_assert_eq, prop_oneof, proptest};
use std::collections::BTreeMap;

/// States by their number: each change makes the next one.
type Table = BTreeMap<EventId, usize>;

const BETS: u8 = 3;

/// The steps of bets, wallets and orders.
const STEPS: usize = 6;

/// Two pages of one player.
const CLIENTS: usize = 2;

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
        EventId::GameBet(_) if step == 0 => Revision::GameBet(GameBetRevision::Pending),
        EventId::GameBet(_) => Revision::GameBet(GameBetRevision::Ended),
        EventId::Deposit(_) => Revision::Order((step as u64).into()),
        other => unreachable!("{other} is not in this table"),
    }
}

fn ids() -> Vec<EventId> {
    let bets = (0..BETS).map(|number| EventId::Bet(bet_id(number)));
    let order = "00000000-0000-4000-8000-0000000000aa".parse().unwrap();
    let others = [EventId::Wallet(user(42)), EventId::GameBet(bet_id(BETS)), EventId::Deposit(order)];
    bets.chain(others).collect()
}

fn last_step(id: &EventId) -> usize {
    if matches!(id, EventId::GameBet(_)) { 1 } else { STEPS - 1 }
}

#[derive(Debug, Clone)]
enum Happening {
    /// A thing changes, and its hint comes so many times.
    Change(usize, usize),
    /// A reader begins, or ends and puts the state into the outbox.
    BeginRead,
    EndRead(usize),
    /// The socket of a client sends a frame, or loses it with the connection.
    Send(usize),
    Lose(usize),
}

fn happenings() -> impl Strategy<Value = Vec<Happening>> {
    let things = ids().len();
    let one = prop_oneof![
        3 => (0..things, 0..3_usize).prop_map(|(thing, hints)| Happening::Change(thing, hints)),
        3 => Just(Happening::BeginRead),
        3 => (0..4_usize).prop_map(Happening::EndRead),
        3 => (0..CLIENTS).prop_map(Happening::Send),
        1 => (0..CLIENTS).prop_map(Happening::Lose),
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

    fn known(&self) -> KnownRevisions {
        let mut known = KnownRevisions::default();
        for (id, (revision, _)) in &self.0 {
            match (id, revision) {
                (EventId::Bet(id), Revision::Bet(revision)) => drop(known.bets.insert(*id, *revision)),
                (EventId::Wallet(_), Revision::Wallet(revision)) => known.wallet = Some(*revision),
                (EventId::GameBet(id), Revision::GameBet(GameBetRevision::Pending)) => {
                    known.game_bets.insert(*id);
                }
                // A client asks only for bets on games that are pending for it.
                (EventId::GameBet(_), Revision::GameBet(GameBetRevision::Ended)) => {}
                (EventId::Deposit(id), Revision::Order(revision)) => {
                    known.orders.insert(*id, *revision);
                }
                other => unreachable!("{other:?} is not in this table"),
            }
        }
        known
    }
}

type Frame = (EventId, Revision, usize);

/// The page of a client: the events that wait for it, the steps that were sent to it, and its state.
#[derive(Debug, Default)]
struct Page {
    outbox: Outbox<Frame>,
    sent: BTreeMap<EventId, usize>,
    client: Client,
}

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
        let mut pages: [Page; CLIENTS] = Default::default();
        for happening in happenings {
            match happening {
                Happening::Change(thing, told) => {
                    let id = &ids[thing];
                    let step = table.get_mut(id).unwrap();
                    *step = (*step + 1).min(last_step(id));
                    for _ in 0..told {
                        hints.add(id.clone());
                    }
                }
                Happening::BeginRead => reads.extend(hints.begin().map(|id| (id.clone(), table[&id]))),
                Happening::EndRead(reader) => {
                    if !reads.is_empty() {
                        let (id, step) = reads.remove(reader % reads.len());
                        let revision = revision(&id, step);
                        for page in &mut pages {
                            page.outbox.push(id.clone(), revision, (id.clone(), revision, step));
                        }
                        hints.end(&id);
                    }
                }
                Happening::Send(page) | Happening::Lose(page) => {
                    let Page { outbox, sent, client } = &mut pages[page];
                    for (id, revision, step) in send(outbox) {
                        // The hub itself never sends an older state after a newer one.
                        prop_assert!(sent.get(&id).is_none_or(|before| *before <= step));
                        sent.insert(id.clone(), step);
                        if matches!(happening, Happening::Send(_)) {
                            client.fold(id, revision, step);
                        }
                    }
                }
            }
            for (id, (_, step)) in pages.iter().flat_map(|page| &page.client.0) {
                prop_assert!(*step <= table[id]);
            }
        }
        for Page { mut client, .. } in pages {
            let known = client.known();
            for (id, step) in &table {
                if known.lacks(id, revision(id, *step)) {
                    client.fold(id.clone(), revision(id, *step), *step);
                }
            }
            let steps: Table = client.0.into_iter().map(|(id, (_, step))| (id, step)).collect();
            prop_assert_eq!(&steps, &table);
        }
    }
}

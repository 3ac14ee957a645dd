//! Hints and frames are lost, doubled and reordered: no client goes back, and after a `sync` each equals the table.
//! Where nothing is lost, a client equals the table without a `sync`. Planted defects show that this is looked at.

use crate::world::{bet_id, user, view, wallet};
use evens_live::{EventId, GameBetRevision, Hints, KnownRevisions, Outbox, OutgoingFrame, Revision};
use proptest::prelude::{Just, Strategy, prop_assert_eq, prop_oneof, proptest};
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};
use std::collections::BTreeMap;

/// States by their number: each change makes the next one.
type Table = BTreeMap<EventId, usize>;

const BETS: u8 = 3;

/// The steps of bets, wallets and orders.
const STEPS: usize = 6;

/// The players of the pages: two pages of one player, and one of another.
const PAGES: [u64; 3] = [42, 42, 43];

/// A mistake in the hub or in a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Defect {
    /// A change that lowers the locked amount alone gives no hint: a loser's stake that is released.
    UntoldRelease,
    /// A client takes the wallet with the higher version as the newer one, whatever is locked.
    WalletByVersionAlone,
    /// A read state goes to every page, also to those of other players.
    SentToAll,
}

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

/// The versions and locked amounts of a wallet.
const WALLETS: [(u64, &str); STEPS] = [(1, "0"), (2, "100"), (2, "60"), (3, "20"), (4, "20"), (5, "0")];

fn wallet_revision(step: usize) -> Revision {
    let (version, locked) = WALLETS[step];
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
        other => unreachable!("{other:?} is not in this table"),
    }
}

/// The player whose page shows this thing.
fn owner(id: &EventId) -> u64 {
    if *id == EventId::Wallet(user(43)) { 43 } else { 42 }
}

/// Whether this step of a wallet changes the locked amount alone.
fn is_release(id: &EventId, step: usize) -> bool {
    matches!(id, EventId::Wallet(_)) && step > 0 && WALLETS[step].0 == WALLETS[step - 1].0
}

fn ids() -> Vec<EventId> {
    let bets = (0..BETS).map(|number| EventId::Bet(bet_id(number)));
    let order = "00000000-0000-4000-8000-0000000000aa".parse().unwrap();
    let wallets = [42, 43].map(|player| EventId::Wallet(user(player)));
    let others = [EventId::GameBet(bet_id(BETS)), EventId::Deposit(order)].into_iter().chain(wallets);
    bets.chain(others).collect()
}

fn last_step(id: &EventId) -> usize {
    if matches!(id, EventId::GameBet(_)) { 1 } else { STEPS - 1 }
}

#[derive(Debug, Clone)]
enum ChannelEvent {
    /// A thing changes, and its hint comes so many times.
    Change(usize, usize),
    /// A reader begins, or ends and puts the state into the outbox.
    BeginRead,
    EndRead(usize),
    /// The socket of a client sends a frame, or loses it with the connection.
    Send(usize),
    Lose(usize),
}

fn happenings() -> impl Strategy<Value = Vec<ChannelEvent>> {
    let things = ids().len();
    let one = prop_oneof![
        3 => (0..things, 0..3_usize).prop_map(|(thing, hints)| ChannelEvent::Change(thing, hints)),
        3 => Just(ChannelEvent::BeginRead),
        3 => (0..4_usize).prop_map(ChannelEvent::EndRead),
        3 => (0..PAGES.len()).prop_map(ChannelEvent::Send),
        1 => (0..PAGES.len()).prop_map(ChannelEvent::Lose),
    ];
    proptest::collection::vec(one, 0..60)
}

/// A client by the rules of `docs/live.md`: it keeps newer states.
#[derive(Debug, Default)]
struct Client {
    states: BTreeMap<EventId, (Revision, usize)>,
    is_by_version_alone: bool,
}

impl Client {
    fn fold(&mut self, id: EventId, revision: Revision, step: usize) {
        let is_newer = |(known, at): &(Revision, usize)| match id {
            EventId::Wallet(_) if self.is_by_version_alone => WALLETS[step].0 > WALLETS[*at].0,
            _ => revision.is_newer_than(*known),
        };
        if self.states.get(&id).is_none_or(is_newer) {
            self.states.insert(id, (revision, step));
        }
    }

    fn known(&self) -> KnownRevisions {
        let mut known = KnownRevisions::default();
        for (id, (revision, _)) in &self.states {
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

    fn steps(&self) -> Table {
        self.states.iter().map(|(id, (_, step))| (id.clone(), *step)).collect()
    }
}

type Frame = (EventId, Revision, usize);

/// The page of a player: the events that wait for it, the steps that were sent to it, and its state.
#[derive(Debug, Default)]
struct Page {
    player: u64,
    outbox: Outbox<Frame>,
    sent: BTreeMap<EventId, usize>,
    client: Client,
}

fn send(outbox: &mut Outbox<Frame>) -> Vec<Frame> {
    match outbox.take(2, |_| 1) {
        OutgoingFrame::Events { events, .. } => events,
        OutgoingFrame::Nothing | OutgoingFrame::Snapshot => Vec::new(),
    }
}

/// The table, the hub and the pages.
struct Live {
    defect: Option<Defect>,
    table: Table,
    hints: Hints<EventId>,
    reads: Vec<(EventId, usize)>,
    pages: Vec<Page>,
}

impl Live {
    fn new(defect: Option<Defect>) -> Self {
        let page = |player| {
            let is_by_version_alone = defect == Some(Defect::WalletByVersionAlone);
            let client = Client { is_by_version_alone, ..Client::default() };
            Page { player, client, ..Page::default() }
        };
        let table = ids().into_iter().map(|id| (id, 0)).collect();
        let pages = PAGES.map(page).into();
        Self { defect, table, hints: Hints::default(), reads: Vec::new(), pages }
    }

    fn happens(&mut self, happening: &ChannelEvent) -> Result<(), String> {
        match happening {
            ChannelEvent::Change(thing, actual) => self.change(&ids()[*thing], *actual),
            ChannelEvent::BeginRead => self.begin(),
            ChannelEvent::EndRead(reader) => self.end(*reader),
            ChannelEvent::Send(page) => self.send(*page, false)?,
            ChannelEvent::Lose(page) => self.send(*page, true)?,
        }
        let mut states = self.pages.iter().flat_map(|page| page.client.steps());
        let wrong = states.find(|(id, step)| *step > self.table[id]);
        wrong.map_or(Ok(()), |(id, _)| Err(format!("{id:?} is ahead of the table")))
    }

    fn change(&mut self, id: &EventId, actual: usize) {
        let before = self.table[id];
        let step = (before + 1).min(last_step(id));
        self.table.insert(id.clone(), step);
        let is_untold = self.defect == Some(Defect::UntoldRelease) && step != before && is_release(id, step);
        for _ in 0..if is_untold { 0 } else { actual } {
            self.hints.add(id.clone());
        }
    }

    fn begin(&mut self) {
        self.reads.extend(self.hints.begin().map(|id| (id.clone(), self.table[&id])));
    }

    fn end(&mut self, reader: usize) {
        if self.reads.is_empty() {
            return;
        }
        let (id, step) = self.reads.remove(reader % self.reads.len());
        let revision = revision(&id, step);
        let is_for = |page: &Page| page.player == owner(&id) || self.defect == Some(Defect::SentToAll);
        for page in self.pages.iter_mut().filter(|page| is_for(page)) {
            page.outbox.push(id.clone(), revision, (id.clone(), revision, step));
        }
        self.hints.end(&id);
    }

    fn send(&mut self, page: usize, is_lost: bool) -> Result<(), String> {
        let Page { player, outbox, sent, client } = &mut self.pages[page];
        for (id, revision, step) in send(outbox) {
            if owner(&id) != *player {
                return Err(format!("{id:?} was sent to player {player}"));
            }
            // The hub itself never sends an older state after a newer one.
            if sent.get(&id).is_some_and(|before| *before > step) {
                return Err(format!("{id:?} went back"));
            }
            sent.insert(id.clone(), step);
            if !is_lost {
                client.fold(id, revision, step);
            }
        }
        Ok(())
    }

    /// Reads every hint and sends every frame.
    fn drain(&mut self) -> Result<(), String> {
        for _ in 0..2 * self.table.len() {
            self.begin();
            self.end(0);
        }
        for page in 0..self.pages.len() {
            for _ in 0..self.table.len() {
                self.send(page, false)?;
            }
        }
        Ok(())
    }

    fn sync(&mut self) {
        for Page { player, client, .. } in &mut self.pages {
            let known = client.known();
            for (id, step) in self.table.iter().filter(|(id, _)| owner(id) == *player) {
                if known.lacks(id, revision(id, *step)) {
                    client.fold(id.clone(), revision(id, *step), *step);
                }
            }
        }
    }

    /// Each page shows the table of its player.
    fn check_equal(&self) -> Result<(), String> {
        for Page { player, client, .. } in &self.pages {
            let mut table = self.table.clone();
            table.retain(|id, _| owner(id) == *player);
            if client.steps() != table {
                return Err(format!("player {player}: {:?} instead of {table:?}", client.steps()));
            }
        }
        Ok(())
    }
}

fn after_a_sync(happenings: &[ChannelEvent], defect: Option<Defect>) -> Result<(), String> {
    let mut live = Live::new(defect);
    for happening in happenings {
        live.happens(happening)?;
    }
    live.sync();
    live.check_equal()
}

/// Each change gives a hint at least once, and no frame is lost. The pages begin with a snapshot.
fn without_losses(happenings: &[ChannelEvent], defect: Option<Defect>) -> Result<(), String> {
    let mut live = Live::new(defect);
    live.sync();
    for happening in happenings {
        live.happens(&match happening {
            ChannelEvent::Change(thing, actual) => ChannelEvent::Change(*thing, actual + 1),
            ChannelEvent::Lose(page) => ChannelEvent::Send(*page),
            other => other.clone(),
        })?;
    }
    live.drain()?;
    live.check_equal()
}

proptest! {
    #[test]
    fn after_a_sync_a_client_equals_the_table_and_nothing_goes_back(happenings in happenings()) {
        prop_assert_eq!(after_a_sync(&happenings, None), Ok(()));
    }

    #[test]
    fn where_nothing_is_lost_a_client_equals_the_table_without_a_sync(happenings in happenings()) {
        prop_assert_eq!(without_losses(&happenings, None), Ok(()));
    }
}

/// The failure that proptest finds, if any.
fn failure(check: impl Fn(&[ChannelEvent]) -> Result<(), String>) -> Option<String> {
    let config = Config { failure_persistence: None, ..Config::with_cases(2_000) };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let run = |happenings: Vec<ChannelEvent>| check(&happenings).map_err(TestCaseError::fail);
    runner.run(&happenings(), run).err().map(|error| error.to_string())
}

#[test]
fn planted_defects_are_found() {
    let untold = failure(|happenings| without_losses(happenings, Some(Defect::UntoldRelease)));
    assert!(untold.as_ref().is_some_and(|found| found.contains("instead of")), "{untold:?}");
    let by_version = failure(|happenings| after_a_sync(happenings, Some(Defect::WalletByVersionAlone)));
    assert!(by_version.as_ref().is_some_and(|found| found.contains("instead of")), "{by_version:?}");
    let to_all = failure(|happenings| after_a_sync(happenings, Some(Defect::SentToAll)));
    assert!(to_all.as_ref().is_some_and(|found| found.contains("was sent to player")), "{to_all:?}");
}

//! Pages of two players on the live channel. Hints to the hubs are lost, late and doubled (`hints.rs`), connections are
//! lost, and pages read slowly. The page keeps newer states by the rule of `docs/live.md` (`screen.rs`).
//!
//! After each `sync`, a page is as new as the table was when it asked, and never ahead of the table. While nothing is
//! lost, a page equals the table without a `sync`. At the end, after a `sync`, each state is the body that `GET` gives.

mod compare;
mod hints;
mod screen;
mod wire;

pub(crate) use hints::start_hub;
pub(crate) use wire::{NoTransport, ServerEnd};

use crate::device::Device;
use crate::dice::Dice;
use crate::hazard::Hazard;
use crate::mutation::Mutation;
use crate::process::{Ask, Door};
use crate::violation::Violation;
use axum::extract::ws::Message;
use compare::Floor;
use futures::StreamExt;
use screen::Screen;
use serde_json::{Value, json};
use std::convert::Infallible;
use std::time::Duration;
use tokio::sync::oneshot::{self, error::TryRecvError};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until, timeout};
use wire::{PageEnd, connect};

/// The number of players with a page.
pub(crate) const PAGES: usize = 2;

/// How long a page waits for an answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// In the phase without faults, each process has found all others after this time. A page then asks once more for
/// earlier changes.
pub(crate) const FOUND_AFTER: Duration = Duration::from_secs(12);

/// A page of a player.
pub(crate) struct Page {
    pub(crate) device: Device,
    pub(crate) user: u64,
    pub(crate) dice: Dice,
    /// The round that the page shows.
    round: String,
    screen: Screen,
    references: u64,
}

/// Why a page waits no longer for frames.
enum Woken {
    Frame(Message),
    Lost,
    TimeToSync,
    Ended,
}

/// A connection, and the `sync` that waits for its answer.
struct Session {
    wire: PageEnd,
    waits_for: Option<(String, Option<Floor>)>,
    sync_at: Instant,
}

/// The phases of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    Faults,
    Quiet,
}

/// Pages that are open. A page closes when its sender is dropped. The receivers of one `watch` channel would wake in a
/// random order.
pub(crate) struct OpenPages(Vec<(JoinHandle<Page>, oneshot::Sender<Infallible>)>);

/// Fails when the page must close.
type Closing = oneshot::Receiver<Infallible>;

impl OpenPages {
    /// Opens these pages at the processes behind these doors.
    pub(crate) fn open(pages: Vec<Page>, doors: &[Door], phase: Phase) -> Self {
        let stay = |mut page: Page| {
            let (open, closing) = oneshot::channel();
            page.device.doors = doors.to_vec();
            (tokio::spawn(page.stay(phase, closing)), open)
        };
        Self(pages.into_iter().map(stay).collect())
    }

    /// Closes the pages. In the phase without faults each of them is compared with the table first.
    pub(crate) async fn close(self) -> anyhow::Result<Vec<Page>> {
        let (staying, open): (Vec<_>, Vec<_>) = self.0.into_iter().unzip();
        drop(open);
        let mut pages = Vec::new();
        for page in staying {
            pages.push(page.await?);
        }
        Ok(pages)
    }
}

impl Page {
    pub(crate) fn new(device: Device, user: u64, dice: Dice, round: String) -> Self {
        Self { device, user, dice, round, screen: Screen::default(), references: 0 }
    }

    async fn stay(mut self, phase: Phase, mut closing: Closing) -> Self {
        while closing.try_recv() == Err(TryRecvError::Empty) {
            if let Some(mut session) = self.connect(phase)
                && self.listen(&mut session, phase, &mut closing).await.is_some()
            {
                if phase == Phase::Quiet {
                    self.end(&mut session).await;
                }
                return self;
            }
            let pause = self.dice.milliseconds(10..=3_000);
            self.device.world.sleep(pause).await;
        }
        if phase == Phase::Quiet && !self.is_blocked() {
            self.violated("live", "has no connection at the end although there are no faults");
        }
        self
    }

    /// Returns `true` if the player's account is blocked. Such a page gets no connection.
    fn is_blocked(&self) -> bool {
        let world = self.device.world.lock();
        world.table.get(&self.account_key()).is_some_and(|account| account.contains_key("blocked"))
    }

    fn account_key(&self) -> (String, String) {
        (format!("ACCOUNT#{}", self.user), "ACCOUNT".to_owned())
    }

    /// Logs in. Tokens from before a block stay refused.
    fn log_in(&mut self) -> Option<()> {
        self.device.token = self.device.login.as_ref()?.token(&self.device.world)?;
        Some(())
    }

    /// Logs in, opens a connection to some process and says hello.
    fn connect(&mut self, phase: Phase) -> Option<Session> {
        self.log_in()?;
        let (server, wire) = connect();
        self.device.door()?.send(Ask::Socket(server)).ok()?;
        let sync_at = Instant::now() + self.next_sync(phase, true);
        let mut session = Session { wire, waits_for: None, sync_at };
        let rooms = [format!("round:{}", self.round), "rounds".to_owned(), "games".to_owned()];
        let hello = json!({ "type": "hello", "token": self.device.token, "rooms": rooms });
        self.ask(&mut session, hello);
        Some(session)
    }

    /// In the phase without faults a page asks only once by itself: later changes must come by pushes.
    fn next_sync(&mut self, phase: Phase, is_first: bool) -> Duration {
        match phase {
            Phase::Faults => self.dice.milliseconds(500..=60_000),
            Phase::Quiet if is_first => FOUND_AFTER,
            Phase::Quiet => Duration::from_hours(24),
        }
    }

    /// Reads frames and sends `sync` now and then. Returns `None` if the connection is lost.
    async fn listen(&mut self, session: &mut Session, phase: Phase, closing: &mut Closing) -> Option<()> {
        loop {
            let woken = tokio::select! {
                biased;
                _ = &mut *closing => Woken::Ended,
                message = session.wire.from_server.next() => message.map_or(Woken::Lost, Woken::Frame),
                () = sleep_until(session.sync_at) => Woken::TimeToSync,
            };
            match woken {
                Woken::Ended => return Some(()),
                Woken::Lost => return None,
                Woken::TimeToSync => {
                    session.sync_at = Instant::now() + self.next_sync(phase, false);
                    self.ask(session, json!({ "type": "sync" }));
                }
                Woken::Frame(message) => {
                    if self.strike(Hazard::PageSlow) {
                        let pause = self.dice.milliseconds(1..=11_000);
                        self.device.world.sleep(pause).await;
                    }
                    if self.strike(Hazard::ConnectionLost) {
                        self.note("loses its connection and a frame");
                        return None;
                    }
                    self.hear(session, &message)?;
                }
            }
        }
    }

    /// Sends a message with the revisions that the page has.
    fn ask(&mut self, session: &mut Session, mut message: Value) {
        self.references += 1;
        let reference = self.references.to_string();
        message["v"] = json!(1);
        message["ref"] = json!(reference);
        message["known"] = self.screen.known(self.user);
        let world = self.device.world.clone();
        let floor = Floor::of(&world.lock().table, self.user, &self.screen);
        session.waits_for = Some((reference, floor));
        // Sending fails if the connection is lost, which the next read finds.
        let _ = session.wire.to_server.unbounded_send(Message::text(message.to_string()));
    }

    /// Takes a frame in. Returns `None` at the end of the connection.
    fn hear(&mut self, session: &mut Session, message: &Message) -> Option<()> {
        let Message::Text(text) = message else { return None };
        let frame: Value = serde_json::from_str(text).unwrap_or_default();
        if frame["bye"].is_object() {
            self.note(&format!("hears {}", frame["bye"]["reason"]));
            return None;
        }
        let is_answer = frame["ref"].is_string();
        let mut events = frame["events"].as_array().cloned().unwrap_or_default();
        if is_answer && !events.is_empty() && self.has(Mutation::SnapshotShort) {
            events.remove(0);
        }
        for event in events {
            self.take_in(event);
        }
        let strays = std::mem::take(&mut self.device.world.lock().stray_events);
        let (own, others): (Vec<_>, _) = strays.into_iter().partition(|(of, _)| *of == self.user);
        self.device.world.lock().stray_events = own;
        for (_, event) in others {
            self.take_in_own(&event);
        }
        if is_answer {
            self.answered(session, &frame);
        }
        Some(())
    }

    /// An event goes to the page of the other player instead if that is the defect.
    fn take_in(&mut self, event: Value) {
        let own = format!("user:{}", self.user);
        let is_own = event["rooms"].as_array().is_some_and(|rooms| rooms.iter().any(|room| *room == own));
        if is_own && self.has(Mutation::EventToOther) {
            self.device.world.lock().stray_events.push((self.user, event));
        } else {
            self.take_in_own(&event);
        }
    }

    fn take_in_own(&mut self, event: &Value) {
        let rooms = event["rooms"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let of_others: Vec<_> = rooms
            .filter(|room| room.strip_prefix("user:").is_some_and(|user| user != self.user.to_string()))
            .collect();
        let of = &event["data"]["userId"];
        if !of_others.is_empty() || (of.is_number() && *of != self.user) {
            self.violated("M8", &format!("was sent {} of another player", event["id"]));
            return;
        }
        let defect = self.device.world.lock().mutation;
        match self.screen.take_in(event, defect) {
            Some(is_other) => self.device.world.lock().mutated += u64::from(is_other),
            None => self.violated("live", &format!("does not understand {event}")),
        }
    }

    /// Compares the page with the table after a snapshot, and asks for the rest of it.
    fn answered(&mut self, session: &mut Session, frame: &Value) {
        let Some((reference, floor)) = session.waits_for.take() else { return };
        if frame["ref"] != reference {
            session.waits_for = Some((reference, floor));
            return;
        }
        if frame["ok"] != true {
            self.note(&format!("is refused: {}", frame["problem"]["detail"]));
            return;
        }
        if frame["more"] == true {
            self.ask(session, json!({ "type": "sync" }));
            // The page must be as new as the table was when it asked first.
            session.waits_for = session.waits_for.take().map(|(reference, _)| (reference, floor));
            return;
        }
        let behind = floor.and_then(|floor| floor.is_missed_by(&self.screen));
        if let Some(sentence) = behind {
            self.violated("live", &format!("is older than the table after a sync: {sentence}"));
        }
        let now = Floor::of(&self.device.world.lock().table, self.user, &self.screen);
        if let Some(sentence) = now.and_then(|now| now.is_exceeded_by(&self.screen)) {
            self.violated("live", &format!("is ahead of the table: {sentence}"));
        }
    }

    /// The end of a run: the page equals the table by pushes alone, and after a `sync` by what `GET` gives.
    async fn end(&mut self, session: &mut Session) {
        let floor = Floor::of(&self.device.world.lock().table, self.user, &self.screen);
        if let Some(sentence) = floor.and_then(|floor| floor.is_missed_by(&self.screen)) {
            self.violated("live", &format!("was not sent a change although nothing was lost: {sentence}"));
        }
        self.ask(session, json!({ "type": "sync" }));
        while session.waits_for.is_some() {
            let Ok(Some(message)) = timeout(PATIENCE, session.wire.from_server.next()).await else {
                self.violated("live", "got no answer to a sync although there are no faults");
                return;
            };
            if self.hear(session, &message).is_none() {
                self.violated("live", "was sent away although there are no faults");
                return;
            }
        }
        for sentence in compare::differences(&self.device, &self.screen, &self.round).await {
            self.violated("live", &format!("differs from GET after a sync: {sentence}"));
        }
    }

    fn strike(&self, hazard: Hazard) -> bool {
        self.device.world.lock().strike(hazard)
    }

    fn has(&self, mutation: Mutation) -> bool {
        self.device.world.lock().has(mutation)
    }

    fn note(&self, what: &str) {
        self.device.world.note(self.device.who, format_args!("{what}"));
    }

    fn violated(&self, rule: &'static str, what: &str) {
        let sentence = format!("The page of user {} {what}.", self.user);
        self.device.world.violated(Violation::new(rule, sentence));
    }
}

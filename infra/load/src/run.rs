//! [`Run`]: a plan in progress.

use crate::plan::{Kind, Request};
use crate::{Connection, Limit, Pace, PlaceBetAnswer, Plan, ReadError, Report, Target};
use evens_idempotency::BetId;
use evens_payments::{Direction, OrderId};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;
use tokio::sync::Semaphore;
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio::task::JoinSet;
use tokio::time::{Duration, Instant, sleep};

/// An accepted bet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AcceptedBet {
    /// The number among the bets of the plan.
    pub number: u64,
    /// The index of the player.
    pub player: usize,
    pub bet: BetId,
    /// The due time. In a closed loop, the send time.
    pub due: Instant,
    /// The time at which its answer was read.
    pub answered: Instant,
}

/// An accepted order: a paid deposit or a withdrawal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AcceptedOrder {
    pub direction: Direction,
    /// The index of the player.
    pub player: usize,
    pub order: OrderId,
}

/// The progress of a run. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Progress(Arc<AtomicU64>);

impl Progress {
    /// The number of requests that were answered or given up.
    pub fn answered(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// A plan in progress. It stops when dropped.
#[derive(Debug)]
pub struct Run {
    workers: JoinSet<()>,
    shared: Arc<Shared>,
    placed: UnboundedReceiver<AcceptedBet>,
}

/// The state shared by the connections of a run.
#[derive(Debug)]
struct Shared {
    target: Target,
    plan: Plan,
    start: Instant,
    next: AtomicU64,
    /// One permit for each due request in an open loop.
    due: Semaphore,
    progress: Progress,
    placed: UnboundedSender<AcceptedBet>,
    /// Shared by all connections. A histogram takes some 200 KB, and preparing three for each of 1,000 connections
    /// delayed the first requests longer than the server did.
    report: Mutex<Report>,
}

impl Run {
    /// Opens the connections and starts the run.
    pub async fn start(target: &Target, plan: Plan) -> Self {
        let mut connections: Vec<_> =
            (0..plan.connections.max(1)).map(|_| Connection::new(target.address())).collect();
        for connection in &mut connections {
            // If opening fails now, the first request opens the connection and counts the failure.
            let _ = connection.open().await;
        }
        let (sender, placed) = mpsc::unbounded_channel();
        let shared = Arc::new(Shared {
            target: target.clone(),
            plan,
            start: Instant::now(),
            next: AtomicU64::new(0),
            due: Semaphore::new(0),
            progress: Progress::default(),
            placed: sender,
            report: Mutex::default(),
        });
        if let Pace::Open { requests, .. } = shared.plan.pace {
            let shared = Arc::downgrade(&shared);
            thread::spawn(move || say_when_due(&shared, requests));
        }
        let mut workers = JoinSet::new();
        for connection in connections {
            let shared = shared.clone();
            workers.spawn(async move { shared.work(connection).await });
        }
        Self { workers, shared, placed }
    }

    /// The progress of the run.
    pub fn progress(&self) -> Progress {
        self.shared.progress.clone()
    }

    /// Streams bets as they are accepted, until the run ends. Can be taken only once.
    pub fn take_placed(&mut self) -> UnboundedReceiver<AcceptedBet> {
        let (_, nothing) = mpsc::unbounded_channel();
        std::mem::replace(&mut self.placed, nothing)
    }

    /// Waits for the last answer.
    pub async fn finish(mut self) -> Report {
        while let Some(worked) = self.workers.join_next().await {
            if let Some(panic) = worked.err().and_then(|error| error.try_into_panic().ok()) {
                std::panic::resume_unwind(panic);
            }
        }
        let mut report = std::mem::take(&mut *self.shared.report());
        report.placed.sort_unstable_by_key(|placed| placed.number);
        report
    }
}

/// Releases one request at each due time, and all connections at the end. Stops when the run is dropped. It runs on its
/// own thread because the runtime's timers are some milliseconds late, which is as long as an answer takes.
fn say_when_due(shared: &Weak<Shared>, requests: u64) {
    for number in 0..requests {
        let due = shared.upgrade().and_then(|shared| shared.due(number));
        let Some(due) = due else { return };
        thread::sleep(due.saturating_duration_since(Instant::now()));
        if let Some(shared) = shared.upgrade() {
            shared.due.add_permits(1);
        }
    }
    if let Some(shared) = shared.upgrade() {
        shared.due.add_permits(shared.plan.connections.max(1));
    }
}

impl Shared {
    /// The pause before an unanswered request is repeated.
    const PAUSE: Duration = Duration::from_millis(20);
    /// The amount of a deposit or withdrawal.
    const ORDER_AMOUNT: u32 = 100;

    /// Sends requests over one connection until the plan is done.
    async fn work(&self, mut connection: Connection) {
        let mut provider = None;
        while let Some(number) = self.next_number().await {
            let sent = Instant::now();
            let due = self.due(number).unwrap_or(sent);
            let Request { kind, number } = self.plan.request(number);
            match kind {
                Kind::Bet => self.bet(&mut connection, number, due, sent).await,
                Kind::Read => self.read(&mut connection, number, due).await,
                Kind::Deposit => self.deposit(&mut connection, &mut provider, number, due).await,
                Kind::Withdrawal => self.withdraw(&mut connection, number, due).await,
            }
            self.progress.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    async fn bet(&self, connection: &mut Connection, number: u64, due: Instant, sent: Instant) {
        let order = self.plan.order(number);
        let player = self.plan.players.at(order.player);
        let key = format!("{}-{number}", self.plan.name);
        let mut answer = self.target.place_bet(connection, player, order, &key).await;
        while answer.leaves_open() && due.elapsed() < self.plan.insists_for {
            self.report().outcomes.repeated += 1;
            sleep(Self::PAUSE).await;
            answer = self.target.place_bet(connection, player, order, &key).await;
        }
        let answered = Instant::now();
        let mut report = self.report();
        let is_measured = self.is_measured(&mut report, answered);
        match answer {
            PlaceBetAnswer::Accepted(bet) => {
                report.outcomes.accepted += 1;
                if is_measured {
                    report.latency.record(answered - due);
                    report.service.record(answered - sent);
                }
                let placed = AcceptedBet { number, player: order.player, bet, due, answered };
                report.placed.push(placed);
                // Sending fails if the stream was dropped.
                let _ = self.placed.send(placed);
            }
            PlaceBetAnswer::Insufficient => report.outcomes.insufficient += 1,
            PlaceBetAnswer::Refused(status) => report.outcomes.count_refused(status),
            PlaceBetAnswer::NoAnswer(error) => report.outcomes.count_unanswered(&error),
        }
    }

    async fn read(&self, connection: &mut Connection, number: u64, due: Instant) {
        let place = usize::try_from(number).unwrap_or(usize::MAX);
        let player = self.plan.players.at(place);
        let read = self.target.look(connection, player, self.plan.rounds.at(place), number).await;
        let answered = Instant::now();
        let mut report = self.report();
        let is_measured = self.is_measured(&mut report, answered);
        match read {
            Ok(()) => {
                report.outcomes.read += 1;
                if is_measured {
                    report.reads.record(answered - due);
                }
            }
            Err(error) => report.outcomes.count_unread(&error),
        }
    }

    /// Opens and pays a deposit. Only the opening is measured, because the provider answers the rest.
    async fn deposit(
        &self,
        connection: &mut Connection,
        provider: &mut Option<Connection>,
        number: u64,
        due: Instant,
    ) {
        let place = usize::try_from(number).unwrap_or(usize::MAX);
        let (player, key) = (self.plan.players.at(place), format!("{}-in-{number}", self.plan.name));
        let opened = self.target.open_deposit(connection, player, Self::ORDER_AMOUNT, &key).await;
        let answered = Instant::now();
        let paid = match opened {
            Ok(opened) => {
                let provider = provider.get_or_insert_with(|| Connection::new(opened.provider));
                self.target.pay(provider, &opened).await.map(|()| opened.order)
            }
            Err(error) => Err(error),
        };
        self.record_order(paid, Direction::Deposit, place, due, answered);
    }

    async fn withdraw(&self, connection: &mut Connection, number: u64, due: Instant) {
        let place = usize::try_from(number).unwrap_or(usize::MAX);
        let (player, key) = (self.plan.players.at(place), format!("{}-out-{number}", self.plan.name));
        let ordered = self.target.withdraw(connection, player, Self::ORDER_AMOUNT, &key).await;
        self.record_order(ordered, Direction::Withdrawal, place, due, Instant::now());
    }

    fn record_order(
        &self,
        ordered: Result<OrderId, ReadError>,
        direction: Direction,
        player: usize,
        due: Instant,
        answered: Instant,
    ) {
        let mut report = self.report();
        let is_measured = self.is_measured(&mut report, answered);
        match ordered {
            Ok(order) => {
                report.outcomes.ordered += 1;
                report.ordered.push(AcceptedOrder { direction, player, order });
                if is_measured {
                    report.orders.record(answered - due);
                }
            }
            Err(error) => report.outcomes.count_unread(&error),
        }
    }

    /// Returns whether an answer at this time counts, and extends the measured time to it if so.
    fn is_measured(&self, report: &mut Report, answered: Instant) -> bool {
        let measured_from = self.start + self.warm_up();
        let is_measured = answered >= measured_from;
        if is_measured {
            report.measured = report.measured.max(answered - measured_from);
        }
        is_measured
    }

    fn report(&self) -> MutexGuard<'_, Report> {
        self.report.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The due time of the request with this number, in an open loop.
    fn due(&self, number: u64) -> Option<Instant> {
        self.plan.due(number).map(|after| self.start + after)
    }

    /// The number of the next request, if any. In an open loop, waits until it is due.
    async fn next_number(&self) -> Option<u64> {
        match self.plan.pace {
            Pace::Closed(Limit::Time { warm_up, measured }) if self.start.elapsed() >= warm_up + measured => {
                return None;
            }
            Pace::Closed(_) => {}
            Pace::Open { .. } => self.due.acquire().await.ok()?.forget(),
        }
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        self.plan.requests().is_none_or(|requests| number < requests).then_some(number)
    }

    fn warm_up(&self) -> Duration {
        match self.plan.pace {
            Pace::Closed(Limit::Time { warm_up, .. }) => warm_up,
            Pace::Closed(Limit::Requests(_)) | Pace::Open { .. } => Duration::ZERO,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Run;
    use crate::{Dialect, Mix, Pace, Plan, Player, Players, Rounds, Shares, Target};
    use evens_exchange::Stake;
    use evens_ledger::UserId;
    use std::time::{Duration, Instant};
    use tokio::net::TcpListener;

    const INTERVAL: Duration = Duration::from_millis(5);

    fn open_loop(requests: u64, connections: usize) -> Plan {
        let player = |number| Player::unproved(UserId::new(number).unwrap());
        Plan {
            name: "test".to_owned(),
            players: Players::of((1..=4).map(player).collect()).unwrap(),
            rounds: Rounds::of(vec!["r".parse().unwrap()]).unwrap(),
            mix: Mix::Pairs { stake: Stake::parse("10".parse().unwrap()).unwrap() },
            shares: Shares::BETS,
            pace: Pace::Open { interval: INTERVAL, requests },
            connections,
            insists_for: Duration::ZERO,
        }
    }

    /// An address without a server, so that each request fails at once.
    async fn unreachable_target() -> Target {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Target::new(listener.local_addr().unwrap(), Dialect::Evens)
    }

    #[tokio::test]
    async fn an_open_loop_asks_each_once_and_none_before_its_time() {
        for connections in [1, 3, 40] {
            let started = Instant::now();
            let report =
                Run::start(&unreachable_target().await, open_loop(20, connections)).await.finish().await;
            assert_eq!(report.outcomes.failed(), 20, "{connections} connections");
            assert!(started.elapsed() >= INTERVAL * 19, "{connections} connections: {:?}", started.elapsed());
        }
    }
}

//! The process is killed during jackpot wins, at each step of a win in turn.

use crate::crowd::Size;
use crate::lives::VARIABLES;
use crate::progress;
use crate::proxy::{Protocol, Proxy};
use crate::win_steps::WinStep;
use evens_engines::Engines;
use evens_games::PeriodId;
use evens_jackpots::{ByGroup, ContributeOutcome, JackpotGroup, OperationId, WinCause, contribute, terms_at};
use evens_runtime::tokens::Role;
use evens_store::Since;
use evens_tests::{Addresses, Answer, Client, Request, Scenario, await_until};
use jiff::Timestamp;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde_json::json;
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

const FIRST_PLAYER: u64 = 10_000;
/// A second operator beside the scenario's own.
const OTHER_OPERATOR: u64 = 900_031;
const MONEY: &str = "1000000";
/// The rooms of the bets, with the shortest periods.
const ROOMS: [&str; 4] = ["wingo/30", "wingo/60", "k3/60", "5d/60"];
/// The pause between attempts, and between bets or awards.
const PAUSE: Duration = Duration::from_millis(150);
/// The longest delay of a kill after a win reached a step.
const PAST_STEP_MS_MAX: u64 = 20;
/// The time limit for some win to reach a step on a busy machine: a few periods of the shortest room.
const STEP_MAX: Duration = Duration::from_secs(200);
/// The time limit for pending wins. Messages of a killed process are invisible for a minute.
const DEADLINE: Duration = Duration::from_mins(6);

/// The contribution per request, and the sum of all. The third group has a limit, which it reaches by stakes alone.
const CONTRIBUTED: [(&str, &str); 2] = [("minor", "0.25"), ("major", "0.75")];
const CONTRIBUTED_EACH: i128 = 100_000_000;

/// Kills the process this many times, in turn when a win is at each of its steps. Meanwhile players bet, one operator
/// awards pools, and another contributes. Each period with cash bets must win two groups once, and the third when its
/// limit forces a win. Each award is paid once, each contribution is made once, and nothing else is won.
pub(crate) async fn kill(size: Size, times: u64) {
    let mut random = StdRng::seed_from_u64(size.seed);
    let engines = Engines::start(None).await.expect("engines");
    let table = Proxy::start(engines.dynamodb_url(), Protocol::DynamoDb, size.seed);
    let direct = Addresses {
        dynamodb: engines.dynamodb_url(),
        sqs: engines.sqs_url(),
        access_key: engines.access_key().to_owned(),
        api: None,
        sandbox: None,
    };
    let through = Addresses { dynamodb: table.url(), ..direct.clone() };
    let mut scenario = Scenario::start_over(direct, through, VARIABLES).await;
    open_jackpots(&scenario).await;
    let (address, _) = watch::channel(Some(scenario.api()));
    let mut crowd = JoinSet::new();
    for number in 0..size.players {
        scenario.enrol(FIRST_PLAYER + number, Role::Player).await;
        let client = scenario.funded(FIRST_PLAYER + number, MONEY).await;
        let room = ROOMS[usize::try_from(number).unwrap_or_default() % ROOMS.len()];
        crowd.spawn(bet(client, room, address.subscribe()));
    }
    crowd.spawn(award(scenario.operator(), size.players, address.subscribe()));
    crowd.spawn(contribute_often(scenario.operator(), address.subscribe()));
    let bar = progress(times, "kills");
    for (step, _) in WinStep::ALL.iter().cycle().zip(0..times) {
        let wins = table.wins();
        let held = timeout(STEP_MAX, wins.reach(*step)).await;
        let held = held.unwrap_or_else(|_| panic!("no win came to {step:?}"));
        sleep(Duration::from_millis(random.random_range(0..PAST_STEP_MS_MAX))).await;
        scenario.kill_9().await;
        held.let_go();
        scenario.restart().await;
        address.send_replace(Some(scenario.api()));
        bar.inc(1);
    }
    bar.finish_and_clear();
    let mut due = BTreeSet::new();
    let api = scenario.api();
    address.send_replace(None);
    while let Some(of_one) = crowd.join_next().await {
        due.extend(of_one.expect("a player without failures").finish(api).await);
    }
    prove(scenario, due).await;
    drop(table);
    engines.stop().await;
}

/// Opens two pools that every cash bet wins, and a third that no bet wins by luck. The third is won by the next bet
/// once it exceeds its start by a little.
async fn open_jackpots(scenario: &Scenario) {
    scenario.enrol(OTHER_OPERATOR, Role::Operator).await;
    for group in JackpotGroup::ALL {
        let mut body = json!({
            "expectedVersion": 0, "startAmount": 0.01, "rate": 0.003, "reserveRate": 0.001, "odds": 5,
            "reason": "a good start",
        });
        if group == JackpotGroup::Mega {
            (body["odds"], body["mustHitBy"]) = (json!(100_000_000_000_u64), json!(0.02));
        }
        // One operator proposes terms, and another approves them.
        for operator in [scenario.operator(), scenario.client(OTHER_OPERATOR, Role::Operator)] {
            let path = format!("/api/jackpots/{group}/config");
            operator.send(Request::new("PATCH", path).json(body.to_string())).await.expect(200);
        }
    }
}

/// The expected consequence of an answer.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Due {
    /// The period has a cash bet.
    Drawn(PeriodId),
    /// The id of an operator's award.
    Awarded(String),
    /// The id of a contribution.
    Contributed(String),
}

/// A client that repeats each request until it is answered.
struct Asking {
    client: Client,
    due: BTreeSet<Due>,
    /// The request to repeat, and its consequence.
    unanswered: Option<(Request, Due)>,
}

impl Asking {
    fn new(client: Client) -> Self {
        Self { client, due: BTreeSet::new(), unanswered: None }
    }

    /// Sends the request once.
    async fn ask(&mut self) {
        let Some((request, due)) = self.unanswered.take() else { return };
        let answer = self.client.send_if_alive(request.clone()).await;
        match answer.as_ref().map(Answer::status) {
            Some(200 | 202) => {
                self.due.insert(due);
            }
            // The bet was refused because the period has closed or does not exist yet. An award is retried until its
            // turn.
            Some(404 | 409) if matches!(due, Due::Drawn(_)) => {}
            None | Some(408 | 409 | 503) => self.unanswered = Some((request, due)),
            Some(_) => panic!("{due:?} was answered with {:?}", answer.map(|answer| answer.problem())),
        }
    }

    /// The consequences of all answers, once the last request is answered.
    async fn finish(mut self, api: SocketAddr) -> BTreeSet<Due> {
        self.client = self.client.at(api);
        while self.unanswered.is_some() {
            self.ask().await;
            sleep(PAUSE).await;
        }
        self.due
    }
}

type At = watch::Receiver<Option<SocketAddr>>;

/// Bets in a room as a player until there is no address.
async fn bet(client: Client, room: &str, mut address: At) -> Asking {
    let mut asking = Asking::new(client);
    let user = asking.client.user;
    for number in 0_u64.. {
        let Some(api) = *address.borrow_and_update() else { break };
        asking.client = asking.client.at(api);
        if asking.unanswered.is_none() {
            asking.unanswered = bet_in(&asking.client, room, format!("{user}-{number}")).await;
        }
        asking.ask().await;
        sleep(PAUSE).await;
    }
    asking
}

/// A bet on the current period, if the process names it.
async fn bet_in(client: &Client, room: &str, key: String) -> Option<(Request, Due)> {
    let answer = client.send_if_alive(Request::new("GET", format!("/api/games/{room}"))).await?;
    let digits = (answer.status() == 200).then(|| answer.json()["data"]["periodId"].clone())?;
    let digits = digits.as_str().expect("digits");
    let bet_type = if room.starts_with("wingo") { "SIZE" } else { "SUM_SIZE" };
    let body = json!({ "periodId": digits, "betType": bet_type, "betValue": "big", "betAmount": 10 });
    let request = Request::new("POST", format!("/api/games/{room}/bet")).json(body.to_string());
    let period = format!("{}-{digits}", room.replace('/', "-")).parse().expect("a period");
    Some((request.header("idempotency-key", key), Due::Drawn(period)))
}

/// Awards one pool after another as an operator until there is no address.
async fn award(operator: Client, players: u64, mut address: At) -> Asking {
    let mut asking = Asking::new(operator);
    for number in 0_u64.. {
        let Some(api) = *address.borrow_and_update() else { break };
        asking.client = asking.client.at(api);
        if asking.unanswered.is_none() {
            let group = [JackpotGroup::Minor, JackpotGroup::Major][usize::from(number % 2 > 0)];
            let id = format!("award-{number}");
            let user = FIRST_PLAYER + number % players;
            let body = json!({ "opId": id, "userId": user, "reason": "a prize" }).to_string();
            let request = Request::new("POST", format!("/api/jackpots/{group}/win")).json(body);
            asking.unanswered = Some((request, Due::Awarded(id)));
        }
        asking.ask().await;
        sleep(PAUSE).await;
    }
    asking
}

/// Contributes under one id after another until there is no address.
async fn contribute_often(operator: Client, mut address: At) -> Asking {
    let mut asking = Asking::new(operator);
    for number in 0_u64.. {
        let Some(api) = *address.borrow_and_update() else { break };
        asking.client = asking.client.at(api);
        if asking.unanswered.is_none() {
            let id = format!("contribution-{number}");
            let mut body = json!({ "opId": id });
            for (group, amount) in CONTRIBUTED {
                body[group] = json!(amount);
            }
            let request = Request::new("POST", "/api/jackpots/contribute").json(body.to_string());
            asking.unanswered = Some((request, Due::Contributed(id)));
        }
        asking.ask().await;
        sleep(PAUSE).await;
    }
    asking
}

/// Checks each contribution by repeating it: the repeat makes no new one, and the amount is the same.
async fn expect_contributed(scenario: &Scenario, ids: &[String]) {
    let store = &scenario.context().store;
    let configs = store.load_jackpot_configs().await.expect("the table");
    let terms = ByGroup::of(|group| configs.get(group).as_ref().map(|config| config.terms));
    let [minor, major] = CONTRIBUTED.map(|(_, amount)| amount.parse().expect("an amount"));
    let mut sum = 0;
    for id in ids {
        let amounts = ByGroup { minor, major, ..ByGroup::default() };
        let again = contribute(id.parse().expect("an id"), &amounts, &terms, Timestamp::now());
        let found = store.contribute_jackpot(&again.expect("all are open"), None).await.expect("the table");
        match found {
            ContributeOutcome::Contributed { contribution, is_replay: true } => {
                sum += contribution.total().units();
            }
            other => panic!("{id} is {other:?}"),
        }
    }
    assert_eq!(sum, CONTRIBUTED_EACH * i128::try_from(ids.len()).expect("a number"));
}

/// Waits until everything due is won, and audits the books. The wins must be exactly those that follow from the
/// accepted bets and the awards.
async fn prove(scenario: Scenario, due: BTreeSet<Due>) {
    let started = Instant::now();
    let mut expected = BTreeSet::new();
    let versions = scenario.context().store.list_all_jackpot_configs().await.expect("the table");
    let (mut drawn, mut awarded) = (0, 0);
    let (mut contributed, mut periods) = (Vec::new(), Vec::new());
    for due in due {
        match due {
            Due::Contributed(id) => contributed.push(id),
            Due::Awarded(id) => {
                awarded += 1;
                expected.insert(id);
            }
            Due::Drawn(period) => {
                let period = scenario.context().store.load_period(period).await.expect("the table");
                let period = period.expect("the period of a bet");
                let open =
                    |group: &JackpotGroup| terms_at(versions.get(*group), period.times.opens_at).is_some();
                let groups = [JackpotGroup::Minor, JackpotGroup::Major].into_iter().filter(open);
                let ids = groups.map(|group| OperationId::of_drawn_win(period.id, group).to_string());
                periods.push(period.id);
                drawn += usize::from(ids.clone().next().is_some());
                expected.extend(ids);
            }
        }
    }
    assert!(drawn > 0 && awarded > 0 && !contributed.is_empty(), "nothing was won");
    let forced = await_until("all wins", DEADLINE, async || {
        scenario.sweep_later().await;
        sleep(Duration::from_secs(1)).await;
        let owed = owed(&scenario).await;
        let mut won = won(&scenario).await;
        let all = won.len();
        for period in &periods {
            won.remove(&OperationId::of_drawn_win(*period, JackpotGroup::Mega).to_string());
        }
        let unexpected: Vec<_> = won.difference(&expected).collect();
        assert!(unexpected.is_empty(), "wins that no answer confirmed: {unexpected:?}");
        (won == expected && owed == 0).then_some(all - won.len())
    })
    .await;
    assert!(forced > 0, "no pool reached its must-hit limit");
    expect_contributed(&scenario, &contributed).await;
    println!(
        "{awarded} awards, the wins of {drawn} periods and {forced} must-hit wins, each paid once, the last within {:.1} s; {} contributions, each made once",
        started.elapsed().as_secs_f64(),
        contributed.len()
    );
    scenario.finish_despite(&[]).await;
    println!("evens verify: the books are in order");
}

/// The number of wins that are in progress, or drawn and not begun.
async fn owed(scenario: &Scenario) -> usize {
    let mut owed = 0;
    for shard in scenario.context().store.layout().shards() {
        let wins = scenario.context().store.sweep_jackpot_wins(shard, Since::Before(Timestamp::MAX)).await;
        owed += wins.expect("the table").len();
    }
    owed
}

/// The ids of all wins. Each must occur once and have its cause.
async fn won(scenario: &Scenario) -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    for group in JackpotGroup::ALL {
        let mut before = None;
        loop {
            let page =
                scenario.context().store.list_jackpot_wins(group, before, 100).await.expect("the table");
            for win in page.wins {
                let id = win.operation.to_string();
                let (is_drawn, is_forced) = match win.cause {
                    WinCause::Manual { .. } => (false, false),
                    WinCause::Drawn { is_forced, .. } => (true, is_forced),
                };
                let had_to = group == JackpotGroup::Mega;
                assert_eq!(is_drawn, win.operation.drawn_win().is_some(), "{id} was won by {}", win.cause);
                assert_eq!(is_forced, had_to, "{id} was won by {}", win.cause);
                assert!(ids.insert(id.clone()), "{id} was paid twice");
            }
            before = page.next_before;
            if before.is_none() {
                break;
            }
        }
    }
    ids
}

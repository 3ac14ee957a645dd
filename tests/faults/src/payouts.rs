//! The process is killed while it sends payouts, at each step of a payout in turn.

use crate::bank::Bank;
use crate::crowd::Size;
use crate::lives::VARIABLES;
use crate::progress;
use crate::steps::{Step, StoppedOperation};
use evens_tests::{Answer, Client, Process, Request, Scenario, await_until};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

const FIRST_PLAYER: u64 = 10_000;
const MONEY: u64 = 1_000_000;
/// The pause between attempts of a request.
const PAUSE: Duration = Duration::from_millis(250);
/// The longest pause between a player's withdrawals, in milliseconds. The payouts of one player are sequential, and a
/// killed process holds theirs up for a minute. Infrequent withdrawals at different times leave work for the next
/// process.
const BETWEEN_MS_MAX: u64 = 10_000;
/// The longest delay of a kill after a payout reached a step, or after the process started serving.
const PAST_STEP_MS_MAX: u64 = 20;
const PAST_START_MS_MAX: u64 = 500;
/// The time limit for some payout to reach a step, even if the killed process held all of them.
const STEP_MAX: Duration = Duration::from_secs(150);
/// The time limit for the next pending payout to end. The messages of a killed process are invisible for a minute each
/// time. The total time depends on the number of payouts.
const NEXT_END_MAX: Duration = Duration::from_mins(3);

/// The accepted withdrawals: id, and amount in minor units.
type AcceptedWithdrawals = BTreeMap<String, u64>;

/// Kills the process this many times while players withdraw continuously. The kills happen at each step of a payout in
/// turn, and up to half a second after the process started serving. Every accepted withdrawal is paid, and the provider
/// has exactly one payout for each. This includes dead letters of jobs that died with their process too often, which an
/// operator redrives.
pub(crate) async fn kill(size: Size, times: u64) {
    let mut random = StdRng::seed_from_u64(size.seed);
    let bank = Bank::open().await;
    let mut scenario = Scenario::start_with(variables(&bank)).await;
    bank.api_is_at(scenario.api());
    let (address, _) = watch::channel(Some(scenario.api()));
    let mut players = JoinSet::new();
    for number in 0..size.players {
        let client = scenario.funded(FIRST_PLAYER + number, &MONEY.to_string()).await;
        players.spawn(withdraw(client, address.subscribe(), StdRng::seed_from_u64(random.random())));
    }
    let bar = progress(times, "kills");
    let turns = Step::ALL.map(Some).into_iter().chain([None]).cycle();
    let mut killed_at = Instant::now();
    for (step, _) in turns.zip(0..times) {
        let held = match step {
            Some(step) => {
                Some(timeout(STEP_MAX, bank.steps.reach(step)).await.expect("a payout at that step"))
            }
            None => None,
        };
        let pause_max_ms = if step.is_some() { PAST_STEP_MS_MAX } else { PAST_START_MS_MAX };
        sleep(Duration::from_millis(random.random_range(0..pause_max_ms))).await;
        scenario.kill_9().await;
        killed_at = Instant::now();
        held.into_iter().for_each(StoppedOperation::let_go);
        scenario.restart().await;
        bank.api_is_at(scenario.api());
        address.send_replace(Some(scenario.api()));
        bar.inc(1);
    }
    bar.finish_and_clear();
    // Players stop once they have no address and their last request is answered.
    let api = scenario.api();
    address.send_replace(None);
    let mut taken = AcceptedWithdrawals::new();
    while let Some(of_player) = players.join_next().await {
        taken.extend(of_player.expect("a player without failures").finish(api).await);
    }
    prove(scenario, &bank, &taken, size.players, killed_at).await;
}

/// Leaked, because the variables are needed for every restart.
fn variables(bank: &Bank) -> &'static [(&'static str, &'static str)] {
    let provider: &'static str = bank.sandbox.variable().leak();
    let mut variables = VARIABLES.to_vec();
    variables.push(("EVENS_PAYMENT_PROVIDER", provider));
    variables.leak()
}

/// A player who has stopped, possibly without the answer to their last request.
struct Player {
    client: Client,
    payee: String,
    taken: AcceptedWithdrawals,
    unanswered: Option<u64>,
}

async fn withdraw(
    client: Client,
    mut address: watch::Receiver<Option<std::net::SocketAddr>>,
    mut random: StdRng,
) -> Player {
    let mut player =
        Player { client, payee: String::new(), taken: AcceptedWithdrawals::new(), unanswered: None };
    for number in 0_u64.. {
        sleep(Duration::from_millis(random.random_range(0..BETWEEN_MS_MAX))).await;
        player.unanswered = Some(number);
        while player.unanswered.is_some() {
            let Some(api) = *address.borrow_and_update() else { return player };
            player.client = player.client.at(api);
            player.ask(number).await;
            sleep(PAUSE).await;
        }
    }
    player
}

impl Player {
    /// Sends the withdrawal request with this number once.
    async fn ask(&mut self, number: u64) {
        if self.payee.is_empty() {
            let body = json!({ "account": format!("IN{:010}", self.client.user.number()) }).to_string();
            let answer = self.client.send_if_alive(Request::new("POST", "/api/payees").json(body)).await;
            let Some(answer) = answer.filter(is_final) else { return };
            answer.expect(201)["data"]["payeeId"].as_str().expect("an id").clone_into(&mut self.payee);
        }
        let minor_units = 100 + number;
        let amount = format!("{}.{:02}", minor_units / 100, minor_units % 100);
        let body = format!("{{\"amount\":{amount},\"payeeId\":\"{}\"}}", self.payee);
        let request = Request::new("POST", "/api/withdrawals").json(body);
        let request = request.header("idempotency-key", format!("{}-{number}", self.client.user));
        let Some(answer) = self.client.send_if_alive(request).await.filter(is_final) else { return };
        let order = answer.expect(202)["data"]["orderId"].as_str().expect("an id").to_owned();
        assert_eq!(self.taken.insert(order, minor_units), None, "two keys of one player are one withdrawal");
        self.unanswered = None;
    }

    /// The player's accepted withdrawals, once the last request is answered.
    async fn finish(mut self, api: std::net::SocketAddr) -> AcceptedWithdrawals {
        self.client = self.client.at(api);
        while let Some(number) = self.unanswered {
            self.ask(number).await;
            sleep(PAUSE).await;
        }
        self.taken
    }
}

/// Returns whether the answer is definite. Otherwise the request must be repeated.
fn is_final(answer: &Answer) -> bool {
    !matches!(answer.status(), 408 | 503)
}

/// Waits until everything is paid, then compares the books with the provider's records and with the players' answers.
async fn prove(
    scenario: Scenario,
    bank: &Bank,
    taken: &AcceptedWithdrawals,
    players: u64,
    killed_at: Instant,
) {
    await_payouts(&scenario, taken.keys().cloned().collect()).await;
    let last_after = killed_at.elapsed();
    redrive(&scenario).await;
    let state = bank.sandbox.state().await;
    let payouts: Vec<(String, u64)> =
        state["payouts"].as_array().expect("payouts").iter().map(of_record).collect();
    let by_order: AcceptedWithdrawals = payouts.iter().cloned().collect();
    assert_eq!(payouts.len(), by_order.len(), "an order has two payouts");
    assert_eq!(&by_order, taken, "the payouts equal the withdrawals");
    let books = scenario.books().await;
    let of_player = |user: u64| (FIRST_PLAYER..FIRST_PLAYER + players).contains(&user);
    let wallets = books.wallets.values().filter(|wallet| of_player(wallet.user.number()));
    let held: i128 = wallets.map(|wallet| wallet.balance.units()).sum();
    let paid: i128 = taken.values().map(|minor_units| i128::from(*minor_units) * 1_000_000).sum();
    assert_eq!(held + paid, i128::from(players * MONEY) * 100_000_000, "no money is lost");
    println!(
        "{} withdrawals, each paid once; the last payout {:.1} s after the last kill",
        taken.len(),
        last_after.as_secs_f64()
    );
    scenario.finish_despite(&[]).await;
    println!("evens verify: the books are in order");
}

/// Waits until each of these withdrawals is paid. Fails if none is paid for too long.
async fn await_payouts(scenario: &Scenario, mut open: BTreeSet<String>) {
    let store = &scenario.context().store;
    while !open.is_empty() {
        let what = format!("the end of one more of {} payouts", open.len());
        let ended = await_until(&what, NEXT_END_MAX, async || {
            scenario.sweep_later().await;
            sleep(Duration::from_secs(1)).await;
            let mut ended = Vec::new();
            for order in &open {
                let found = store.load_withdrawal(order.parse().expect("an order")).await.expect("the table");
                if found.is_some_and(|found| found.state.wire_status().as_ref() == "completed") {
                    ended.push(order.clone());
                }
            }
            (!ended.is_empty()).then_some(ended)
        });
        for order in ended.await {
            open.remove(&order);
        }
    }
}

/// Redrives all dead letters as an operator. SQS must have moved each of them itself: a worker would leave a record of
/// its reason, and none should have one.
async fn redrive(scenario: &Scenario) {
    let mut redriven = 0;
    loop {
        scenario.await_idle().await;
        let seen = dead_letters(scenario, &["list"]).await;
        if seen.is_empty() {
            break;
        }
        let given_up: Vec<_> = seen.iter().filter(|letter| letter["kind"] != "moved").collect();
        assert!(given_up.is_empty(), "a worker gave up: {given_up:#?}");
        let acted =
            dead_letters(scenario, &["redrive", "--all", "--yes", "--reason", "its worker was killed"]).await;
        let kept: Vec<_> = acted.iter().filter(|letter| letter["outcome"] != "redriven").collect();
        assert!(kept.is_empty(), "not redriven: {kept:#?}");
        redriven += acted.len();
    }
    println!("{redriven} jobs lost all attempts to killed processes; all were redriven");
}

/// The output of `evens dead-letters` for each letter.
async fn dead_letters(scenario: &Scenario, arguments: &[&str]) -> Vec<Value> {
    let arguments = [&["dead-letters"], arguments, &["--json"]].concat();
    let exit = Process::run(scenario.folder(), &arguments, &[]).await;
    assert_eq!(exit.code, Some(0), "{arguments:?}: {exit:?}");
    let said: Value = serde_json::from_str(&exit.stdout).expect("what it says is JSON");
    said["data"].as_array().expect("a list").clone()
}

/// The order of a payout, and the paid amount.
fn of_record(payout: &Value) -> (String, u64) {
    assert_eq!(payout["status"], "processed", "{payout}");
    (
        payout["reference"].as_str().expect("an order").to_owned(),
        payout["amount"].as_u64().expect("an amount"),
    )
}

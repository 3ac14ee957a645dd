//! The engines fail: what is said to them passes a proxy.

use crate::crowd::{Crowd, Size};
use crate::lives::VARIABLES;
use crate::proxy::{Protocol, Proxy};
use crate::{progress, proof};
use evens_engines::Engines;
use evens_tests::{Addresses, Scenario};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use std::time::Duration;
use tokio::time::sleep;

/// Of a thousand calls so many are struck: a call in twelve.
const STRIKES_PER_MILLE: u64 = 80;

/// What the log may say of engines that fail.
const DESPITE: &[&str] = &["ERROR"];

/// Engines, a proxy before each, and a process that knows the proxies only.
struct Between {
    engines: Engines,
    table: Proxy,
    queues: Proxy,
    scenario: Scenario,
}

impl Between {
    async fn start(seed: u64) -> Self {
        let engines = Engines::start(None).await.expect("engines");
        let table = Proxy::start(engines.dynamodb_url(), Protocol::DynamoDb, seed).await;
        let queues = Proxy::start(engines.sqs_url(), Protocol::Sqs, seed ^ 1).await;
        let direct = Addresses { dynamodb: engines.dynamodb_url(), sqs: engines.sqs_url(), api: None };
        let through = Addresses { dynamodb: table.url(), sqs: queues.url(), api: None };
        let scenario = Scenario::start_over(direct, through, VARIABLES).await;
        Self { engines, table, queues, scenario }
    }

    async fn end(self, crowd: Crowd) {
        let Self { engines, table, queues, scenario } = self;
        proof::prove(scenario, crowd.end().await, DESPITE).await;
        for (name, proxy) in [("table", table), ("queues", queues)] {
            let (passed, struck) = proxy.counts();
            println!("{name}: {struck} of {passed} calls were struck");
        }
        engines.stop().await;
    }
}

/// Strikes a call in twelve for so long.
pub(crate) async fn disturb(size: Size, seconds: u64) {
    let between = Between::start(size.seed).await;
    let crowd = Crowd::start(&between.scenario, size).await;
    for proxy in [&between.table, &between.queues] {
        proxy.strike(STRIKES_PER_MILLE);
    }
    let bar = progress(seconds, "seconds");
    for _ in 0..seconds {
        sleep(Duration::from_secs(1)).await;
        bar.inc(1);
    }
    bar.finish_and_clear();
    for proxy in [&between.table, &between.queues] {
        proxy.strike(0);
    }
    between.end(crowd).await;
}

/// Takes the engines away so often, for up to 12 s. Every other time the process is killed meanwhile: one that is started
/// then says that its engines are not there, and ends, for whoever starts it to try again.
pub(crate) async fn take_away(size: Size, times: u64) {
    let mut random = StdRng::seed_from_u64(size.seed);
    let mut between = Between::start(size.seed).await;
    let crowd = Crowd::start(&between.scenario, size).await;
    let bar = progress(times, "outages");
    for number in 0..times {
        sleep(Duration::from_secs(2)).await;
        for proxy in [&between.table, &between.queues] {
            proxy.is_away(true);
        }
        // Longer than a start takes to give up.
        let back = Duration::from_millis(random.random_range(8_000..12_000));
        let (table, queues) = (between.table.clone(), between.queues.clone());
        let returned = tokio::spawn(async move {
            sleep(back).await;
            table.is_away(false);
            queues.is_away(false);
        });
        if number % 2 == 1 {
            between.scenario.kill_9().await;
            between.scenario.fail_to_start().await;
            returned.await.expect("a timer");
            between.scenario.restart().await;
            crowd.is_at(between.scenario.api());
        } else {
            returned.await.expect("a timer");
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    between.end(crowd).await;
}

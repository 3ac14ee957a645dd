//! The engines fail: their traffic passes through a proxy.

use crate::crowd::{Crowd, Size};
use crate::lives::VARIABLES;
use crate::proxy::{Protocol, Proxy};
use crate::{progress, proof};
use evens_engines::Engines;
use evens_tests::{Addresses, Scenario, await_until};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde_json::json;
use std::time::Duration;
use tokio::time::{Instant, sleep, sleep_until};

/// The number of affected calls per thousand, about one in twelve.
const STRIKES_PER_MILLE: u64 = 80;

/// Log errors that failing engines may cause. None of them would concern the auditor.
const DESPITE: &[&str] = &[
    r#""message":"Answered GET /health with 503""#,
    r#""message":"Answered POST /api/bets with 503""#,
    r#""message":"Database health check failed""#,
    r#""message":"The scheduled run failed","error":"the table did not answer"#,
    r#""message":"The scheduled run failed","error":"the table is overloaded"#,
    r#""message":"The scheduled run failed","error":"send: SQS did not answer in time or is overloaded"#,
    r#""message":"The scheduled run failed","error":"count a queue: SQS did not answer in time or is overloaded"#,
];

/// The time limit for a process to report that an engine is away.
const NOTICED: Duration = Duration::from_secs(8);

/// The outages, in order.
const OUTAGES: [Outage; 3] = [
    Outage { is_of_table: false, is_of_queues: true },
    Outage { is_of_table: true, is_of_queues: false },
    Outage { is_of_table: true, is_of_queues: true },
];

#[derive(Debug)]
struct Outage {
    is_of_table: bool,
    is_of_queues: bool,
}

/// The engines, a proxy in front of each, and a process that knows only the proxies.
struct Between {
    engines: Engines,
    table: Proxy,
    queues: Proxy,
    scenario: Scenario,
}

impl Between {
    async fn start(seed: u64) -> Self {
        let engines = Engines::start(None).await.expect("engines");
        let table = Proxy::start(engines.dynamodb_url(), Protocol::DynamoDb, seed);
        let queues = Proxy::start(engines.sqs_url(), Protocol::Sqs, seed ^ 1);
        let access_key = engines.access_key().to_owned();
        let direct = Addresses {
            dynamodb: engines.dynamodb_url(),
            sqs: engines.sqs_url(),
            access_key,
            api: None,
            sandbox: None,
        };
        let through = Addresses { dynamodb: table.url(), sqs: queues.url(), ..direct.clone() };
        let scenario = Scenario::start_over(direct, through, VARIABLES).await;
        Self { engines, table, queues, scenario }
    }

    /// Starts the outage, and waits until the process reports it.
    async fn begin(&mut self, outage: &Outage) {
        if outage.is_of_table {
            self.table.go_away().await;
        }
        if outage.is_of_queues {
            self.queues.go_away().await;
        }
        let (table, queues) = (!outage.is_of_table, !outage.is_of_queues);
        // The jackpot pools are in the table.
        let said = json!({ "healthy": false, "table": table, "queues": queues, "jackpots": table });
        await_until("the process reports what is unavailable", NOTICED, async || {
            let health = self.scenario.visitor().get("/health").await;
            (health.json() == said).then_some(())
        })
        .await;
    }

    async fn come_back_at(&mut self, back: Instant) {
        sleep_until(back).await;
        self.table.come_back();
        self.queues.come_back();
    }

    /// Kills the process, and starts it before the engines are back. Without its queues, the process logs an error and
    /// exits, and its supervisor restarts it. Without its table, it waits.
    async fn kill_until(&mut self, back: Instant, outage: &Outage) {
        self.scenario.kill_9().await;
        if outage.is_of_queues {
            self.scenario.fail_to_start().await;
            self.come_back_at(back).await;
            self.scenario.restart().await;
        } else {
            let Self { table, scenario, .. } = self;
            let returned = async {
                sleep_until(back).await;
                table.come_back();
            };
            tokio::join!(returned, scenario.restart());
        }
    }

    async fn prove(self, crowd: Crowd) {
        // The proxies stay up until the checks are done.
        let Self { engines, table: _table, queues: _queues, scenario } = self;
        proof::prove(scenario, crowd.end().await, DESPITE).await;
        engines.stop().await;
    }
}

/// Disturbs one call in twelve for this long.
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
    for (name, proxy) in [("table", &between.table), ("queues", &between.queues)] {
        proxy.strike(0);
        let (passed, struck) = proxy.counts();
        println!("{name}: {struck} of {passed} calls failed by the fault");
        assert!(struck > 0, "the fault hit no call to the {name}");
    }
    between.prove(crowd).await;
}

/// Takes engines away this many times, for up to 12 s each. Every second time, the process is killed meanwhile.
pub(crate) async fn take_away(size: Size, times: u64) {
    let mut random = StdRng::seed_from_u64(size.seed);
    let mut between = Between::start(size.seed).await;
    let crowd = Crowd::start(&between.scenario, size).await;
    let bar = progress(times, "outages");
    for (outage, number) in OUTAGES.iter().cycle().zip(0..times) {
        sleep(Duration::from_secs(2)).await;
        let back = Instant::now() + Duration::from_millis(random.random_range(8_000..12_000));
        between.begin(outage).await;
        if number % 2 == 1 {
            between.kill_until(back, outage).await;
            crowd.is_at(between.scenario.api());
        } else {
            between.come_back_at(back).await;
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    between.prove(crowd).await;
}

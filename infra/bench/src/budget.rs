//! [`Budget`]: what a settled bet costs on AWS: write units, read units, SQS requests and calls of functions, step by step;
//! and what a million of them cost ([`crate::cost`]).
//!
//! The handlers run in this process, against the embedded engines and through real queues. DynamoDB's units are what
//! the engine reports, SQS requests are counted where the SDK sends them. Receptions that find nothing are not counted:
//! on Lambda they belong to the event source mapping, and their number depends on the time, not on the bets.

pub(crate) mod drive;

use crate::cost;
use drive::Drive;
use evens_runtime::Settings;
use serde::Serialize;
use std::collections::BTreeMap;

/// What a step costs.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Cost {
    pub(crate) write_units: f64,
    pub(crate) read_units: f64,
    /// DynamoDB calls.
    pub(crate) calls: f64,
    /// SQS requests by operation.
    pub(crate) sqs: BTreeMap<String, f64>,
    /// Calls of functions: one for each request, and one for each batch of messages.
    pub(crate) functions: f64,
    /// Requests to the API.
    pub(crate) http_requests: f64,
}

impl Cost {
    #[expect(clippy::float_arithmetic, reason = "capacity units, not money")]
    pub(crate) fn add(&mut self, other: &Self) {
        self.write_units += other.write_units;
        self.read_units += other.read_units;
        self.calls += other.calls;
        self.functions += other.functions;
        self.http_requests += other.http_requests;
        for (operation, requests) in &other.sqs {
            *self.sqs.entry(operation.clone()).or_default() += requests;
        }
    }

    #[expect(clippy::float_arithmetic, reason = "capacity units, not money")]
    pub(crate) fn per(&self, number: f64) -> Self {
        Self {
            write_units: self.write_units / number,
            read_units: self.read_units / number,
            calls: self.calls / number,
            functions: self.functions / number,
            http_requests: self.http_requests / number,
            sqs: self.sqs.iter().map(|(name, requests)| (name.clone(), requests / number)).collect(),
        }
    }

    pub(crate) fn sqs_requests(&self) -> f64 {
        self.sqs.values().sum()
    }
}

/// What a settled bet costs, in one way of sending bets.
#[derive(Debug, Serialize)]
struct Way {
    name: &'static str,
    /// Per settled bet, step by step.
    steps: Vec<(&'static str, Cost)>,
    total: Cost,
}

/// What a settled bet costs.
#[derive(Debug, Serialize)]
pub(crate) struct Budget {
    ways: Vec<Way>,
}

/// Pairs of bets of which the costs are a mean.
const PAIRS: u32 = 50;

/// Counts it.
pub(crate) async fn count() -> anyhow::Result<Budget> {
    let mut drive = Drive::start(None, Settings::local().rate_limits).await?;
    let one_by_one = drive.pairs_one_by_one(PAIRS).await?;
    let in_batches = drive.pairs_in_batches(PAIRS).await?;
    drive.stop().await;
    Ok(Budget { ways: vec![way("one by one", one_by_one), way("batches of 10", in_batches)] })
}

fn way(name: &'static str, steps: Vec<(&'static str, Cost)>) -> Way {
    let bets = f64::from(2 * PAIRS);
    let steps: Vec<_> = steps.into_iter().map(|(step, cost)| (step, cost.per(bets))).collect();
    let mut total = Cost::default();
    for (_, cost) in &steps {
        total.add(cost);
    }
    Way { name, steps, total }
}

impl Budget {
    pub(crate) fn print(&self) {
        println!();
        println!(
            "{:<15} {:<26} {:>7} {:>7} {:>7} {:>7}   requests by operation",
            "per settled bet", "step", "WU", "RU", "calls", "SQS"
        );
        for way in &self.ways {
            for (step, cost) in &way.steps {
                print_cost(way.name, step, cost);
            }
            print_cost(way.name, "total", &way.total);
        }
        println!("Budget: at most 14 WU and 3 SQS requests; the aim is 4.1 and 1.5.");
        cost::print_prices();
        for way in &self.ways {
            for (step, of_step) in &way.steps {
                cost::print_step(way.name, step, of_step);
            }
            cost::print_step(way.name, "total", &way.total);
        }
    }
}

fn print_cost(way: &str, step: &str, cost: &Cost) {
    let Cost { write_units, read_units, calls, sqs, .. } = cost;
    let requests = cost.sqs_requests();
    let by_operation: Vec<_> = sqs.iter().map(|(name, number)| format!("{name} {number:.2}")).collect();
    let by_operation = by_operation.join(", ");
    println!(
        "{way:<15} {step:<26} {write_units:>7.2} {read_units:>7.2} {calls:>7.2} {requests:>7.2}   {by_operation}"
    );
}

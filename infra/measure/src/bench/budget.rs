//! [`Budget`]: the resources of a bet on AWS until it is settled or refunded, step by step: write units, read units,
//! SQS requests, and calls and run time of functions. [`crate::cost`] computes the price of a million.
//!
//! The handlers run in this process against the embedded engines, through real queues. DynamoDB units are those that
//! the engine reports, and SQS requests are counted where the SDK sends them. Empty receives are not counted: on Lambda
//! they belong to the event source mapping, and their number depends on time, not on bets.

pub(crate) mod drive;

use crate::cost::{self, Cost, Dollars, PRICE_LIST, PriceList};
use drive::Drive;
use evens_runtime::Settings;
use serde::Serialize;

/// The resources of a step per bet, and the price of a million.
#[derive(Debug, Serialize)]
struct Step {
    name: &'static str,
    per_bet: Cost,
    dollars_per_million: Dollars,
}

impl Step {
    fn new(name: &'static str, per_bet: Cost) -> Self {
        let dollars_per_million = Dollars::of(&per_bet);
        Self { name, per_bet, dollars_per_million }
    }
}

/// The resources of a bet for one way of sending bets.
#[derive(Debug, Serialize)]
struct Way {
    name: &'static str,
    /// The steps, followed by their sum.
    steps: Vec<Step>,
}

/// The resources of a bet.
#[derive(Debug, Serialize)]
pub(crate) struct Budget {
    ways: Vec<Way>,
    prices: PriceList,
}

/// Counts the resources over this many bets of each way.
pub(crate) async fn count(bets: u32) -> anyhow::Result<Budget> {
    let mut drive = Drive::start(None, Settings::local().rate_limits).await?;
    let pairs = bets.div_ceil(2);
    let one_by_one = drive.pairs_one_by_one(pairs).await?;
    let in_batches = drive.pairs_in_batches(pairs).await?;
    let refunded = drive.refunds_one_by_one(2 * pairs).await?;
    drive.stop().await;
    let bets = f64::from(2 * pairs);
    let ways = [("one by one", one_by_one), ("batches of 10", in_batches), ("refunded", refunded)];
    let ways = ways.into_iter().map(|(name, steps)| way(name, steps, bets)).collect();
    Ok(Budget { ways, prices: PRICE_LIST })
}

fn way(name: &'static str, steps: Vec<(&'static str, Cost)>, bets: f64) -> Way {
    let mut total = Cost::default();
    let mut of_steps = Vec::new();
    for (step, cost) in steps {
        let cost = cost.per(bets);
        total.add(&cost);
        of_steps.push(Step::new(step, cost));
    }
    of_steps.push(Step::new("total", total));
    Way { name, steps: of_steps }
}

impl Budget {
    pub(crate) fn print(&self) {
        println!();
        println!(
            "{:<15} {:<26} {:>7} {:>7} {:>7} {:>7} {:>7} {:>7}   requests by operation",
            "per bet", "step", "WU", "of index", "RU", "calls", "ms", "SQS"
        );
        for way in &self.ways {
            for step in &way.steps {
                print_cost(way.name, step.name, &step.per_bet);
            }
        }
        println!("Budget of a settled bet: at most 14 WU and 3 SQS requests; the target is 4.1 and 1.5.");
        cost::print_prices();
        for way in &self.ways {
            for step in &way.steps {
                cost::print_step(way.name, step.name, &step.dollars_per_million);
            }
        }
    }
}

fn print_cost(way: &str, step: &str, cost: &Cost) {
    let Cost { write_units, index_write_units, read_units, calls, milliseconds, sqs, .. } = cost;
    let requests = cost.sqs_requests();
    let by_operation: Vec<_> = sqs.iter().map(|(name, number)| format!("{name} {number:.2}")).collect();
    let by_operation = by_operation.join(", ");
    println!(
        "{way:<15} {step:<26} {write_units:>7.2} {index_write_units:>8.2} {read_units:>7.2} {calls:>7.2} \
         {milliseconds:>7.2} {requests:>7.2}   {by_operation}"
    );
}

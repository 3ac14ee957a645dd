//! What a million bets cost on AWS, step by step and service by service, from the units that [`crate::budget`]
//! counts.
//!
//! The time that functions run is that of this machine, whose engines are in memory: on AWS, where each call of the table
//! takes some milliseconds, it is longer. Not in it, because it is not counted here: what the index of unfinished things
//! costs beyond what the embedded engine reports, empty receptions, logs, storage and backups, alarms, data transfer, and
//! what players read.

use crate::budget::Cost;
use serde::Serialize;

/// A unit of a service, and what a million of it cost.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Price {
    service: &'static str,
    unit: &'static str,
    /// In the region [`REGION`], without free tiers and discounts.
    dollars_per_million: f64,
    /// Where the price is published.
    source: &'static str,
}

/// Whose prices these are, and when they were looked up. They were taken from publications that quote the pages below,
/// which say what holds today.
const REGION: &str = "us-east-1";
const AS_OF: &str = "2026-11-20";

const fn price(service: &'static str, unit: &'static str, dollars: f64, source: &'static str) -> Price {
    Price { service, unit, dollars_per_million: dollars, source }
}

/// In the order of the columns.
#[rustfmt::skip]
const PRICES: [Price; 6] = [
    price("DynamoDB",    "write request unit",  0.625, "https://aws.amazon.com/dynamodb/pricing/on-demand/"),
    price("DynamoDB",    "read request unit",   0.125, "https://aws.amazon.com/dynamodb/pricing/on-demand/"),
    price("SQS",         "FIFO request",        0.50,  "https://aws.amazon.com/sqs/pricing/"),
    price("Lambda",      "request",             0.20,  "https://aws.amazon.com/lambda/pricing/"),
    price("Lambda",      "GB-second, arm64",  13.3334, "https://aws.amazon.com/lambda/pricing/"),
    price("API Gateway", "HTTP API request",    1.00,  "https://aws.amazon.com/api-gateway/pricing/"),
];

/// The memory of a function that places or settles bets, in GB, as the template has it.
const MEMORY_GB: f64 = 0.5;

/// How many units of each price a step takes per bet.
#[expect(clippy::float_arithmetic, reason = "time, not money")]
fn units(cost: &Cost) -> [f64; 6] {
    let gigabyte_seconds = cost.milliseconds / 1_000.0 * MEMORY_GB;
    let Cost { write_units, read_units, functions, http_requests, .. } = *cost;
    [write_units, read_units, cost.sqs_requests(), functions, gigabyte_seconds, http_requests]
}

/// Dollars per million bets, by price.
#[expect(clippy::float_arithmetic, reason = "a forecast; no money is moved by it")]
fn dollars(cost: &Cost) -> [f64; 6] {
    let units = units(cost);
    std::array::from_fn(|place| units[place] * PRICES[place].dollars_per_million)
}

/// Prints the prices.
pub(crate) fn print_prices() {
    println!();
    println!("Prices in {REGION}, looked up on {AS_OF}, in dollars per million:");
    for Price { service, unit, dollars_per_million, source } in PRICES {
        println!("  {service:<12} {unit:<19} {dollars_per_million:>6.3}   {source}");
    }
    println!();
    println!(
        "{:<15} {:<26} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8}",
        "dollars/million", "step", "writes", "reads", "SQS", "calls", "time", "API", "sum"
    );
}

/// Prints what a step costs.
pub(crate) fn print_step(way: &str, step: &str, cost: &Cost) {
    let dollars = dollars(cost);
    let sum: f64 = dollars.iter().sum();
    let [writes, reads, sqs, calls, time, api] = dollars;
    println!(
        "{way:<15} {step:<26} {writes:>8.2} {reads:>8.2} {sqs:>8.2} {calls:>8.2} {time:>8.3} {api:>8.2} {sum:>8.2}"
    );
}

#[cfg(test)]
mod tests {
    use super::{dollars, units};
    use crate::budget::Cost;
    use std::collections::BTreeMap;

    #[test]
    #[expect(clippy::float_cmp, reason = "the products of these numbers are exact")]
    fn each_unit_has_its_price() {
        let sqs = BTreeMap::from([("SendMessageBatch".to_owned(), 1.0), ("ReceiveMessage".to_owned(), 1.0)]);
        let cost = Cost {
            write_units: 8.0,
            index_write_units: 1.0,
            read_units: 2.0,
            calls: 3.0,
            sqs,
            functions: 1.0,
            http_requests: 1.0,
            milliseconds: 2_000.0,
        };
        assert_eq!(units(&cost), [8.0, 2.0, 2.0, 1.0, 1.0, 1.0]);
        assert_eq!(dollars(&cost), [5.0, 0.25, 1.0, 0.2, 13.3334, 1.0]);
    }
}
